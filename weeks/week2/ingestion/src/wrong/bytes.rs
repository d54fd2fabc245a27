//! Mistakes about readers, chunks and amounts.

/// A reader that gives less than it was asked for has nothing more.
pub mod short_read_is_the_end {
    use std::io::{self, Read};

    pub use crate::solution::*;

    /// Hands everything that `reader` gives to `take`.
    pub fn read_pieces(
        reader: &mut dyn Read,
        piece_bytes: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> io::Result<()> {
        let mut piece = vec![0; piece_bytes.max(1)];
        loop {
            let length = reader.read(&mut piece)?;
            take(&piece[..length]);
            if length < piece.len() {
                return Ok(());
            }
        }
    }
}

/// Reads while reading goes well.
pub mod error_ends_the_file {
    use std::io::{self, Read};

    pub use crate::solution::*;

    /// Hands everything that `reader` gives to `take`.
    pub fn read_pieces(
        reader: &mut dyn Read,
        piece_bytes: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> io::Result<()> {
        let mut piece = vec![0; piece_bytes.max(1)];
        while let Ok(length @ 1..) = reader.read(&mut piece) {
            take(&piece[..length]);
        }
        Ok(())
    }
}

/// An audit whose chunks are made in another way.
macro_rules! audit_builder {
    ($chunks:path) => {
        use std::io::{self, Read};

        use crate::{AuditFields, ChunkSpan, FileAudit};

        /// Takes a file's bytes in any pieces and ends with its [`FileAudit`].
        #[derive(Debug)]
        pub struct AuditBuilder {
            right: crate::solution::AuditBuilder,
            body: Vec<u8>,
            chunk_bytes: u64,
        }

        impl AuditBuilder {
            /// Starts behind the header.
            pub fn new(
                header: &[u8],
                expected: usize,
                fields: AuditFields,
                chunk_bytes: u64,
            ) -> Self {
                Self {
                    right: crate::solution::AuditBuilder::new(
                        header,
                        expected,
                        fields,
                        chunk_bytes,
                    ),
                    body: Vec::new(),
                    chunk_bytes,
                }
            }

            /// The next bytes of the file, in order.
            pub fn update(&mut self, bytes: &[u8]) {
                self.body.extend_from_slice(bytes);
                self.right.update(bytes);
            }

            /// All that `reader` gives.
            pub fn read(
                &mut self,
                reader: &mut dyn Read,
                piece_bytes: usize,
                mut taken: impl FnMut(usize),
            ) -> io::Result<()> {
                crate::solution::read_pieces(reader, piece_bytes, &mut |piece| {
                    self.update(piece);
                    taken(piece.len());
                })
            }

            /// The audit of everything that was handed in.
            pub fn finish(self, name: &str) -> FileAudit {
                let audit = self.right.finish(name);
                let chunks: Vec<ChunkSpan> = $chunks(&audit, &self.body, self.chunk_bytes);
                FileAudit { chunks, ..audit }
            }
        }
    };
}

/// A chunk ends at the first newline behind its length.
pub mod chunks_at_newlines {
    use crate::Position;

    pub use crate::solution::*;

    audit_builder!(at_newlines);

    fn at_newlines(audit: &FileAudit, body: &[u8], chunk_bytes: u64) -> Vec<ChunkSpan> {
        let length = usize::try_from(chunk_bytes).unwrap_or(usize::MAX).max(1);
        let (mut chunks, mut at, mut line, mut record) = (Vec::new(), 0, 2, 1);
        while at < body.len() && audit.records > 0 {
            let from = at.saturating_add(length - 1).min(body.len());
            let newline = body[from..].iter().position(|byte| *byte == b'\n');
            let end = newline.map_or(body.len(), |newline| from + newline + 1);
            let lines = body[at..end].split(|byte| *byte == b'\n');
            let records = lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
            chunks.push(ChunkSpan {
                start: Position {
                    offset: audit.header_bytes + at as u64,
                    line,
                    record,
                },
                length: (end - at) as u64,
                records,
            });
            line += memchr::memchr_iter(b'\n', &body[at..end]).count() as u64;
            record += records;
            at = end;
        }
        chunks
    }
}

/// A chunk is put away when the next one begins, and the last one never is.
pub mod last_chunk_lost {
    pub use crate::solution::*;

    audit_builder!(but_the_last);

    fn but_the_last(audit: &FileAudit, _: &[u8], _: u64) -> Vec<ChunkSpan> {
        let but_one = audit.chunks.len().saturating_sub(1);
        audit.chunks[..but_one].to_vec()
    }
}

/// Dollars as a floating-point number, and cents as a hundred times that.
pub mod float_amounts {
    pub use crate::solution::*;

    /// A dollar amount in cents.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "part of the mistake: what is behind the point is cut off"
    )]
    pub fn parse_cents(raw: &[u8]) -> Option<i64> {
        let dollars: f64 = std::str::from_utf8(raw).ok()?.trim().parse().ok()?;
        Some((dollars * 100.0) as i64)
    }
}

/// What fits into 64 bits fits.
pub mod any_amount_fits {
    pub use crate::solution::*;

    /// A dollar amount in cents.
    pub fn parse_cents(raw: &[u8]) -> Option<i64> {
        let text = std::str::from_utf8(raw).ok()?.trim();
        let (sign, amount) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (dollars, decimals) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if dollars.is_empty() || decimals.len() > 2 || !digits(dollars) || !digits(decimals) {
            return None;
        }
        let cents: i64 = format!("{dollars}{decimals:0<2}").parse().ok()?;
        Some(sign * cents)
    }
}
