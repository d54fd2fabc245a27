//! The typed rows of a delivery, for those who only look: nothing is written.

use std::sync::atomic::{AtomicUsize, Ordering};

use week5_transform::TypedChunk;

use super::{plan, type_chunk, typers};
use crate::context::Capstone;
use crate::ingest::Ingested;

/// One chunk, typed.
pub struct TypedPart<'a> {
    /// Which of the delivery's files.
    pub file: usize,
    /// Its rows. A record id that stands twice in the delivery is in it twice.
    pub typed: TypedChunk,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where they start in the file.
    pub offset: u64,
}

/// Types every chunk of a delivery as the transformation does and hands it to `visit`:
/// several at once, and in no order.
pub fn read(
    capstone: &Capstone,
    ingested: &Ingested,
    visit: impl Fn(TypedPart<'_>) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let (typers, items) = (typers(capstone, ingested)?, plan(ingested));
    let bytes = items.iter().map(|item| item.chunk.length).sum();
    let delivery = &ingested.delivery;
    let name = format!("compare {} {}", delivery.dataset, delivery.program_year);
    let (bar, next) = (capstone.ui.bytes(&name, bytes), AtomicUsize::new(0));
    let work = || -> anyhow::Result<()> {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let file = &ingested.files[item.file];
            let offset = item.chunk.start.offset;
            let range = offset..offset + item.chunk.length;
            let bytes = capstone.lake.range(&file.raw_key, range)?;
            let rows = type_chunk(&typers[item.file], file.layout.fields, &item.chunk, &bytes)?;
            visit(TypedPart {
                file: item.file,
                typed: rows.finish(),
                bytes: &bytes,
                offset,
            })?;
            bar.inc(item.chunk.length);
        }
        Ok(())
    };
    let workers = capstone.threads.min(items.len()).max(1);
    let results: Vec<anyhow::Result<()>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or_else(|_| Err(anyhow::anyhow!("a worker panicked"))))
            .collect()
    });
    bar.finish();
    results.into_iter().collect()
}
