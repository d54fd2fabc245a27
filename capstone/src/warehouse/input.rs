//! What the lake hands over: paths of committed files, and its metadata as rows. The rows
//! have the columns of the tables in schema `lake`, by name.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use week1_schema::Contract;

/// Everything that a load reads.
#[derive(Debug, Clone)]
pub struct LoadInput<'a> {
    /// Gives the views' columns and types.
    pub contract: &'a Contract,
    /// Committed files of general payments.
    pub general: Vec<DataFile>,
    /// Committed files of ownership interests.
    pub ownership: Vec<DataFile>,
    /// Committed files of removed records.
    pub removed: Vec<DataFile>,
    /// Tombstones of the current comparisons; the run of a file is the comparison's id.
    pub tombstones: Vec<DataFile>,
    /// Committed files of quarantined records.
    pub rejected: Vec<PathBuf>,
    /// Every source file that the lake knows.
    pub files: Vec<FileRow>,
    /// Every current run.
    pub runs: Vec<RunRow>,
    /// Every publication against the one before it.
    pub changes: Vec<ChangesRow>,
    /// Every try, newest or not.
    pub attempts: Vec<AttemptRow>,
    /// What the lake says about itself.
    pub properties: Vec<PropertyRow>,
}

/// A committed Parquet file. One folder of its path is `program_year=YYYY`; the file itself
/// has the contract's other columns and `record_number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// On this machine.
    pub path: PathBuf,
    /// The run that committed it.
    pub run_id: String,
}

/// A row of `lake.files`: one source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// As delivered, without a folder.
    pub file_name: String,
    /// `general`, `ownership`, `removed` or `research`.
    pub dataset: String,
    /// Such as `general_f_91`.
    pub layout: String,
    /// The year of the payments.
    pub program_year: i32,
    /// The day of the publication.
    pub publication: Date,
    /// None for a file that is only archived.
    pub run_id: Option<String>,
    /// `committed`, `superseded` or `archived`.
    pub status: String,
    /// As delivered.
    pub size_bytes: i64,
    /// Of the delivered bytes, in hex.
    pub sha256: String,
    /// How its header departs from the known layout, in words.
    pub drift: Vec<String>,
    /// Records in the file.
    pub records_read: i64,
    /// Records in the curated files.
    pub records_accepted: i64,
    /// Records in quarantine.
    pub records_rejected: i64,
    /// Records of an older publication.
    pub records_superseded: i64,
    /// US cents in the file, as far as they can be read.
    pub cents_read: i64,
    /// US cents in the curated files.
    pub cents_accepted: i64,
    /// US cents in quarantine, as far as they can be read.
    pub cents_rejected: i64,
    /// US cents of an older publication.
    pub cents_superseded: i64,
}

/// A row of `lake.runs`: one committed (dataset, program year, publication).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// Derived from content, in hex.
    pub run_id: String,
    /// `general`, `ownership` or `removed`.
    pub dataset: String,
    /// The year of the payments.
    pub program_year: i32,
    /// The day of the publication.
    pub publication: Date,
    /// Of the commit, from 1.
    pub sequence: i64,
    /// The contract that typed it.
    pub contract_version: String,
    /// Parquet files.
    pub data_files: i64,
    /// Their bytes.
    pub data_bytes: i64,
    /// Their rows.
    pub records_accepted: i64,
}

/// A row of `lake.changes`: a publication against the one before it, in records and cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesRow {
    /// Derived from what was compared, in hex.
    pub changes_id: String,
    /// `general` or `ownership`.
    pub dataset: String,
    /// The year of the payments.
    pub program_year: i32,
    /// The older publication.
    pub before_publication: Date,
    /// Its run, committed or not.
    pub before_run_id: String,
    /// The newer publication.
    pub after_publication: Date,
    /// Its run.
    pub after_run_id: String,
    /// Records of the older publication.
    pub records_before: i64,
    /// Records of the newer publication.
    pub records_after: i64,
    /// In both, the same.
    pub records_unchanged: i64,
    /// In both and different.
    pub records_changed: i64,
    /// Only in the newer one.
    pub records_added: i64,
    /// Only in the older one.
    pub records_removed: i64,
    /// Removed, and named by a removed file.
    pub records_explained: i64,
    /// Removed, and named by none.
    pub records_unexplained: i64,
    /// Removed by that count, and there: in quarantine.
    pub records_quarantined: i64,
    /// Added by that count, and there before: in quarantine.
    pub records_recovered: i64,
    /// Named by a removed file, and there.
    pub records_contradicted: i64,
    /// US cents of the older publication.
    pub cents_before: i64,
    /// US cents of the newer publication.
    pub cents_after: i64,
    /// US cents of unchanged records.
    pub cents_unchanged: i64,
    /// US cents of changed records before.
    pub cents_changed_from: i64,
    /// US cents of changed records after.
    pub cents_changed_to: i64,
    /// US cents of added records.
    pub cents_added: i64,
    /// US cents of removed records.
    pub cents_removed: i64,
}

/// A row of `lake.attempts`: one try of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// A `UUIDv7`.
    pub attempt_id: String,
    /// Such as `run`.
    pub command: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; None if it is running or died.
    pub ended_at: Option<Timestamp>,
    /// `succeeded`, `failed` or `running`.
    pub outcome: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Source files.
    pub files: i64,
    /// Records in them.
    pub records_read: i64,
    /// Records that it committed.
    pub records_accepted: i64,
    /// Records that it put into quarantine.
    pub records_rejected: i64,
}

/// A row of `lake.properties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyRow {
    /// Such as `data_kind`.
    pub name: String,
    /// Such as `synthetic`.
    pub value: String,
}
