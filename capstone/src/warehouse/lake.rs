//! Schema `lake` as SQL: views over committed Parquet, small tables for the metadata.
//!
//! Every view projects a fixed list of columns and types, whatever the files hold and even
//! if there is none. The models can rely on that list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use duckdb::Connection;
use serde::Serialize;
use week1_schema::{Column, Contract, Dataset, ValueType};

use super::{DataFile, LoadInput, WarehouseError};

/// A column's name and SQL type.
type SqlColumn = (String, String);

const REJECTED: &[(&str, &str)] = &[
    ("run_id", "VARCHAR"),
    ("dataset", "VARCHAR"),
    ("program_year", "INTEGER"),
    ("file_name", "VARCHAR"),
    ("record_number", "BIGINT"),
    ("line", "BIGINT"),
    ("byte_start", "BIGINT"),
    ("byte_end", "BIGINT"),
    ("reasons", "VARCHAR[]"),
    ("amount_cents", "BIGINT"),
    ("raw", "VARCHAR"),
];

const FILES: &[(&str, &str)] = &[
    ("file_name", "VARCHAR"),
    ("dataset", "VARCHAR"),
    ("layout", "VARCHAR"),
    ("program_year", "INTEGER"),
    ("publication", "DATE"),
    ("run_id", "VARCHAR"),
    ("status", "VARCHAR"),
    ("size_bytes", "BIGINT"),
    ("sha256", "VARCHAR"),
    ("drift", "VARCHAR[]"),
    ("records_read", "BIGINT"),
    ("records_accepted", "BIGINT"),
    ("records_rejected", "BIGINT"),
    ("records_superseded", "BIGINT"),
    ("cents_read", "BIGINT"),
    ("cents_accepted", "BIGINT"),
    ("cents_rejected", "BIGINT"),
    ("cents_superseded", "BIGINT"),
];

const RUNS: &[(&str, &str)] = &[
    ("run_id", "VARCHAR"),
    ("dataset", "VARCHAR"),
    ("program_year", "INTEGER"),
    ("publication", "DATE"),
    ("sequence", "BIGINT"),
    ("contract_version", "VARCHAR"),
    ("data_files", "BIGINT"),
    ("data_bytes", "BIGINT"),
    ("records_accepted", "BIGINT"),
];

const TOMBSTONES: &[(&str, &str)] = &[
    ("record_id", "BIGINT"),
    ("amount_cents", "BIGINT"),
    ("change_type", "VARCHAR"),
    ("changes_id", "VARCHAR"),
];

const CHANGES: &[(&str, &str)] = &[
    ("changes_id", "VARCHAR"),
    ("dataset", "VARCHAR"),
    ("program_year", "INTEGER"),
    ("before_publication", "DATE"),
    ("before_run_id", "VARCHAR"),
    ("after_publication", "DATE"),
    ("after_run_id", "VARCHAR"),
    ("records_before", "BIGINT"),
    ("records_after", "BIGINT"),
    ("records_unchanged", "BIGINT"),
    ("records_changed", "BIGINT"),
    ("records_added", "BIGINT"),
    ("records_removed", "BIGINT"),
    ("records_explained", "BIGINT"),
    ("records_unexplained", "BIGINT"),
    ("records_quarantined", "BIGINT"),
    ("records_recovered", "BIGINT"),
    ("records_contradicted", "BIGINT"),
    ("cents_before", "BIGINT"),
    ("cents_after", "BIGINT"),
    ("cents_unchanged", "BIGINT"),
    ("cents_changed_from", "BIGINT"),
    ("cents_changed_to", "BIGINT"),
    ("cents_added", "BIGINT"),
    ("cents_removed", "BIGINT"),
];

const ATTEMPTS: &[(&str, &str)] = &[
    ("attempt_id", "VARCHAR"),
    ("command", "VARCHAR"),
    ("started_at", "TIMESTAMP"),
    ("ended_at", "TIMESTAMP"),
    ("outcome", "VARCHAR"),
    ("error", "VARCHAR"),
    ("files", "BIGINT"),
    ("records_read", "BIGINT"),
    ("records_accepted", "BIGINT"),
    ("records_rejected", "BIGINT"),
];

