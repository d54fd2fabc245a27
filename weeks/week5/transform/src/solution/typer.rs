//! A table's checks, compiled for one layout and one delivery.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::civil::date;
use polars_arrow::datatypes::ArrowSchemaRef;
use week1_schema::{Condition, LayoutMap, PROGRAM_YEAR, PUBLICATION_DATE, RowRule, Table};
use week2_ingestion::Record;

use super::checks::{ColumnCheck, Placeholders};
use super::columns::{Cell, ColumnBuilder};
use super::values::{self, day};
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
    /// Rules ask about a column in more than 64 ways.
    #[error("rules have more than 64 conditions on the column {0}")]
    TooManyConditions(String),
    /// The layout map is not one of this table's files: it was damaged, or made for
    /// another version of the contract.
    #[error("{0}")]
    Layout(String),
}

/// Checks rows of one table in one layout. Immutable, so threads share it.
#[derive(Debug)]
pub struct Typer {
    pub(super) columns: Vec<TypedColumn>,
    pub(super) schema: ArrowSchemaRef,
    /// Columns that this layout has, and the fields they are in.
    present: Vec<(usize, usize)>,
    pub(super) key: usize,
    pub(super) amount: Option<usize>,
    rules: Vec<Rule>,
    program_year: i64,
    /// Days from 1970-01-01: the program year's, and the publication's.
    days: RangeInclusive<i64>,
    publication_day: i64,
    publication: Option<usize>,
    partition: Option<usize>,
}

/// One canonical column of this layout.
#[derive(Debug)]
pub(super) struct TypedColumn {
    pub(super) name: Arc<str>,
    pub(super) check: ColumnCheck,
    source: Option<usize>,
}

/// A rule with column positions instead of names.
#[derive(Debug)]
enum Rule {
    Required { column: usize, when: When },
    Empty { column: usize, when: When },
    InProgramYear { column: usize },
}

/// A condition on a text column: the texts that fulfil it carry the mark.
#[derive(Debug, Clone, Copy)]
struct When {
    column: usize,
    mark: u64,
    negated: bool,
}

/// One record on its way through the checks; reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// One per column.
    pub(super) cells: Vec<Cell>,
    /// Columns that are not NULL, in order.
    pub(super) filled: Vec<usize>,
    /// Every reason against it, sorted.
    pub(super) reasons: Vec<Reason>,
}

impl Row {
    fn clear(&mut self, columns: usize) {
        self.cells.clear();
        self.cells.resize(columns, Cell::Null);
        self.filled.clear();
        self.reasons.clear();
    }

    fn fill(&mut self, column: usize, cell: Cell) {
        self.cells[column] = cell;
        self.filled.push(column);
    }
}

impl Typer {
    /// Compiles `table` for files of `layout` that deliver `target`.
    pub fn new(
        table: &Table,
        layout: &LayoutMap,
        target: Target,
        missing_values: &[String],
    ) -> Result<Self, TyperError> {
        check_fit(table, layout)?;
        let mut columns = typed_columns(table, layout, missing_values)?;
        let rules = table
            .row_rules
            .iter()
            .map(|rule| Rule::compile(rule, table, &mut columns))
            .collect::<Result<_, _>>()?;
        let amount = table.amount.as_deref();
        Ok(Self {
            present: columns
                .iter()
                .enumerate()
                .filter_map(|(index, column)| Some((index, column.source?)))
                .collect(),
            schema: Arc::new(super::builder::schema(&columns)),
            columns,
            key: position(table, &table.key)?,
            amount: amount.map(|name| position(table, name)).transpose()?,
            rules,
            program_year: target.program_year.into(),
            days: day(date(target.program_year, 1, 1))..=day(date(target.program_year, 12, 31)),
            publication_day: day(target.publication),
            publication: table.position(PUBLICATION_DATE),
            partition: table.position(PROGRAM_YEAR),
        })
    }

    /// Names and types of a chunk's columns, the same for every layout of the table.
    pub fn schema(&self) -> &ArrowSchemaRef {
        &self.schema
    }

