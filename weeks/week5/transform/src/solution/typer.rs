//! A table's checks, compiled for one layout and one delivery.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use week1_schema::{Condition, LayoutMap, PROGRAM_YEAR, PUBLICATION_DATE, RowRule, Table};
use week2_ingestion::Record;

use super::checks::{ColumnCheck, Value};
use crate::{Reason, ReasonCode, Target};

/// Layouts in which specialty paths are separated by a slash and a space.
const OLD_PATHS: &str = "_a_";

/// Why a table can't be compiled for a layout.
#[derive(Debug, thiserror::Error)]
pub enum TyperError {
    /// A pattern of the contract is no regular expression.
    #[error("column {column}: {source}")]
    Pattern {
        /// Canonical name.
        column: String,
        /// What the regex crate says.
        source: regex::Error,
    },
    /// A rule names a column that the table does not have.
    #[error("a rule names the column {0}, which the table does not have")]
    UnknownColumn(String),
}

/// Checks rows of one table in one layout. Immutable, so threads share it.
#[derive(Debug)]
pub struct Typer {
    pub(super) columns: Vec<TypedColumn>,
    pub(super) key: usize,
    pub(super) amount: Option<usize>,
    rules: Vec<Rule>,
    placeholders: HashSet<String>,
    longest_placeholder: usize,
    target: Target,
    publication: Option<usize>,
    partition: Option<usize>,
}

/// One canonical column of this layout.
#[derive(Debug)]
pub(super) struct TypedColumn {
    pub(super) name: Arc<str>,
    pub(super) check: ColumnCheck,
    pub(super) source: Option<usize>,
}

/// A rule with column positions instead of names.
#[derive(Debug)]
enum Rule {
    Required { column: usize, when: When },
    Empty { column: usize, when: When },
    InProgramYear { column: usize },
}

#[derive(Debug)]
struct When {
    column: usize,
    values: Vec<String>,
    negated: bool,
}

/// Working memory for rows of one chunk, reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    hints: Vec<usize>,
    pub(super) reasons: Vec<Reason>,
}

