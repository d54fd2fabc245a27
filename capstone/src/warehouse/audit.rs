//! Schema `audit` as SQL: what happened to the lake, for whoever debugs or accounts.
//!
//! Schema `lake` is what the star schema was built from; it changes only with the models.
//! Schema `audit` is the lake as it is, its past included: superseded runs, deliveries that
//! stopped before their commit, checks of attempts that failed. Every table and column says
//! in a comment what it is (`duckdb_tables()`, `duckdb_columns()`).
//!
//! Crash points: the tables are replaced in one transaction; before its commit, the file
//! keeps what it had. Everything in them can be read from the lake again.

use std::path::PathBuf;

use duckdb::Connection;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{AttemptRow, WarehouseError, lake};
use crate::crash;

/// Everything that the audit tables hold.
#[derive(Debug, Clone, Default)]
pub struct AuditInput {
    /// Every commit of every chain.
    pub runs: Vec<AuditRun>,
    /// Every delivered file.
    pub files: Vec<AuditFile>,
    /// Every verdict that was kept.
    pub checks: Vec<CheckRow>,
    /// Quarantined rows of every committed run, by file and reason.
    pub rejects: Vec<RejectRow>,
    /// Files with the quarantined rows of the current runs.
    pub rejected_files: Vec<PathBuf>,
    /// Every attempt.
    pub attempts: Vec<AttemptRow>,
}

/// A row of `audit.runs`; the fields are described by its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "described once, in `RUNS`")]
pub struct AuditRun {
    pub run_id: String,
    pub dataset: String,
    pub program_year: i32,
    pub publication: Date,
    pub sequence: i64,
    pub contract_version: String,
    pub is_current: bool,
    pub supersedes: Option<String>,
    pub superseded_by: Option<String>,
    pub source_files: i64,
    pub records_read: i64,
    pub records_accepted: i64,
    pub records_rejected: i64,
    pub cents_read: i64,
    pub cents_accepted: i64,
    pub cents_rejected: i64,
    pub data_files: i64,
    pub data_bytes: i64,
    pub rows_curated: i64,
    pub rows_quarantined: i64,
}

/// A row of `audit.files`; the fields are described by its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "described once, in `FILES`")]
pub struct AuditFile {
    pub file_name: String,
    pub dataset: String,
    pub program_year: i32,
    pub publication: Date,
    pub run_id: String,
    pub status: String,
    pub layout: String,
    pub drift: Vec<String>,
    pub size_bytes: i64,
    pub sha256: String,
    pub records_read: i64,
    pub records_accepted: i64,
    pub records_rejected: i64,
    pub records_superseded: i64,
    pub cents_read: i64,
    pub cents_accepted: i64,
    pub cents_rejected: i64,
    pub cents_superseded: i64,
}

/// A row of `audit.checks`; the fields are described by its columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "described once, in `CHECKS`")]
pub struct CheckRow {
    pub source: String,
    pub attempt_id: Option<String>,
    pub run_id: Option<String>,
    pub dataset: Option<String>,
    pub program_year: Option<i32>,
    pub file_name: Option<String>,
    pub name: String,
    pub status: String,
    pub severity: String,
    pub observed: Option<f64>,
    pub expected: Option<String>,
    pub detail: Option<String>,
    pub checked_at: Option<Timestamp>,
}

/// A row of `audit.rejects`; the fields are described by its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "described once, in `REJECTS`")]
pub struct RejectRow {
    pub run_id: String,
    pub dataset: String,
    pub program_year: i32,
    pub publication: Date,
    pub is_current: bool,
    pub file_name: String,
    pub reason: String,
    pub records: i64,
}

/// Name, SQL type, meaning.
type Columns = &'static [(&'static str, &'static str, &'static str)];

