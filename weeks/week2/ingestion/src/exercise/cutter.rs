//! Cuts bytes into records, one field at a time.
//!
//! Given: the loop over records and empty lines ([`Cutter::cut`]) and the field table. Yours:
//! one record, its fault, and the position behind it. What a record is stands in the
//! documentation of the crate; [`MAX_RECORD`] is part of it.

use memchr::{memchr, memchr_iter, memchr3};

use crate::{Cut, Field, MAX_RECORD, Position, Record, RecordFault};

/// Cuts records of a known number of fields. Keeps its field table between records.
#[derive(Debug)]
pub struct Cutter {
    expected: usize,
    fields: Vec<Field>,
}

impl Cutter {
    /// A cutter for records of `expected` fields.
    pub fn new(expected: usize) -> Self {
        Self {
            expected,
            fields: Vec::with_capacity(expected + 1),
        }
    }

    /// Hands every whole record of `bytes` to `visit`.
    ///
    /// `start` is the position of `bytes[0]`, a record boundary. With `at_end`, nothing
    /// follows `bytes`, and an unfinished last record is handed out as it is. Without it,
    /// the unfinished rest is left for the next call.
    pub fn cut(
        &mut self,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        mut visit: impl FnMut(&Record<'_>),
    ) -> Cut {
        self.cut_each(bytes, start, at_end, &mut visit)
    }

    /// Not generic, so that it is compiled and optimised here, whoever calls.
    fn cut_each(
        &mut self,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        visit: &mut dyn FnMut(&Record<'_>),
    ) -> Cut {
        let mut cut = Cut {
            consumed: 0,
            next: start,
            blank_lines: 0,
        };
        while cut.consumed < bytes.len() {
            let rest = &bytes[cut.consumed..];
            if let Some(length) = blank_line(rest) {
                cut.consumed += length;
                cut.next.offset += length as u64;
                cut.next.line += 1;
                cut.blank_lines += 1;
                continue;
            }
            let Some((length, consumed, broken)) = self.next_record(rest, at_end) else {
                break;
            };
            let record = &rest[..length];
            let fault = self.fault(record, broken);
            visit(&Record {
                position: cut.next,
                bytes: record,
                fields: &self.fields,
                fault,
            });
            cut.next = after(cut.next, &rest[..consumed]);
            cut.consumed += consumed;
        }
        cut
    }

    /// The record at the start of `bytes`, which are not empty and no blank line: its length,
    /// its length with the line end, and whether a quote is violated (see the crate's
    /// documentation); `None` if `bytes` end before that can be told.
    ///
    /// Leaves the record's fields in the table, of a broken one those before the fault. Says
    /// the same however much stands behind the record: the caller may hold one byte of the
    /// next one, or all the rest of the file.
    fn next_record(&mut self, bytes: &[u8], at_end: bool) -> Option<(usize, usize, bool)> {
        todo!(
            "fields and end of the record in {} bytes, of a file that ends there: {at_end}",
            bytes.len()
        )
    }

    /// Adds a field to the table: bytes of the record, without quotes around them.
    fn push(&mut self, start: usize, end: usize, escaped: bool) {
        // MAX_RECORD keeps every offset far below u32::MAX.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "records are at most MAX_RECORD bytes"
        )]
        self.fields.push(Field {
            start: start as u32,
            end: end as u32,
            escaped,
        });
    }

    /// Why a record never reaches the typed parser, the first that applies: a broken quote,
    /// too few or too many fields, bytes that are no UTF-8.
    fn fault(&self, record: &[u8], broken: bool) -> Option<RecordFault> {
        todo!(
            "what is wrong with a record of {} bytes and {} of {} fields, broken: {broken}",
            record.len(),
            self.fields.len(),
            self.expected
        )
    }
}

/// Length of an empty line at the start of `bytes`, with its end.
fn blank_line(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// Where the record behind this one starts. A line is what ends with `\n`, quoted or not.
fn after(position: Position, consumed: &[u8]) -> Position {
    todo!(
        "the position behind {position:?} and {} bytes",
        consumed.len()
    )
}
