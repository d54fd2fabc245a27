//! What holds of any first line.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fixtures::layouts;
use week1_schema::solution::{
    CONTRACT_YAML, parse_header, read_contract, recognise, recognise_line,
};
use week1_schema::{Contract, Drift, HeaderError, LayoutMap, MAX_HEADER, Table};

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| read_contract(CONTRACT_YAML).expect("the committed contract is valid"));

/// Longest message of an error, in bytes: it goes to a terminal.
const MAX_MESSAGE: usize = 3000;

/// Reads a line, and judges the answer by what the names themselves say.
pub(crate) fn check(line: &[u8]) {
    match parse_header(line) {
        Ok((names, marked)) => {
            check_names(&names);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let expected = recognise(&names, &CONTRACT).map(|map| with_mark(map, marked));
            let found = recognise_line(line, &CONTRACT);
            assert_eq!(found, expected);
            match recognise(&names, &CONTRACT) {
                Ok(map) => check_map(&map, &names),
                Err(error) => check_error(&error),
            }
        }
        Err(error) => {
            check_error(&error);
            assert_eq!(recognise_line(line, &CONTRACT), Err(error));
        }
    }
}

fn check_error(error: &HeaderError) {
    let message = error.to_string();
    assert!(message.len() <= MAX_MESSAGE, "{} bytes", message.len());
}

fn with_mark(mut map: LayoutMap, marked: bool) -> LayoutMap {
    if marked {
        map.drift.insert(0, Drift::ByteOrderMark);
    }
    map
}

/// Names read back from the strictest way to write them.
fn check_names(names: &[String]) {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("\"{}\"", name.replace('"', "\"\"")))
        .collect();
    let line = quoted.join(",");
    let blank = names.iter().all(|name| name.trim().is_empty());
    if line.len() <= MAX_HEADER && !blank {
        assert_eq!(parse_header(line.as_bytes()), Ok((names.to_vec(), false)));
    }
}

fn check_map(map: &LayoutMap, names: &[&str]) {
    let layout = layouts::by_id(&map.layout).expect("a known layout");
    assert_eq!(map.fields, names.len());
    assert_eq!(map.dataset.as_str(), layout.dataset);
    assert_eq!(
        map.drift.is_empty(),
        layout.columns == names,
        "only the layout itself has no drift: {:?}",
        map.drift
    );
    let Some(table) = CONTRACT.table(map.dataset) else {
        assert_eq!(map.source, []);
        return;
    };
    let found = columns(map, names, table);
    every_required_column_is_there(&found, layout, table);
    let unknown = |drift: &&Drift| matches!(drift, Drift::UnknownColumn { .. });
    assert_eq!(
        map.drift.iter().filter(unknown).count() + found.len(),
        names.len(),
        "a field is a column or is reported"
    );
    let reversed: Vec<&str> = names.iter().rev().copied().collect();
    let other = recognise(&reversed, &CONTRACT).expect("the same names in another order");
    assert_eq!(columns(&other, &reversed, table), found);
}

/// The name under which each column was found, which must be one of its own.
fn columns<'a>(map: &LayoutMap, names: &[&'a str], table: &'a Table) -> BTreeMap<&'a str, &'a str> {
    assert_eq!(map.source.len(), table.columns.len());
    let mut taken = vec![false; names.len()];
    let mut found = BTreeMap::new();
    for (column, source) in table.columns.iter().zip(&map.source) {
        let Some(field) = *source else { continue };
        assert!(!std::mem::replace(&mut taken[field], true), "taken twice");
        let is_alias = |alias: &String| loose(alias) == loose(names[field]);
        assert!(column.aliases.iter().any(is_alias), "{}", names[field]);
        found.insert(column.name.as_str(), names[field]);
    }
    found
}

fn every_required_column_is_there(
    found: &BTreeMap<&str, &str>,
    layout: &layouts::Layout,
    table: &Table,
) {
    for column in table.columns.iter().filter(|column| column.required) {
        let in_layout = |alias: &String| layout.position(alias).is_some();
        if column.aliases.iter().any(in_layout) {
            assert!(found.contains_key(column.name.as_str()), "{}", column.name);
        }
    }
}

fn loose(name: &str) -> String {
    name.trim().to_lowercase()
}
