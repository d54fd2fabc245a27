//! One chunk on its way to a frame.

use polars::prelude::*;
use week1_schema::PROGRAM_YEAR;
use week2_ingestion::Record;

use super::checks::Value;
use super::columns::{ColumnBuilder, dtype};
use super::typer::{Scratch, Typer};
use crate::{Accepted, RAW_CAP, Reason, ReasonCode, Rejected, TypedChunk};

/// Column behind the contract's: the row's number in its file.
const RECORD_NUMBER: &str = "record_number";

/// Takes records in file order and ends with a [`TypedChunk`].
pub struct ChunkBuilder<'t> {
    typer: &'t Typer,
    scratch: Scratch,
    columns: Vec<Option<ColumnBuilder>>,
    record_numbers: Vec<i64>,
    accepted: Vec<Accepted>,
    rejected: Vec<Rejected>,
}

impl<'t> ChunkBuilder<'t> {
    /// `rows` is how many records the chunk has.
    pub fn new(typer: &'t Typer, rows: usize) -> Self {
        let column = |column: &super::typer::TypedColumn| {
            (&*column.name != PROGRAM_YEAR).then(|| {
                ColumnBuilder::new(
                    &column.name,
                    column.check.value_type,
                    column.source.is_some(),
                    rows,
                )
            })
        };
        Self {
            typer,
            scratch: typer.scratch(),
            columns: typer.columns.iter().map(column).collect(),
            record_numbers: Vec::with_capacity(rows),
            accepted: Vec::with_capacity(rows),
            rejected: Vec::new(),
        }
    }

    /// Types one record, or quarantines it.
    pub fn push(&mut self, record: &Record<'_>) {
        if let Some(fault) = record.fault {
            let reason = Reason {
                code: ReasonCode::Structure(fault),
                column: None,
            };
            self.rejected.push(rejected(record, vec![reason], None));
            return;
        }
        let mut row = Vec::with_capacity(self.columns.len());
        self.typer.row(record, &mut row, &mut self.scratch);
        if self.scratch.reasons.is_empty() {
            self.accept(record, &row);
        } else {
            let cents = self.typer.cents(&row, record);
            let reasons = std::mem::take(&mut self.scratch.reasons);
            self.rejected.push(rejected(record, reasons, cents));
        }
    }

    fn accept(&mut self, record: &Record<'_>, row: &[Value<'_>]) {
        for (column, value) in self.columns.iter_mut().zip(row) {
            if let Some(column) = column {
                column.push(value);
            }
        }
        // Fits: a file has fewer than 2^63 records, and a record at most 2^20 bytes.
        self.record_numbers
            .push(i64::try_from(record.position.record).unwrap_or(i64::MAX));
        self.accepted.push(Accepted {
            position: record.position,
            length: u32::try_from(record.bytes.len()).unwrap_or(u32::MAX),
            key: match row[self.typer.key] {
                Value::Integer(key) => key.unsigned_abs(),
                _ => 0,
            },
            cents: match self.typer.amount.map(|amount| &row[amount]) {
                Some(Value::Cents(cents)) => *cents,
                _ => 0,
            },
        });
    }

    /// The frame and the rows that did not make it.
    pub fn finish(self) -> PolarsResult<TypedChunk> {
        let rows = self.accepted.len();
        let mut columns: Vec<Column> = self
            .columns
            .into_iter()
            .flatten()
            .map(|column| column.finish(rows))
            .collect();
        columns.push(Column::new(RECORD_NUMBER.into(), self.record_numbers));
        Ok(TypedChunk {
            frame: DataFrame::new(rows, columns)?,
            accepted: self.accepted,
            rejected: self.rejected,
        })
    }
}

impl Typer {
    /// Names and types of a chunk's frame, the same for every layout of the table.
    pub fn schema(&self) -> Schema {
        let mut schema: Schema = self
            .columns
            .iter()
            .filter(|column| &*column.name != PROGRAM_YEAR)
            .map(|column| Field::new((&*column.name).into(), dtype(column.check.value_type)))
            .collect();
        schema.with_column(RECORD_NUMBER.into(), DataType::Int64);
        schema
    }
}

pub(super) fn rejected(record: &Record<'_>, reasons: Vec<Reason>, cents: Option<i64>) -> Rejected {
    Rejected {
        position: record.position,
        length: record.bytes.len() as u64,
        reasons,
        cents,
        raw: raw_text(record.bytes),
    }
}

/// A record's bytes as text of at most [`RAW_CAP`] bytes of input.
pub(super) fn raw_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(RAW_CAP)]).into_owned()
}
