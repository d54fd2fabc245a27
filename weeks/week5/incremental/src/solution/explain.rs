//! What the removed files say about the records that are gone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{Contradiction, Entry, Explained, Removal, Tombstone};

/// Explains the records that the newer publication lacks.
///
/// A record that is there and was put into quarantine is not gone: `quarantined` are the
/// ids of those. Of several lines about one record the newest counts.
pub fn explain(
    removed: impl IntoIterator<Item = Entry>,
    removals: &[Removal],
    quarantined: &BTreeSet<u64>,
) -> Explained {
    let named = newest_lines(removals);
    let mut explained = Explained::default();
    for entry in removed {
        if quarantined.contains(&entry.record_id) {
            explained.quarantined += 1;
            continue;
        }
        explained.tombstones.push(Tombstone {
            record_id: entry.record_id,
            cents: entry.cents,
            withdrawal: named.get(&entry.record_id).map(|line| line.withdrawal),
        });
    }
    explained.tombstones.sort_by_key(|stone| stone.record_id);
    explained
}

/// Lines of removed files, published with the newer publication or before it, about records
/// that it still has. A file that is newer than the publication contradicts nothing: the
/// publication that goes with it is still to come.
pub fn contradictions(
    removals: &[Removal],
    publication: Date,
    has: impl Fn(u64) -> bool,
) -> Vec<Contradiction> {
    let lines = newest_lines(removals).into_values();
    lines
        .filter(|line| line.publication <= publication && has(line.record_id))
        .map(|line| Contradiction {
            record_id: line.record_id,
            withdrawal: line.withdrawal,
        })
        .collect()
}

fn newest_lines(removals: &[Removal]) -> BTreeMap<u64, Removal> {
    let mut lines: BTreeMap<u64, Removal> = BTreeMap::new();
    for removal in removals {
        let line = lines.entry(removal.record_id).or_insert(*removal);
        if (removal.publication, removal.withdrawal) > (line.publication, line.withdrawal) {
            *line = *removal;
        }
    }
    lines
}
