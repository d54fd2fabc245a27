//! Checkpoint 2.2, lake: where things are, and how a set of files becomes visible at once.
//!
//! Pure decisions: keys in, keys out. The client that speaks S3 is the crate `store`.
//!
//! - [`Zone`]: raw, staging, curated, metadata, and what may be done in each
//! - [`keys`]: the name of every object
//! - [`Manifest`], [`DataFile`]: all that a run wrote
//! - [`Commit`]: the newest one is the truth about a dataset and program year
//! - [`Identity`]: what kind of data a lake holds, and in which format
//! - [`CleanupPlan`]: what runs left behind that never got to their commit
//! - [`Answer`], [`BucketOutcome`], [`CreateOutcome`]: what S3 says, and what it means
//! - [`LocalFile`], [`Step`], [`Sending`]: what an upload does, and in how many parts
//! - [`CommittedRun`], [`ReplayPlan`], [`CantReplay`]: one run again, from its manifest
//! - [`solution`]: the reference
//! - `exercise`: what a learner writes; `wrong`: what the graded tests must catch
//!
//! # Commit protocol
//!
//! Files are immutable and named by content. They are written in this order:
//! quarantine, data files, audit, manifest, and last one create-if-absent of
//! `metadata/commits/<dataset>/<program_year>/<sequence>.json`. A reader looks only at
//! what the newest commit lists, so a crash at any point leaves files that nobody
//! reads, and a rerun writes the same names again.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod answer;
#[cfg(feature = "exercise")]
pub mod exercise;
pub mod keys;
mod replay;
pub mod solution;
mod upload;
#[cfg(feature = "exercise")]
pub mod wrong;

pub use answer::{Answer, BucketOutcome, CreateAttempt, CreateOutcome, Stored};
pub use replay::{
    CantReplay, CheckedFile, CommittedRun, Condition, Deviation, Held, NoSuchRun, ReplayPlan,
};
pub use upload::{
    Found, LocalFile, MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, PartPolicy, Sending, Step,
    TooLarge,
};

/// Format of the lake; a lake with a higher number was written by newer code.
pub const FORMAT_VERSION: u32 = 1;

/// A part of the lake with its own rule of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// Delivered bytes, one object per file; never changed, never cleaned.
    Raw,
    /// Quarantine; rewritten by reruns with the same bytes.
    Staging,
    /// Typed Parquet, immutable files listed by commits.
    Curated,
    /// Commits, manifests, audits, validation, lineage.
    Metadata,
}

impl Zone {
    /// First segment of the zone's keys.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Raw => "raw/",
            Self::Staging => "staging/",
            Self::Curated => "curated/",
            Self::Metadata => "metadata/",
        }
    }
}

/// Dataset and program year: what one chain of commits describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Partition {
    /// The dataset's name.
    pub dataset: String,
    /// The program year.
    pub program_year: i16,
}

/// An object as a manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Key in the lake.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Rows in it.
    pub rows: u64,
    /// Sum of its amounts in cents, as far as they can be read.
    pub cents: i64,
}

/// Rows and cents by what became of them. Sums saturate: at the limit an account no longer
/// balances, and nothing is committed on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Records in the delivered bytes.
    pub rows: u64,
    /// The sum of the amounts that can be read.
    pub cents: i64,
}

impl Add for Account {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows.saturating_add(other.rows),
            cents: self.cents.saturating_add(other.cents),
        }
    }
}

impl AddAssign for Account {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Account {
    fn sum<I: Iterator<Item = Self>>(accounts: I) -> Self {
        accounts.fold(Self::default(), Add::add)
    }
}

/// One delivered file in a manifest: what was read and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Name as delivered.
    pub name: String,
    /// Key in the raw zone.
    pub raw_key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Id of the layout.
    pub layout: String,
    /// How the header departs from that layout, in words.
    pub drift: Vec<String>,
    /// Read, counted while the file came in.
    pub read: Account,
    /// Accepted, counted while typed rows were written.
    pub accepted: Account,
    /// Rejected, counted while the quarantine was written.
    pub rejected: Account,
}

