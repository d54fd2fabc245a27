//! A typed chunk becomes compressed row groups: the costly half of writing Parquet, which
//! needs no order and so runs on every thread.

use std::collections::BTreeMap;
use std::io;

use polars::prelude::{
    BatchedWriter, DataFrame, ParquetCompression, ParquetWriter, PolarsError, PolarsResult,
    RowGroupIterColumns, Schema,
};
use week2_lake::Account;
use week5_transform::TypedChunk;

use crate::parts::transform::quarantine_frame;

/// Row groups that are ready to be appended to a file of the same schema.
pub(super) type RowGroups = Vec<RowGroupIterColumns<'static, PolarsError>>;

/// A chunk, ready to be appended.
pub(super) struct Encoded {
    pub(super) data: RowGroups,
    pub(super) rejected: RowGroups,
    pub(super) accepted_sum: Account,
    pub(super) rejected_sum: Account,
    pub(super) reasons: BTreeMap<String, u64>,
}

/// Encodes chunks of one schema. Shared by all threads.
pub(super) struct Encoder {
    data: BatchedWriter<io::Sink>,
    rejected: BatchedWriter<io::Sink>,
}

impl Encoder {
    pub(super) fn new(schema: &Schema) -> PolarsResult<Self> {
        Ok(Self {
            data: writer(io::sink(), schema)?,
            rejected: writer(io::sink(), &quarantine_schema()?)?,
        })
    }

    pub(super) fn encode(
        &self,
        run_id: &str,
        file_name: &str,
        chunk: &TypedChunk,
    ) -> PolarsResult<Encoded> {
        let quarantine = quarantine_frame(run_id, file_name, &chunk.rejected)?;
        let mut reasons = BTreeMap::new();
        for reason in chunk.rejected.iter().flat_map(|row| &row.reasons) {
            *reasons.entry(reason.to_string()).or_default() += 1;
        }
        Ok(Encoded {
            data: self
                .data
                .encode_and_compress(&chunk.frame)
                .collect::<PolarsResult<_>>()?,
            rejected: self
                .rejected
                .encode_and_compress(&quarantine)
                .collect::<PolarsResult<_>>()?,
            accepted_sum: Account {
                rows: chunk.accepted.len() as u64,
                cents: chunk.accepted.iter().map(|row| row.cents).sum(),
            },
            rejected_sum: Account {
                rows: chunk.rejected.len() as u64,
                cents: chunk.rejected.iter().filter_map(|row| row.cents).sum(),
            },
            reasons,
        })
    }
}

/// Names and types of quarantine files.
pub(super) fn quarantine_schema() -> PolarsResult<Schema> {
    let empty: DataFrame = quarantine_frame("", "", &[])?;
    Ok(empty.schema().as_ref().clone())
}

/// A Parquet writer with the settings of all files: zstd, statistics, one thread, because
/// the chunks are what runs in parallel.
pub(super) fn writer<W: io::Write>(sink: W, schema: &Schema) -> PolarsResult<BatchedWriter<W>> {
    ParquetWriter::new(sink)
        .with_compression(ParquetCompression::Zstd(None))
        .set_parallel(false)
        .batched(schema)
}
