//! From an ODCS document to the contract's types.

use serde_json::Value;

use super::check;
use super::odcs::{self, Custom, Object, Options, Property, Quality};
use crate::{Column, Contract, ContractError, Dataset, RowRule, Table, ValueType};

/// The engine name under which row rules stand in the contract.
const ENGINE: &str = "open-payments-workbook";

/// Reads a contract from ODCS v3.1 YAML and checks that it agrees with itself.
///
/// Table names are those of [`Dataset`]; the custom property `aliases` of a column
/// lists its source names, and `accountingAmount` of a table names the column that
/// accounting adds up. Row rules are `custom` quality rules of the engine
/// `open-payments-workbook`, in the serialised form of [`RowRule`].
pub fn read_contract(yaml: &str) -> Result<Contract, ContractError> {
    let document = odcs::parse(yaml)?;
    let contract = Contract {
        tables: document
            .schema
            .iter()
            .map(table)
            .collect::<Result<_, _>>()?,
        missing_values: missing_values(&document.schema)?,
        version: document.version,
    };
    check::contract(&contract)?;
    Ok(contract)
}

fn table(object: &Object) -> Result<Table, ContractError> {
    let place = &object.name;
    Ok(Table {
        dataset: dataset(place)?,
        columns: object
            .properties
            .iter()
            .map(|property| column(&format!("{place}.{}", property.name), property))
            .collect::<Result<_, _>>()?,
        row_rules: (1..)
            .zip(&object.quality)
            .filter_map(|(number, rule)| row_rule(place, number, rule).transpose())
            .collect::<Result<_, _>>()?,
        key: key(object)?,
        amount: custom(&object.custom_properties, "accountingAmount")
            .map(|value| parse_value(&format!("{place}: accountingAmount"), value))
            .transpose()?,
    })
}

fn dataset(name: &str) -> Result<Dataset, ContractError> {
    let mut modelled = Dataset::ALL
        .into_iter()
        .filter(|dataset| dataset.is_modelled());
    modelled
        .find(|dataset| dataset.as_str() == name)
        .ok_or_else(|| inconsistent(name, "no dataset of this name is modelled"))
}

fn key(object: &Object) -> Result<String, ContractError> {
    let keys: Vec<_> = object
        .properties
        .iter()
        .filter(|property| property.primary_key)
        .collect();
    match keys.as_slice() {
        [key] => Ok(key.name.clone()),
        keys => Err(inconsistent(
            &object.name,
            format!(
                "{} columns are a primaryKey, exactly one must be",
                keys.len()
            ),
        )),
    }
}

fn column(place: &str, property: &Property) -> Result<Column, ContractError> {
    let value_type = value_type(place, property)?;
    let options = &property.logical_type_options;
    Ok(Column {
        name: property.name.clone(),
        value_type,
        required: property.required,
        max_length: options.max_length,
        pattern: pattern(place, options)?,
        allowed: allowed(place, &property.quality)?,
        minimum: minimum(place, value_type, options)?,
        aliases: custom(&property.custom_properties, "aliases")
            .map(|value| parse_value(&format!("{place}: aliases"), value))
            .transpose()?
            .unwrap_or_default(),
        description: property.description.clone(),
    })
}

fn value_type(place: &str, property: &Property) -> Result<ValueType, ContractError> {
    let types = (
        property.logical_type.as_str(),
        property.physical_type.as_str(),
    );
    let value_type = match types {
        ("string", "VARCHAR") => ValueType::Text,
        ("integer", "BIGINT" | "INTEGER") => ValueType::Integer,
        ("number", "DECIMAL(14,2)") => ValueType::Money,
        ("date", "DATE") => ValueType::Date,
        (logical, physical) => {
            let text = format!("no value type is {logical:?} stored as {physical:?}");
            return Err(inconsistent(place, text));
        }
    };
    let format = property.logical_type_options.format.as_deref();
    let expected = (value_type == ValueType::Date).then_some("MM/dd/yyyy");
    if format != expected {
        let text = format!("the format is {format:?}; it must be {expected:?}");
        return Err(inconsistent(place, text));
    }
    Ok(value_type)
}

