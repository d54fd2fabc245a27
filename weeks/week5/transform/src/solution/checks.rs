//! The contract's checks on one column, compiled.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use regex::Regex;
use week1_schema::{Column, ValueType};

use super::columns::{Cell, Verdict};
use super::values;
use crate::ReasonCode;

/// What a text is, once it has passed the checks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Checked<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A whole number, cents, or days from 1970-01-01.
    Number(i64),
}

/// Texts that mean nothing: `-`, `#N/A` and the like.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    texts: HashSet<String>,
    longest: usize,
    /// One of them looks like a number.
    has_number: bool,
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
    placeholders: Arc<Placeholders>,
    /// Lists of values that row rules ask about.
    conditions: Vec<Vec<String>>,
}

impl Placeholders {
    pub(super) fn new(texts: &[String]) -> Self {
        Self {
            longest: texts.iter().map(String::len).max().unwrap_or(0),
            texts: texts.iter().cloned().collect(),
            has_number: texts
                .iter()
                .any(|text| values::money(text.as_bytes()).is_some()),
        }
    }

    fn contains(&self, text: &str) -> bool {
        text.len() <= self.longest && self.texts.contains(text)
    }
}

impl ColumnCheck {
    pub(super) fn new(
        column: &Column,
        old_path_separator: bool,
        placeholders: Arc<Placeholders>,
    ) -> Result<Self, regex::Error> {
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
            placeholders,
            conditions: Vec::new(),
        })
    }

    /// Asks for a mark on these texts; gives its bit, or `None` if there are 64 already.
    pub(super) fn condition(&mut self, values: &[String]) -> Option<u64> {
        let known = self.conditions.iter().position(|known| known == values);
        let bit = known.unwrap_or_else(|| {
            self.conditions.push(values.to_vec());
            self.conditions.len() - 1
        });
        1u64.checked_shl(u32::try_from(bit).ok()?)
    }

    /// The bits of all conditions that a text fulfils.
    pub(super) fn marks(&self, text: &str) -> u64 {
        let conditions = self.conditions.iter().enumerate();
        conditions
            .filter(|(_, values)| values.iter().any(|value| value == text))
            .fold(0, |marks, (bit, _)| marks | 1 << bit)
    }

    /// Whether values are parsed, not looked up.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.value_type, ValueType::Integer | ValueType::Money)
    }

    /// What an empty value means.
    #[inline]
    pub(super) fn empty(&self) -> Verdict {
        if self.required {
            Err(ReasonCode::MissingValue)
        } else {
            Ok(Cell::Null)
        }
    }

    /// What a filled field of a number column means.
    #[inline]
    pub(super) fn number(&self, raw: &[u8]) -> Verdict {
        match self.parse(raw) {
            Some(number) if !self.placeholders.has_number => {
                self.in_range(number).map(Cell::Number)
            }
            _ => self.unclean_number(raw),
        }
    }

    #[cold]
    fn unclean_number(&self, raw: &[u8]) -> Verdict {
        let text = str::from_utf8(raw).expect("faulty records are never typed");
        match self.check(text)? {
            Checked::Number(number) => Ok(Cell::Number(number)),
            Checked::Null | Checked::Text(_) => Ok(Cell::Null),
        }
    }

    fn parse(&self, text: &[u8]) -> Option<i64> {
        match self.value_type {
            ValueType::Money => values::money(text),
            _ => values::integer(text),
        }
    }

    fn in_range(&self, number: i64) -> Result<i64, ReasonCode> {
        match self.minimum {
            Some(minimum) if number < minimum => Err(ReasonCode::OutOfRange),
            _ => Ok(number),
        }
    }

    /// Cleans, types and checks a filled field.
    pub(super) fn check<'a>(&self, text: &'a str) -> Result<Checked<'a>, ReasonCode> {
        let text = text.trim();
        if text.is_empty() || self.placeholders.contains(text) {
            return self.empty().map(|_| Checked::Null);
        }
        match self.value_type {
            ValueType::Text => self.text(text).map(Checked::Text),
            ValueType::Date => values::date(text)
                .map(|date| Checked::Number(values::day(date)))
                .ok_or(ReasonCode::InvalidValue),
            ValueType::Integer | ValueType::Money => {
                let number = self
                    .parse(text.as_bytes())
                    .ok_or(ReasonCode::InvalidValue)?;
                self.in_range(number).map(Checked::Number)
            }
        }
    }

    fn text<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, ReasonCode> {
        if text.len() > self.max_length && text.chars().count() > self.max_length {
            return Err(ReasonCode::TooLong);
        }
        if self
            .pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(text))
        {
            return Err(ReasonCode::InvalidValue);
        }
        if !self.allowed.is_empty() {
            return self.listed(text);
        }
        if self.old_path_separator && text.contains("/ ") {
            return Ok(Cow::Owned(text.replace("/ ", "|")));
        }
        Ok(Cow::Borrowed(text))
    }

    /// A value of the closed list, in the contract's spelling.
    fn listed<'a>(&self, text: &str) -> Result<Cow<'a, str>, ReasonCode> {
        let spelled = |value: &&String| value.eq_ignore_ascii_case(text);
        let exact = self.allowed.iter().find(|value| *value == text);
        match exact.or_else(|| self.allowed.iter().find(spelled)) {
            Some(value) => Ok(Cow::Owned(value.clone())),
            None => Err(ReasonCode::InvalidValue),
        }
    }
}
