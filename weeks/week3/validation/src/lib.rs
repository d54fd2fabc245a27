//! Checkpoint 3.2, validation: may this delivery go on?
//!
//! Ingestion asked whether bytes are records. Transformation will ask of each row
//! whether it can be trusted. Validation stands between them and judges the delivery as a
//! whole, from what ingestion wrote down, without reading a row: its layout, its
//! completeness, its counts. It can run again, later, or elsewhere.
//!
//! - [`Check`], [`Verdict`]: one question and its answer
//! - [`Flow`]: which of its records go on, and which do not
//! - [`Validation`], [`Document`]: all answers for one delivery, stored as data
//! - [`Limits`]: the thresholds
//! - [`Watched`], [`Miss`]: what was promised by when
//! - [`solution`]: the reference; `exercise`: yours; `wrong`: popular mistakes
//!
//! The same work as an Airflow DAG stands in `solution/dags` and `exercise/dags`.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use week1_schema::LayoutMap;
use week2_ingestion::FileAudit;

#[cfg(feature = "exercise")]
pub mod exercise;
pub mod solution;
#[cfg(feature = "exercise")]
pub mod wrong;

// ANCHOR: verdict
/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Unusual: the delivery goes on, and somebody should look.
    Warned,
    /// The delivery does not go on.
    Failed,
}
// ANCHOR_END: verdict

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
        })
    }
}

// ANCHOR: check
/// One question about one file, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable name, such as `structure`.
    pub name: String,
    /// The file that it concerns.
    pub file: String,
    /// The answer.
    pub verdict: Verdict,
    /// What was found, in a sentence with numbers.
    pub found: String,
}
// ANCHOR_END: check

impl Check {
    /// What to do when this check has not passed.
    pub fn next_step(&self) -> &'static str {
        match self.name.as_str() {
            "has_records" => {
                "Compare the file's size with the sender's; fetch it again if it is smaller."
            }
            "row_count" => {
                "Ingest the file again; if the counts still differ, the audit is wrong: keep the file and report it."
            }
            "complete" => {
                "Compare the file's size with the sender's; a cut-off download ends like this."
            }
            "layout" => {
                "Compare the header with the contract (`diff` of checkpoint 1.2), then add an alias or leave the column in raw."
            }
            "columns" => {
                "Recognise the header again from the raw file: what is stored about its columns is damaged."
            }
            "structure" => {
                "Look at the first malformed record in the raw file: a wrong delimiter makes every record one."
            }
            "amounts" => {
                "Look at the amount column of a few records: a shifted column or a new number format."
            }
            _ => "Look at the check's document in the metadata zone.",
        }
    }
}

// ANCHOR: flow
/// Where the records of a delivery go: `read = valid + rejected + held`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Records of all its files.
    pub read: u64,
    /// They go on to be typed.
    pub valid: u64,
    /// They go to the quarantine: they have no structure that could be typed.
    pub rejected: u64,
    /// They wait in the raw zone, because the delivery failed.
    pub held: u64,
}
// ANCHOR_END: flow

/// All answers for one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// Content id of the run that was judged.
    pub run_id: String,
    /// The worst verdict of all checks.
    pub verdict: Verdict,
    /// By file, in name order; of one file in the order in which they were asked.
    pub checks: Vec<Check>,
    /// Which records go on.
    #[serde(default)]
    pub flow: Flow,
}

/// An object for the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

// ANCHOR: watched
/// Work that was promised by a time: the validation of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The delivery, such as `general 2023`.
    pub delivery: String,
    /// From when on the promise counts: when the delivery was ingested.
    pub since: Timestamp,
    /// When the work began, if it has.
    pub started: Option<Timestamp>,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
}
// ANCHOR_END: watched

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The delivery.
    pub delivery: String,
    /// By when it was promised.
    pub due: Timestamp,
    /// How late it was at its end; how late it is now, if it has not ended.
    pub late: Duration,
    /// How far it has come.
    pub state: Lateness,
}

/// How far late work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lateness {
    /// It has not begun.
    NotStarted,
    /// It is at work, or hangs.
    Running,
    /// It has ended, too late.
    Ended,
}

impl fmt::Display for Lateness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotStarted => "not started",
            Self::Running => "still running",
            Self::Ended => "ended too late",
        })
    }
}

// ANCHOR: delivered
/// What is judged: one delivered file.
#[derive(Debug, Clone, Copy)]
pub struct Delivered<'a> {
    /// Its audit.
    pub audit: &'a FileAudit,
    /// Its layout.
    pub layout: &'a LayoutMap,
    /// Whether the dataset may have no records at all: a removed file may.
    pub may_be_empty: bool,
    /// Whether its amounts are added up.
    pub has_amounts: bool,
}
// ANCHOR_END: delivered

/// Thresholds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Share of records with a structural fault above which the delivery stops. A real
    /// file has none; a wrong parser makes every record one.
    pub most_malformed: f64,
    /// Share of whole records whose amount can't be read above which it stops.
    pub most_without_amount: f64,
}

impl Default for Limits {
    /// 5 % each: ten times the dirt that the generator injects when asked for dirt.
    fn default() -> Self {
        Self {
            most_malformed: 0.05,
            most_without_amount: 0.05,
        }
    }
}
