//! Whether a contract agrees with itself.

use std::collections::{HashMap, HashSet};

use crate::{Column, Condition, Contract, ContractError, RowRule, Table, ValueType, loose};

type Check = Result<(), ContractError>;

/// The first contradiction in a contract, if there is one.
pub(super) fn contract(contract: &Contract) -> Check {
    version(&contract.version)?;
    let mut datasets = HashSet::new();
    for table in &contract.tables {
        let place = table.dataset.as_str();
        ensure(datasets.insert(table.dataset), place, || {
            "the table stands twice".into()
        })?;
        columns(table, &contract.missing_values)?;
        aliases(table)?;
        key_and_amount(table)?;
        for rule in &table.row_rules {
            row_rule(table, rule)?;
        }
    }
    Ok(())
}

/// The version goes into every run id, so it must be one that can be compared.
fn version(version: &str) -> Check {
    let parts: Vec<&str> = version.split('.').collect();
    // `parse` alone would take a sign.
    let number = |part: &&str| !part.starts_with('+') && part.parse::<u32>().is_ok();
    let numeric = parts.iter().all(number);
    ensure(parts.len() == 3 && numeric, "version", || {
        format!("{version:?} is not of the form 1.2.3")
    })
}

fn columns(table: &Table, missing_values: &[String]) -> Check {
    let mut names = HashSet::new();
    ensure(!table.columns.is_empty(), table.dataset.as_str(), || {
        "the table has no columns".into()
    })?;
    for column in &table.columns {
        let place = place(table, &column.name);
        ensure(names.insert(&column.name), &place, || {
            "the column stands twice".into()
        })?;
        ensure(is_snake_case(&column.name), &place, || {
            "a canonical name is lower snake case".into()
        })?;
        text_limits(&place, column)?;
        closed_list(&place, column, missing_values)?;
    }
    Ok(())
}

fn is_snake_case(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed)
}

fn text_limits(place: &str, column: &Column) -> Check {
    let limited =
        column.max_length.is_some() || column.pattern.is_some() || !column.allowed.is_empty();
    ensure(
        !limited || column.value_type == ValueType::Text,
        place,
        || "maxLength, pattern and validValues are for text".into(),
    )
}

fn closed_list(place: &str, column: &Column, missing_values: &[String]) -> Check {
    let mut seen = HashSet::new();
    for value in &column.allowed {
        ensure(seen.insert(value), place, || {
            format!("{value:?} is listed twice in validValues")
        })?;
        ensure(!missing_values.contains(value), place, || {
            format!("{value:?} is both a valid value and a missing one")
        })?;
    }
    Ok(())
}

/// Headers are matched with case ignored where they must be, so names that differ
/// in case only would make a header ambiguous.
fn aliases(table: &Table) -> Check {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for column in &table.columns {
        let place = place(table, &column.name);
        ensure(!column.aliases.is_empty(), &place, || {
            "no alias, so no header can ever name it".into()
        })?;
        for alias in &column.aliases {
            if let Some(owner) = owners.insert(loose(alias), &column.name) {
                return Err(inconsistent(
                    &place,
                    format!("the alias {alias:?} already belongs to {owner}"),
                ));
            }
        }
    }
    Ok(())
}

fn key_and_amount(table: &Table) -> Check {
    let key = find(table, "primaryKey", &table.key)?;
    let counts =
        key.value_type == ValueType::Integer && key.minimum.is_some_and(|least| least >= 0);
    ensure(key.required && counts, &place(table, &key.name), || {
        "a key must be a required integer with a minimum of 0 or more".into()
    })?;
    if let Some(amount) = &table.amount {
        let column = find(table, "accountingAmount", amount)?;
        ensure(
            column.value_type == ValueType::Money && column.required,
            &place(table, amount),
            || "the accounting amount must be a required amount of money".into(),
        )?;
    }
    Ok(())
}

fn row_rule(table: &Table, rule: &RowRule) -> Check {
    match rule {
        RowRule::RequiredWhen { column, when } | RowRule::EmptyWhen { column, when } => {
            find(table, "a row rule", column)?;
            condition(table, when)
        }
        RowRule::InProgramYear { column } => {
            let found = find(table, "a row rule", column)?;
            ensure(
                found.value_type == ValueType::Date,
                &place(table, column),
                || "in_program_year needs a date".into(),
            )
        }
    }
}

/// A condition on a value that its column can't have would never hold.
fn condition(table: &Table, when: &Condition) -> Check {
    let (Condition::In { column, values } | Condition::NotIn { column, values }) = when;
    let found = find(table, "a row rule's condition", column)?;
    let place = place(table, column);
    ensure(!values.is_empty(), &place, || {
        "a condition on it lists no values".into()
    })?;
    let impossible = values
        .iter()
        .find(|value| !found.allowed.is_empty() && !found.allowed.contains(value));
    match impossible {
        Some(value) => Err(inconsistent(
            &place,
            format!("a condition names {value:?}, which is not among its validValues"),
        )),
        None => Ok(()),
    }
}

fn find<'a>(table: &'a Table, who: &str, name: &str) -> Result<&'a Column, ContractError> {
    table
        .position(name)
        .map(|position| &table.columns[position])
        .ok_or_else(|| {
            let text = format!("{who} names the column {name:?}, which does not exist");
            inconsistent(table.dataset.as_str(), text)
        })
}

fn place(table: &Table, column: &str) -> String {
    format!("{}.{column}", table.dataset)
}

fn ensure(holds: bool, place: &str, what: impl FnOnce() -> String) -> Check {
    if holds {
        return Ok(());
    }
    Err(inconsistent(place, what()))
}

fn inconsistent(place: &str, what: impl std::fmt::Display) -> ContractError {
    ContractError::Inconsistent(format!("{place}: {what}"))
}
