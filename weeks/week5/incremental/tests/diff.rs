//! Two publications, record by record, and what the removed files say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::Account;
use week5_incremental::solution::{contradictions, diff, explain, merge, mix, patch};
use week5_incremental::{
    Change, Contradiction, Entry, OutOfOrder, Placed, Removal, Summary, Tombstone, Withdrawal,
};

fn entry(record_id: u64, hash: u64, cents: i64) -> Entry {
    Entry {
        record_id,
        hash,
        cents,
    }
}

fn sums(rows: u64, cents: i64) -> Account {
    Account { rows, cents }
}

fn stream(entries: &[Entry]) -> impl Iterator<Item = Result<Entry, OutOfOrder>> {
    entries.iter().copied().map(Ok)
}

fn compare(before: &[Entry], after: &[Entry]) -> (Summary, Vec<Change>) {
    let mut changes = Vec::new();
    let summary = diff(stream(before), stream(after), |change| changes.push(change));
    (summary.unwrap(), changes)
}

#[test]
fn each_record_is_added_changed_removed_or_unchanged() {
    let (same, old, new) = (entry(1, 10, 100), entry(3, 30, 300), entry(3, 31, 250));
    let (gone, added) = (entry(2, 20, 20), entry(4, 40, 4));
    let (summary, changes) = compare(&[same, gone, old], &[same, new, added]);
    let other = Change::Changed {
        before: old,
        after: new,
    };
    let expected = [
        Change::Unchanged(same),
        Change::Removed(gone),
        other,
        Change::Added(added),
    ];
    assert_eq!(changes, expected);
    let expected = Summary {
        before: sums(3, 420),
        after: sums(3, 354),
        unchanged: sums(1, 100),
        changed_from: sums(1, 300),
        changed_to: sums(1, 250),
        added: sums(1, 4),
        removed: sums(1, 20),
    };
    assert_eq!(summary, expected);
}

#[test]
fn an_amount_alone_is_a_change_too() {
    let (summary, _) = compare(&[entry(1, 7, 100)], &[entry(1, 7, 101)]);
    assert_eq!(summary.changed_to, sums(1, 101));
}

#[test]
fn a_stream_that_is_not_sorted_or_repeats_a_record_is_refused() {
    let sorted = [entry(1, 0, 0), entry(2, 0, 0)];
    for found in [1, 2] {
        let bad = [entry(2, 0, 0), entry(found, 0, 0)];
        let error = OutOfOrder { last: 2, found };
        let refused = diff(stream(&bad), stream(&sorted), |_| ());
        assert_eq!(refused, Err(error));
        let refused = diff(stream(&sorted), stream(&bad), |_| ());
        assert_eq!(refused, Err(error));
    }
}

#[test]
fn the_hash_depends_on_every_value_and_on_its_column() {
    let hash = |values: &[&str]| {
        values
            .iter()
            .fold(0, |hash, value| mix(hash, value.as_bytes()))
    };
    assert_ne!(hash(&["a", "b"]), hash(&["b", "a"]));
    assert_ne!(hash(&["ab", ""]), hash(&["a", "b"]));
    assert_ne!(hash(&["", "a"]), hash(&["a", ""]));
    assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
}

fn removal(record_id: u64, withdrawal: Withdrawal, year: i16) -> Removal {
    Removal {
        record_id,
        withdrawal,
        publication: date(year, 1, 30),
    }
}

#[test]
fn an_absent_record_is_explained_unexplained_or_only_in_quarantine() {
    let gone = [entry(9, 0, 90), entry(5, 0, 50), entry(7, 0, 70)];
    let removals = [
        removal(5, Withdrawal::Removed, 2025),
        removal(5, Withdrawal::Deleted, 2024),
        removal(8, Withdrawal::Deleted, 2025),
    ];
    let explained = explain(gone, &removals, &BTreeSet::from([7]));
    let stone = |record_id, cents, withdrawal| Tombstone {
        record_id,
        cents,
        withdrawal,
    };
    assert_eq!(
        explained.tombstones,
        [stone(5, 50, Some(Withdrawal::Removed)), stone(9, 90, None)],
        "in order of ids, and the newest line counts"
    );
    assert_eq!(explained.quarantined, 1);
}

