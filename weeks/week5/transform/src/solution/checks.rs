//! The contract's checks on one column, compiled.

use std::borrow::Cow;

use regex::Regex;
use week1_schema::{Column, ValueType};

use super::values;
use crate::ReasonCode;

/// A typed value of one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    /// Filled with something that a check refused.
    Refused,
    Text(Cow<'a, str>),
    Integer(i64),
    Cents(i64),
    Day(jiff::civil::Date),
}

/// A column of the contract, with what is needed to check a value of it.
#[derive(Debug)]
pub(super) struct ColumnCheck {
    pub(super) value_type: ValueType,
    required: bool,
    max_length: usize,
    pattern: Option<Regex>,
    allowed: Vec<String>,
    minimum: Option<i64>,
    old_path_separator: bool,
}

impl ColumnCheck {
    pub(super) fn new(column: &Column, old_path_separator: bool) -> Result<Self, regex::Error> {
        let whole = column
            .pattern
            .as_ref()
            .map(|pattern| format!("^(?:{pattern})$"));
        Ok(Self {
            value_type: column.value_type,
            required: column.required,
            max_length: column.max_length.unwrap_or(usize::MAX),
            pattern: whole.map(|pattern| Regex::new(&pattern)).transpose()?,
            allowed: column.allowed.clone(),
            minimum: column.minimum,
            old_path_separator,
        })
    }

    /// What an empty value means.
    pub(super) fn empty(&self) -> Result<Value<'static>, ReasonCode> {
        if self.required {
            Err(ReasonCode::MissingValue)
        } else {
            Ok(Value::Null)
        }
    }

    /// Types and checks a trimmed value that is no placeholder. `hint` remembers where in
    /// the closed list the last value stood: neighbouring rows often agree.
    pub(super) fn value<'a>(
        &self,
        text: Cow<'a, str>,
        hint: &mut usize,
    ) -> Result<Value<'a>, ReasonCode> {
        match self.value_type {
            ValueType::Text => self.text(text, hint),
            ValueType::Integer => self.number(values::integer(&text)).map(Value::Integer),
            ValueType::Money => self.number(values::money(&text)).map(Value::Cents),
            ValueType::Date => values::date(&text)
                .map(Value::Day)
                .ok_or(ReasonCode::InvalidValue),
        }
    }

    fn number(&self, number: Option<i64>) -> Result<i64, ReasonCode> {
        let number = number.ok_or(ReasonCode::InvalidValue)?;
        match self.minimum {
            Some(minimum) if number < minimum => Err(ReasonCode::OutOfRange),
            _ => Ok(number),
        }
    }

    fn text<'a>(&self, text: Cow<'a, str>, hint: &mut usize) -> Result<Value<'a>, ReasonCode> {
        if text.len() > self.max_length && text.chars().count() > self.max_length {
            return Err(ReasonCode::TooLong);
        }
        if self
            .pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(&text))
        {
            return Err(ReasonCode::InvalidValue);
        }
        if !self.allowed.is_empty() {
            return self.listed(text, hint);
        }
        if self.old_path_separator && text.contains("/ ") {
            return Ok(Value::Text(Cow::Owned(text.replace("/ ", "|"))));
        }
        Ok(Value::Text(text))
    }

    /// A value of the closed list, in the contract's spelling.
    fn listed<'a>(&self, text: Cow<'a, str>, hint: &mut usize) -> Result<Value<'a>, ReasonCode> {
        if self.allowed.get(*hint).is_some_and(|value| *value == text) {
            return Ok(Value::Text(text));
        }
        if let Some(found) = self.allowed.iter().position(|value| *value == text) {
            *hint = found;
            return Ok(Value::Text(text));
        }
        match self
            .allowed
            .iter()
            .find(|value| value.eq_ignore_ascii_case(&text))
        {
            Some(value) => Ok(Value::Text(Cow::Owned(value.clone()))),
            None => Err(ReasonCode::InvalidValue),
        }
    }
}
