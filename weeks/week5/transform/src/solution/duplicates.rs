//! The set rule: of a repeated record id the first row stays.
//!
//! Chunks are typed in any order, and this rule runs in file order, so that "first" does
//! not depend on which thread was faster.

use polars::prelude::*;
use roaring::RoaringTreemap;

use super::builder::raw_text;
use crate::{Reason, ReasonCode, Rejected, TypedChunk};

/// Record ids seen so far in one delivery. Ids are dense, so sixteen million of them
/// take a few megabytes.
#[derive(Debug, Default)]
pub struct SeenKeys(RoaringTreemap);

impl SeenKeys {
    /// Notes the keys of the next chunk in file order; gives the rows that repeat one.
    pub fn repeated(&mut self, chunk: &TypedChunk) -> Vec<usize> {
        let keys = chunk.accepted.iter().enumerate();
        keys.filter(|(_, row)| !self.0.insert(row.key))
            .map(|(index, _)| index)
            .collect()
    }
}

/// Moves the rows at `repeated` to quarantine. `bytes` are the chunk's, starting at `offset`.
pub fn reject_duplicates(
    chunk: TypedChunk,
    repeated: &[usize],
    bytes: &[u8],
    offset: u64,
) -> PolarsResult<TypedChunk> {
    if repeated.is_empty() {
        return Ok(chunk);
    }
    let TypedChunk {
        frame,
        accepted,
        mut rejected,
    } = chunk;
    let mut keep = vec![true; accepted.len()];
    for &index in repeated {
        keep[index] = false;
        let row = accepted[index];
        // A chunk is held in memory, so its offsets fit.
        let start = usize::try_from(row.position.offset - offset).unwrap_or(usize::MAX);
        rejected.push(Rejected {
            position: row.position,
            length: u64::from(row.length),
            reasons: vec![Reason {
                code: ReasonCode::DuplicateRecordId,
                column: None,
            }],
            cents: Some(row.cents),
            raw: raw_text(&bytes[start..start + row.length as usize]),
        });
    }
    rejected.sort_by_key(|row| row.position.record);
    let mask = BooleanChunked::from_slice("keep".into(), &keep);
    let accepted = accepted
        .into_iter()
        .zip(keep)
        .filter_map(|(row, keep)| keep.then_some(row))
        .collect();
    Ok(TypedChunk {
        frame: frame.filter(&mask)?,
        accepted,
        rejected,
    })
}
