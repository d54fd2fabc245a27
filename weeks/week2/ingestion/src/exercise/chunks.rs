//! Byte ranges that start and end on record boundaries, over any reader.

use std::io::{self, ErrorKind, Read};

use crate::{ChunkSpan, Position};

/// Closes a chunk when it is long enough and another record begins.
///
/// Invariant: chunks follow each other without gap or overlap, from the first record
/// boundary to the end of the file, and every record lies in one of them.
#[derive(Debug)]
pub struct Chunks {
    chunk_bytes: u64,
    done: Vec<ChunkSpan>,
    open: ChunkSpan,
}

impl Chunks {
    /// Starts at the first byte behind the header. A chunk is closed when it has
    /// `chunk_bytes` or more.
    pub fn new(start: Position, chunk_bytes: u64) -> Self {
        Self {
            chunk_bytes,
            done: Vec::new(),
            open: empty(start),
        }
    }

    /// The next record, in file order. It opens a new chunk if the one that is open has
    /// reached its length; what lies between two records, such as empty lines, belongs to
    /// the chunk before.
    pub fn record(&mut self, position: Position) {
        let length = position.offset - self.open.start.offset;
        if self.open.records > 0 && length >= self.chunk_bytes {
            let chunk = ChunkSpan {
                length,
                ..self.open
            };
            self.done.push(chunk);
            self.open = empty(position);
        }
        self.open.records += 1;
    }

    /// All chunks of a file that ends at `end`. A file without records has none.
    pub fn finish(self, end: u64) -> Vec<ChunkSpan> {
        let mut done = self.done;
        if self.open.records > 0 {
            let length = end - self.open.start.offset;
            done.push(ChunkSpan {
                length,
                ..self.open
            });
        }
        done
    }
}

fn empty(start: Position) -> ChunkSpan {
    ChunkSpan {
        start,
        length: 0,
        records: 0,
    }
}

/// Hands everything that `reader` gives to `take`, in order, in pieces of at most
/// `piece_bytes` (at least 1): no more than that is held at once.
///
/// A reader may give less than it is asked for and go on after that; it is at its end when
/// it gives nothing. A call that was [interrupted](ErrorKind::Interrupted) is repeated; any
/// other error ends it.
pub fn read_pieces(
    reader: &mut dyn Read,
    piece_bytes: usize,
    take: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    let mut piece = vec![0; piece_bytes.max(1)];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
