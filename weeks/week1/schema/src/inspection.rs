//! What is found out about a file, and what is held against a record of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read};

use jiff::civil::Date;
use regex::Regex;

use crate::{Contract, ContractError, Dataset, LayoutMap, Table, ValueType};

/// Most hashes that a column's sketch holds; with these an estimate is off by about 3 %.
pub const SKETCH: usize = 1024;
/// Rows that it takes to prove something: what held for fewer can be chance.
pub const EVIDENCE: u64 = 20;

/// What one pass over a file keeps of a column: a fixed amount, however many rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnState {
    /// Fields seen.
    pub rows: u64,
    /// Fields with nothing in them, or space only.
    pub blanks: u64,
    /// Fields with a text that means "nothing here", such as `#N/A`.
    pub placeholders: u64,
    /// Values that are whole numbers.
    pub integers: u64,
    /// Values that are amounts; a whole number is an amount too.
    pub amounts: u64,
    /// Values that are dates.
    pub dates: u64,
    /// The smallest hashes of different values, [`SKETCH`] of them at most.
    pub sketch: BTreeSet<u64>,
    /// Least and greatest number, in cents.
    pub cents: Option<(i64, i64)>,
    /// First and last day.
    pub days: Option<(Date, Date)>,
    /// First and last value as text.
    pub texts: Option<(String, String)>,
    /// The value with most characters.
    pub longest: Option<String>,
}

/// How many different values a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distinct {
    /// Counted.
    Exactly(u64),
    /// Estimated, because there are too many to remember.
    About(u64),
}

/// What is told of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnProfile {
    /// Fields seen.
    pub rows: u64,
    /// Share of the fields that hold no value, blank or placeholder, between 0 and 1.
    pub null_share: f64,
    /// Different values.
    pub distinct: Distinct,
    /// The narrowest type that every value has; `None` where there is no value.
    pub value_type: Option<ValueType>,
    /// The least value in the order of its type, written as CMS does: `7`, `7.00`, `01/31/2023`.
    pub minimum: Option<String>,
    /// The greatest value.
    pub maximum: Option<String>,
    /// The value with most characters.
    pub longest: Option<String>,
}

/// What is told of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Records that have as many fields as the header; the others are not profiled.
    pub records: u64,
    /// Records with more or fewer fields than the header.
    pub ragged: u64,
    /// Column names and what is told of each, in the header's order.
    pub columns: Vec<(String, ColumnProfile)>,
}

/// Why a file can't be profiled.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Read(#[from] io::Error),
    /// The file is no CSV.
    #[error("the file is no CSV: {0}")]
    Csv(#[from] csv::Error),
}

/// Reads CSV record by record: the header's names, and then each record that has as many
/// fields goes to `each`. Bytes that are no UTF-8 become `�`. Gives the numbers of records
/// that were handed on and that were not.
fn read_records(
    input: impl Read,
    mut header: impl FnMut(&[String]),
    mut each: impl FnMut(&[String]),
) -> Result<(u64, u64), ProfileError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    let names: Vec<String> = reader.byte_headers()?.iter().map(text).collect();
    header(&names);
    let (mut records, mut ragged) = (0, 0);
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        if record.len() == names.len() {
            let fields: Vec<String> = record.iter().map(text).collect();
            each(&fields);
            records += 1;
        } else {
            ragged += 1;
        }
    }
    Ok((records, ragged))
}

/// Profiles CSV in one pass, with one state per column.
pub fn profile_with(
    input: impl Read,
    mut observe: impl FnMut(&mut ColumnState, &str),
    summarise: impl Fn(&ColumnState) -> ColumnProfile,
) -> Result<Profile, ProfileError> {
    let mut names = Vec::new();
    let mut states: Vec<ColumnState> = Vec::new();
    let (records, ragged) = read_records(
        input,
        |header| names = header.to_vec(),
        |fields| {
            states.resize_with(fields.len(), ColumnState::default);
            for (state, field) in states.iter_mut().zip(fields) {
                observe(state, field);
            }
        },
    )?;
    states.resize_with(names.len(), ColumnState::default);
    let columns = names.into_iter().zip(states.iter().map(summarise));
    Ok(Profile {
        records,
        ragged,
        columns: columns.collect(),
    })
}