    /// Types a whole record.
    pub(super) fn row(
        &self,
        record: &Record<'_>,
        builders: &mut [ColumnBuilder<'_>],
        row: &mut Row,
    ) {
        row.clear(self.columns.len());
        for &(column, field) in &self.present {
            let raw = record.raw(field);
            let verdict = if raw.is_empty() {
                self.columns[column].check.empty()
            } else if record.fields[field].escaped {
                builders[column].escaped(&unescape(raw))
            } else {
                builders[column].verdict(raw)
            };
            match verdict {
                Ok(Cell::Null) => {}
                Ok(cell) => row.fill(column, cell),
                Err(code) => {
                    row.fill(column, Cell::Refused);
                    row.reasons.push(self.reason(code, column));
                }
            }
        }
        self.apply_rules(builders, row);
        row.reasons.sort_unstable();
        row.reasons.dedup();
    }

    /// The amount of a record that is rejected for another column.
    pub(super) fn cents(&self, row: &Row, record: &Record<'_>) -> Option<i64> {
        let amount = self.amount?;
        if let Cell::Number(cents) = row.cells[amount] {
            return Some(cents);
        }
        // Below the minimum, yet readable: accounting counts it.
        let raw = record.raw(self.columns[amount].source?);
        values::money(unescape(raw).trim().as_bytes())
    }

    fn reason(&self, code: ReasonCode, column: usize) -> Reason {
        Reason {
            code,
            column: Some(Arc::clone(&self.columns[column].name)),
        }
    }

    fn apply_rules(&self, builders: &[ColumnBuilder<'_>], row: &mut Row) {
        for rule in &self.rules {
            if let Some((code, column)) = self.broken(rule, builders, &row.cells) {
                row.reasons.push(self.reason(code, column));
            }
        }
        for (column, expected) in [
            (self.partition, self.program_year),
            (self.publication, self.publication_day),
        ] {
            if let Some(column) = column
                && matches!(row.cells[column], Cell::Number(found) if found != expected)
            {
                row.reasons
                    .push(self.reason(ReasonCode::WrongPartition, column));
            }
        }
    }

    fn broken(
        &self,
        rule: &Rule,
        builders: &[ColumnBuilder<'_>],
        cells: &[Cell],
    ) -> Option<(ReasonCode, usize)> {
        let holds = |when: &When| match cells[when.column] {
            Cell::Word(key) => (builders[when.column].marks(key) & when.mark == 0) == when.negated,
            _ => false,
        };
        match rule {
            // A layout without the column can't fill it.
            Rule::Required { column, when } => (cells[*column] == Cell::Null
                && self.columns[*column].source.is_some()
                && holds(when))
            .then_some((ReasonCode::MissingValue, *column)),
            Rule::Empty { column, when } => (!matches!(cells[*column], Cell::Null | Cell::Refused)
                && holds(when))
            .then_some((ReasonCode::UnexpectedValue, *column)),
            Rule::InProgramYear { column } => match cells[*column] {
                Cell::Number(day) if !self.days.contains(&day) => {
                    Some((ReasonCode::OutOfProgramYear, *column))
                }
                _ => None,
            },
        }
    }
}

/// Whether records of `layout` have every field in which `table` looks for a column. The
/// map comes from a document in the lake, and rows are typed without looking again.
fn check_fit(table: &Table, layout: &LayoutMap) -> Result<(), TyperError> {
    let (mapped, columns, fields) = (layout.source.len(), table.columns.len(), layout.fields);
    if mapped != columns {
        let text = format!("the layout map is of {mapped} columns, and the table has {columns}");
        return Err(TyperError::Layout(text));
    }
    let found = table.columns.iter().zip(&layout.source);
    for (column, field) in found.filter_map(|(column, field)| Some((column, (*field)?))) {
        if field >= fields {
            return Err(TyperError::Layout(format!(
                "the layout map has {} in field {field} of records of {fields} fields",
                column.name
            )));
        }
    }
    Ok(())
}

fn typed_columns(
    table: &Table,
    layout: &LayoutMap,
    missing_values: &[String],
) -> Result<Vec<TypedColumn>, TyperError> {
    let placeholders = Arc::new(Placeholders::new(missing_values));
    let old_paths = layout.layout.contains(OLD_PATHS);
    let columns = table.columns.iter().zip(&layout.source);
    columns
        .map(|(column, source)| {
            let is_path = old_paths && column.name.contains("specialty");
            let check = ColumnCheck::new(column, is_path, Arc::clone(&placeholders));
            Ok(TypedColumn {
                name: column.name.as_str().into(),
                check: check.map_err(|source| TyperError::Pattern {
                    column: column.name.clone(),
                    source,
                })?,
                source: *source,
            })
        })
        .collect()
}

impl Rule {
    fn compile(
        rule: &RowRule,
        table: &Table,
        columns: &mut [TypedColumn],
    ) -> Result<Self, TyperError> {
        Ok(match rule {
            RowRule::RequiredWhen { column, when } => Self::Required {
                column: position(table, column)?,
                when: When::compile(when, table, columns)?,
            },
            RowRule::EmptyWhen { column, when } => Self::Empty {
                column: position(table, column)?,
                when: When::compile(when, table, columns)?,
            },
            RowRule::InProgramYear { column } => Self::InProgramYear {
                column: position(table, column)?,
            },
        })
    }
}

impl When {
    fn compile(
        condition: &Condition,
        table: &Table,
        columns: &mut [TypedColumn],
    ) -> Result<Self, TyperError> {
        let (name, values, negated) = match condition {
            Condition::In { column, values } => (column, values, false),
            Condition::NotIn { column, values } => (column, values, true),
        };
        let column = position(table, name)?;
        let mark = columns[column].check.condition(values);
        Ok(Self {
            column,
            mark: mark.ok_or_else(|| TyperError::TooManyConditions(name.clone()))?,
            negated,
        })
    }
}

fn position(table: &Table, name: &str) -> Result<usize, TyperError> {
    table
        .position(name)
        .ok_or_else(|| TyperError::UnknownColumn(name.to_owned()))
}

/// A field with its doubled quotes single again.
fn unescape(raw: &[u8]) -> String {
    let text = str::from_utf8(raw).expect("faulty records are never typed");
    text.replace("\"\"", "\"")
}
