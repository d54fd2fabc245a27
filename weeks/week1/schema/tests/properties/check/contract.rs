//! What holds of any text that the reader takes for a contract.

use std::collections::HashSet;

use fixtures::layouts;
use regex::Regex;
use week1_schema::solution::{read_contract, recognise};
use week1_schema::{Column, Condition, Contract, Dataset, RowRule, Table, ValueType};

/// Reads a contract; one that is accepted can be relied on by every stage behind it.
pub(crate) fn check(yaml: &[u8]) {
    let Ok(text) = std::str::from_utf8(yaml) else {
        return;
    };
    let contract = match read_contract(text) {
        Ok(contract) => contract,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    check_version(&contract.version);
    let datasets: HashSet<Dataset> = contract.tables.iter().map(|table| table.dataset).collect();
    assert_eq!(datasets.len(), contract.tables.len());
    for table in &contract.tables {
        check_table(table, &contract.missing_values);
    }
    for layout in layouts::all() {
        // Whatever it says of a header, it says it without a panic.
        let _ = recognise(&layout.columns, &contract);
    }
    let json = serde_json::to_string(&contract).unwrap();
    assert_eq!(serde_json::from_str::<Contract>(&json).unwrap(), contract);
}

fn check_version(version: &str) {
    let numbers: Vec<&str> = version.split('.').collect();
    assert_eq!(numbers.len(), 3, "{version}");
    for number in numbers {
        assert!(
            number.bytes().all(|byte| byte.is_ascii_digit()),
            "{version}"
        );
    }
}

fn check_table(table: &Table, missing_values: &[String]) {
    assert!(table.dataset.is_modelled());
    let names: HashSet<&String> = table.columns.iter().map(|column| &column.name).collect();
    assert_eq!(names.len(), table.columns.len(), "names are unique");
    let mut aliases = HashSet::new();
    for column in &table.columns {
        check_column(column, missing_values);
        for alias in &column.aliases {
            let loose = alias.trim().to_lowercase();
            assert!(aliases.insert(loose), "{alias} names two columns");
        }
    }
    let column = |name: &String| &table.columns[table.position(name).expect("it exists")];
    let key = column(&table.key);
    assert!(key.required && key.value_type == ValueType::Integer);
    assert!(key.minimum.is_some_and(|minimum| minimum >= 0));
    if let Some(amount) = table.amount.as_ref().map(column) {
        assert!(amount.required && amount.value_type == ValueType::Money);
    }
    for rule in &table.row_rules {
        check_rule(rule, column);
    }
}

fn check_column(column: &Column, missing_values: &[String]) {
    assert!(!column.aliases.is_empty());
    if let Some(pattern) = &column.pattern {
        assert!(Regex::new(pattern).is_ok());
        let inner = pattern
            .strip_prefix("^(?:")
            .and_then(|rest| rest.strip_suffix(")$"));
        let inner = inner.expect("the whole value must match");
        assert!(Regex::new(inner).is_ok(), "{inner} breaks out of its group");
    }
    let missing = |value| missing_values.contains(value);
    assert!(!column.allowed.iter().any(missing));
    let text_only = column.pattern.is_some() || !column.allowed.is_empty();
    assert!(!text_only || column.value_type == ValueType::Text);
}

fn check_rule<'a>(rule: &RowRule, column: impl Fn(&String) -> &'a Column) {
    match rule {
        RowRule::RequiredWhen { column: name, when }
        | RowRule::EmptyWhen { column: name, when } => {
            column(name);
            let (Condition::In {
                column: name,
                values,
            }
            | Condition::NotIn {
                column: name,
                values,
            }) = when;
            let allowed = &column(name).allowed;
            let possible = |value| allowed.is_empty() || allowed.contains(value);
            assert!(!values.is_empty() && values.iter().all(possible));
        }
        RowRule::InProgramYear { column: name } => {
            assert_eq!(column(name).value_type, ValueType::Date);
        }
    }
}
