//! Our side, cut off behind each step: the ablation, and the whole.
//!
//! Each stage does what the one before does and one thing more, on the same chunks and
//! threads, in a process of its own. Up to *type* the step's result is dropped; from
//! *write* on it is the pipeline's own code that runs.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use week2_ingestion::ChunkSpan;
use week2_lake::DataKind;
use week5_transform::Target;

use crate::context::Capstone;
use crate::ingest::{Ingested, IngestedFile, dataset_of};
use crate::parts::ingestion::Cutter;
use crate::parts::transform::{ChunkBuilder, Typer};
use crate::pipeline::Pipeline;
use crate::source::Location;
use crate::transform;

/// How far the pipeline goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// From source file to lake: checksum, audit, raw copy. Comes before the others.
    Ingest,
    /// Chunks are read from the lake.
    Read,
    /// Records and fields are found.
    Split,
    /// Values are typed and checked.
    Type,
    /// Parquet and quarantine are encoded and stored.
    Write,
    /// Validated, gated and committed: stage transform as it is.
    Commit,
    /// From source file to committed lake.
    All,
}

impl Stage {
    /// Whether the lake is afterwards as ingestion left it.
    pub(super) fn leaves_ingested(self) -> bool {
        matches!(self, Self::Ingest | Self::Read | Self::Split | Self::Type)
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.to_possible_value().expect("no stage is hidden");
        f.write_str(name.get_name())
    }
}

/// Runs a stage on a lake; `source` is read by *ingest* and *all*.
pub fn run(capstone: &Capstone, stage: Stage, source: &Path) -> anyhow::Result<()> {
    match stage {
        Stage::Ingest | Stage::All => deliver(capstone, stage, source),
        Stage::Commit => {
            let mut pipeline = Pipeline::new(capstone, "bench");
            pipeline.attempt(DataKind::Synthetic, |pipeline| {
                pipeline.validate()?;
                pipeline.transform()
            })?;
            complete(&pipeline)
        }
        Stage::Write => transform::transform(capstone, &ingested(capstone)?).map(drop),
        Stage::Read | Stage::Split | Stage::Type => chunks(capstone, &ingested(capstone)?, stage),
    }
}

fn deliver(capstone: &Capstone, stage: Stage, source: &Path) -> anyhow::Result<()> {
    let mut pipeline = Pipeline::new(capstone, "bench");
    let source = pipeline.find(&Location::Path(source.to_owned()))?;
    pipeline.attempt(DataKind::Synthetic, |pipeline| {
        pipeline.ingest(&source)?;
        if stage == Stage::All {
            pipeline.validate()?;
            pipeline.transform()?;
        }
        Ok(())
    })?;
    complete(&pipeline)
}

fn complete(pipeline: &Pipeline<'_>) -> anyhow::Result<()> {
    match pipeline.summary.problems.first() {
        Some(problem) => anyhow::bail!("{problem}"),
        None => Ok(()),
    }
}

fn ingested(capstone: &Capstone) -> anyhow::Result<Ingested> {
    let deliveries = capstone.lake.ingested()?;
    deliveries.into_iter().next().context("an ingested lake")
}

/// The first steps of the transformation, on its chunks and threads.
fn chunks(capstone: &Capstone, ingested: &Ingested, stage: Stage) -> anyhow::Result<()> {
    let file = ingested.files.first().context("a file")?;
    let typer = typer(capstone, ingested, file)?;
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<()> {
        let chunks = &file.audit.chunks;
        while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            one(capstone, file, &typer, chunk, stage)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..capstone.threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a panic")))
    })
}

fn one(
    capstone: &Capstone,
    file: &IngestedFile,
    typer: &Typer,
    chunk: &ChunkSpan,
    stage: Stage,
) -> anyhow::Result<()> {
    let start = chunk.start.offset;
    let bytes = capstone
        .lake
        .range(&file.raw_key, start..start + chunk.length)?;
    let mut cutter = Cutter::new(file.layout.fields);
    match stage {
        Stage::Split => {
            let mut fields = 0;
            cutter.cut(&bytes, chunk.start, true, |record| {
                fields += record.fields.len();
            });
            std::hint::black_box(fields);
        }
        Stage::Type => {
            let mut builder = ChunkBuilder::new(typer, usize::try_from(chunk.records)?);
            cutter.cut(&bytes, chunk.start, true, |record| builder.push(record));
            std::hint::black_box(builder.finish());
        }
        _ => {
            std::hint::black_box(&bytes);
        }
    }
    Ok(())
}

fn typer(capstone: &Capstone, ingested: &Ingested, file: &IngestedFile) -> anyhow::Result<Typer> {
    let table = dataset_of(ingested).and_then(|dataset| capstone.contract.table(dataset));
    let target = Target {
        program_year: ingested.delivery.program_year,
        publication: ingested.delivery.publication,
    };
    Ok(Typer::new(
        table.context("a dataset that is modelled")?,
        &file.layout,
        target,
        &capstone.contract.missing_values,
    )?)
}
