//! Answers: typed columns from Arrow, shown as a plain text table or as JSON.

use std::fmt::Write as _;

use duckdb::Connection;
use duckdb::arrow::array::{Array, ArrayRef, RecordBatch};
use duckdb::arrow::compute::cast;
use duckdb::arrow::datatypes::{DataType, Field};
use duckdb::arrow::error::ArrowError;
use duckdb::arrow::util::display::{ArrayFormatter, FormatOptions};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryColumn {
    /// Its name.
    pub name: String,
    /// Whether its values are numbers: aligned to the right, and numbers in JSON.
    pub is_numeric: bool,
}

/// The whole answer to a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryResult {
    /// In the query's order.
    pub columns: Vec<QueryColumn>,
    /// Each value as text; None is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Runs a query and collects its answer.
pub(super) fn run(connection: &Connection, sql: &str) -> duckdb::Result<QueryResult> {
    let mut statement = connection.prepare(sql)?;
    let batches: Vec<RecordBatch> = statement.query_arrow([])?.collect();
    let schema = statement.schema();
    let columns = schema.fields().iter().map(|field| column(field)).collect();
    let mut rows = Vec::new();
    for batch in &batches {
        append_rows(&mut rows, batch)
            .map_err(|error| duckdb::Error::ToSqlConversionFailure(Box::new(error)))?;
    }
    Ok(QueryResult { columns, rows })
}

fn column(field: &Field) -> QueryColumn {
    QueryColumn {
        name: field.name().clone(),
        is_numeric: field.data_type().is_numeric(),
    }
}

/// A time with a zone is shown in UTC: Arrow's printer knows no zone names.
fn printable(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Timestamp(unit, Some(_)) => cast(column, &DataType::Timestamp(*unit, None)),
        _ => Ok(column.clone()),
    }
}

fn append_rows(rows: &mut Vec<Vec<Option<String>>>, batch: &RecordBatch) -> Result<(), ArrowError> {
    let options = FormatOptions::default();
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(printable)
        .collect::<Result<_, _>>()?;
    let formatters: Vec<_> = columns
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options))
        .collect::<Result<_, _>>()?;
    for row in 0..batch.num_rows() {
        let cells = columns.iter().zip(&formatters).map(|(column, formatter)| {
            let is_null = column.is_null(row);
            (!is_null)
                .then(|| formatter.value(row).try_to_string())
                .transpose()
        });
        rows.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(())
}

impl QueryResult {
    /// A table for a terminal: names, a rule, one line per row, numbers to the right.
    pub fn to_text(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|index| self.width(index))
            .collect();
        let names: Vec<_> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let mut text = self.line(&names, &widths);
        text += &self.line(
            &rule.iter().map(String::as_str).collect::<Vec<_>>(),
            &widths,
        );
        for row in &self.rows {
            let cells: Vec<_> = row.iter().map(|cell| shown(cell.as_deref())).collect();
            text += &self.line(&cells, &widths);
        }
        text
    }

    /// One object per row, keys in the query's order where names are unique. Numbers are JSON
    /// numbers (beyond 64 bits as the nearest double), the rest is text.
    pub fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.columns.iter().zip(row);
            let object: Map<String, Value> = cells
                .map(|(column, cell)| (column.name.clone(), json_cell(column, cell.as_deref())))
                .collect();
            Value::Object(object)
        });
        let columns: Vec<_> = self.columns.iter().map(|column| &column.name).collect();
        json!({ "columns": columns, "rows": rows.collect::<Vec<_>>() })
    }

    fn width(&self, index: usize) -> usize {
        let cells = self
            .rows
            .iter()
            .map(|row| shown(row[index].as_deref()).chars().count());
        cells
            .chain([self.columns[index].name.chars().count()])
            .max()
            .unwrap_or(0)
    }

    fn line(&self, cells: &[&str], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), column) in cells.iter().zip(widths).zip(&self.columns) {
            let padded = if column.is_numeric {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            };
            write!(line, "{padded}  ").expect("a String takes any text");
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }
}

fn shown(cell: Option<&str>) -> &str {
    cell.unwrap_or("NULL")
}

fn json_cell(column: &QueryColumn, cell: Option<&str>) -> Value {
    let Some(text) = cell else {
        return Value::Null;
    };
    if !column.is_numeric {
        return Value::from(text);
    }
    // NaN and infinity are no JSON: they stay text.
    serde_json::from_str::<serde_json::Number>(text)
        .map_or_else(|_| Value::from(text), Value::Number)
}