/// Everything one run wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Content id of the run.
    pub run_id: String,
    /// Version of the contract that typed the rows.
    pub contract_version: String,
    /// What was delivered.
    pub partition: Partition,
    /// As of which publication.
    pub publication: Date,
    /// The delivered files.
    pub sources: Vec<SourceFile>,
    /// Curated Parquet, in file and record order.
    pub data: Vec<DataFile>,
    /// Quarantine Parquet, likewise.
    pub rejected: Vec<DataFile>,
}

// ANCHOR: commit
/// The state of a partition. It carries the full list of files, and neither time nor attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Format of the lake.
    pub format_version: u32,
    /// Its number in the partition's chain, from 1.
    pub sequence: u64,
    /// What this commit states; the same as in its manifest.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// Key of the manifest.
    pub manifest_key: String,
}
// ANCHOR_END: commit

/// Whether data is made up; the two never meet in one lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    /// Made by the crate `fixtures`.
    Synthetic,
    /// Delivered by CMS: names real people.
    Real,
}

impl DataKind {
    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synthetic => "synthetic",
            Self::Real => "real",
        }
    }
}

/// What a lake is, written once when it is created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Format of the lake.
    pub format_version: u32,
    /// What kind of data it holds.
    pub data: DataKind,
}

/// Why a lake can't take what it is offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Written by newer code.
    #[error(
        "this lake has format {found}, and this program knows formats up to {known}: update the program"
    )]
    Newer {
        /// The lake's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Real rows among made-up ones, or the other way round.
    #[error(
        "this lake holds {lake} data and the source is {source_kind}: use another lake (--lake DIR)"
    )]
    Mixed {
        /// What the lake holds.
        lake: &'static str,
        /// What the source is.
        source_kind: &'static str,
    },
}

/// Why a commit that was read can't be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Written by newer code.
    #[error(
        "it has format {found}, and this program knows formats up to {known}: update the program"
    )]
    Newer {
        /// The commit's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It states another partition or number than its key.
    #[error("it states commit {sequence} of {dataset} {program_year}, and stands elsewhere")]
    Misplaced {
        /// The dataset that it states.
        dataset: String,
        /// The program year that it states.
        program_year: i16,
        /// The number that it states.
        sequence: u64,
    },
    /// It lists what no run of its partition writes.
    #[error("it lists {0:?}, which no run of its partition writes: somebody has changed it")]
    Foreign(String),
    /// It lists a file by something else than a SHA-256.
    #[error("it gives {0:?} for a SHA-256: somebody has changed it")]
    Digest(String),
    /// Its rows or cents add up to more than there can be.
    #[error("its rows or cents add up to more than there can be: somebody has changed it")]
    Numbers,
}

/// What to do with a run that is about to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitPlan {
    /// The newest commit already states this run.
    Unchanged {
        /// Its sequence number.
        sequence: u64,
    },
    /// Create the commit with this number.
    Create {
        /// The number.
        sequence: u64,
    },
    /// The lake holds a newer publication; this one is history.
    Older {
        /// The publication that the newest commit states.
        newest: Date,
    },
}

/// A run whose rows do not add up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{file}: {read} {unit} read, but {accepted} accepted + {rejected} rejected: \
     nothing was committed"
)]
pub struct Imbalance {
    /// The delivered file.
    pub file: String,
    /// `rows` or `cents`.
    pub unit: &'static str,
    /// Read.
    pub read: i128,
    /// Accepted.
    pub accepted: i128,
    /// Rejected.
    pub rejected: i128,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredObject {
    /// Key in the lake.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was last written; `None` if the store does not say.
    pub modified: Option<Timestamp>,
}

/// What may be removed from a lake, and what else no commit lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CleanupPlan {
    /// Files of runs that were never committed, and are too old to become so: to be
    /// removed.
    pub orphans: Vec<StoredObject>,
    /// The same, but a run may be at work that is about to commit them.
    pub young: Vec<StoredObject>,
    /// Nothing that this program writes: never removed.
    pub unknown: Vec<StoredObject>,
}
