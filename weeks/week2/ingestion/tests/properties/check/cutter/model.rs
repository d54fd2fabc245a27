//! The cutter's definition as slowly as it can be written: one byte at a time, the whole
//! file in memory, no buffer that ends in the wrong place.

use week2_ingestion::{MAX_RECORD, Position, RecordFault};

/// A record as the definition has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Modelled {
    pub(crate) position: Position,
    pub(crate) length: usize,
    pub(crate) values: Vec<Vec<u8>>,
    pub(crate) fault: Option<RecordFault>,
}

/// What the definition makes of a file.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) records: Vec<Modelled>,
    pub(crate) blank_lines: u64,
}

/// How a field ends; positions are relative to its record.
enum Stop {
    Comma { next: usize },
    Line { end: usize, next: usize },
    Broken,
}

/// The records of `bytes`, of which the first byte stands at `start`.
pub(crate) fn model(bytes: &[u8], start: Position, expected: usize) -> Model {
    let (mut at, mut model) = (0, Model::default());
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let Some(length) = line_end(rest) {
            at += length;
            model.blank_lines += 1;
            continue;
        }
        let (length, next, values, broken) = record(rest);
        model.records.push(Modelled {
            position: Position {
                offset: start.offset + at as u64,
                line: start.line + newlines(&bytes[..at]),
                record: start.record + model.records.len() as u64,
            },
            fault: fault(&rest[..length], values.len(), expected, broken),
            length,
            values,
        });
        at += next;
    }
    model
}

pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"\n") {
        Some(1)
    } else if bytes.starts_with(b"\r\n") {
        Some(2)
    } else {
        None
    }
}

fn fault(bytes: &[u8], fields: usize, expected: usize, broken: bool) -> Option<RecordFault> {
    if broken {
        return Some(RecordFault::OpenQuote);
    }
    match fields.cmp(&expected) {
        std::cmp::Ordering::Less => Some(RecordFault::TooFewFields),
        std::cmp::Ordering::Greater => Some(RecordFault::TooManyFields),
        std::cmp::Ordering::Equal => std::str::from_utf8(bytes)
            .is_err()
            .then_some(RecordFault::InvalidUtf8),
    }
}

/// Length, start of what follows, values, and whether it is damaged.
fn record(bytes: &[u8]) -> (usize, usize, Vec<Vec<u8>>, bool) {
    let (mut at, mut values) = (0, Vec::new());
    loop {
        let (value, stop) = field(bytes, at);
        match stop {
            Stop::Comma { next } if next <= MAX_RECORD => at = next,
            Stop::Line { end, next } if end < MAX_RECORD || (end == MAX_RECORD && next > end) => {
                values.push(value);
                return (end, next, values, false);
            }
            _ => {
                let (length, next) = damaged(bytes, at);
                return (length, next, values, true);
            }
        }
        values.push(value);
    }
}

/// A damaged record ends at the first newline at or after its broken field.
fn damaged(bytes: &[u8], field: usize) -> (usize, usize) {
    let limit = bytes.len().min(MAX_RECORD);
    match (field..limit).find(|at| bytes[*at] == b'\n') {
        Some(at) if at > 0 && bytes[at - 1] == b'\r' => (at - 1, at + 1),
        Some(at) => (at, at + 1),
        None => (limit, limit),
    }
}

fn field(bytes: &[u8], start: usize) -> (Vec<u8>, Stop) {
    if bytes.get(start) == Some(&b'"') {
        quoted(bytes, start + 1)
    } else {
        plain(bytes, start)
    }
}

fn plain(bytes: &[u8], start: usize) -> (Vec<u8>, Stop) {
    let mut value = Vec::new();
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b',' => return (value, Stop::Comma { next: at + 1 }),
            b'"' => return (value, Stop::Broken),
            b'\n' => {
                let end = if value.last() == Some(&b'\r') {
                    value.pop();
                    at - 1
                } else {
                    at
                };
                return (value, Stop::Line { end, next: at + 1 });
            }
            byte => value.push(*byte),
        }
    }
    let end = bytes.len();
    (value, Stop::Line { end, next: end })
}

fn quoted(bytes: &[u8], start: usize) -> (Vec<u8>, Stop) {
    let (mut value, mut at) = (Vec::new(), start);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            value.push(bytes[at]);
            at += 1;
            continue;
        }
        let end = at + 1;
        let behind = &bytes[end..];
        if behind.first() == Some(&b'"') {
            value.push(b'"');
            at += 2;
            continue;
        }
        let stop = if behind.is_empty() {
            Stop::Line { end, next: end }
        } else if behind[0] == b',' {
            Stop::Comma { next: end + 1 }
        } else if let Some(length) = line_end(behind) {
            let next = end + length;
            Stop::Line { end, next }
        } else {
            Stop::Broken
        };
        return (value, stop);
    }
    (value, Stop::Broken)
}
