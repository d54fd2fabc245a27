//! What an event says, before it is written the way that lineage tools read.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// One try of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// A UUID; the event's `runId`.
    pub attempt_id: String,
    /// The command, such as `run`.
    pub command: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Namespace of its job.
    pub namespace: String,
    /// Version of the program.
    pub version: String,
    /// What started it, if that said so.
    pub parent: Option<Parent>,
    /// Names and values of the kind of lake, such as `data_kind` and `synthetic`.
    pub tags: BTreeMap<String, String>,
}

/// The run that an attempt is a part of, such as a scheduler's task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Namespace of its job.
    pub namespace: String,
    /// Name of its job.
    pub job: String,
    /// Its run's id: a UUID.
    pub run_id: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Complete,
    /// With an error, in its own words.
    Fail(String),
    /// It died or was stopped, and somebody else says so.
    Abort(String),
}

/// Something that an attempt read or wrote. Datasets of one namespace and name are one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dataset {
    /// Such as `s3://bucket`.
    pub namespace: String,
    /// Such as the object's key.
    pub name: String,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// Its columns in order; empty if they are not known.
    pub fields: Vec<Field>,
    /// Where its columns come from; empty if nobody knows.
    pub columns: BTreeMap<String, Vec<ColumnSource>>,
    /// Id of its content: a run id, or a checksum.
    pub version: Option<String>,
    /// What the attempt did to it as a whole.
    pub lifecycle: Option<Lifecycle>,
    /// How much of it was read or written.
    pub size: Size,
    /// Sums that were counted while it was read.
    pub metrics: Metrics,
    /// What was asked of it, and answered.
    pub assertions: Vec<Assertion>,
    /// Whether the attempt read it.
    pub read: bool,
    /// Whether the attempt wrote it. What it wrote and then read is an output.
    pub written: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, as the place that holds it spells types.
    pub kind: String,
    /// What it means.
    pub description: Option<String>,
}

/// A column of another dataset that a column is made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnSource {
    /// Namespace of the other dataset.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its column.
    pub field: String,
    /// What is done to the values; `None` if nothing is.
    pub transformation: Option<String>,
}

/// What was done to a dataset as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// There was none before.
    Create,
    /// It replaces what was there.
    Overwrite,
}

/// Rows, bytes and files; `None` where nobody counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub rows: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
    /// Files.
    pub files: Option<u64>,
}

/// Sums over a dataset: numbers only, never a value of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Sum of a money column in dollars, and how many values it has, by the column's name.
    pub sums: BTreeMap<String, (f64, u64)>,
}

/// One question that was asked of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its name.
    pub name: String,
    /// Whether the answer was good.
    pub success: bool,
    /// Whether a bad answer stops the pipeline.
    pub blocking: bool,
    /// The answer in words.
    pub actual: Option<String>,
}

/// A test of the whole warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Whether it passed.
    pub passed: bool,
    /// Whether a failure stops the pipeline.
    pub blocking: bool,
    /// What it asks.
    pub description: Option<String>,
    /// What would have been good.
    pub expected: Option<String>,
    /// What was measured.
    pub actual: Option<String>,
}
