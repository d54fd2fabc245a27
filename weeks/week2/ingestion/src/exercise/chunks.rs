//! Byte ranges that start and end on record boundaries, over any reader.
//!
//! Given: what a chunk is made of. Yours: when one is closed, and reading what gives less than
//! it is asked for.

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
        todo!(
            "a record at {position:?}: does it open a chunk behind {:?}, with {} bytes or more each?",
            self.open,
            self.chunk_bytes
        )
    }

    /// All chunks of a file that ends at `end`. A file without records has none.
    pub fn finish(self, end: u64) -> Vec<ChunkSpan> {
        todo!("{:?}, and what is open, up to byte {end}", self.done)
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
    let buffer = vec![0_u8; piece_bytes.max(1)];
    todo!(
        "{} bytes at most from the reader {:p} to {:p}, until it has nothing more",
        buffer.len(),
        reader,
        take
    )
}
