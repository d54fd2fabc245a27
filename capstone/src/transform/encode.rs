//! A typed chunk becomes compressed pages: the costly half of writing Parquet, which needs
//! no order and so runs on every thread.

use std::collections::BTreeMap;
use std::io;

use polars::prelude::{CompatLevel, PolarsResult, SchemaExt as _};
use polars_arrow::array::ArrayRef;
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter,
    ParquetType, StatisticsOptions, Version, WriteOptions, array_to_columns, compress,
    fallible_streaming_iterator, get_dtype_encoding, to_parquet_schema,
};
use week2_lake::Account;
use week5_transform::TypedChunk;

use crate::parts::transform::quarantine_frame;

/// How all files are written: zstd at its default level, with statistics.
const OPTIONS: WriteOptions = WriteOptions {
    statistics: StatisticsOptions {
        min_value: true,
        max_value: true,
        distinct_count: false,
        null_count: true,
        binary_statistics_truncate_length: None,
    },
    version: Version::V1,
    compression: CompressionOptions::Zstd(None),
    data_page_size: None,
};

/// Rows that are ready to be appended to a file of the same schema.
pub(super) struct RowGroup {
    rows: usize,
    /// Pages by column.
    columns: Vec<Vec<CompressedPage>>,
}

/// A chunk, ready to be appended. No row group without rows.
pub(super) struct Encoded {
    pub(super) data: Option<RowGroup>,
    pub(super) rejected: Option<RowGroup>,
    pub(super) accepted_sum: Account,
    pub(super) rejected_sum: Account,
    pub(super) reasons: BTreeMap<String, u64>,
}

/// Encodes chunks of one schema. Shared by all threads.
pub(super) struct Encoder {
    data: Columns,
    rejected: Columns,
}

/// How the columns of a file are written.
struct Columns(Vec<(ParquetType, Vec<Encoding>)>);

impl Encoder {
    pub(super) fn new(schema: &ArrowSchema) -> PolarsResult<Self> {
        Ok(Self {
            data: Columns::of(schema)?,
            rejected: Columns::of(&quarantine_schema()?)?,
        })
    }

    pub(super) fn encode(
        &self,
        run_id: &str,
        file_name: &str,
        chunk: &TypedChunk,
    ) -> PolarsResult<Encoded> {
        let mut reasons = BTreeMap::new();
        for reason in chunk.rejected.iter().flat_map(|row| &row.reasons) {
            *reasons.entry(reason.to_string()).or_default() += 1;
        }
        let quarantine = quarantine_frame(run_id, file_name, &chunk.rejected)?;
        let mut quarantine = quarantine.iter_chunks(CompatLevel::newest(), false);
        let quarantine = quarantine
            .next()
            .map_or_else(Vec::new, |batch| batch.arrays().to_vec());
        Ok(Encoded {
            data: self.data.encode(chunk.accepted.len(), &chunk.columns)?,
            rejected: self.rejected.encode(chunk.rejected.len(), &quarantine)?,
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

impl Columns {
    fn of(schema: &ArrowSchema) -> PolarsResult<Self> {
        let types = to_parquet_schema(schema)?;
        let encodings = schema
            .iter_values()
            .map(|field| get_dtype_encoding(&field.dtype));
        Ok(Self(
            types.fields().iter().cloned().zip(encodings).collect(),
        ))
    }

    fn encode(&self, rows: usize, columns: &[ArrayRef]) -> PolarsResult<Option<RowGroup>> {
        if rows == 0 {
            return Ok(None);
        }
        let columns = columns.iter().zip(&self.0);
        let leaves = columns.map(|(array, (parquet_type, encodings))| {
            array_to_columns(array, parquet_type.clone(), OPTIONS, encodings)
        });
        let mut pages = Vec::new();
        for leaf in leaves
            .collect::<PolarsResult<Vec<_>>>()?
            .into_iter()
            .flatten()
        {
            let compressed = leaf.map(|page| Ok(compress(page?, Vec::new(), OPTIONS.compression)?));
            pages.push(compressed.collect::<PolarsResult<_>>()?);
        }
        Ok(Some(RowGroup {
            rows,
            columns: pages,
        }))
    }
}

impl RowGroup {
    /// Appends the rows to a file.
    pub(super) fn append_to<W: io::Write>(&self, file: &mut FileWriter<W>) -> PolarsResult<()> {
        let columns = self.columns.iter().map(|pages| {
            let pages = pages.iter().map(PolarsResult::Ok);
            Ok(DynStreamingIterator::new(
                fallible_streaming_iterator::convert(pages),
            ))
        });
        file.write(self.rows as u64, DynIter::new(columns))
    }
}

/// Names and types of quarantine files.
pub(super) fn quarantine_schema() -> PolarsResult<ArrowSchema> {
    let empty = quarantine_frame("", "", &[])?;
    let fields = empty.schema().iter_fields();
    Ok(fields
        .map(|field| field.to_arrow(CompatLevel::newest()))
        .map(|field| (field.name.clone(), field))
        .collect())
}

/// A Parquet file of this schema.
pub(super) fn writer<W: io::Write>(sink: W, schema: ArrowSchema) -> PolarsResult<FileWriter<W>> {
    FileWriter::try_new(sink, schema, OPTIONS)
}
