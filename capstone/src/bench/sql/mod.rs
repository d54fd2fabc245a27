//! The contract in DuckDB's words: what the peer's script says about each column.
//!
//! Every record is staged as text and typed on the way. A *plain* record keeps the
//! contract exactly as it is written, so its checks may be stricter than the contract's,
//! never looser. What is not plain is cleaned and judged by the exact rules.

mod rules;
mod spot;

use std::collections::BTreeSet;

use serde::Serialize;
use week1_schema::{Column, Contract, LayoutMap, PROGRAM_YEAR, Table};

use self::rules::{broken_rule, plain_rule};
use self::spot::Spot;
use super::job::Job;

/// White space as Unicode has it, which is what our typer trims.
const SPACE: &str =
    r"[\x09-\x0d \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+";
/// Layouts in which specialty paths are separated by a slash and a space.
const OLD_PATHS: &str = "_a_";

/// A closed list as a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct EnumType {
    name: String,
    values: String,
    lowered: String,
}

/// Everything that the script says column by column.
#[derive(Debug, Serialize)]
pub(super) struct Fragments {
    lists: Vec<EnumType>,
    column_types: Vec<String>,
    missing_values: String,
    outer_space: String,
    key: String,
    converted: Vec<String>,
    values: Vec<String>,
    plain: Vec<String>,
    fields: Vec<String>,
    fields_of_plain: Vec<String>,
    cleaned: Vec<String>,
    faults: Vec<String>,
    typed: Vec<String>,
    reasons: Vec<String>,
    curated: Vec<String>,
}

/// Writes down the contract's checks for one file.
pub(super) fn fragments(job: &Job<'_>) -> Fragments {
    let (table, layout, target) = (job.table, &job.layout, job.target);
    let lists = enum_types(table);
    let spots = spots(table, layout, &lists);
    let present = || spots.iter().filter(|spot| spot.read.is_some());
    let rules = || table.row_rules.iter();
    let plain = present().map(|spot| spot.plain(target));
    let reasons = present().map(|spot| format!("fault_{}", spot.name()));
    Fragments {
        column_types: (0..layout.fields)
            .map(|at| format!("'c{at}': 'VARCHAR'"))
            .collect(),
        missing_values: missing_values(job.contract),
        outer_space: text(&format!("^{SPACE}|{SPACE}$")),
        key: table.key.clone(),
        converted: present().filter_map(Spot::converted).collect(),
        values: present().map(|spot| spot.value(target)).collect(),
        plain: plain
            .chain(rules().filter_map(|rule| plain_rule(rule, &spots, target)))
            .collect(),
        fields: present().filter_map(|spot| spot.read.clone()).collect(),
        fields_of_plain: present().map(Spot::as_read).collect(),
        cleaned: present().map(Spot::cleaned).collect(),
        faults: present().map(Spot::fault).collect(),
        typed: present().map(Spot::typed).collect(),
        reasons: reasons
            .chain(rules().filter_map(|rule| broken_rule(rule, &spots, target)))
            .chain(present().filter_map(|spot| spot.wrong_partition(target)))
            .collect(),
        curated: spots
            .iter()
            .filter(|spot| spot.name() != PROGRAM_YEAR)
            .map(Spot::curated)
            .collect(),
        lists,
    }
}

fn spots<'a>(table: &'a Table, layout: &LayoutMap, lists: &[EnumType]) -> Vec<Spot<'a>> {
    let mut place = 0;
    let columns = table.columns.iter().zip(&layout.source);
    columns
        .map(|(column, source)| {
            place += usize::from(source.is_some());
            Spot {
                column,
                read: source.map(|at| format!("c{at}")),
                place,
                enum_type: enum_name(lists, column),
                old_path: layout.layout.contains(OLD_PATHS) && column.name.contains("specialty"),
            }
        })
        .collect()
}

fn enum_types(table: &Table) -> Vec<EnumType> {
    let lists: BTreeSet<&[String]> = table
        .columns
        .iter()
        .map(|column| column.allowed.as_slice())
        .filter(|allowed| !allowed.is_empty())
        .collect();
    (1..)
        .zip(lists)
        .map(|(number, allowed)| EnumType {
            name: format!("list_{number}"),
            values: texts(allowed),
            lowered: texts(
                &allowed
                    .iter()
                    .map(|value| value.to_ascii_lowercase())
                    .collect::<Vec<_>>(),
            ),
        })
        .collect()
}

fn enum_name(lists: &[EnumType], column: &Column) -> Option<String> {
    let values = texts(&column.allowed);
    lists
        .iter()
        .find(|list| list.values == values)
        .map(|list| list.name.clone())
}

/// Placeholders, and the empty value.
fn missing_values(contract: &Contract) -> String {
    let empty = [String::new()];
    texts(empty.iter().chain(&contract.missing_values))
}

/// A text in quotes.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn texts<'a>(values: impl IntoIterator<Item = &'a String>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| text(value)).collect();
    values.join(", ")
}