#[test]
fn a_record_that_is_named_and_still_there_is_a_contradiction_unless_the_file_is_newer() {
    let removals = [
        removal(1, Withdrawal::Removed, 2024),
        removal(2, Withdrawal::Deleted, 2025),
        removal(3, Withdrawal::Deleted, 2026),
    ];
    let found = contradictions(&removals, date(2025, 1, 30), |id| id != 1);
    let expected = Contradiction {
        record_id: 2,
        withdrawal: Withdrawal::Deleted,
    };
    assert_eq!(found, [expected]);
}

/// A publication by id, as a generator draws it.
fn publication() -> impl Strategy<Value = Vec<Entry>> {
    let content = (0..3_u64, -500..500_i64);
    prop::collection::btree_map(0..60_u64, content, 0..40).prop_map(|records| {
        let records = records.into_iter();
        records
            .map(|(record_id, (hash, cents))| entry(record_id, hash, cents))
            .collect()
    })
}

/// An entry per line of a delivery, ids repeated, in any order.
fn delivery() -> impl Strategy<Value = Vec<Entry>> {
    let line = (0..30_u64, any::<u64>(), any::<i32>());
    prop::collection::vec(line, 0..80).prop_map(|lines| {
        let lines = lines.into_iter();
        lines
            .map(|(record_id, hash, cents)| entry(record_id, hash, cents.into()))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_publication_does_not_differ_from_itself(publication in publication()) {
        let (summary, changes) = compare(&publication, &publication);
        prop_assert!(changes.iter().all(|change| matches!(change, Change::Unchanged(_))));
        prop_assert_eq!(summary.unchanged, summary.before);
        prop_assert_eq!(summary.after, summary.before);
    }

    #[test]
    fn the_older_publication_and_the_changes_give_the_newer_one(
        before in publication(), after in publication(),
    ) {
        let (_, changes) = compare(&before, &after);
        let changes: Vec<Change> = changes
            .into_iter()
            .filter(|change| !matches!(change, Change::Unchanged(_)))
            .collect();
        prop_assert_eq!(patch(&before, &changes), after);
    }

    #[test]
    fn rows_and_cents_add_up(before in publication(), after in publication()) {
        let (summary, changes) = compare(&before, &after);
        let total = |entries: &[Entry]| sums(
            entries.len() as u64,
            entries.iter().map(|entry| entry.cents).sum(),
        );
        prop_assert_eq!(summary.before, total(&before));
        prop_assert_eq!(summary.after, total(&after));
        prop_assert_eq!(summary.unchanged + summary.changed_from + summary.removed, summary.before);
        prop_assert_eq!(summary.unchanged + summary.changed_to + summary.added, summary.after);
        prop_assert_eq!(
            summary.after.rows,
            summary.before.rows - summary.removed.rows + summary.added.rows
        );
        let ids: BTreeSet<u64> = before.iter().chain(&after).map(|entry| entry.record_id).collect();
        prop_assert_eq!(changes.len(), ids.len(), "each record once");
    }

    #[test]
    fn runs_merge_to_the_first_entry_of_each_id_however_they_are_cut(
        delivery in delivery(), sizes in prop::collection::vec(1..20_usize, 1..6),
    ) {
        let mut placed: Vec<Placed> = Vec::new();
        let mut expected = BTreeMap::new();
        for (place, entry) in (0_u64..).zip(&delivery) {
            placed.push(Placed { entry: *entry, place });
            expected.entry(entry.record_id).or_insert(*entry);
        }
        let mut runs = Vec::new();
        let mut sizes = sizes.into_iter().cycle();
        while !placed.is_empty() {
            let size = sizes.next().unwrap().min(placed.len());
            let mut run: Vec<Placed> = placed.drain(..size).collect();
            run.sort_by_key(|placed| (placed.entry.record_id, placed.place));
            // Threads end in any order.
            runs.insert(size % (runs.len() + 1), run);
        }
        let runs = runs.into_iter().map(|run| run.into_iter().map(Ok::<_, OutOfOrder>)).collect();
        let merged: Vec<Entry> = merge(runs).map(Result::unwrap).collect();
        prop_assert_eq!(merged, expected.into_values().collect::<Vec<_>>());
    }
}
