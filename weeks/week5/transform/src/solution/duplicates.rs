//! The set rule: of a repeated record id the first row stays.
//!
//! Chunks are typed in any order, and this rule runs in file order, so that "first" does
//! not depend on which thread was faster.

use roaring::RoaringTreemap;

use super::builder::{ChunkBuilder, raw_text};
use crate::{Accepted, Reason, ReasonCode, Rejected};

/// Record ids seen so far in one delivery. Ids are dense, so sixteen million of them
/// take a few megabytes.
#[derive(Debug, Default)]
pub struct SeenKeys(RoaringTreemap);

impl SeenKeys {
    /// Notes the keys of the next chunk in file order; gives the rows that repeat one.
    pub fn repeated(&mut self, accepted: &[Accepted]) -> Vec<usize> {
        let keys = accepted.iter().enumerate();
        keys.filter(|(_, row)| !self.0.insert(row.key))
            .map(|(index, _)| index)
            .collect()
    }
}

impl ChunkBuilder<'_> {
    /// Moves the accepted rows at `repeated` to quarantine. `bytes` are the chunk's,
    /// starting at `offset` of the file.
    pub fn reject_repeated(&mut self, repeated: &[usize], bytes: &[u8], offset: u64) {
        if repeated.is_empty() {
            return;
        }
        let mut keep = vec![true; self.accepted.len()];
        for &index in repeated {
            keep[index] = false;
            self.rejected
                .push(duplicate(&self.accepted[index], bytes, offset));
        }
        self.rejected.sort_by_key(|row| row.position.record);
        self.retain(&keep);
    }
}

fn duplicate(row: &Accepted, bytes: &[u8], offset: u64) -> Rejected {
    // A chunk is held in memory, so its offsets fit.
    let start = usize::try_from(row.position.offset - offset).unwrap_or(usize::MAX);
    Rejected {
        position: row.position,
        length: u64::from(row.length),
        reasons: vec![Reason {
            code: ReasonCode::DuplicateRecordId,
            column: None,
        }],
        cents: Some(row.cents),
        raw: raw_text(&bytes[start..start + row.length as usize]),
    }
}
