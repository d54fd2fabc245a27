//! What a star schema was built from, as one text. Two loads with the same fingerprint build
//! the same star schema, so the second one is not needed.
//!
//! Invariants:
//! - Whatever the load executes or inserts is in it, the text of every view, model and test
//!   included. Attempts are not: they never stop growing, and no model reads them.
//! - It stands in `lake.properties`, which the load fills in the transaction that publishes
//!   the models. So there is never a fingerprint beside other models than its own.

use duckdb::{Connection, OptionalExt as _};
use serde::{Deserialize, Serialize};
use store::Digest;
use week4_modeling::Compilation;

use super::{LoadInput, LoadReport, WarehouseError, lake};

const FINGERPRINT: &str = "fingerprint";
const LAST_LOAD: &str = "last_load";

/// What the load that built the star schema said; kept with it for those that find nothing
/// to build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLoad {
    /// Models built.
    pub models: usize,
    /// Data tests run.
    pub tests: usize,
    /// Tests that found something, none of them an error: name and rows.
    pub failures: Vec<String>,
}

impl LastLoad {
    pub(super) fn of(report: &LoadReport) -> Self {
        let failures = report.failures();
        Self {
            models: report.models.len(),
            tests: report.tests.len(),
            failures: failures.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The fingerprint of a load that has not happened yet.
pub(super) fn of(input: &LoadInput<'_>, project: &Compilation) -> Result<String, WarehouseError> {
    let views = lake::views(input)?;
    let views: Vec<&str> = views.iter().map(|view| view.sql.as_str()).collect();
    let tables = (&input.files, &input.runs, &input.changes, &input.properties);
    let built_from = (views, tables, &project.models, &project.tests);
    let json = serde_json::to_vec(&built_from).expect("plain structs with text keys");
    Ok(Digest::of(&json).to_string())
}

/// Writes it down, in the transaction of the load.
pub(super) fn store(
    connection: &Connection,
    fingerprint: &str,
    last: &LastLoad,
) -> Result<(), WarehouseError> {
    let last = serde_json::to_string(last).expect("a plain struct");
    let insert = "insert into lake.properties (name, value) values (?, ?), (?, ?)";
    connection
        .execute(insert, [FINGERPRINT, fingerprint, LAST_LOAD, &last])
        .map(|_| ())
        .map_err(WarehouseError::load("fingerprint"))
}

/// The fingerprint of the star schema that is there; `None` if there is none, or if it was
/// loaded before there were fingerprints.
pub(super) fn stored(connection: &Connection) -> Result<Option<String>, WarehouseError> {
    property(connection, FINGERPRINT)
}

/// What the load that made it said.
pub(super) fn last_load(connection: &Connection) -> Result<Option<LastLoad>, WarehouseError> {
    let text = property(connection, LAST_LOAD)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn property(connection: &Connection, name: &str) -> Result<Option<String>, WarehouseError> {
    const LOADED: &str = "select count(*) from information_schema.tables \
                          where table_schema = 'lake' and table_name = 'properties'";
    let read = || -> duckdb::Result<Option<String>> {
        let loaded: i64 = connection.query_row(LOADED, [], |row| row.get(0))?;
        if loaded == 0 {
            return Ok(None);
        }
        let value = "select value from lake.properties where name = ?";
        connection
            .query_row(value, [name], |row| row.get(0))
            .optional()
    };
    read().map_err(WarehouseError::load("fingerprint"))
}
