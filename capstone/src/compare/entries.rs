//! A delivery as entries: each accepted record's id, amount, and a hash of its content.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8Array};
use polars_arrow::types::NativeType;
use week2_ingestion::Position;
use week5_incremental::{Entry, Placed};
use week5_transform::{Rejected, TypedChunk};

use super::sorter::{Sorted, Sorter};
use crate::context::Capstone;
use crate::ingest::{Ingested, dataset_of};
use crate::parts::incremental::mix;
use crate::parts::ingestion::Cutter;
use crate::transform::{self, TypedPart};

/// Bits of a place for the record's number in its file.
const RECORD_BITS: u32 = 48;

/// What a delivery holds.
pub(super) struct Entries {
    /// Accepted records.
    pub(super) sorted: Sorted,
    /// Ids that rejected records have, or may have where they are damaged.
    pub(super) quarantined: BTreeSet<u64>,
}

impl Entries {
    /// Reads a delivery; `columns` are the content of a record.
    pub(super) fn read(
        capstone: &Capstone,
        ingested: &Ingested,
        columns: &BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let key = key_fields(capstone, ingested)?;
        let sorter = Mutex::new(Sorter::new(capstone.home.spool()));
        let quarantined = Mutex::new(BTreeSet::new());
        transform::read(capstone, ingested, |part| {
            let fields = ingested.files[part.file].layout.fields;
            let rejected = rejected_ids(&part, fields, key[part.file]);
            quarantined
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(rejected);
            let entries = entries(&part, columns)?;
            sorter
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(entries)
        })?;
        Ok(Self {
            sorted: sorter
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .finish(),
            quarantined: quarantined
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        })
    }
}

/// Where the record id stands in each file.
fn key_fields(capstone: &Capstone, ingested: &Ingested) -> anyhow::Result<Vec<Option<usize>>> {
    let dataset = dataset_of(ingested).context("an unknown dataset")?;
    let table = capstone.contract.table(dataset);
    let table = table.context("a dataset that is not modelled")?;
    let key = table
        .position(&table.key)
        .context("a table without its key")?;
    let files = ingested.files.iter();
    Ok(files
        .map(|file| file.layout.source.get(key).copied().flatten())
        .collect())
}

fn entries(part: &TypedPart<'_>, columns: &BTreeSet<String>) -> anyhow::Result<Vec<Placed>> {
    let file = (part.file as u64) << RECORD_BITS;
    let hashes = hashes(&part.typed, columns)?;
    let rows = part.typed.accepted.iter().zip(hashes);
    let placed = rows.map(|(row, hash)| Placed {
        entry: Entry {
            record_id: row.key,
            hash,
            cents: row.cents,
        },
        place: file | row.position.record,
    });
    Ok(placed.collect())
}

/// The hash of every accepted row over these columns, in contract order.
fn hashes(chunk: &TypedChunk, columns: &BTreeSet<String>) -> anyhow::Result<Vec<u64>> {
    let mut hashes = vec![0; chunk.accepted.len()];
    for (name, array) in chunk.schema.iter_names().zip(&chunk.columns) {
        if columns.contains(name.as_str()) {
            mix_column(&mut hashes, array.as_ref()).with_context(|| format!("column {name}"))?;
        }
    }
    Ok(hashes)
}

fn mix_column(hashes: &mut [u64], array: &dyn Array) -> anyhow::Result<()> {
    let any = array.as_any();
    if let Some(texts) = any.downcast_ref::<DictionaryArray<u32>>() {
        let words = texts.values().as_any().downcast_ref::<Utf8Array<i64>>();
        let words = words.context("a dictionary of something else than text")?;
        let keys = texts.keys().iter();
        mix_values(
            hashes,
            keys.map(|key| key.map(|key| words.value(*key as usize))),
        );
    } else if let Some(texts) = any.downcast_ref::<Utf8Array<i64>>() {
        mix_values(hashes, texts.iter());
    } else if let Some(numbers) = any.downcast_ref::<PrimitiveArray<i64>>() {
        mix_numbers(hashes, numbers);
    } else if let Some(cents) = any.downcast_ref::<PrimitiveArray<i128>>() {
        mix_numbers(hashes, cents);
    } else if let Some(days) = any.downcast_ref::<PrimitiveArray<i32>>() {
        mix_numbers(hashes, days);
    } else {
        bail!("{:?} can't be compared", array.dtype());
    }
    Ok(())
}

fn mix_numbers<T: NativeType>(hashes: &mut [u64], numbers: &PrimitiveArray<T>) {
    let bytes = numbers
        .iter()
        .map(|number| number.map(NativeType::to_le_bytes));
    mix_values(hashes, bytes);
}

fn mix_values<V: AsRef<[u8]>>(hashes: &mut [u64], values: impl Iterator<Item = Option<V>>) {
    for (hash, value) in hashes.iter_mut().zip(values) {
        *hash = mix(*hash, value.as_ref().map_or(&[], AsRef::as_ref));
    }
}

/// Ids that the chunk's rejected records may have.
fn rejected_ids(part: &TypedPart<'_>, fields: usize, key: Option<usize>) -> Vec<u64> {
    let rejected = part.typed.rejected.iter();
    let ids = rejected.flat_map(|row| {
        let bytes = bytes_of(part, row);
        key.and_then(|key| id_of(bytes, row.position, fields, key))
            .map_or_else(|| numbers_in(bytes), |id| vec![id])
    });
    ids.collect()
}

fn bytes_of<'a>(part: &TypedPart<'a>, row: &Rejected) -> &'a [u8] {
    // A chunk is held in memory, so its offsets fit.
    let start = usize::try_from(row.position.offset - part.offset).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(row.length).unwrap_or(usize::MAX));
    part.bytes.get(start..end).unwrap_or_default()
}

fn id_of(bytes: &[u8], position: Position, fields: usize, key: usize) -> Option<u64> {
    let mut id = None;
    Cutter::new(fields).cut(bytes, position, true, |record| {
        if record.fields.len() > key {
            let text = String::from_utf8_lossy(record.raw(key));
            id = id.or(text.trim().parse().ok());
        }
    });
    id
}

/// A record that is damaged before its id still has the id somewhere: every number between
/// quotes or commas may be it. Only ids that are missing are ever looked up here.
fn numbers_in(bytes: &[u8]) -> Vec<u64> {
    let values = bytes.split(|byte| matches!(byte, b',' | b'"'));
    let numbers = values.filter_map(|value| std::str::from_utf8(value).ok()?.parse().ok());
    numbers.collect()
}