const RUNS: Columns = &[
    (
        "run_id",
        "VARCHAR",
        "Id of the content, in hex: the same for the same files and contract",
    ),
    ("dataset", "VARCHAR", "general, ownership or removed"),
    ("program_year", "INTEGER", "The year of the payments"),
    ("publication", "DATE", "The day of the publication"),
    (
        "sequence",
        "BIGINT",
        "Number of the commit in the chain of its dataset and year, from 1",
    ),
    (
        "contract_version",
        "VARCHAR",
        "The contract that typed the rows",
    ),
    (
        "is_current",
        "BOOLEAN",
        "Whether this is the newest commit of its chain",
    ),
    (
        "supersedes",
        "VARCHAR",
        "The run of the commit before; NULL for the first",
    ),
    (
        "superseded_by",
        "VARCHAR",
        "The run of the commit after; NULL for the newest",
    ),
    ("source_files", "BIGINT", "Delivered files"),
    ("records_read", "BIGINT", "Counted while the files came in"),
    (
        "records_accepted",
        "BIGINT",
        "Counted while rows were typed",
    ),
    (
        "records_rejected",
        "BIGINT",
        "Counted while the quarantine was written",
    ),
    (
        "cents_read",
        "BIGINT",
        "US cents in the files, as far as they can be read",
    ),
    ("cents_accepted", "BIGINT", "US cents in the typed rows"),
    (
        "cents_rejected",
        "BIGINT",
        "US cents in quarantine, as far as they can be read",
    ),
    ("data_files", "BIGINT", "Curated Parquet files"),
    ("data_bytes", "BIGINT", "Their bytes"),
    (
        "rows_curated",
        "BIGINT",
        "Rows in the curated files: must equal records_accepted",
    ),
    (
        "rows_quarantined",
        "BIGINT",
        "Rows in the quarantine files: must equal records_rejected",
    ),
];

const FILES: Columns = &[
    ("file_name", "VARCHAR", "As delivered, without a folder"),
    (
        "dataset",
        "VARCHAR",
        "general, ownership, removed or research",
    ),
    ("program_year", "INTEGER", "The year of the payments"),
    ("publication", "DATE", "The day of the publication"),
    (
        "run_id",
        "VARCHAR",
        "The run that committed the file, or would commit it",
    ),
    (
        "status",
        "VARCHAR",
        "committed; superseded by a newer run; archived, as its dataset is not modelled; or pending: ingested and not committed",
    ),
    (
        "layout",
        "VARCHAR",
        "Such as general_f_91; the nearest one if the header drifted",
    ),
    (
        "drift",
        "VARCHAR[]",
        "How the header departs from that layout",
    ),
    ("size_bytes", "BIGINT", "As delivered"),
    ("sha256", "VARCHAR", "Of the delivered bytes, in hex"),
    ("records_read", "BIGINT", "Records in the file"),
    (
        "records_accepted",
        "BIGINT",
        "Of these, in the current curated files",
    ),
    (
        "records_rejected",
        "BIGINT",
        "Of these, in the current quarantine",
    ),
    (
        "records_superseded",
        "BIGINT",
        "Of these, replaced by a newer run",
    ),
    (
        "cents_read",
        "BIGINT",
        "US cents in the file, as far as they can be read",
    ),
    (
        "cents_accepted",
        "BIGINT",
        "Of these, in the current curated files",
    ),
    (
        "cents_rejected",
        "BIGINT",
        "Of these, in the current quarantine",
    ),
    (
        "cents_superseded",
        "BIGINT",
        "Of these, replaced by a newer run",
    ),
];

const CHECKS: Columns = &[
    (
        "source",
        "VARCHAR",
        "validation: of one file before its rows are typed; quality: of the warehouse",
    ),
    (
        "attempt_id",
        "VARCHAR",
        "The attempt that measured; NULL for validation, whose verdict depends on the delivery alone",
    ),
    (
        "run_id",
        "VARCHAR",
        "The run that was judged; NULL for quality",
    ),
    ("dataset", "VARCHAR", "Of the delivery; NULL for quality"),
    (
        "program_year",
        "INTEGER",
        "Of the delivery; NULL for quality",
    ),
    (
        "file_name",
        "VARCHAR",
        "Of the delivered file; NULL for quality",
    ),
    ("name", "VARCHAR", "Of the check or rule"),
    ("status", "VARCHAR", "passed, warned or failed"),
    (
        "severity",
        "VARCHAR",
        "fail: a bad answer stops the pipeline; warn: it is reported; by_verdict: the check itself decides",
    ),
    (
        "observed",
        "DOUBLE",
        "The number measured; NULL where nothing usable was, and for validation",
    ),
    (
        "expected",
        "VARCHAR",
        "The bound in words; NULL for validation",
    ),
    (
        "detail",
        "VARCHAR",
        "What was found, or which rows break the rule, by their ids",
    ),
    (
        "checked_at",
        "TIMESTAMP",
        "When the attempt began; NULL for validation",
    ),
];