/// One record, seen through the layout of its file.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The table whose columns are asked for.
    pub table: &'a Table,
    /// Where each canonical column stands in the file.
    pub map: &'a LayoutMap,
    /// The record's fields, quotes removed.
    pub fields: &'a [String],
}

impl<'a> Row<'a> {
    /// The field of the canonical column at this position of the table: `None` where the
    /// layout has no such column, which is not the same as an empty field.
    pub fn at(&self, position: usize) -> Option<&'a str> {
        let field = self.map.source.get(position).copied().flatten()?;
        self.fields.get(field).map(String::as_str)
    }

    /// The field of a canonical column; `None` where the layout has no such column.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.at(self.table.position(column)?)
    }
}

/// Rows in which a column was filled or empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Rows with a value.
    pub filled: u64,
    /// Rows without one.
    pub empty: u64,
}

/// How often a column is filled: at all, and under each value of other columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Canonical name of the column.
    pub column: String,
    /// Over all rows whose layout has the column.
    pub all: Count,
    /// By the name of another column, and by its value in the same row.
    pub by: BTreeMap<String, BTreeMap<String, Count>>,
}

/// Whether a column must be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// In every row.
    Mandatory,
    /// Exactly when another column has one of these values.
    Conditional {
        /// Canonical name of the other column.
        column: String,
        /// Its values, in order.
        values: Vec<String>,
    },
    /// In some rows, for no reason that the tally shows.
    Optional,
    /// Too few rows, or no value in any of them.
    Unproven,
}

/// A table's rules, ready to be held against rows.
#[derive(Debug)]
pub struct Rules<'a> {
    /// The table.
    pub table: &'a Table,
    /// Texts that mean "nothing here".
    pub missing_values: &'a [String],
    patterns: Vec<Option<Regex>>,
}

impl<'a> Rules<'a> {
    /// The rules of a dataset.
    pub fn of(contract: &'a Contract, dataset: Dataset) -> Result<Self, ContractError> {
        let inconsistent = |text: String| ContractError::Inconsistent(text);
        let table = contract
            .table(dataset)
            .ok_or_else(|| inconsistent(format!("{dataset}: the contract has no such table")))?;
        let compile = |pattern: &String| Regex::new(pattern);
        let patterns = table
            .columns
            .iter()
            .map(|column| column.pattern.as_ref().map(compile).transpose())
            .collect::<Result<_, _>>()
            .map_err(|error| inconsistent(error.to_string()))?;
        Ok(Self {
            table,
            missing_values: &contract.missing_values,
            patterns,
        })
    }

    /// Whether a text matches the pattern of the column at this position, if it has one.
    pub fn matches(&self, position: usize, text: &str) -> bool {
        self.patterns[position]
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text))
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// It must be filled and is not.
    MissingValue,
    /// It must be empty and is not.
    UnexpectedValue,
    /// Not of the column's type, pattern or closed list.
    InvalidValue,
    /// A number below the column's minimum.
    OutOfRange,
    /// More characters than the column allows.
    TooLong,
    /// A date outside the row's program year.
    OutOfProgramYear,
}

/// One flaw of a record. Shown as `invalid_value:recipient_state`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// What is wrong.
    pub flaw: Flaw,
    /// With which canonical column.
    pub column: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flaw = match self.flaw {
            Flaw::MissingValue => "missing_value",
            Flaw::UnexpectedValue => "unexpected_value",
            Flaw::InvalidValue => "invalid_value",
            Flaw::OutOfRange => "out_of_range",
            Flaw::TooLong => "too_long",
            Flaw::OutOfProgramYear => "out_of_program_year",
        };
        write!(f, "{flaw}:{}", self.column)
    }
}

/// Who can find a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// Whoever cuts the file into records: there is no record that a rule could see.
    Cutter,
    /// A rule over one record.
    RowRule,
    /// A rule over all records of a file: no single one of them is wrong.
    SetRule,
    /// Whoever reads the header.
    Header,
    /// Nobody should: the record means what it says.
    Nobody,
}
