//! Checkpoint 5.2, incremental: what a new publication changes, and what has to be done again.
//!
//! - [`Fate`], [`RewritePlan`]: which partitions a set of deliveries rewrites
//! - [`Entry`], [`Change`], [`Summary`]: two publications of one partition, record by record
//! - [`Removal`], [`Tombstone`], [`Contradiction`]: what the removed file says, and whether it fits
//! - [`Comparison`]: which publications are compared with which
//! - [`solution`]: the reference
//!
//! # State, not events
//!
//! A publication is the whole state of its dataset and program year. So nothing here is
//! applied on top of anything: the newest publication replaces its partition and touches no
//! other, an older one that arrives late rewrites nothing, and the same bytes again are no
//! work. The difference between two publications is derived from both of them and from the
//! removed files, whatever the order in which they came. An incremental lake therefore says
//! what a lake built in one go says.
//!
//! # Memory
//!
//! A program year has sixteen million records. [`solution::diff`] walks two sorted streams
//! and holds one record of each; [`solution::merge`] makes a sorted stream of sorted runs,
//! each of a size that the caller chooses and may keep on disk.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use week2_ingestion::Delivery;
use week2_lake::{Account, Partition};

pub mod solution;

/// One record of a publication: which, what is in it, and how much money it states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// CMS's id; the same in every publication of a program year.
    pub record_id: u64,
    /// Hash of the record's values, made with [`solution::mix`].
    pub hash: u64,
    /// Its amount in cents.
    pub cents: i64,
}

/// An entry and its place in the delivery. Of a repeated id the first place counts, as in
/// the transformation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The record.
    pub entry: Entry,
    /// Grows with file and record number.
    pub place: u64,
}

/// What became of one record between two publications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In both, with the same content.
    Unchanged(Entry),
    /// In both, with other content.
    Changed {
        /// In the older one.
        before: Entry,
        /// In the newer one.
        after: Entry,
    },
    /// Only in the newer one.
    Added(Entry),
    /// Only in the older one.
    Removed(Entry),
}

/// Rows and cents by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// In the older publication.
    pub before: Account,
    /// In the newer publication.
    pub after: Account,
    /// In both, the same.
    pub unchanged: Account,
    /// In both and different, with the older amounts.
    pub changed_from: Account,
    /// In both and different, with the newer amounts.
    pub changed_to: Account,
    /// Only in the newer one.
    pub added: Account,
    /// Only in the older one.
    pub removed: Account,
}

/// A stream of entries that is not strictly increasing by record id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record {found} comes behind record {last}: entries must be sorted and unique")]
pub struct OutOfOrder {
    /// The record before.
    pub last: u64,
    /// The record that is not greater.
    pub found: u64,
}

/// Why a record was taken back, in the removed file's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Withdrawal {
    /// By the company.
    Deleted,
    /// By CMS.
    Removed,
}

impl Withdrawal {
    /// As the removed file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "DELETED",
            Self::Removed => "REMOVED",
        }
    }
}

/// One line of a removed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// The record taken back.
    pub record_id: u64,
    /// By whom.
    pub withdrawal: Withdrawal,
    /// When the file was published.
    pub publication: Date,
}

/// A record that was published once and is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    /// The record.
    pub record_id: u64,
    /// The amount that it stated last, in cents.
    pub cents: i64,
    /// What the removed file says; `None` if no file names it.
    pub withdrawal: Option<Withdrawal>,
}

/// A record that a removed file names and that the same or a later publication still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The record.
    pub record_id: u64,
    /// What the removed file says.
    pub withdrawal: Withdrawal,
}

/// What became of the records that the newer publication lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    /// Records that are gone, by id.
    pub tombstones: Vec<Tombstone>,
    /// Records that are there and were put into quarantine: not gone, and not loaded.
    pub quarantined: u64,
}

/// A delivery that the lake holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What it delivers.
    pub delivery: Delivery,
    /// Content id of its run.
    pub run_id: String,
}

/// What a delivery means for its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It replaces what the partition states; its commit gets this number.
    Rewrite {
        /// In the partition's chain.
        sequence: u64,
    },
    /// The newest commit states it already: nothing to do.
    Unchanged {
        /// Of that commit.
        sequence: u64,
    },
    /// A newer publication is known: it changes no partition.
    Older {
        /// That publication.
        newest: Date,
    },
}

/// What a set of deliveries has to rewrite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewritePlan {
    /// One per delivery, in their order.
    pub fates: Vec<Fate>,
    /// Committed partitions that keep their commit, sorted.
    pub untouched: Vec<Partition>,
}

/// Two neighbouring publications of a partition, and the removed files that may explain
/// what the second one lacks. Numbers are positions in the list of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The older one.
    pub before: usize,
    /// The newer one.
    pub after: usize,
    /// Removed files of the year that were published after `before`, oldest first.
    pub removed: Vec<usize>,
}

/// All that a comparison depends on; [`solution::comparison_id`] names it.
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonInput<'a> {
    /// Version of the contract that typed the rows of both sides.
    pub contract_version: &'a str,
    /// Version of the comparison's own output.
    pub schema_version: u32,
    /// Run id of the older publication.
    pub before: &'a str,
    /// Run id of the newer publication.
    pub after: &'a str,
    /// Run ids of the removed files, oldest first.
    pub removed: &'a [&'a str],
}
