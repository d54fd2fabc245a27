//! Encoded chunks are put together into files: the cheap half, done in record order.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::PolarsResult;
use polars_arrow::datatypes::{ArrowSchema, ArrowSchemaRef};
use polars_parquet::write::FileWriter;
use store::Digest;
use week2_lake::{Account, DataFile, Partition, SourceFile};

use super::Transformed;
use super::encode::{Encoded, RowGroup, quarantine_schema, writer};
use crate::ingest::Ingested;
use crate::lake::Lake;
use crate::parts;

/// Appends chunks in order; a finished part leaves it for the lake.
pub(super) struct Assembler<'a> {
    ingested: &'a Ingested,
    schema: ArrowSchemaRef,
    number: usize,
    data: Option<OpenFile>,
    rejected: Option<OpenFile>,
    done: Transformed,
}

/// Files of one part, complete and named.
pub(super) struct Part {
    rejected: Option<(DataFile, Vec<u8>)>,
    data: Option<(DataFile, Vec<u8>)>,
}

/// A Parquet file under construction, in memory.
struct OpenFile {
    writer: FileWriter<Shared>,
    bytes: Shared,
    sum: Account,
}

/// Bytes that the writer owns and we get back.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Assembler<'a> {
    pub(super) fn new(ingested: &'a Ingested, schema: ArrowSchemaRef) -> Self {
        let sources = ingested.files.iter().map(|file| SourceFile {
            name: file.audit.name.clone(),
            raw_key: file.raw_key.clone(),
            size: file.audit.size,
            sha256: file.audit.sha256.clone(),
            layout: file.layout.layout.clone(),
            drift: file.layout.drift.iter().map(ToString::to_string).collect(),
            read: Account {
                rows: file.audit.records,
                cents: file.audit.cents,
            },
            accepted: Account::default(),
            rejected: Account::default(),
        });
        let done = Transformed {
            sources: sources.collect(),
            ..Transformed::default()
        };
        Self {
            ingested,
            schema,
            number: 0,
            data: None,
            rejected: None,
            done,
        }
    }

    /// Appends the next chunk; the part, if this was its last one.
    pub(super) fn append(
        &mut self,
        file: usize,
        chunk: Encoded,
        last_of_part: bool,
    ) -> PolarsResult<Option<Part>> {
        let source = &mut self.done.sources[file];
        source.accepted += chunk.accepted_sum;
        source.rejected += chunk.rejected_sum;
        let reasons = self.done.reasons.entry(source.name.clone()).or_default();
        for (reason, rows) in chunk.reasons {
            *reasons.entry(reason).or_default() += rows;
        }
        append_to(
            &mut self.data,
            chunk.data.as_ref(),
            chunk.accepted_sum,
            || Ok(self.schema.as_ref().clone()),
        )?;
        append_to(
            &mut self.rejected,
            chunk.rejected.as_ref(),
            chunk.rejected_sum,
            quarantine_schema,
        )?;
        if last_of_part {
            self.close_part().map(Some)
        } else {
            Ok(None)
        }
    }

    fn close_part(&mut self) -> PolarsResult<Part> {
        let (run_id, partition) = (self.ingested.run_id.as_str(), self.ingested.partition());
        let number = self.number;
        self.number += 1;
        let close = |file: Option<OpenFile>, name: KeyOf| {
            file.map(|file| file.close(|sha256| name(&partition, run_id, number, sha256)))
                .transpose()
        };
        let part = Part {
            rejected: close(self.rejected.take(), parts::lake::rejected_key)?,
            data: close(self.data.take(), parts::lake::curated_key)?,
        };
        self.done
            .rejected
            .extend(part.rejected.iter().map(|(file, _)| file.clone()));
        self.done
            .data
            .extend(part.data.iter().map(|(file, _)| file.clone()));
        Ok(part)
    }

    pub(super) fn finish(self) -> Transformed {
        self.done
    }
}

type KeyOf = fn(&Partition, &str, usize, &str) -> String;

impl Part {
    /// Quarantine first: see the module head.
    pub(super) fn store(self, lake: &Lake) -> anyhow::Result<()> {
        for (file, bytes) in self.rejected.into_iter().chain(self.data) {
            lake.put(&file.key, bytes)?;
        }
        Ok(())
    }
}

impl OpenFile {
    fn new(schema: ArrowSchema) -> PolarsResult<Self> {
        let bytes = Shared::default();
        Ok(Self {
            writer: writer(bytes.clone(), schema)?,
            bytes,
            sum: Account::default(),
        })
    }

    fn close(mut self, key: impl FnOnce(&str) -> String) -> PolarsResult<(DataFile, Vec<u8>)> {
        self.writer.end(None)?;
        let bytes =
            std::mem::take(&mut *self.bytes.0.lock().unwrap_or_else(PoisonError::into_inner));
        let sha256 = Digest::of(&bytes).to_string();
        let file = DataFile {
            key: key(&sha256),
            size: bytes.len() as u64,
            sha256,
            rows: self.sum.rows,
            cents: self.sum.cents,
        };
        Ok((file, bytes))
    }
}

/// A file is opened by its first row, so that no empty one is written.
fn append_to(
    file: &mut Option<OpenFile>,
    rows: Option<&RowGroup>,
    sum: Account,
    schema: impl FnOnce() -> PolarsResult<ArrowSchema>,
) -> PolarsResult<()> {
    let Some(rows) = rows else { return Ok(()) };
    let open = match file {
        Some(open) => open,
        None => file.insert(OpenFile::new(schema()?)?),
    };
    open.sum += sum;
    rows.append_to(&mut open.writer)
}
