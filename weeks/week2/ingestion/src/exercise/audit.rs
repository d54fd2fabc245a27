//! The audit of one file, built while its bytes stream by.
//!
//! Given: the builder, what is counted of records and partitions, and [`unquoted`]. Yours:
//! amounts.

use std::collections::BTreeMap;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::solution::hex;
pub use crate::solution::unquoted;

use super::chunks::read_pieces;
use super::{Chunks, Cutter};
use crate::{AuditFields, FileAudit, Position, Record, RecordFault};

/// The largest amount of a `DECIMAL(14,2)`.
const MAX_CENTS: i64 = 99_999_999_999_999;
/// Distinct partition values kept per file; the rest is counted under `other`.
const MAX_PARTITIONS: usize = 64;

/// Takes a file's bytes in any pieces and ends with its [`FileAudit`].
#[derive(Debug)]
pub struct AuditBuilder {
    cutter: Cutter,
    hash: Sha256,
    size: u64,
    pending: Vec<u8>,
    next: Position,
    last_byte: Option<u8>,
    header_bytes: u64,
    chunks: Chunks,
    tally: Tally,
}

/// What the records add to the audit.
#[derive(Debug)]
struct Tally {
    fields: AuditFields,
    records: u64,
    blank_lines: u64,
    faults: BTreeMap<RecordFault, u64>,
    cents: i64,
    without_amount: u64,
    partitions: BTreeMap<String, u64>,
    last_partition: (String, u64),
}

impl AuditBuilder {
    /// Starts behind the header. `chunk_bytes` is the length at which a chunk is closed.
    pub fn new(header: &[u8], expected: usize, fields: AuditFields, chunk_bytes: u64) -> Self {
        let start = Position {
            offset: header.len() as u64,
            line: 1 + u64::from(header.ends_with(b"\n")),
            record: 1,
        };
        Self {
            cutter: Cutter::new(expected),
            hash: Sha256::new_with_prefix(header),
            size: header.len() as u64,
            pending: Vec::new(),
            next: start,
            last_byte: header.last().copied(),
            header_bytes: start.offset,
            chunks: Chunks::new(start, chunk_bytes),
            tally: Tally::new(fields),
        }
    }

    /// The next bytes of the file, in order.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.last_byte = bytes.last().copied().or(self.last_byte);
        self.pending.extend_from_slice(bytes);
        self.cut(false);
    }

    /// All that `reader` gives, `piece_bytes` at a time; `taken` hears of each piece.
    pub fn read(
        &mut self,
        reader: &mut dyn Read,
        piece_bytes: usize,
        mut taken: impl FnMut(usize),
    ) -> io::Result<()> {
        read_pieces(reader, piece_bytes, &mut |piece| {
            self.update(piece);
            taken(piece.len());
        })
    }

    fn cut(&mut self, at_end: bool) {
        let Self {
            cutter,
            pending,
            next,
            chunks,
            tally,
            ..
        } = self;
        let cut = cutter.cut(pending, *next, at_end, |record| {
            chunks.record(record.position);
            tally.add(record);
        });
        tally.blank_lines += cut.blank_lines;
        *next = cut.next;
        pending.drain(..cut.consumed);
    }

    /// The audit of everything that was handed in.
    pub fn finish(mut self, name: &str) -> FileAudit {
        self.cut(true);
        let ends_without_newline = self.last_byte.is_some_and(|byte| byte != b'\n');
        let mut tally = self.tally;
        tally.flush_partition();
        FileAudit {
            name: name.to_owned(),
            size: self.size,
            sha256: hex(&self.hash.finalize()),
            header_bytes: self.header_bytes,
            records: tally.records,
            lines: self.next.line - 1 + u64::from(ends_without_newline),
            blank_lines: tally.blank_lines,
            ends_without_newline,
            faults: tally.faults,
            cents: tally.cents,
            without_amount: tally.without_amount,
            partitions: tally.partitions,
            chunks: self.chunks.finish(self.next.offset),
        }
    }
}

impl Tally {
    fn new(fields: AuditFields) -> Self {
        Self {
            fields,
            records: 0,
            blank_lines: 0,
            faults: BTreeMap::new(),
            cents: 0,
            without_amount: 0,
            partitions: BTreeMap::new(),
            last_partition: (String::new(), 0),
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        self.records += 1;
        if let Some(fault) = record.fault {
            *self.faults.entry(fault).or_default() += 1;
            self.without_amount += 1;
            return;
        }
        self.add_amount(record);
        self.add_partition(record);
    }

    /// Adds the amount of a sound record to [`FileAudit::cents`]. One that can't be read, or
    /// would take the sum beyond its type, is counted in [`FileAudit::without_amount`].
    fn add_amount(&mut self, record: &Record<'_>) {
        let Some(field) = self.fields.amount else {
            return;
        };
        todo!(
            "{} to {} cents or to the {} records without amount",
            record.raw(field).escape_ascii(),
            self.cents,
            self.without_amount
        )
    }

    fn add_partition(&mut self, record: &Record<'_>) {
        let value = |field: Option<usize>| field.map_or(&b""[..], |field| record.raw(field));
        let (year, publication) = (
            value(self.fields.program_year),
            value(self.fields.publication),
        );
        let last = self.last_partition.0.as_bytes();
        let same = last.len() == year.len() + 1 + publication.len()
            && last.starts_with(year)
            && last[year.len()] == b'|'
            && last.ends_with(publication);
        if same && self.last_partition.1 > 0 {
            self.last_partition.1 += 1;
            return;
        }
        self.flush_partition();
        let (year, publication) = (
            String::from_utf8_lossy(year),
            String::from_utf8_lossy(publication),
        );
        self.last_partition = (format!("{year}|{publication}"), 1);
    }

    fn flush_partition(&mut self) {
        let (key, count) = std::mem::take(&mut self.last_partition);
        if count == 0 {
            return;
        }
        let known = self.partitions.contains_key(&key) || self.partitions.len() < MAX_PARTITIONS;
        *self
            .partitions
            .entry(if known { key } else { "other".to_owned() })
            .or_default() += count;
    }
}

/// A dollar amount in cents: a minus or nothing, at least one digit, and then nothing or a
/// point and at most two digits. `None` if it is anything else, or does not fit the contract's
/// `DECIMAL(14,2)`. Exact: no floating point is involved.
///
/// White space around it is that of Unicode, as it is when rows are typed: both passes
/// over the bytes must read the same amounts, or their sums can't agree.
///
/// ```
/// use week2_ingestion::solution::parse_cents;
/// assert_eq!(parse_cents(b"0.83"), Some(83));
/// assert_eq!(parse_cents(b" 12 "), Some(1200));
/// assert_eq!(parse_cents(b"1,000.00"), None);
/// ```
pub fn parse_cents(raw: &[u8]) -> Option<i64> {
    todo!(
        "{} as cents, of which no more than {MAX_CENTS} fit",
        raw.escape_ascii()
    )
}

/// Without white space at either end; `None` if that takes UTF-8 and it is none.
fn trimmed(raw: &[u8]) -> Option<&[u8]> {
    let bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if bare(raw.first()) && bare(raw.last()) {
        return Some(raw);
    }
    Some(std::str::from_utf8(raw).ok()?.trim().as_bytes())
}
