//! Stage *transform*: chunks of a delivery become Parquet and quarantine.
//!
//! Chunks are typed on all threads at once. Two short sections run in file order: the one
//! that finds repeated record ids, and the one that appends to the part in progress. So
//! the output does not depend on how many threads ran, and memory is bounded by the
//! chunks in flight plus one part.
//!
//! A part's quarantine is in the lake before its rows are: a crash in between leaves
//! stray rejects, never rows that nobody vouches for.

mod encode;
mod in_order;
mod parts;
mod read;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use week2_ingestion::ChunkSpan;
use week2_lake::{DataFile, SourceFile, keys};
use week5_transform::Target;

use self::encode::Encoder;
use self::in_order::InOrder;
use self::parts::Assembler;
pub use self::read::{TypedPart, read};
use crate::context::Capstone;
use crate::error::Stop;
use crate::ingest::{Ingested, dataset_of};
use crate::parts::ingestion::Cutter;
use crate::parts::transform::{ChunkBuilder, SeenKeys, Typer, TyperError};
use crate::ui::Bar;

/// Chunks in one Parquet file. With chunks of 32 MiB of CSV that is half a million rows
/// and some 24 MB a file, eight row groups each.
const CHUNKS_PER_PART: usize = 8;

/// All that a delivery became; every file is in the lake, and nothing is committed.
#[derive(Debug, Default)]
pub struct Transformed {
    /// What was read, accepted and rejected, by delivered file.
    pub sources: Vec<SourceFile>,
    /// Curated Parquet, in record order.
    pub data: Vec<DataFile>,
    /// Quarantine Parquet, likewise.
    pub rejected: Vec<DataFile>,
    /// Rows by reason, by delivered file; a row with two reasons counts under both.
    pub reasons: BTreeMap<String, BTreeMap<String, u64>>,
}

/// One chunk of the delivery, and where it belongs.
#[derive(Debug, Clone, Copy)]
struct Item {
    file: usize,
    chunk: ChunkSpan,
    last_of_part: bool,
}

/// What all threads share.
struct Work<'a> {
    capstone: &'a Capstone,
    ingested: &'a Ingested,
    items: Vec<Item>,
    typers: Vec<Typer>,
    encoder: Encoder,
    next: AtomicUsize,
    seen: InOrder<SeenKeys>,
    assembler: InOrder<Assembler<'a>>,
    bar: Bar,
}

/// Types every row of a delivery and writes the files that a commit will list.
pub fn transform(capstone: &Capstone, ingested: &Ingested) -> anyhow::Result<Transformed> {
    let work = Work::new(capstone, ingested)?;
    let workers = capstone.threads.min(work.items.len()).max(1);
    let results: Vec<anyhow::Result<()>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| work.run())).collect();
        handles
            .into_iter()
            .map(|handle| {
                handle
                    .join()
                    .unwrap_or_else(|_| Err(anyhow::anyhow!("a worker panicked")))
            })
            .collect()
    });
    work.bar.finish();
    // The first error is the cause; workers that gave up because of it say so.
    let mut errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    errors.sort_by_key(anyhow::Error::is::<in_order::GaveUp>);
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(work.assembler.into_inner().finish()),
    }
}

impl<'a> Work<'a> {
    fn new(capstone: &'a Capstone, ingested: &'a Ingested) -> anyhow::Result<Self> {
        let typers = typers(capstone, ingested)?;
        let first = typers.first().context("a delivery without files")?;
        let schema = first.schema().clone();
        let items = plan(ingested);
        let bytes = items.iter().map(|item| item.chunk.length).sum();
        let name = format!(
            "{} {}",
            ingested.delivery.dataset, ingested.delivery.program_year
        );
        Ok(Self {
            capstone,
            ingested,
            items,
            typers,
            encoder: Encoder::new(&schema)?,
            next: AtomicUsize::new(0),
            seen: InOrder::new(SeenKeys::default()),
            assembler: InOrder::new(Assembler::new(ingested, schema)),
            bar: capstone.ui.bytes(&name, bytes),
        })
    }

