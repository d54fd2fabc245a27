//! Cuts bytes into records, one field at a time.
//!
//! Nearly every field of the real files is quoted and short, or empty. So the cutter
//! looks at the first byte of a field, and searches for the one byte that can end it.

use memchr::{memchr, memchr_iter, memchr3};

use crate::{Cut, Field, MAX_RECORD, Position, Record, RecordFault};

/// Cuts records of a known number of fields. Keeps its field table between records.
#[derive(Debug)]
pub struct Cutter {
    expected: usize,
    fields: Vec<Field>,
}

/// How the scan of one record ended.
enum Scan {
    /// A whole record of `length` bytes; `consumed` includes the line end.
    Record { length: usize, consumed: usize },
    /// A quote violation in the field that starts at `field`.
    Broken { field: usize },
    /// The buffer ends inside the record.
    Unfinished,
}

/// How one field ended.
enum FieldEnd {
    Comma(usize),
    Line { end: usize, consumed: usize },
    Broken,
    Unfinished,
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

    /// Length, length with line end, and whether quotes are broken; `None` if unfinished.
    fn next_record(&mut self, bytes: &[u8], at_end: bool) -> Option<(usize, usize, bool)> {
        match self.scan(bytes, at_end) {
            Scan::Record { length, consumed } => Some((length, consumed, false)),
            Scan::Broken { field } => {
                let (length, consumed) = resume(bytes, field, at_end)?;
                Some((length, consumed, true))
            }
            Scan::Unfinished => None,
        }
    }

    fn scan(&mut self, bytes: &[u8], at_end: bool) -> Scan {
        self.fields.clear();
        let mut at = 0;
        loop {
            let whole_fields = self.fields.len();
            match self.field(bytes, at, at_end) {
                FieldEnd::Comma(next) if next <= MAX_RECORD => at = next,
                FieldEnd::Line { end, consumed } if within_limit(end, consumed) => {
                    return Scan::Record {
                        length: end,
                        consumed,
                    };
                }
                // One byte more than the limit: it may be the `\r` of a record that keeps it.
                FieldEnd::Unfinished if !at_end && bytes.len() <= MAX_RECORD + 1 => {
                    return Scan::Unfinished;
                }
                // A quote violation, or the field that crosses the limit: the same one
                // however much of the file the buffer holds.
                _ => {
                    self.fields.truncate(whole_fields);
                    return Scan::Broken { field: at };
                }
            }
        }
    }

    #[inline]
    fn field(&mut self, bytes: &[u8], start: usize, at_end: bool) -> FieldEnd {
        match bytes.get(start) {
            Some(b',') => {
                self.push(start, start, false);
                FieldEnd::Comma(start + 1)
            }
            Some(b'"') => self.quoted(bytes, start + 1, at_end),
            Some(_) => self.plain(bytes, start, at_end),
            None if at_end => {
                self.push(start, start, false);
                FieldEnd::Line {
                    end: start,
                    consumed: start,
                }
            }
            None => FieldEnd::Unfinished,
        }
    }

    #[inline]
    fn quoted(&mut self, bytes: &[u8], start: usize, at_end: bool) -> FieldEnd {
        let mut escaped = false;
        let mut at = start;
        loop {
            let Some(found) = memchr(b'"', &bytes[at..]) else {
                return FieldEnd::Unfinished;
            };
            let close = at + found;
            match bytes.get(close + 1) {
                Some(b',') => {
                    self.push(start, close, escaped);
                    return FieldEnd::Comma(close + 2);
                }
                Some(b'"') => {
                    escaped = true;
                    at = close + 2;
                }
                Some(b'\n') => {
                    self.push(start, close, escaped);
                    return FieldEnd::Line {
                        end: close + 1,
                        consumed: close + 2,
                    };
                }
                Some(b'\r') => match bytes.get(close + 2) {
                    Some(b'\n') => {
                        self.push(start, close, escaped);
                        return FieldEnd::Line {
                            end: close + 1,
                            consumed: close + 3,
                        };
                    }
                    None if !at_end => return FieldEnd::Unfinished,
                    _ => return FieldEnd::Broken,
                },
                None if at_end => {
                    self.push(start, close, escaped);
                    return FieldEnd::Line {
                        end: close + 1,
                        consumed: close + 1,
                    };
                }
                None => return FieldEnd::Unfinished,
                Some(_) => return FieldEnd::Broken,
            }
        }
    }

    #[inline]
    fn plain(&mut self, bytes: &[u8], start: usize, at_end: bool) -> FieldEnd {
        let Some(found) = memchr3(b',', b'\n', b'"', &bytes[start..]) else {
            if !at_end {
                return FieldEnd::Unfinished;
            }
            self.push(start, bytes.len(), false);
            return FieldEnd::Line {
                end: bytes.len(),
                consumed: bytes.len(),
            };
        };
        let stop = start + found;
        match bytes[stop] {
            b',' => {
                self.push(start, stop, false);
                FieldEnd::Comma(stop + 1)
            }
            b'\n' => {
                let end = if stop > start && bytes[stop - 1] == b'\r' {
                    stop - 1
                } else {
                    stop
                };
                self.push(start, end, false);
                FieldEnd::Line {
                    end,
                    consumed: stop + 1,
                }
            }
            _ => FieldEnd::Broken,
        }
    }

    #[inline]
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

    fn fault(&self, record: &[u8], broken: bool) -> Option<RecordFault> {
        if broken {
            Some(RecordFault::OpenQuote)
        } else if self.fields.len() < self.expected {
            Some(RecordFault::TooFewFields)
        } else if self.fields.len() > self.expected {
            Some(RecordFault::TooManyFields)
        } else if std::str::from_utf8(record).is_err() {
            Some(RecordFault::InvalidUtf8)
        } else {
            None
        }
    }
}

/// Whether a record of this length keeps to the limit. One that fills it needs its line
/// end: without, it can't be told from a longer one that was cut here into two chunks.
fn within_limit(end: usize, consumed: usize) -> bool {
    end < MAX_RECORD || (end == MAX_RECORD && consumed > end)
}

/// Length of an empty line at the start of `bytes`, with its end.
fn blank_line(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// Where a damaged record ends: at the first newline at or after its broken field, and
/// at the limit where there is none.
fn resume(bytes: &[u8], field: usize, at_end: bool) -> Option<(usize, usize)> {
    let window = &bytes[..bytes.len().min(MAX_RECORD)];
    match memchr(b'\n', &window[field..]) {
        Some(found) => {
            let newline = field + found;
            let carriage_return = newline > 0 && window[newline - 1] == b'\r';
            Some((newline - usize::from(carriage_return), newline + 1))
        }
        None if at_end || bytes.len() >= MAX_RECORD => Some((window.len(), window.len())),
        None => None,
    }
}

fn after(position: Position, consumed: &[u8]) -> Position {
    Position {
        offset: position.offset + consumed.len() as u64,
        line: position.line + memchr_iter(b'\n', consumed).count() as u64,
        record: position.record + 1,
    }
}
