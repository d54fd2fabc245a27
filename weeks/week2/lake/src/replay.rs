//! Building a run again: which one, whether it can be done, and what it has to repair.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::{DataFile, Partition};

/// A run that a commit states, be it the newest of its partition or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedRun {
    /// Content id of the run.
    pub run_id: String,
    /// Dataset and program year.
    pub partition: Partition,
    /// As of which publication.
    pub publication: Date,
    /// Number of the last commit that states it.
    pub sequence: u64,
}

impl std::fmt::Display for CommittedRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Partition {
            dataset,
            program_year,
        } = &self.partition;
        let (run_id, publication) = (&self.run_id, self.publication);
        write!(f, "{run_id} ({dataset} {program_year} of {publication})")
    }
}

/// Why a name stands for no run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchRun {
    /// No run is called like that.
    #[error(
        "no commit states a run {wanted:?}{}", likely(.nearest)
    )]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// Runs whose ids begin most alike.
        nearest: Vec<CommittedRun>,
    },
    /// Several runs begin like that.
    #[error("{wanted:?} stands for {} runs: {}", .found.len(), listed(.found))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// All of them.
        found: Vec<CommittedRun>,
    },
}

fn listed(runs: &[CommittedRun]) -> String {
    let runs: Vec<String> = runs.iter().map(ToString::to_string).collect();
    runs.join(", ")
}

fn likely(nearest: &[CommittedRun]) -> String {
    match nearest {
        [] => String::new(),
        runs => format!("; did you mean {}?", listed(runs)),
    }
}

/// Why a run can't be built again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CantReplay {
    /// Rows were typed under another contract.
    #[error(
        "the run was typed under contract {run}, and this program has {ours}: its rows would \
         come out differently. Replay it with a program of that contract; `capstone run` \
         commits the same files anew under this one"
    )]
    Contract {
        /// The manifest's.
        run: String,
        /// Ours.
        ours: String,
    },
    /// The id does not follow from what the manifest says.
    #[error(
        "the run's id does not follow from its manifest ({expected} would): a program with \
         another output schema wrote it. Replay it with a program of that time; `capstone \
         run` commits the same files anew under this one"
    )]
    Schema {
        /// The id that this program would give.
        expected: String,
    },
    /// A delivered file is gone.
    #[error("{key} is not in the lake any more{}", way_out(.name))]
    RawMissing {
        /// Key in the raw zone.
        key: String,
        /// Name as delivered.
        name: String,
    },
    /// A delivered file is not what was delivered.
    #[error(
        "{key} is damaged: its SHA-256 is {found}, and that of the delivered file {expected}{}",
        way_out(.name)
    )]
    RawDamaged {
        /// Key in the raw zone.
        key: String,
        /// Name as delivered.
        name: String,
        /// As delivered.
        expected: String,
        /// As it is.
        found: String,
    },
}

fn way_out(name: &str) -> String {
    format!(
        ". Nothing was changed. Remove what is left of it, bring {name} back with `capstone \
         ingest --source`, and replay again"
    )
}

/// Something that came out otherwise than the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {expected} in the manifest, {found} rebuilt")]
pub struct Deviation {
    /// The delivered file, or the key.
    pub what: String,
    /// By the manifest.
    pub expected: String,
    /// As rebuilt.
    pub found: String,
}

// ANCHOR: condition
/// How a file of the lake compares with its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// As listed, byte for byte.
    Sound,
    /// Not there.
    Missing,
    /// There, with other bytes than its checksum says.
    Damaged,
}
// ANCHOR_END: condition

impl Condition {
    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Missing => "missing",
            Self::Damaged => "damaged",
        }
    }
}

/// One file of a run, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// As the manifest lists it.
    pub file: DataFile,
    /// As it is in the lake.
    pub condition: Condition,
}

// ANCHOR: held
/// What a lake holds: the SHA-256 of the bytes of objects (read and hashed, not taken from
/// their metadata), lower-case hex, by key. It may hold more than one run's objects.
pub type Held = BTreeMap<String, String>;
// ANCHOR_END: held

/// What replaying one run reads, and what it may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayPlan {
    /// Keys of the raw objects to be read.
    pub read: Vec<String>,
    /// The run's own files as they are in the lake. Those that are not sound are to be
    /// restored, in this order, once the rebuilt run has been proved to be the same.
    pub files: Vec<CheckedFile>,
}
