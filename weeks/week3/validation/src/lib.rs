//! Checkpoint 3.2, validation: may this delivery go on?
//!
//! Ingestion asked whether bytes are records. Transformation will ask of each row
//! whether it can be trusted. Validation stands between them and judges the delivery as a
//! whole, from what ingestion wrote down, without reading a row: its layout, its
//! completeness, its counts. It can run again, later, or elsewhere.
//!
//! - [`Check`], [`Verdict`]: one question and its answer
//! - [`Validation`]: all answers for one delivery, stored as data
//! - [`Limits`]: the thresholds
//! - [`solution`]: the reference

use serde::{Deserialize, Serialize};
use week1_schema::LayoutMap;
use week2_ingestion::FileAudit;

pub mod solution;

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

/// All answers for one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// Content id of the run that was judged.
    pub run_id: String,
    /// The worst verdict of all checks.
    pub verdict: Verdict,
    /// In the order in which they were asked.
    pub checks: Vec<Check>,
}

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
