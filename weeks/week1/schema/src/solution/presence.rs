//! Which columns must be filled, as far as rows can prove it.

use std::collections::BTreeMap;

use crate::{Count, EVIDENCE, Presence, Row, Tally};

/// Counts one row into the tally of a column.
///
/// A row whose layout lacks the column proves nothing about it and is not counted. A field
/// is empty if nothing but space or exactly one of `placeholders` stands in it. Under each
/// of `conditions`, canonical names, the row counts by that column's value, space around it
/// cut; by no value where the layout lacks that column. A name that is the tally's own is
/// passed over: a column is no condition of itself.
pub fn count(tally: &mut Tally, row: &Row<'_>, conditions: &[&str], placeholders: &[String]) {
    let Some(field) = row.get(&tally.column) else {
        return;
    };
    let value = field.trim();
    let empty = value.is_empty() || placeholders.iter().any(|text| text == value);
    add(&mut tally.all, empty);
    for condition in conditions.iter().filter(|name| **name != tally.column) {
        if let Some(value) = row.get(condition) {
            let values = tally.by.entry((*condition).to_owned()).or_default();
            add(values.entry(value.trim().to_owned()).or_default(), empty);
        }
    }
}

fn add(count: &mut Count, empty: bool) {
    if empty {
        count.empty += 1;
    } else {
        count.filled += 1;
    }
}

/// Judges a column by its tally.
///
/// - Unproven: fewer than [`EVIDENCE`](crate::EVIDENCE) rows, or a value in none of them.
/// - Mandatory: a value in all of them.
/// - Conditional: another column explains when there is a value. It does if it was counted
///   in every row; if under each of its values the column is either always filled or always
///   empty; and if at least one value of each kind stands in [`EVIDENCE`](crate::EVIDENCE) rows or more.
///   The condition lists the values that fill the column, those with that many rows, in
///   order. Of several that explain, the one that lists fewest values counts; then the
///   first by name.
/// - Optional: everything else.
pub fn classify(tally: &Tally) -> Presence {
    if rows(&tally.all) < EVIDENCE || tally.all.filled == 0 {
        return Presence::Unproven;
    }
    if tally.all.empty == 0 {
        return Presence::Mandatory;
    }
    tally
        .by
        .iter()
        .filter_map(|(column, values)| Some((column, filling(values, rows(&tally.all))?)))
        .min_by_key(|(_, values)| values.len())
        .map_or(Presence::Optional, |(column, values)| {
            Presence::Conditional {
                column: column.clone(),
                values,
            }
        })
}

fn rows(count: &Count) -> u64 {
    count.filled + count.empty
}

/// The values that fill the column, if it depends on these values and nothing else.
fn filling(values: &BTreeMap<String, Count>, all: u64) -> Option<Vec<String>> {
    let seen: u64 = values.values().map(rows).sum();
    let pure = |count: &Count| count.filled == 0 || count.empty == 0;
    if seen != all || !values.values().all(pure) {
        return None;
    }
    let (filled, empty): (Vec<_>, Vec<_>) = values
        .iter()
        .filter(|(_, count)| rows(count) >= EVIDENCE)
        .partition(|(_, count)| count.empty == 0);
    let proven = !filled.is_empty() && !empty.is_empty();
    proven.then(|| filled.into_iter().map(|(value, _)| value.clone()).collect())
}