impl Typer {
    /// Compiles `table` for files of `layout` that deliver `target`.
    pub fn new(
        table: &Table,
        layout: &LayoutMap,
        target: Target,
        missing_values: &[String],
    ) -> Result<Self, TyperError> {
        let old_paths = layout.layout.contains(OLD_PATHS);
        let columns = table
            .columns
            .iter()
            .zip(&layout.source)
            .map(|(column, source)| {
                let is_path = old_paths && column.name.contains("specialty");
                let check =
                    ColumnCheck::new(column, is_path).map_err(|source| TyperError::Pattern {
                        column: column.name.clone(),
                        source,
                    })?;
                Ok(TypedColumn {
                    name: column.name.as_str().into(),
                    check,
                    source: *source,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let key = position(table, &table.key)?;
        let amount = table
            .amount
            .as_deref()
            .map(|name| position(table, name))
            .transpose()?;
        let rules = table
            .row_rules
            .iter()
            .map(|rule| Rule::compile(rule, table))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            columns,
            key,
            amount,
            rules,
            placeholders: missing_values.iter().cloned().collect(),
            longest_placeholder: missing_values.iter().map(String::len).max().unwrap_or(0),
            target,
            publication: table.position(PUBLICATION_DATE),
            partition: table.position(PROGRAM_YEAR),
        })
    }

    pub(super) fn scratch(&self) -> Scratch {
        Scratch {
            hints: vec![0; self.columns.len()],
            reasons: Vec::new(),
        }
    }

    /// Types a whole record; `scratch.reasons` holds every reason against it.
    pub(super) fn row<'a>(
        &self,
        record: &Record<'a>,
        row: &mut Vec<Value<'a>>,
        scratch: &mut Scratch,
    ) {
        row.clear();
        scratch.reasons.clear();
        for (index, column) in self.columns.iter().enumerate() {
            let value = match column.source {
                Some(source) => {
                    self.value(record, source, &column.check, &mut scratch.hints[index])
                }
                None => Ok(Value::Null),
            };
            row.push(value.unwrap_or_else(|code| {
                scratch.reasons.push(self.reason(code, index));
                Value::Refused
            }));
        }
        self.apply_rules(row, &mut scratch.reasons);
        scratch.reasons.sort_unstable();
        scratch.reasons.dedup();
    }

    #[inline]
    fn value<'a>(
        &self,
        record: &Record<'a>,
        source: usize,
        check: &ColumnCheck,
        hint: &mut usize,
    ) -> Result<Value<'a>, ReasonCode> {
        if record.raw(source).is_empty() {
            return check.empty();
        }
        let text = clean(record, source);
        let missing = text.is_empty()
            || (text.len() <= self.longest_placeholder && self.placeholders.contains(&*text));
        if missing {
            check.empty()
        } else {
            check.value(text, hint)
        }
    }

    /// The amount of a record that is rejected for another column.
    pub(super) fn cents(&self, row: &[Value<'_>], record: &Record<'_>) -> Option<i64> {
        let amount = self.amount?;
        if let Value::Cents(cents) = row[amount] {
            return Some(cents);
        }
        // Below the minimum, yet readable: accounting counts it.
        let text = clean(record, self.columns[amount].source?);
        super::values::money(&text)
    }

    pub(super) fn reason(&self, code: ReasonCode, column: usize) -> Reason {
        Reason {
            code,
            column: Some(Arc::clone(&self.columns[column].name)),
        }
    }

    fn apply_rules(&self, row: &[Value<'_>], reasons: &mut Vec<Reason>) {
        for rule in &self.rules {
            if let Some((code, column)) = self.broken(rule, row) {
                reasons.push(self.reason(code, column));
            }
        }
        if let Some(column) = self.partition
            && matches!(row[column], Value::Integer(year) if year != i64::from(self.target.program_year))
        {
            reasons.push(self.reason(ReasonCode::WrongPartition, column));
        }
        if let Some(column) = self.publication
            && matches!(row[column], Value::Day(day) if day != self.target.publication)
        {
            reasons.push(self.reason(ReasonCode::WrongPartition, column));
        }
    }

    fn broken(&self, rule: &Rule, row: &[Value<'_>]) -> Option<(ReasonCode, usize)> {
        match rule {
            // A layout without the column can't fill it.
            Rule::Required { column, when } => (self.columns[*column].source.is_some()
                && row[*column] == Value::Null
                && when.holds(row))
            .then_some((ReasonCode::MissingValue, *column)),
            Rule::Empty { column, when } => (!matches!(row[*column], Value::Null | Value::Refused)
                && when.holds(row))
            .then_some((ReasonCode::UnexpectedValue, *column)),
            Rule::InProgramYear { column } => match row[*column] {
                Value::Day(day) if day.year() != self.target.program_year => {
                    Some((ReasonCode::OutOfProgramYear, *column))
                }
                _ => None,
            },
        }
    }
}

impl Rule {
    fn compile(rule: &RowRule, table: &Table) -> Result<Self, TyperError> {
        Ok(match rule {
            RowRule::RequiredWhen { column, when } => Self::Required {
                column: position(table, column)?,
                when: When::compile(when, table)?,
            },
            RowRule::EmptyWhen { column, when } => Self::Empty {
                column: position(table, column)?,
                when: When::compile(when, table)?,
            },
            RowRule::InProgramYear { column } => Self::InProgramYear {
                column: position(table, column)?,
            },
        })
    }
}

impl When {
    fn compile(condition: &Condition, table: &Table) -> Result<Self, TyperError> {
        let (column, values, negated) = match condition {
            Condition::In { column, values } => (column, values, false),
            Condition::NotIn { column, values } => (column, values, true),
        };
        Ok(Self {
            column: position(table, column)?,
            values: values.clone(),
            negated,
        })
    }

    fn holds(&self, row: &[Value<'_>]) -> bool {
        let Value::Text(text) = &row[self.column] else {
            return false;
        };
        self.values.iter().any(|value| *value == **text) != self.negated
    }
}

fn position(table: &Table, name: &str) -> Result<usize, TyperError> {
    table
        .position(name)
        .ok_or_else(|| TyperError::UnknownColumn(name.to_owned()))
}

/// A field without quotes' doubling and surrounding white space.
#[inline]
fn clean<'a>(record: &Record<'a>, field: usize) -> Cow<'a, str> {
    let raw = std::str::from_utf8(record.raw(field)).expect("faulty records are never typed");
    if record.fields[field].escaped {
        return Cow::Owned(raw.replace("\"\"", "\"").trim().to_owned());
    }
    Cow::Borrowed(raw.trim())
}