/// The pattern, anchored as a whole: `^A|B$` alone would also match "Ax".
fn pattern(place: &str, options: &Options) -> Result<Option<String>, ContractError> {
    let Some(pattern) = &options.pattern else {
        return Ok(None);
    };
    let inner = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .ok_or_else(|| inconsistent(place, format!("{pattern:?} must run from ^ to $")))?;
    let whole = format!("^(?:{inner})$");
    // Sound alone too: `a)|(?:b` would close the group and leave the anchors to its halves.
    regex::Regex::new(inner)
        .and_then(|_| regex::Regex::new(&whole))
        .map_err(|error| inconsistent(place, error))?;
    Ok(Some(whole))
}

/// Dollars in the file, cents in the contract.
fn minimum(
    place: &str,
    value_type: ValueType,
    options: &Options,
) -> Result<Option<i64>, ContractError> {
    let Some(minimum) = options.minimum else {
        return Ok(None);
    };
    let scaled = match value_type {
        ValueType::Money => minimum * 100.0,
        ValueType::Integer => minimum,
        ValueType::Text | ValueType::Date => {
            return Err(inconsistent(place, "minimum needs an integer or an amount"));
        }
    };
    // Within 2^53 a float holds every whole number exactly.
    let whole = scaled.round();
    if (scaled - whole).abs() > 1e-6 || whole.abs() > 9e15 {
        let text = format!("the minimum {minimum} is not a whole number or amount of cents");
        return Err(inconsistent(place, text));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Ok(Some(whole as i64))
}

/// The closed list of a column, from its `invalidValues` rule.
fn allowed(place: &str, rules: &[Quality]) -> Result<Vec<String>, ContractError> {
    let mut allowed = Vec::new();
    for (number, rule) in (1..).zip(rules) {
        let place = format!("{place}: quality rule {number}");
        match rule.metric.as_deref() {
            Some("invalidValues") => {
                must_be_zero(&place, rule)?;
                allowed.extend(rule.arguments.valid_values.clone().unwrap_or_default());
                if allowed.is_empty() {
                    return Err(inconsistent(&place, "invalidValues lists no validValues"));
                }
            }
            Some("missingValues") => must_be_zero(&place, rule)?,
            Some(metric) => {
                return Err(inconsistent(place, format!("{metric} is not supported")));
            }
            None if rule.kind.as_deref() == Some("text") => {}
            None => return Err(inconsistent(place, "a column's rule needs a metric")),
        }
    }
    Ok(allowed)
}

/// Rows are judged one by one, so a rule that tolerates some bad ones makes no sense.
fn must_be_zero(place: &str, rule: &Quality) -> Result<(), ContractError> {
    if rule.must_be.as_ref().and_then(Value::as_u64) == Some(0) {
        return Ok(());
    }
    Err(inconsistent(place, "the rule must say mustBe: 0"))
}

/// Placeholders mean the same in every column, so all rules must state the same list.
fn missing_values(schema: &[Object]) -> Result<Vec<String>, ContractError> {
    let mut common: Option<&Vec<String>> = None;
    for object in schema {
        for property in &object.properties {
            let rules = &property.quality;
            for list in rules
                .iter()
                .filter_map(|rule| rule.arguments.missing_values.as_ref())
            {
                if **common.get_or_insert(list) != *list {
                    let place = format!("{}.{}", object.name, property.name);
                    let text = "its missingValues differ from those of the columns before it";
                    return Err(inconsistent(place, text));
                }
            }
        }
    }
    Ok(common.cloned().unwrap_or_default())
}

/// A row rule; `None` for rules in words and rules of other engines.
fn row_rule(table: &str, number: usize, rule: &Quality) -> Result<Option<RowRule>, ContractError> {
    let place = format!("{table}: quality rule {number}");
    match (rule.kind.as_deref(), rule.engine.as_deref()) {
        (Some("custom"), Some(ENGINE)) => {
            let value = rule.implementation.as_ref().unwrap_or(&Value::Null);
            parse_value(&place, value).map(Some)
        }
        (Some("custom" | "text"), _) => Ok(None),
        _ => Err(inconsistent(
            place,
            "a table's rule must be of type custom or text",
        )),
    }
}

fn custom<'a>(properties: &'a [Custom], name: &str) -> Option<&'a Value> {
    let mut found = properties.iter().filter(|custom| custom.property == name);
    found.next().map(|custom| &custom.value)
}

fn parse_value<T: serde::de::DeserializeOwned>(
    place: &str,
    value: &Value,
) -> Result<T, ContractError> {
    T::deserialize(value).map_err(|error| inconsistent(place, error))
}

fn inconsistent(place: impl std::fmt::Display, what: impl std::fmt::Display) -> ContractError {
    ContractError::Inconsistent(format!("{place}: {what}"))
}
