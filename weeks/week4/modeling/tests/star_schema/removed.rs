//! Records that are gone: found by comparing publications, or listed in the removed file.

use std::collections::BTreeMap;

use crate::support::Lake;

/// Record `id` is not in the publication that this comparison is about.
fn tombstone(lake: &Lake, comparison: &str, id: &str, change_type: &str, cents: &str) {
    lake.insert(
        "tombstones",
        &BTreeMap::from([
            ("record_id", id),
            ("changes_id", comparison),
            ("change_type", change_type),
            ("amount_cents", cents),
        ]),
    );
}

/// A comparison of general payments of 2023 in which nothing but `removed` records is new.
fn comparison(
    lake: &Lake,
    id: &str,
    before: &str,
    after: &str,
    explained: &str,
    unexplained: &str,
) {
    let removed = explained.parse::<u32>().unwrap() + unexplained.parse::<u32>().unwrap();
    let removed = removed.to_string();
    let mut row = BTreeMap::from([
        ("changes_id", id),
        ("dataset", "general"),
        ("program_year", "2023"),
        ("before_publication", before),
        ("after_publication", after),
        ("records_before", &removed),
        ("records_removed", &removed),
        ("records_explained", explained),
        ("records_unexplained", unexplained),
    ]);
    for none in [
        "records_after",
        "records_unchanged",
        "records_changed",
        "records_added",
        "records_quarantined",
        "records_recovered",
        "records_contradicted",
        "cents_before",
        "cents_after",
        "cents_unchanged",
        "cents_changed_from",
        "cents_changed_to",
        "cents_added",
        "cents_removed",
    ] {
        row.insert(none, "0");
    }
    lake.insert("changes", &row);
}

fn listed(lake: &Lake, id: &str, payment_type: &str) {
    lake.insert(
        "removed_records",
        &BTreeMap::from([
            ("record_id", id),
            ("program_year", "2023"),
            ("change_type", "DELETED"),
            ("payment_type", payment_type),
            ("run_id", "removed-2023"),
        ]),
    );
}

fn removed_run(lake: &Lake) {
    lake.insert(
        "runs",
        &BTreeMap::from([
            ("run_id", "removed-2023"),
            ("dataset", "removed"),
            ("program_year", "2023"),
            ("publication", "2025-01-30"),
            ("records_accepted", "1"),
        ]),
    );
}

const GONE: &str = "select record_id, dataset, last_published, removed_as_of, change_type,
                    is_explained, amount_usd from marts.fct_removed_records order by record_id";

#[test]
fn a_record_that_is_gone_keeps_its_last_amount_and_says_who_took_it_back() {
    let lake = Lake::in_memory();
    comparison(&lake, "a", "2024-06-28", "2025-01-30", "1", "1");
    tombstone(&lake, "a", "7", "REMOVED", "1234");
    tombstone(&lake, "a", "8", "", "-5");
    let compilation = lake.build();
    let expected = [
        "7|general|2024-06-28|2025-01-30|REMOVED|true|12.34",
        "8|general|2024-06-28|2025-01-30|-|false|-0.05",
    ];
    assert_eq!(lake.rows(GONE), expected);
    let failing: Vec<_> = lake
        .failing(&compilation)
        .iter()
        .map(|(test, count)| (test.name.clone(), *count))
        .collect();
    assert_eq!(failing, [("assert_absences_are_explained".to_owned(), 1)]);
}

#[test]
fn a_record_that_came_back_is_not_gone_and_one_that_went_twice_is_gone_once() {
    let lake = Lake::in_memory();
    comparison(&lake, "a", "2024-06-28", "2025-01-30", "2", "0");
    comparison(&lake, "b", "2026-01-23", "2026-06-30", "1", "0");
    tombstone(&lake, "a", "7", "DELETED", "100");
    tombstone(&lake, "a", "8", "DELETED", "100");
    tombstone(&lake, "b", "7", "REMOVED", "200");
    lake.payment(8, 2023, &[]);
    let compilation = lake.build();
    assert_eq!(
        lake.rows(GONE),
        ["7|general|2026-01-23|2026-06-30|REMOVED|true|2.00"]
    );
    assert_eq!(lake.failing(&compilation), []);
}

#[test]
fn a_line_of_the_removed_file_is_a_tombstone_too_unless_its_record_is_still_there() {
    let lake = Lake::in_memory();
    removed_run(&lake);
    for (id, payment_type) in [("1", "General"), ("2", "Ownership"), ("3", ""), ("4", "")] {
        listed(&lake, id, payment_type);
    }
    // The same id in another dataset is another record.
    lake.payment(2, 2023, &[]);
    lake.payment(4, 2023, &[]);
    lake.build();
    let expected = [
        "1|general|-|2025-01-30|DELETED|true|-",
        "2|ownership|-|2025-01-30|DELETED|true|-",
        "3|-|-|2025-01-30|DELETED|true|-",
    ];
    assert_eq!(lake.rows(GONE), expected);
}

#[test]
fn changes_that_do_not_add_up_stop_the_load() {
    for (column, value) in [
        ("records_added", "1"),
        ("records_explained", "2"),
        ("cents_removed", "1"),
    ] {
        let lake = Lake::in_memory();
        comparison(&lake, "a", "2024-06-28", "2025-01-30", "1", "0");
        tombstone(&lake, "a", "7", "REMOVED", "0");
        let sql = format!("update lake.changes set {column} = {value}");
        lake.connection.execute_batch(&sql).unwrap();
        let compilation = lake.build();
        let failing = lake.failing(&compilation);
        let name = failing.first().map(|(test, _)| test.name.as_str());
        assert_eq!(name, Some("assert_changes_add_up"), "{column}");
    }
}
