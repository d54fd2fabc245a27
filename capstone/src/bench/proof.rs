//! The proof that two engines did the same work: before it, no figure is shown.
//!
//! Rows are compared as multisets, over all columns of the contract: a peer promises no
//! order and no record numbers, which only ours keep. Rejected records are compared by
//! their fields and all reasons, broken lines by their place in the file and the reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use duckdb::Connection;
use serde::{Deserialize, Serialize};
use week1_schema::PROGRAM_YEAR;
use week2_ingestion::{Position, Record, RecordFault};

use super::duckdb::Settings;
use super::job::Job;
use super::peer::parquet;
use super::sql::text;
use crate::parts::ingestion::Cutter;

/// Between the fields of a record that is compared as one text; no CSV has it.
const SEPARATOR: &str = "\u{1f}";
/// Stands for NULL there.
const NULL: &str = "\u{1e}";

/// Two outputs of the same file.
pub struct Pair<'a> {
    /// Types, names, and what the peer wrote.
    pub job: &'a Job<'a>,
    /// Our committed rows.
    pub accepted: Vec<PathBuf>,
    /// Our committed quarantine.
    pub rejected: Vec<PathBuf>,
}

/// What was compared, and found equal but for the rows named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Typed rows of ours.
    pub accepted: u64,
    /// Records of ours in quarantine.
    pub rejected: u64,
    /// Sound records that the peer loses because the line before them ends in an open
    /// quote: the one difference that is allowed, and exactly these rows.
    pub swallowed: u64,
}

/// Compares; an error names the first differences.
pub fn prove(pair: &Pair<'_>, settings: &Settings) -> anyhow::Result<Proof> {
    let connection = settings.open()?;
    quarantine(&connection, pair)?;
    let accepted = same_rows(&connection, pair)?;
    let rejected = same_rejects(&connection, pair)?;
    let swallowed = "(SELECT place FROM our_rows UNION ALL SELECT place FROM our_records
        UNION ALL SELECT place FROM our_lines) WHERE place IN (FROM swallowed)";
    Ok(Proof {
        accepted,
        rejected,
        swallowed: count(&connection, swallowed)?,
    })
}

fn files(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| text(&path.to_string_lossy()))
        .collect();
    format!("[{}]", paths.join(", "))
}

/// Typed rows: types first, then a 64-bit hash of every row, as multisets.
fn same_rows(connection: &Connection, pair: &Pair<'_>) -> anyhow::Result<u64> {
    let peer = text(&parquet(&pair.job.files.accepted()));
    connection.execute_batch(&format!(
        "CREATE VIEW ours AS SELECT * EXCLUDE record_number, record_number AS place
             FROM read_parquet({}, hive_partitioning = true);
         CREATE VIEW peer AS FROM read_parquet({peer}, hive_partitioning = true);",
        files(&pair.accepted)
    ))?;
    same_types(connection, pair)?;
    let names: Vec<&str> = pair
        .job
        .table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let (names, key) = (names.join(", "), &pair.job.table.key);
    connection.execute_batch(&format!(
        "CREATE TABLE our_rows AS SELECT {key} AS key, place, hash({names}) AS row FROM ours;
         CREATE TABLE peer_rows AS SELECT {key} AS key, hash({names}) AS row FROM peer;"
    ))?;
    differences(
        connection,
        "typed rows",
        "SELECT key, row FROM our_rows WHERE place NOT IN (FROM swallowed)",
        "SELECT key, row FROM peer_rows",
    )?;
    count(connection, "our_rows")
}