const PROPERTIES: &[(&str, &str)] = &[("name", "VARCHAR"), ("value", "VARCHAR")];

/// A view or table of schema `lake`, and the statement that makes it.
pub(super) struct Statement {
    pub(super) name: &'static str,
    pub(super) sql: String,
}

/// Makes every view and table of schema `lake`, which must exist and be empty.
pub(super) fn create(connection: &Connection, input: &LoadInput<'_>) -> Result<(), WarehouseError> {
    for Statement { name, sql } in views(input)? {
        execute(connection, name, &sql)?;
    }
    create_table(connection, "lake.files", FILES, &input.files)?;
    create_table(connection, "lake.runs", RUNS, &input.runs)?;
    create_table(connection, "lake.changes", CHANGES, &input.changes)?;
    create_table(connection, "lake.properties", PROPERTIES, &input.properties)?;
    create_history(connection, input)
}

/// Tables that no model reads and that grow with every attempt: replaced even if the lake
/// is otherwise the one that the models were built from.
pub(super) fn replace_history(
    connection: &Connection,
    input: &LoadInput<'_>,
) -> Result<(), WarehouseError> {
    execute(connection, "attempts", "drop table lake.attempts")?;
    create_history(connection, input)
}

fn create_history(connection: &Connection, input: &LoadInput<'_>) -> Result<(), WarehouseError> {
    create_table(connection, "lake.attempts", ATTEMPTS, &input.attempts)
}

/// The views over committed files.
pub(super) fn views(input: &LoadInput<'_>) -> Result<Vec<Statement>, WarehouseError> {
    let mut views = Vec::new();
    for (view, dataset, files) in [
        ("general_payments", Dataset::General, &input.general),
        ("ownership_interests", Dataset::Ownership, &input.ownership),
        ("removed_records", Dataset::Removed, &input.removed),
    ] {
        let columns = contract_columns(input.contract, dataset)?;
        let branches: Vec<_> = by_run(files).into_iter().map(run_branch).collect();
        views.push(view_over(view, &columns, &branches));
    }
    let tombstones = by_run(&input.tombstones).into_iter().map(tombstones_branch);
    let branches: Vec<_> = tombstones.collect();
    views.push(view_over("tombstones", &owned(TOMBSTONES), &branches));
    views.push(Statement {
        name: "rejected_records",
        sql: rejected_view("lake.rejected_records", &input.rejected),
    });
    Ok(views)
}

/// Makes a view over files of quarantined records.
pub(super) fn rejected_view(relation: &str, files: &[PathBuf]) -> String {
    let paths: Vec<_> = files.iter().map(AsRef::as_ref).collect();
    let branches = if paths.is_empty() {
        vec![]
    } else {
        vec![rejected_branch(&paths)]
    };
    create_view(relation, &owned(REJECTED), &branches)
}

/// The contract's columns as SQL types, and where a row comes from.
fn contract_columns(
    contract: &Contract,
    dataset: Dataset,
) -> Result<Vec<SqlColumn>, WarehouseError> {
    let table = contract
        .table(dataset)
        .ok_or(WarehouseError::NotInContract { dataset })?;
    let columns = table
        .columns
        .iter()
        .map(|column| (column.name.clone(), sql_type(column).into()));
    Ok(columns
        .chain(owned(&[("record_number", "BIGINT"), ("run_id", "VARCHAR")]))
        .collect())
}

fn sql_type(column: &Column) -> &'static str {
    match column.value_type {
        ValueType::Text => "VARCHAR",
        ValueType::Integer if column.name == "program_year" => "INTEGER",
        ValueType::Integer => "BIGINT",
        ValueType::Money => "DECIMAL(14,2)",
        ValueType::Date => "DATE",
    }
}

