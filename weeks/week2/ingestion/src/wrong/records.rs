//! Mistakes about records.

/// A cutter that does something else with each call, and is made like the right one.
macro_rules! cutter {
    ($cut:path) => {
        use crate::{Cut, Position, Record};

        /// Cuts records of a known number of fields.
        #[derive(Debug)]
        pub struct Cutter {
            expected: usize,
        }

        impl Cutter {
            /// A cutter for records of `expected` fields.
            pub fn new(expected: usize) -> Self {
                Self { expected }
            }

            /// Hands every whole record of `bytes` to `visit`.
            pub fn cut(
                &mut self,
                bytes: &[u8],
                start: Position,
                at_end: bool,
                mut visit: impl FnMut(&Record<'_>),
            ) -> Cut {
                $cut(self.expected, bytes, start, at_end, &mut visit)
            }
        }
    };
}

/// Splits the file at its newlines, and then each line into fields.
pub mod newline_splitter {
    pub use crate::solution::*;

    cutter!(lines);

    fn lines(
        expected: usize,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        visit: &mut dyn FnMut(&Record<'_>),
    ) -> Cut {
        let mut right = crate::solution::Cutter::new(expected);
        let mut cut = Cut {
            consumed: 0,
            next: start,
            blank_lines: 0,
        };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !at_end && !line.ends_with(b"\n") {
                break;
            }
            let one = right.cut(line, cut.next, true, |record| visit(record));
            cut.consumed += one.consumed;
            cut.next = one.next;
            cut.blank_lines += one.blank_lines;
        }
        cut
    }
}

/// Finds records well, and takes every comma for the end of a field.
pub mod comma_counter {
    use crate::{Field, RecordFault};

    pub use crate::solution::*;

    cutter!(commas);

    fn commas(
        expected: usize,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        visit: &mut dyn FnMut(&Record<'_>),
    ) -> Cut {
        let mut right = crate::solution::Cutter::new(expected);
        right.cut(bytes, start, at_end, |record| {
            if record.fault == Some(RecordFault::OpenQuote) {
                return visit(record);
            }
            let fields = fields(record.bytes);
            let fault = match fields.len() {
                found if found < expected => Some(RecordFault::TooFewFields),
                found if found > expected => Some(RecordFault::TooManyFields),
                _ => record
                    .fault
                    .filter(|fault| *fault == RecordFault::InvalidUtf8),
            };
            visit(&Record {
                fields: &fields,
                fault,
                ..*record
            });
        })
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "records are at most MAX_RECORD bytes"
    )]
    fn fields(record: &[u8]) -> Vec<Field> {
        let mut at = 0;
        let field = |text: &[u8]| {
            let quoted = text.len() > 1 && text.starts_with(b"\"") && text.ends_with(b"\"");
            let (start, end) = (at, at + text.len());
            at = end + 1;
            Field {
                start: start as u32 + u32::from(quoted),
                end: end as u32 - u32::from(quoted),
                escaped: quoted,
            }
        };
        record.split(|byte| *byte == b',').map(field).collect()
    }
}

/// Takes the fields that a short record lacks for empty ones.
pub mod padded_rows {
    use crate::RecordFault;

    pub use crate::solution::*;

    cutter!(padded);

    fn padded(
        expected: usize,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        visit: &mut dyn FnMut(&Record<'_>),
    ) -> Cut {
        let mut right = crate::solution::Cutter::new(expected);
        right.cut(bytes, start, at_end, |record| {
            let is_short = record.fault == Some(RecordFault::TooFewFields);
            visit(&Record {
                fault: record.fault.filter(|_| !is_short),
                ..*record
            });
        })
    }
}

/// Every quote turns "inside" on or off, and a newline outside ends the record.
pub mod toggled_quotes {
    use crate::RecordFault;

    pub use crate::solution::*;

    cutter!(toggled);

    fn toggled(
        expected: usize,
        bytes: &[u8],
        start: Position,
        at_end: bool,
        visit: &mut dyn FnMut(&Record<'_>),
    ) -> Cut {
        let mut right = crate::solution::Cutter::new(expected);
        let mut cut = Cut {
            consumed: 0,
            next: start,
            blank_lines: 0,
        };
        while let Some(length) = record(&bytes[cut.consumed..], at_end) {
            let one = &bytes[cut.consumed..cut.consumed + length];
            let (position, mut records) = (cut.next, 0);
            let found = right.cut(one, position, true, |_| records += 1);
            if records == 1 {
                right.cut(one, position, true, |record| visit(record));
            } else if records > 1 {
                visit(&Record {
                    position,
                    bytes: one.trim_ascii_end(),
                    fields: &[],
                    fault: Some(RecordFault::OpenQuote),
                });
            }
            cut.consumed += length;
            cut.blank_lines += found.blank_lines;
            cut.next = Position {
                record: position.record + u64::from(records > 0),
                ..found.next
            };
        }
        cut
    }

    fn record(bytes: &[u8], at_end: bool) -> Option<usize> {
        let mut inside = false;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' => inside = !inside,
                b'\n' if !inside => return Some(at + 1),
                _ => {}
            }
        }
        (at_end && !bytes.is_empty()).then_some(bytes.len())
    }
}
