//! Tombstones as Parquet, so that the warehouse reads them like everything else.

use polars::prelude::*;
use store::Digest;
use week2_lake::{DataFile, Partition, keys};
use week5_incremental::{Tombstone, Withdrawal};

use crate::lake::Lake;

/// Writes them, if there are any.
pub(super) fn store(
    lake: &Lake,
    partition: &Partition,
    id: &str,
    tombstones: &[Tombstone],
) -> anyhow::Result<Option<DataFile>> {
    if tombstones.is_empty() {
        return Ok(None);
    }
    let bytes = encode(tombstones)?;
    let sha256 = Digest::of(&bytes).to_string();
    let file = DataFile {
        key: keys::tombstones(partition, id, &sha256),
        size: bytes.len() as u64,
        sha256,
        rows: tombstones.len() as u64,
        cents: tombstones.iter().map(|stone| stone.cents).sum(),
    };
    lake.put(&file.key, bytes)?;
    Ok(Some(file))
}

fn encode(tombstones: &[Tombstone]) -> PolarsResult<Vec<u8>> {
    let stones = || tombstones.iter();
    // Ids of CMS are up to 38 digits in the dictionary, and ten in the files.
    let ids = stones().map(|stone| i64::try_from(stone.record_id).unwrap_or(i64::MAX));
    let cents = stones().map(|stone| stone.cents);
    let types = stones().map(|stone| stone.withdrawal.map(Withdrawal::as_str));
    let mut frame = DataFrame::new(
        tombstones.len(),
        vec![
            Column::new("record_id".into(), ids.collect::<Vec<_>>()),
            Column::new("amount_cents".into(), cents.collect::<Vec<_>>()),
            Column::new("change_type".into(), types.collect::<Vec<_>>()),
        ],
    )?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}
