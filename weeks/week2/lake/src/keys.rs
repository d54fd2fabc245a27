//! The name of every object. Locked by a test: a changed name is a new lake format.
//!
//! | Object | Key | Named by |
//! |---|---|---|
//! | what the lake is | `metadata/lake.json` | |
//! | delivered file | `raw/dataset=D/program_year=Y/publication=P/S/NAME` | its bytes |
//! | typed rows | `curated/dataset=D/program_year=Y/R-part-NNNNN-S.parquet` | run and bytes |
//! | rejected rows | `staging/rejected/dataset=D/program_year=Y/R-part-NNNNN-S.parquet` | run and bytes |
//! | verdicts on a run | `metadata/validation/D/Y/RUN.json` | run |
//! | rows and cents of a run | `metadata/audit/D/Y/RUN.json` | run |
//! | all that a run wrote | `metadata/manifests/D/Y/RUN.json` | run |
//! | state of a partition | `metadata/commits/D/Y/NNNNNNNNNNNNNNNNNNNN.json` | its number |
//! | one try | `metadata/attempts/ATTEMPT.json` | attempt |
//!
//! The names of the rest are given in this module, and no exercise:
//!
//! | Object | Key | Named by |
//! |---|---|---|
//! | what was delivered | `metadata/ingested/D/Y/P.json` | publication |
//! | which version of an address was read | `metadata/sources/ID.json` | address |
//! | how two publications differ | `metadata/changes/D/Y/ID.json`, `…/ID-S.parquet` | what was compared |
//! | results of the quality rules | `metadata/quality/ATTEMPT.json` | attempt |
//! | what lineage tools are told | `metadata/lineage/ATTEMPT/1-start.json`, `…/2-end.json` | attempt |
//!
//! D is the dataset, Y the program year, P the publication's date (`2024-06-28`); RUN and
//! ATTEMPT are ids, R and S the first eight digits of the run's id and of a SHA-256 (all
//! of something shorter). Words are lower case and numbers have leading zeros to the width
//! shown, so that keys sort as what they stand for.

use jiff::civil::Date;

use crate::Partition;

pub use crate::solution::{
    attempt_key as attempt, audit_key as audit, commit_key as commit, curated_key as curated,
    raw_key as raw, rejected_key as rejected,
};

/// What the lake is.
pub const IDENTITY: &str = "metadata/lake.json";

/// What an object is, as its key tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What the lake is.
    Identity,
    /// A delivered file.
    Raw,
    /// What was delivered for a publication.
    Ingested,
    /// Which version of an address was ingested.
    Source,
    /// The verdicts on a run.
    Validation,
    /// Rejected rows of a run.
    Quarantine,
    /// Typed rows of a run.
    Data,
    /// Rows and cents of a run.
    Audit,
    /// Everything a run wrote.
    Manifest,
    /// The state of a partition.
    Commit,
    /// How a publication differs from the one before it.
    Changes,
    /// One try.
    Attempt,
    /// Results of the quality rules of one attempt.
    Quality,
    /// What lineage tools are told of one attempt.
    Lineage,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Identity,
        Self::Raw,
        Self::Ingested,
        Self::Source,
        Self::Validation,
        Self::Quarantine,
        Self::Data,
        Self::Audit,
        Self::Manifest,
        Self::Commit,
        Self::Changes,
        Self::Attempt,
        Self::Quality,
        Self::Lineage,
    ];

    /// What its keys start with; no prefix is the beginning of another.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Identity => IDENTITY,
            Self::Raw => "raw/",
            Self::Ingested => "metadata/ingested/",
            Self::Source => "metadata/sources/",
            Self::Validation => "metadata/validation/",
            Self::Quarantine => "staging/rejected/",
            Self::Data => "curated/",
            Self::Audit => "metadata/audit/",
            Self::Manifest => "metadata/manifests/",
            Self::Commit => "metadata/commits/",
            Self::Changes => "metadata/changes/",
            Self::Attempt => "metadata/attempts/",
            Self::Quality => "metadata/quality/",
            Self::Lineage => "metadata/lineage/",
        }
    }

    /// The kind of a key; `None` for a key that this module does not make: see
    /// [`kind_of`](crate::solution::kind_of).
    pub fn of(key: &str) -> Option<Self> {
        crate::solution::kind_of(key)
    }

    /// As the commit protocol calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Raw => "raw",
            Self::Ingested => "ingested",
            Self::Source => "source",
            Self::Validation => "validation",
            Self::Quarantine => "quarantine",
            Self::Data => "data",
            Self::Audit => "audit",
            Self::Manifest => "manifest",
            Self::Commit => "commit",
            Self::Changes => "changes",
            Self::Attempt => "attempt",
            Self::Quality => "quality",
            Self::Lineage => "lineage",
        }
    }
}

/// What was delivered for a publication: its files and their audits. A delivery that
/// comes again with other bytes replaces it; the bytes of both stay in raw.
pub fn ingested(partition: &Partition, publication: Date) -> String {
    format!(
        "metadata/ingested/{}/{}/{publication}.json",
        partition.dataset, partition.program_year
    )
}

/// Which version of an address was ingested; `id` stands for the address.
pub fn source(id: &str) -> String {
    format!("metadata/sources/{id}.json")
}

/// The verdicts on one run.
pub fn validation(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/validation/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// Everything one run wrote.
pub fn manifest(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/manifests/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// All commits of a partition.
pub fn commits(partition: &Partition) -> String {
    format!(
        "metadata/commits/{}/{}/",
        partition.dataset, partition.program_year
    )
}

/// How a publication differs from the one before it, named by what was compared.
pub fn changes(partition: &Partition, id: &str) -> String {
    format!(
        "metadata/changes/{}/{}/{id}.json",
        partition.dataset, partition.program_year
    )
}

/// The records that a publication lacks and the one before it had: Parquet. Named by its
/// content, like all that is listed.
pub fn tombstones(partition: &Partition, id: &str, sha256: &str) -> String {
    format!(
        "metadata/changes/{}/{}/{id}-{}.parquet",
        partition.dataset,
        partition.program_year,
        &sha256[..8]
    )
}

/// Results of the quality rules of one attempt.
pub fn quality(attempt_id: &str) -> String {
    format!("metadata/quality/{attempt_id}.json")
}

/// One of the two lineage events of an attempt: its start, or how it ended.
pub fn lineage(attempt_id: &str, is_end: bool) -> String {
    let event = if is_end { "2-end" } else { "1-start" };
    format!("metadata/lineage/{attempt_id}/{event}.json")
}
