//! One chunk on its way to typed columns.

use std::sync::Arc;

use polars_arrow::array::PrimitiveArray;
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use week1_schema::PROGRAM_YEAR;
use week2_ingestion::Record;

use super::columns::{Cell, ColumnBuilder, dtype};
use super::typer::{Row, TypedColumn, Typer};
use crate::{Accepted, RAW_CAP, Reason, ReasonCode, Rejected, TypedChunk};

/// Column behind the contract's: the row's number in its file.
const RECORD_NUMBER: &str = "record_number";

/// Takes records in file order and ends with a [`TypedChunk`].
pub struct ChunkBuilder<'t> {
    typer: &'t Typer,
    row: Row,
    columns: Vec<ColumnBuilder<'t>>,
    record_numbers: Vec<i64>,
    pub(super) accepted: Vec<Accepted>,
    pub(super) rejected: Vec<Rejected>,
}

impl<'t> ChunkBuilder<'t> {
    /// `rows` is how many records the chunk has.
    pub fn new(typer: &'t Typer, rows: usize) -> Self {
        let columns = typer.columns.iter();
        Self {
            typer,
            row: Row::default(),
            columns: columns
                .map(|column| ColumnBuilder::new(&column.check, rows))
                .collect(),
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
        self.typer.row(record, &mut self.columns, &mut self.row);
        if self.row.reasons.is_empty() {
            self.accept(record);
        } else {
            let cents = self.typer.cents(&self.row, record);
            let reasons = std::mem::take(&mut self.row.reasons);
            self.rejected.push(rejected(record, reasons, cents));
        }
    }

    fn accept(&mut self, record: &Record<'_>) {
        let number = self.accepted.len();
        for &column in &self.row.filled {
            self.columns[column].push(number, self.row.cells[column]);
        }
        let cell = |column: Option<usize>| match column.map(|column| self.row.cells[column]) {
            Some(Cell::Number(number)) => number,
            _ => 0,
        };
        // Fits: a file has fewer than 2^63 records, and a record at most 2^20 bytes.
        self.record_numbers
            .push(i64::try_from(record.position.record).unwrap_or(i64::MAX));
        self.accepted.push(Accepted {
            position: record.position,
            length: u32::try_from(record.bytes.len()).unwrap_or(u32::MAX),
            key: cell(Some(self.typer.key)).unsigned_abs(),
            cents: cell(self.typer.amount),
        });
    }

    /// Accepted rows so far.
    pub fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    /// Keeps only these of the accepted rows.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        for column in &mut self.columns {
            column.retain(keep);
        }
        retain(&mut self.record_numbers, keep);
        retain(&mut self.accepted, keep);
    }

    /// The columns, and the rows that did not make it.
    pub fn finish(self) -> TypedChunk {
        let rows = self.accepted.len();
        let columns = self.typer.columns.iter().zip(self.columns);
        let mut columns: Vec<_> = columns
            .filter(|(column, _)| &*column.name != PROGRAM_YEAR)
            .map(|(_, builder)| builder.finish(rows))
            .collect();
        columns.push(PrimitiveArray::from_vec(self.record_numbers).boxed());
        TypedChunk {
            schema: Arc::clone(&self.typer.schema),
            columns,
            accepted: self.accepted,
            rejected: self.rejected,
        }
    }
}

/// Names and types of a chunk's columns, the same for every layout of the table.
pub(super) fn schema(columns: &[TypedColumn]) -> ArrowSchema {
    let field = |name: &str, dtype| Field::new(name.into(), dtype, true);
    columns
        .iter()
        .filter(|column| &*column.name != PROGRAM_YEAR)
        .map(|column| field(&column.name, dtype(column.check.value_type)))
        .chain([field(RECORD_NUMBER, ArrowDataType::Int64)])
        .map(|field| (field.name.clone(), field))
        .collect()
}

/// Keeps the values at these positions.
pub(super) fn retain<T>(values: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().is_some_and(|keep| *keep));
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
