//! Two publications, record by record.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use week2_lake::Account;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{Change, Entry, OutOfOrder, Summary};

/// The hash of a record with one more value; start with 0 and take the columns in a fixed
/// order. An absent value is the empty one, which no cleaned text is.
///
/// 64 bits: only records of one id are compared, so of a billion changed ones not one is
/// likely to be taken for unchanged.
pub fn mix(hash: u64, value: &[u8]) -> u64 {
    xxh3_64_with_seed(value, hash)
}

/// Walks two publications, both by strictly increasing record id, and tells what became of
/// each record. Holds one record of each side.
pub fn diff<E: From<OutOfOrder>>(
    before: impl IntoIterator<Item = Result<Entry, E>>,
    after: impl IntoIterator<Item = Result<Entry, E>>,
    mut visit: impl FnMut(Change),
) -> Result<Summary, E> {
    let (mut before, mut after) = (Side::new(before), Side::new(after));
    let (mut old, mut new) = (before.next()?, after.next()?);
    let mut summary = Summary::default();
    while let Some((change, from_before, from_after)) = compare(old, new) {
        summary.count(change);
        visit(change);
        if from_before {
            old = before.next()?;
        }
        if from_after {
            new = after.next()?;
        }
    }
    Ok(summary)
}

/// The change of the lower record, and which sides it uses up.
fn compare(old: Option<Entry>, new: Option<Entry>) -> Option<(Change, bool, bool)> {
    let order = match (old, new) {
        (None, None) => return None,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(old), Some(new)) => old.record_id.cmp(&new.record_id),
    };
    match (order, old, new) {
        (Ordering::Less, Some(old), _) => Some((Change::Removed(old), true, false)),
        (Ordering::Greater, _, Some(new)) => Some((Change::Added(new), false, true)),
        (_, Some(old), Some(new)) if old.hash == new.hash && old.cents == new.cents => {
            Some((Change::Unchanged(new), true, true))
        }
        (_, Some(before), Some(after)) => Some((Change::Changed { before, after }, true, true)),
        _ => None,
    }
}

/// One side of the walk; sees to the order.
struct Side<I> {
    entries: I,
    last: Option<u64>,
}

impl<I: Iterator<Item = Result<Entry, E>>, E: From<OutOfOrder>> Side<I> {
    fn new(entries: impl IntoIterator<IntoIter = I>) -> Self {
        Self {
            entries: entries.into_iter(),
            last: None,
        }
    }

    fn next(&mut self) -> Result<Option<Entry>, E> {
        let Some(entry) = self.entries.next().transpose()? else {
            return Ok(None);
        };
        let found = entry.record_id;
        if let Some(last) = self.last.replace(found)
            && last >= found
        {
            return Err(OutOfOrder { last, found }.into());
        }
        Ok(Some(entry))
    }
}

impl Summary {
    fn count(&mut self, change: Change) {
        match change {
            Change::Unchanged(entry) => {
                let sum = account(entry);
                self.before += sum;
                self.after += sum;
                self.unchanged += sum;
            }
            Change::Changed { before, after } => {
                self.before += account(before);
                self.after += account(after);
                self.changed_from += account(before);
                self.changed_to += account(after);
            }
            Change::Added(entry) => {
                self.after += account(entry);
                self.added += account(entry);
            }
            Change::Removed(entry) => {
                self.before += account(entry);
                self.removed += account(entry);
            }
        }
    }
}

fn account(entry: Entry) -> Account {
    Account {
        rows: 1,
        cents: entry.cents,
    }
}

/// The newer publication, from the older one and the changes.
pub fn patch(before: &[Entry], changes: &[Change]) -> Vec<Entry> {
    let mut entries: BTreeMap<u64, Entry> = before
        .iter()
        .map(|entry| (entry.record_id, *entry))
        .collect();
    for change in changes {
        match change {
            Change::Removed(entry) => {
                entries.remove(&entry.record_id);
            }
            Change::Unchanged(entry)
            | Change::Added(entry)
            | Change::Changed { after: entry, .. } => {
                entries.insert(entry.record_id, *entry);
            }
        }
    }
    entries.into_values().collect()
}
