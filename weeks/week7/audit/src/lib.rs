//! Checkpoint 7.2, audit: what changed between two runs, and what lineage tools are told.
//!
//! Pure decisions: facts in, comparison or event out. Where the facts are kept, and how an
//! event travels, is the capstone's.
//!
//! - [`RunFacts`], [`Comparison`]: two runs of one dataset, in data terms
//! - [`openlineage`]: the events and facets of OpenLineage 2-0-2, in pinned versions
//! - [`Attempt`], [`Ending`], [`Dataset`]: what an event is made of
//! - [`solution`]: the reference
//!
//! # Two ids
//!
//! A run id names content and never changes; an attempt id names one try. Lineage tools
//! count tries, so the event's `runId` is the attempt's id. The run id is the version of
//! the datasets that the attempt wrote. With the run id as `runId`, a second try of the
//! same content would be a second START of one run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use week2_lake::{Account, Manifest};
use week3_validation::{Check, Verdict};

mod attempt;
pub mod openlineage;
pub mod solution;

pub use attempt::{
    Assertion, Attempt, ColumnSource, Dataset, Ending, Field, Lifecycle, Metrics, Parent, Size,
    TestResult,
};

/// All that the audit knows of one committed run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    /// What it wrote.
    pub manifest: Manifest,
    /// Number of its newest commit.
    pub sequence: u64,
    /// Rejected rows by reason, by delivered file; a row with two reasons counts under both.
    pub reasons: BTreeMap<String, BTreeMap<String, u64>>,
    /// What validation found, by check and file.
    pub checks: Vec<Check>,
}

/// What changed from one run to another. Empty lists mean: nothing changed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The run compared with.
    pub before: RunName,
    /// The run compared.
    pub after: RunName,
    /// Rows and cents: read, accepted, rejected. Always these three.
    pub accounts: Vec<AccountChange>,
    /// Delivered files that are not in both runs with the same bytes, by name.
    pub files: Vec<FileChange>,
    /// Layouts and drift of headers that only one of them has.
    pub headers: Vec<HeaderChange>,
    /// Reasons whose number of rejected rows changed, the largest change first.
    pub reasons: Vec<ReasonChange>,
    /// Checks whose verdict changed, by name.
    pub checks: Vec<CheckChange>,
}

impl Comparison {
    /// Whether both runs wrote the same from the same.
    pub fn is_unchanged(&self) -> bool {
        self.before.run_id == self.after.run_id
    }
}

/// Which run it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunName {
    /// Content id.
    pub run_id: String,
    /// The dataset's name.
    pub dataset: String,
    /// The program year.
    pub program_year: i16,
    /// As of which publication.
    pub publication: String,
    /// Number of its newest commit.
    pub sequence: u64,
    /// The contract that typed its rows.
    pub contract_version: String,
}

/// Rows and cents of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountChange {
    /// `read`, `accepted` or `rejected`.
    pub what: String,
    /// In the run compared with.
    pub before: Account,
    /// In the run compared.
    pub after: Account,
    /// Rows gained, or lost if negative.
    pub rows: i128,
    /// Cents gained, or lost if negative.
    pub cents: i128,
}

/// What happened to a delivered file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFate {
    /// Only the later run has it.
    Added,
    /// Only the earlier run has it.
    Removed,
    /// Both have a file of that name, with different bytes.
    Changed,
    /// The same bytes under another name.
    Renamed,
}

impl FileFate {
    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        }
    }
}

/// One delivered file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FileChange {
    /// Its name; the new one where it was renamed.
    pub file: String,
    /// What happened to it.
    pub fate: FileFate,
}

/// A layout or a departure from one that only one run has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HeaderChange {
    /// Such as `layout general_f_91` or `unknown_column: Foo`.
    pub what: String,
    /// Whether the later run has it.
    pub appeared: bool,
}

/// One reason for rejecting rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonChange {
    /// Reason code, such as `missing_value:record_id`.
    pub reason: String,
    /// Rows in the run compared with.
    pub before: u64,
    /// Rows in the run compared.
    pub after: u64,
}

/// One check, by its worst verdict over all files: a new publication renames every file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckChange {
    /// Its name.
    pub check: String,
    /// Verdict in the run compared with; `None` if it was not asked.
    pub before: Option<Verdict>,
    /// Verdict in the run compared; `None` if it was not asked.
    pub after: Option<Verdict>,
    /// What was found in the run compared, where that is the verdict.
    pub found: Option<String>,
}

/// Why two runs can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CompareError {
    /// Rows of a payment and of an ownership interest have nothing in common.
    #[error("a run of {before} and one of {after} have nothing to compare")]
    OtherDataset {
        /// Dataset of the run compared with.
        before: String,
        /// Dataset of the run compared.
        after: String,
    },
}
