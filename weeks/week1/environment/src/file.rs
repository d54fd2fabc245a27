//! `open-payments.toml` as a list of names and texts.

use toml_edit::{Document, Item, TableLike, Value};

use crate::FileError;

/// The settings in a TOML text, sections and names joined by dots: `endpoint` in the section
/// `[lake]` is `lake.endpoint`. Numbers, true and false are given as they are written out.
pub fn entries(text: &str) -> Result<Vec<(String, String)>, FileError> {
    let document = Document::parse(text).map_err(|error| FileError::Syntax {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut found = Vec::new();
    below(document.as_table(), "", &mut found)?;
    Ok(found)
}

fn line_of(text: &str, position: usize) -> usize {
    let before = text.as_bytes().iter().take(position);
    1 + before.filter(|byte| **byte == b'\n').count()
}

fn below(
    table: &dyn TableLike,
    section: &str,
    found: &mut Vec<(String, String)>,
) -> Result<(), FileError> {
    for (name, item) in table.iter() {
        let key = if section.is_empty() {
            name.to_owned()
        } else {
            format!("{section}.{name}")
        };
        if let Some(table) = item.as_table_like() {
            below(table, &key, found)?;
            continue;
        }
        let text = scalar(item).ok_or_else(|| FileError::Shape { key: key.clone() })?;
        found.push((key, text));
    }
    Ok(())
}

fn scalar(item: &Item) -> Option<String> {
    match item.as_value()? {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(number) => Some(number.value().to_string()),
        Value::Float(number) => Some(number.value().to_string()),
        Value::Boolean(truth) => Some(truth.value().to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::InlineTable(_) => None,
    }
}
