//! Whether what the lake says of a delivery can be true.
//!
//! The document decides what is read of the raw files and how much memory that takes, and
//! whoever can write to the lake can change it.

use week1_schema::MAX_HEADER;
use week2_ingestion::FileAudit;

use super::{Ingested, IngestedFile};

/// No object of S3 is larger, by far; and sums of sizes stay far below 2^64.
const MAX_BYTES: u64 = 1 << 48;

/// What in the description of a delivery can't be, in words.
pub(crate) fn check(ingested: &Ingested) -> Result<(), String> {
    ingested.files.iter().try_for_each(|file| {
        let name = &file.audit.name;
        check_file(file).map_err(|error| format!("{name}: {error}"))
    })
}

fn check_file(file: &IngestedFile) -> Result<(), String> {
    let fields = file.layout.fields;
    if fields == 0 || fields > MAX_HEADER {
        return Err(format!("no header has {fields} fields"));
    }
    let size = file.audit.size;
    if size > MAX_BYTES {
        return Err(format!("no file has {size} bytes"));
    }
    check_chunks(&file.audit)
}

/// Chunks follow each other from the header to the end of the file, and no record is
/// without a byte.
fn check_chunks(audit: &FileAudit) -> Result<(), String> {
    let (mut offset, mut record) = (audit.header_bytes, 1);
    if offset > audit.size {
        return Err("its header is longer than the file".to_owned());
    }
    for (number, chunk) in audit.chunks.iter().enumerate() {
        let start = chunk.start;
        let follows = start.offset == offset && start.record == record && start.line <= offset + 1;
        if !follows || chunk.records > chunk.length || chunk.length > audit.size - offset {
            return Err(format!("chunk {} is not where it can be", number + 1));
        }
        offset += chunk.length;
        record += chunk.records;
    }
    let whole = audit.chunks.is_empty() || offset == audit.size;
    if !whole || record - 1 != audit.records {
        return Err("its chunks are not the whole file".to_owned());
    }
    Ok(())
}