    /// One worker: takes chunks until there are none, or somebody fails.
    fn run(&self) -> anyhow::Result<()> {
        // Whoever waits for this worker's turn must not wait for ever.
        let _release = (
            self.seen.give_up_on_failure(),
            self.assembler.give_up_on_failure(),
        );
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = self.items.get(index) else {
                break;
            };
            if let Err(error) = self.chunk(index, *item) {
                self.seen.give_up();
                self.assembler.give_up();
                return Err(error);
            }
        }
        Ok(())
    }

    fn chunk(&self, index: usize, item: Item) -> anyhow::Result<()> {
        let file = &self.ingested.files[item.file];
        let start = item.chunk.start.offset;
        let bytes = self
            .capstone
            .lake
            .range(&file.raw_key, start..start + item.chunk.length)?;
        let mut builder = type_chunk(
            &self.typers[item.file],
            file.layout.fields,
            &item.chunk,
            &bytes,
        )?;
        let repeated = self
            .seen
            .turn(index, |seen| seen.repeated(builder.accepted()))?;
        builder.reject_repeated(&repeated, &bytes, start);
        let typed = builder.finish();
        drop(bytes);
        let encoded = self
            .encoder
            .encode(&self.ingested.run_id, &file.audit.name, &typed)?;
        let part = self.assembler.turn(index, |assembler| {
            assembler.append(item.file, encoded, item.last_of_part)
        })??;
        if let Some(part) = part {
            part.store(&self.capstone.lake)?;
        }
        self.bar.inc(item.chunk.length);
        Ok(())
    }
}

/// One for each file of a delivery.
fn typers(capstone: &Capstone, ingested: &Ingested) -> anyhow::Result<Vec<Typer>> {
    let dataset = dataset_of(ingested).context("an unknown dataset")?;
    let contract = &capstone.contract;
    let table = contract
        .table(dataset)
        .context("a dataset that is not modelled")?;
    let target = Target {
        program_year: ingested.delivery.program_year,
        publication: ingested.delivery.publication,
    };
    let files = ingested.files.iter();
    let typers =
        files.map(|file| Typer::new(table, &file.layout, target, &contract.missing_values));
    typers
        .map(|typer| typer.map_err(|error| unfit(capstone, ingested, error)))
        .collect()
}

/// A layout map that does not fit is the lake's fault, and ingestion writes it anew.
fn unfit(capstone: &Capstone, ingested: &Ingested, error: TyperError) -> anyhow::Error {
    let TyperError::Layout(text) = error else {
        return error.into();
    };
    let key = keys::ingested(&ingested.partition(), ingested.delivery.publication);
    let message = format!(
        "{key} does not fit version {} of the contract: {text}; ingest its files again",
        capstone.contract.version
    );
    Stop::Environment(message).into()
}

fn plan(ingested: &Ingested) -> Vec<Item> {
    let mut items = Vec::new();
    for (file, described) in ingested.files.iter().enumerate() {
        let chunks = &described.audit.chunks;
        for (index, chunk) in chunks.iter().enumerate() {
            let last_of_part = (index + 1) % CHUNKS_PER_PART == 0 || index + 1 == chunks.len();
            items.push(Item {
                file,
                chunk: *chunk,
                last_of_part,
            });
        }
    }
    items
}

fn type_chunk<'t>(
    typer: &'t Typer,
    fields: usize,
    chunk: &ChunkSpan,
    bytes: &[u8],
) -> anyhow::Result<ChunkBuilder<'t>> {
    let mut builder = ChunkBuilder::new(typer, rows(chunk, fields, bytes));
    let mut records = 0;
    Cutter::new(fields).cut(bytes, chunk.start, true, |record| {
        records += 1;
        builder.push(record);
    });
    if records == chunk.records {
        return Ok(builder);
    }
    let message = format!(
        "byte {} of the raw file: {} records expected, {records} found: the file in the raw zone is \
         not the one that was ingested",
        chunk.start.offset, chunk.records
    );
    Err(Stop::Environment(message).into())
}

/// Rows to make room for: as many as the chunk list says, and no more than its bytes can
/// be, because the list is read from the lake. A row ends every field with one byte, only
/// the last one of a file may lack its line end.
fn rows(chunk: &ChunkSpan, fields: usize, bytes: &[u8]) -> usize {
    let most = bytes.len() / fields.max(1) + 1;
    usize::try_from(chunk.records).map_or(most, |records| records.min(most))
}