const REJECTS: Columns = &[
    ("run_id", "VARCHAR", "The run that rejected the rows"),
    ("dataset", "VARCHAR", "general, ownership or removed"),
    ("program_year", "INTEGER", "The year of the payments"),
    ("publication", "DATE", "The day of the publication"),
    (
        "is_current",
        "BOOLEAN",
        "Whether the run is the newest of its chain",
    ),
    ("file_name", "VARCHAR", "The delivered file"),
    ("reason", "VARCHAR", "Reason code"),
    (
        "records",
        "BIGINT",
        "Rows rejected for it; a row with two reasons counts under both",
    ),
];

const ATTEMPTS: Columns = &[
    (
        "attempt_id",
        "VARCHAR",
        "A UUIDv7; the runId of its lineage events",
    ),
    ("command", "VARCHAR", "Such as run"),
    ("started_at", "TIMESTAMP", "When it began"),
    (
        "ended_at",
        "TIMESTAMP",
        "When it ended; NULL if it is running or died",
    ),
    (
        "outcome",
        "VARCHAR",
        "succeeded, failed, interrupted or running",
    ),
    ("error", "VARCHAR", "Why it failed"),
    ("files", "BIGINT", "Delivered files"),
    ("records_read", "BIGINT", "Records in them"),
    ("records_accepted", "BIGINT", "Records that it committed"),
    (
        "records_rejected",
        "BIGINT",
        "Records that it put into quarantine",
    ),
];

/// Replaces the schema.
pub(super) fn replace(
    connection: &mut Connection,
    input: &AuditInput,
) -> Result<(), WarehouseError> {
    let transaction = connection
        .transaction()
        .map_err(WarehouseError::load("audit, begin"))?;
    transaction
        .execute_batch("drop schema if exists audit cascade; create schema audit")
        .map_err(WarehouseError::load("schema audit"))?;
    table(
        &transaction,
        "runs",
        "Every commit of every chain",
        RUNS,
        &input.runs,
    )?;
    table(
        &transaction,
        "files",
        "Every delivered file, and what became of its rows: where it is committed or superseded, read = accepted + rejected + superseded",
        FILES,
        &input.files,
    )?;
    table(
        &transaction,
        "checks",
        "Every verdict: on deliveries by validation, on the warehouse by quality rules, attempt by attempt",
        CHECKS,
        &input.checks,
    )?;
    table(
        &transaction,
        "rejects",
        "Quarantined rows counted by run, file and reason, also of superseded runs",
        REJECTS,
        &input.rejects,
    )?;
    table(
        &transaction,
        "attempts",
        "Every try of a command",
        ATTEMPTS,
        &input.attempts,
    )?;
    let view = lake::rejected_view("audit.rejected_records", &input.rejected_files);
    let about = "Quarantined rows of the current runs, each with its place and raw text";
    let comment = comment_on("view audit.rejected_records", about);
    transaction
        .execute_batch(&format!("{view};\n{comment}"))
        .map_err(WarehouseError::load("audit.rejected_records"))?;
    crash::named("audit", "tables", || transaction.commit())
        .map_err(WarehouseError::load("audit, commit"))
}

fn table<R: Serialize>(
    connection: &Connection,
    name: &str,
    about: &str,
    columns: Columns,
    rows: &[R],
) -> Result<(), WarehouseError> {
    let relation = format!("audit.{name}");
    let typed: Vec<_> = columns
        .iter()
        .map(|(name, kind, _)| (*name, *kind))
        .collect();
    lake::create_table(connection, &relation, &typed, rows)?;
    let mut comments = comment_on(&format!("table {relation}"), about);
    for (name, _, about) in columns {
        comments += &comment_on(&format!("column {relation}.{name}"), about);
    }
    connection
        .execute_batch(&comments)
        .map_err(WarehouseError::load(&relation))
}

fn comment_on(what: &str, about: &str) -> String {
    format!("comment on {what} is {};", lake::text(about))
}
