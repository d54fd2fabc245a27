// Mandatory, conditional or optional, as far as rows prove it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use week1_schema::{Count, Dataset, EVIDENCE, Presence, Tally};

use super::subject::{classify, count};
use super::support::{cases, clean, contract, table};

/// A value of another column, and how often `subject` was filled and empty under it.
type Under<'a> = (&'a str, u64, u64);

/// A tally of a column `subject` that was filled and empty so often, under these values of
/// other columns.
fn tally(conditions: &[(&str, &[Under<'_>])], filled: u64, empty: u64) -> Tally {
    let mut by: BTreeMap<String, BTreeMap<String, Count>> = BTreeMap::new();
    for (column, values) in conditions {
        for (value, filled, empty) in *values {
            let count = Count {
                filled: *filled,
                empty: *empty,
            };
            let values = by.entry((*column).to_owned()).or_default();
            values.insert((*value).to_owned(), count);
        }
    }
    Tally {
        column: "subject".to_owned(),
        all: Count { filled, empty },
        by,
    }
}

fn when(column: &str, values: &[&str]) -> Presence {
    Presence::Conditional {
        column: column.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

/// The verdict on a canonical column over clean files of every layout.
fn verdict(column: &str) -> Presence {
    let table = table(Dataset::General);
    let conditions: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| !column.allowed.is_empty())
        .map(|column| column.name.as_str())
        .collect();
    let mut tally = Tally {
        column: column.to_owned(),
        ..Tally::default()
    };
    for file in clean() {
        for record in &file.records {
            let row = file.row(record, table);
            count(&mut tally, &row, &conditions, &contract().missing_values);
        }
    }
    classify(&tally)
}

#[test]
fn a_column_that_is_always_filled_is_mandatory() {
    assert_eq!(classify(&tally(&[], 500, 0)), Presence::Mandatory);
}

#[test]
fn one_empty_field_is_enough_to_be_no_longer_mandatory() {
    assert_eq!(classify(&tally(&[], 100_000, 1)), Presence::Optional);
}

#[test]
fn too_few_rows_prove_nothing() {
    assert_eq!(classify(&tally(&[], EVIDENCE - 1, 0)), Presence::Unproven);
    assert_eq!(classify(&tally(&[], EVIDENCE, 0)), Presence::Mandatory);
}

#[test]
fn a_column_that_is_never_filled_is_not_proven_to_be_optional() {
    assert_eq!(classify(&tally(&[], 0, 10_000)), Presence::Unproven);
}

#[test]
fn a_value_that_always_comes_with_it_and_never_without_is_its_condition() {
    let kinds: &[_] = &[("Hospital", 40, 0), ("Person", 0, 900), ("Nurse", 0, 60)];
    assert_eq!(
        classify(&tally(&[("kind", kinds)], 40, 960)),
        when("kind", &["Hospital"])
    );
}

#[test]
fn a_condition_with_one_exception_is_none() {
    let kinds: &[_] = &[("Hospital", 40, 0), ("Person", 1, 899)];
    assert_eq!(
        classify(&tally(&[("kind", kinds)], 41, 899)),
        Presence::Optional
    );
}

#[test]
fn a_value_seen_in_few_rows_proves_no_condition() {
    let kinds: &[_] = &[("Rare", EVIDENCE - 1, 0), ("Usual", 0, 900)];
    assert_eq!(
        classify(&tally(&[("kind", kinds)], EVIDENCE - 1, 900)),
        Presence::Optional
    );
    let ids: Vec<(String, u64, u64)> = (0..200)
        .map(|id| (id.to_string(), id % 2, 1 - id % 2))
        .collect();
    let ids: Vec<_> = ids
        .iter()
        .map(|(id, filled, empty)| (id.as_str(), *filled, *empty))
        .collect();
    assert_eq!(
        classify(&tally(&[("record_id", &ids)], 100, 100)),
        Presence::Optional,
        "every record explains itself, and nothing else"
    );
}

#[test]
fn a_column_that_was_not_counted_in_every_row_explains_nothing() {
    let kinds: &[_] = &[("Hospital", 40, 0), ("Person", 0, 500)];
    assert_eq!(
        classify(&tally(&[("kind", kinds)], 40, 960)),
        Presence::Optional
    );
}

#[test]
fn of_two_explanations_the_one_with_fewer_values_counts() {
    let many: &[_] = &[("a", 30, 0), ("b", 30, 0), ("c", 0, 60)];
    let one: &[_] = &[("y", 60, 0), ("n", 0, 60)];
    let both = tally(&[("colour", many), ("size", one)], 60, 60);
    assert_eq!(classify(&both), when("size", &["y"]));
    let equal = tally(&[("size", one), ("age", one)], 60, 60);
    assert_eq!(classify(&equal), when("age", &["y"]));
}

#[test]
fn what_a_layout_lacks_is_not_empty() {
    let verdict = verdict("dispute_status_for_publication");
    assert_eq!(verdict, Presence::Mandatory);
    for column in ["change_type", "related_product_indicator"] {
        assert_eq!(
            self::verdict(column),
            Presence::Mandatory,
            "{column} is not in every layout, and filled in every row that can have it"
        );
    }
}

#[test]
fn clean_files_of_every_layout_show_what_depends_on_what() {
    for (column, expected) in [
        ("record_id", Presence::Mandatory),
        (
            "covered_or_noncovered_indicator_1",
            when("related_product_indicator", &["Yes"]),
        ),
        (
            "city_of_travel",
            when(
                "nature_of_payment_or_transfer_of_value",
                &["Travel and Lodging"],
            ),
        ),
        ("covered_recipient_middle_name", Presence::Optional),
        (
            "recipient_primary_business_street_address_line2",
            Presence::Optional,
        ),
    ] {
        assert_eq!(verdict(column), expected, "{column}");
    }
}

#[test]
fn a_placeholder_is_as_good_as_nothing() {
    let file = &clean()[5];
    let table = table(Dataset::General);
    let city = table.position("recipient_city").expect("a column");
    let field = file.map.source[city].expect("in the layout");
    let mut record = super::support::Record {
        fields: file.records[0].fields.clone(),
        fault: None,
    };
    let mut tally = Tally {
        column: "recipient_city".to_owned(),
        ..Tally::default()
    };
    for text in ["Boston", " ", "#N/A", "-- SELECT --", "None"] {
        text.clone_into(&mut record.fields[field]);
        let missing = &contract().missing_values;
        count(
            &mut tally,
            &file.row(&record, table),
            &["recipient_state", "recipient_city"],
            missing,
        );
    }
    assert_eq!(
        tally.all,
        Count {
            filled: 2,
            empty: 3
        }
    );
    let columns: Vec<&String> = tally.by.keys().collect();
    assert_eq!(
        columns,
        ["recipient_state"],
        "a column is no condition of itself"
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn more_of_the_same_rows_never_weakens_a_verdict(
        filled in 0u64..50, empty in 0u64..50, under in 0u64..50, times in 2u64..20,
    ) {
        let make = |times: u64| {
            let values: &[_] = &[("a", filled * times, 0), ("b", under * times, empty * times)];
            tally(&[("kind", values)], (filled + under) * times, empty * times)
        };
        let (few, many) = (classify(&make(1)), classify(&make(times)));
        match few {
            Presence::Mandatory | Presence::Conditional { .. } => prop_assert_eq!(few, many),
            Presence::Optional => prop_assert!(many != Presence::Mandatory && many != Presence::Unproven),
            Presence::Unproven => {}
        }
    }
}