fn same_types(connection: &Connection, pair: &Pair<'_>) -> anyhow::Result<()> {
    let columns = |view: &str| -> anyhow::Result<BTreeMap<String, String>> {
        let mut statement = connection.prepare(&format!(
            "SELECT column_name, column_type FROM (DESCRIBE {view})"
        ))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let (ours, peer) = (columns("ours")?, columns("peer")?);
    for column in &pair.job.table.columns {
        let (ours, peer) = (ours.get(&column.name), peer.get(&column.name));
        ensure!(
            ours.is_some() && ours == peer,
            "column {} is {ours:?} with us and {peer:?} with the peer",
            column.name
        );
    }
    debug_assert!(ours.contains_key(PROGRAM_YEAR));
    Ok(())
}

fn same_rejects(connection: &Connection, pair: &Pair<'_>) -> anyhow::Result<u64> {
    let path = |folder: &Path| text(&parquet(folder));
    connection.execute_batch(&format!(
        "CREATE VIEW peer_records AS
             SELECT array_to_string(list_sort(reasons), ',') AS reasons,
                 array_to_string(list_transform(fields, lambda field: coalesce(field, '{NULL}')),
                     '{SEPARATOR}') AS fields
             FROM {};
         CREATE VIEW peer_lines AS SELECT reason AS reasons, byte_start FROM {};",
        path(&pair.job.files.records()),
        path(&pair.job.files.lines())
    ))?;
    differences(
        connection,
        "rejected records",
        "SELECT reasons, fields FROM our_records WHERE place NOT IN (FROM swallowed)",
        "SELECT reasons, fields FROM peer_records",
    )?;
    differences(
        connection,
        "broken lines",
        "SELECT reasons, byte_start FROM our_lines WHERE place NOT IN (FROM swallowed)",
        "SELECT reasons, byte_start FROM peer_lines",
    )?;
    Ok(count(connection, "our_records")? + count(connection, "our_lines")?)
}

fn count(connection: &Connection, table: &str) -> anyhow::Result<u64> {
    let sql = format!("SELECT count(*) FROM {table}");
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}

/// Multisets are equal, or the error shows some of what only one side has.
fn differences(connection: &Connection, what: &str, ours: &str, peer: &str) -> anyhow::Result<()> {
    let only = |left: &str, right: &str| -> anyhow::Result<(u64, String)> {
        let difference = format!("(({left}) EXCEPT ALL ({right}))");
        let sql = format!(
            "SELECT count(*), coalesce(list(item)[:3]::VARCHAR, '')
             FROM (SELECT translate(item::VARCHAR, '{SEPARATOR}{NULL}', '|') AS item
                 FROM {difference} AS item)"
        );
        Ok(connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    };
    let (ours_only, our_rows) = only(ours, peer)?;
    let (peer_only, peer_rows) = only(peer, ours)?;
    ensure!(
        ours_only + peer_only == 0,
        "{what} differ: {ours_only} are only ours, such as {our_rows}; {peer_only} are only the \
         peer's, such as {peer_rows}"
    );
    Ok(())
}

/// Our quarantine in the peer's terms: tables `our_records` and `our_lines`; and the
/// numbers of the records that a peer can't see, in `swallowed`.
fn quarantine(connection: &Connection, pair: &Pair<'_>) -> anyhow::Result<()> {
    connection.execute_batch(
        "CREATE TABLE our_records (place BIGINT, reasons VARCHAR, fields VARCHAR);
         CREATE TABLE our_lines (place BIGINT, reasons VARCHAR, byte_start BIGINT);
         CREATE TABLE swallowed (place BIGINT);",
    )?;
    if pair.rejected.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT record_number, byte_start,
             array_to_string(list_sort(reasons), ','), raw FROM read_parquet({})",
        files(&pair.rejected)
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut records = connection.appender("our_records")?;
    let mut lines = connection.appender("our_lines")?;
    let mut swallowed = connection.appender("swallowed")?;
    while let Some(row) = rows.next()? {
        let (place, byte_start): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (reasons, raw): (String, String) = (row.get(2)?, row.get(3)?);
        match read(pair, &raw) {
            Read::Record(fields) if !is_structure(&reasons) => {
                records.append_row(duckdb::params![place, reasons, fields])?;
            }
            Read::OpenAtEnd => {
                lines.append_row(duckdb::params![place, reasons, byte_start])?;
                swallowed.append_row([place + 1])?;
            }
            _ => lines.append_row(duckdb::params![place, reasons, byte_start])?,
        }
    }
    Ok(())
}

/// What quarantine's raw text is.
enum Read {
    /// Fields as the peer writes them.
    Record(String),
    /// No record, and its last field is the one that opens a quote and never closes it.
    OpenAtEnd,
    /// No record.
    Line,
}

fn is_structure(reasons: &str) -> bool {
    use week2_ingestion::RecordFault::{InvalidUtf8, OpenQuote, TooFewFields, TooManyFields};

    let faults = [TooFewFields, TooManyFields, OpenQuote, InvalidUtf8];
    faults.iter().any(|fault| fault.code() == reasons)
}

fn read(pair: &Pair<'_>, raw: &str) -> Read {
    let start = Position {
        offset: 0,
        line: 1,
        record: 1,
    };
    let mut result = Read::Line;
    let expected = pair.job.layout.fields;
    Cutter::new(expected).cut(raw.as_bytes(), start, true, |record| {
        let open = record.fault == Some(RecordFault::OpenQuote);
        result = match record.fault {
            None => Read::Record(fields(pair, record)),
            Some(_) if open && record.fields.len() + 1 == expected && !raw.ends_with('"') => {
                Read::OpenAtEnd
            }
            Some(_) => Read::Line,
        };
    });
    result
}

/// Fields in contract order, empty ones and placeholders as NULL.
fn fields(pair: &Pair<'_>, record: &Record<'_>) -> String {
    let field = |at: &usize| {
        let text = String::from_utf8_lossy(record.raw(*at)).replace("\"\"", "\"");
        let missing = text.is_empty() || pair.job.contract.missing_values.contains(&text);
        if missing { NULL.to_owned() } else { text }
    };
    let fields: Vec<String> = pair.job.layout.source.iter().flatten().map(field).collect();
    fields.join(SEPARATOR)
}
