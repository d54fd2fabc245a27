//! Checkpoint 5.1, transform: records become typed rows, or go to quarantine with every reason.
//!
//! One pass per record: each canonical column is found by the layout map, cleaned,
//! typed and checked; then the rules over several columns run. A row with no reason
//! against it is appended to the chunk's columns. A row with one or more is kept whole,
//! with all of them. Nothing is dropped, and nothing is guessed.
//!
//! - [`Reason`], [`ReasonCode`]: why a row was rejected
//! - [`Rejected`]: a quarantined row
//! - [`TypedChunk`]: what a chunk became
//! - [`Target`]: the partition that rows must belong to
//! - [`solution`]: the reference
//!
//! # What cleaning may do
//!
//! Trim white space, read a placeholder of a spreadsheet or web form as NULL, bring a
//! value of a closed list to the contract's spelling, and write a specialty path of 2014
//! with the separator in use since 2015. Everything else is typing, or a rejection.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use polars::prelude::{DataFrame, IntoColumn as _, NamedFrom as _, PolarsResult, Series};
use polars_arrow::array::{ArrayRef, DictionaryArray, Utf8Array};
use polars_arrow::datatypes::ArrowSchemaRef;
use week2_ingestion::{Position, RecordFault};

pub mod solution;

/// Bytes of a rejected record that quarantine keeps.
pub const RAW_CAP: usize = 64 * 1024;

/// Why a row was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonCode {
    /// The record is no record.
    Structure(RecordFault),
    /// A required value is empty.
    MissingValue,
    /// A value that must be empty in such a row is filled.
    UnexpectedValue,
    /// Not of the column's type, pattern or closed list.
    InvalidValue,
    /// A number below the column's minimum.
    OutOfRange,
    /// Longer than the column allows.
    TooLong,
    /// A date outside the row's program year.
    OutOfProgramYear,
    /// The row names another program year or publication than its file delivers.
    WrongPartition,
    /// The record id stands in an earlier row of the same delivery.
    DuplicateRecordId,
}

impl ReasonCode {
    /// Stable name in the quarantine, in front of the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Structure(fault) => fault.code(),
            Self::MissingValue => "missing_value",
            Self::UnexpectedValue => "unexpected_value",
            Self::InvalidValue => "invalid_value",
            Self::OutOfRange => "out_of_range",
            Self::TooLong => "too_long",
            Self::OutOfProgramYear => "out_of_program_year",
            Self::WrongPartition => "wrong_partition",
            Self::DuplicateRecordId => "duplicate_record_id",
        }
    }
}

/// A reason and the column that it concerns, if it concerns one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason {
    /// What is wrong.
    pub code: ReasonCode,
    /// Canonical column name.
    pub column: Option<Arc<str>>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        match &self.column {
            Some(column) => write!(f, ":{column}"),
            None => Ok(()),
        }
    }
}

/// A quarantined row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where it stands in its file.
    pub position: Position,
    /// Its length in bytes, without the line end.
    pub length: u64,
    /// Every reason that applies, sorted, at least one.
    pub reasons: Vec<Reason>,
    /// Its amount in cents, if it can be read.
    pub cents: Option<i64>,
    /// Its bytes as text, capped at [`RAW_CAP`]; bytes that are no UTF-8 are replaced.
    pub raw: String,
}

/// Where an accepted row came from, and what the set rules need of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Where it stands in its file.
    pub position: Position,
    /// Its length in bytes, without the line end.
    pub length: u32,
    /// Its record id.
    pub key: u64,
    /// Its amount in cents; 0 for tables without one.
    pub cents: i64,
}

/// What a chunk became. `columns` and `accepted` have the same rows in the same order.
#[derive(Debug, Clone)]
pub struct TypedChunk {
    /// Names and types of the columns in curated files.
    pub schema: ArrowSchemaRef,
    /// Typed columns in contract order, without the partition column, then `record_number`.
    /// Text that repeats is a dictionary with keys of 32 bits, other text is `LargeUtf8`.
    pub columns: Vec<ArrayRef>,
    /// One entry per row of `columns`.
    pub accepted: Vec<Accepted>,
    /// Quarantined rows in file order.
    pub rejected: Vec<Rejected>,
}

impl TypedChunk {
    /// The columns as a frame, to look at: every text decoded.
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        let columns = self.schema.iter_names().zip(&self.columns);
        let columns = columns.map(|(name, array)| {
            let texts = array.as_any().downcast_ref::<DictionaryArray<u32>>();
            let series = match texts {
                Some(texts) => Series::new(
                    name.clone(),
                    texts.iter_typed::<Utf8Array<i64>>()?.collect::<Vec<_>>(),
                ),
                None => Series::try_from((name.clone(), array.clone()))?,
            };
            Ok(series.into_column())
        });
        DataFrame::new(self.accepted.len(), columns.collect::<PolarsResult<_>>()?)
    }
}

/// The partition and publication that every row must belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Program year of the delivery.
    pub program_year: i16,
    /// Publication date of the delivery.
    pub publication: Date,
}