fn owned(columns: &[(&str, &str)]) -> Vec<SqlColumn> {
    columns
        .iter()
        .map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned()))
        .collect()
}

/// Files by the run that committed them, in a fixed order.
fn by_run(files: &[DataFile]) -> BTreeMap<&str, Vec<&Path>> {
    let mut runs: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for file in files {
        runs.entry(&file.run_id).or_default().push(&file.path);
    }
    runs
}

/// The rows of one run. Its id is a constant of the branch, which costs a scan nothing; a
/// join on the file's name would cost a text comparison per row.
fn run_branch((run_id, paths): (&str, Vec<&Path>)) -> String {
    format!(
        "select *, {} as run_id from read_parquet({}, hive_partitioning = true, \
         hive_types = {{'program_year': INTEGER}}, union_by_name = true)",
        text(run_id),
        path_list(&paths)
    )
}

fn tombstones_branch((changes_id, paths): (&str, Vec<&Path>)) -> String {
    format!(
        "select *, {} as changes_id from read_parquet({}, hive_partitioning = false)",
        text(changes_id),
        path_list(&paths)
    )
}

fn rejected_branch(paths: &[&Path]) -> String {
    let paths = path_list(paths);
    format!("select * from read_parquet({paths}, hive_partitioning = false, union_by_name = true)")
}

fn view_over(name: &'static str, columns: &[SqlColumn], branches: &[String]) -> Statement {
    Statement {
        name,
        sql: create_view(&format!("lake.{name}"), columns, branches),
    }
}

/// Starts from an empty, typed row set: it gives absent columns their type, and the view its
/// columns when there is no file.
fn create_view(relation: &str, columns: &[SqlColumn], branches: &[String]) -> String {
    let empty = join(columns, |(column, kind)| {
        format!("null::{kind} as {}", quoted(column))
    });
    let typed = join(columns, |(column, kind)| {
        let column = quoted(column);
        format!("{column}::{kind} as {column}")
    });
    let mut union = format!("select {empty} where false");
    for branch in branches {
        union = format!("{union}\nunion all by name\n{branch}");
    }
    format!("create view {relation} as select {typed} from (\n{union}\n)")
}

/// One statement per table whatever its rows: they travel as one JSON text.
pub(super) fn create_table<R: Serialize>(
    connection: &Connection,
    relation: &str,
    columns: &[(&str, &str)],
    rows: &[R],
) -> Result<(), WarehouseError> {
    let definition = join(columns, |(column, kind)| format!("{column} {kind}"));
    connection
        .execute_batch(&format!("create table {relation} ({definition})"))
        .map_err(WarehouseError::load(relation))?;
    let structure = join(columns, |(column, kind)| {
        format!("\"{column}\": {}", json_type(kind))
    });
    let insert = format!(
        "insert into {relation} by name \
         select unnest(from_json(?, '[{{{structure}}}]'), recursive := true)"
    );
    let json = serde_json::to_string(rows).expect("rows are plain structs with text keys");
    connection
        .execute(&insert, [json])
        .map(|_| ())
        .map_err(WarehouseError::load(relation))
}

/// How `from_json` writes a type: a list is a JSON list of its element.
fn json_type(kind: &str) -> String {
    kind.strip_suffix("[]").map_or_else(
        || format!("\"{kind}\""),
        |element| format!("[\"{element}\"]"),
    )
}

fn execute(connection: &Connection, name: &str, sql: &str) -> Result<(), WarehouseError> {
    connection
        .execute_batch(sql)
        .map_err(WarehouseError::load(&format!("lake.{name}")))
}

fn join<T>(items: &[T], render: impl Fn(&T) -> String) -> String {
    items.iter().map(render).collect::<Vec<_>>().join(", ")
}

fn path_list(paths: &[&Path]) -> String {
    let list = join(paths, |path| {
        // A view outlives the folder that this process stands in.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        text(&path.to_string_lossy())
    });
    format!("[{list}]")
}

pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
