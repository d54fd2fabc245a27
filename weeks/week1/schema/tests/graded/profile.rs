// What a file holds, in one pass and bounded memory.

use proptest::prelude::*;
use week1_schema::{ColumnProfile, ColumnState, Distinct, SKETCH, ValueType};

use super::subject::{observe, profile, summarise};
use super::support::{cases, newest_file};

/// A column of these fields, with the placeholders `#N/A` and `-`.
fn state<T: AsRef<str>>(fields: &[T]) -> ColumnState {
    let placeholders = ["#N/A".to_owned(), "-".to_owned()];
    let mut state = ColumnState::default();
    for field in fields {
        observe(&mut state, field.as_ref(), &placeholders);
    }
    state
}

fn told<T: AsRef<str>>(fields: &[T]) -> ColumnProfile {
    summarise(&state(fields))
}

fn range(profile: &ColumnProfile) -> (Option<&str>, Option<&str>) {
    (profile.minimum.as_deref(), profile.maximum.as_deref())
}

#[test]
fn blanks_and_placeholders_are_no_values() {
    let column = told(&["A", "", "  ", "#N/A", " - ", "B", "A", "A"]);
    assert_eq!(column.rows, 8);
    assert!(
        (column.null_share - 0.5).abs() < 1e-9,
        "4 of 8 fields hold nothing, told {}",
        column.null_share
    );
    assert_eq!(column.distinct, Distinct::Exactly(2), "A and B");
    assert_eq!(range(&column), (Some("A"), Some("B")));
}

#[test]
fn a_column_without_values_has_no_type_and_no_range() {
    let column = told(&["", "#N/A"]);
    assert_eq!(column.value_type, None);
    assert_eq!(range(&column), (None, None));
    assert_eq!(column.longest, None);
    let nothing = summarise(&ColumnState::default());
    assert!(nothing.null_share.abs() < 1e-9, "a share of no rows is 0");
}

#[test]
fn the_narrowest_type_of_all_values_is_told() {
    for (fields, expected) in [
        (&["1", "20", "-3"][..], ValueType::Integer),
        (&["1", "2.50"], ValueType::Money),
        (&["01/31/2023", "12/01/2022"], ValueType::Date),
        (&["01/31/2023", "02/30/2023"], ValueType::Text),
        (&["1", "2", "3", "n"], ValueType::Text),
        (&["01/31/2023", "5"], ValueType::Text),
        (&["1.234"], ValueType::Text),
        (&["258145.0"], ValueType::Money),
        (&["0", "0.83"], ValueType::Money),
    ] {
        assert_eq!(told(fields).value_type, Some(expected), "{fields:?}");
    }
}

#[test]
fn one_empty_field_among_numbers_does_not_make_them_text() {
    assert_eq!(
        told(&["7", "", "8", "-"]).value_type,
        Some(ValueType::Integer)
    );
}

#[test]
fn a_code_with_a_leading_zero_is_text() {
    for fields in [&["06460", "10001"][..], &["030103"], &["00.83"], &["-07"]] {
        assert_eq!(
            told(fields).value_type,
            Some(ValueType::Text),
            "{fields:?}: a number would lose the zero"
        );
    }
    assert_eq!(told(&["0", "10"]).value_type, Some(ValueType::Integer));
}

#[test]
fn the_range_is_in_the_order_of_the_type() {
    assert_eq!(range(&told(&["10", "9", "-2"])), (Some("-2"), Some("10")));
    assert_eq!(
        range(&told(&["9.5", "10", "-0.05"])),
        (Some("-0.05"), Some("10.00"))
    );
    assert_eq!(
        range(&told(&["12/31/2022", "01/01/2023"])),
        (Some("12/31/2022"), Some("01/01/2023"))
    );
    assert_eq!(range(&told(&["b", "a", "B"])), (Some("B"), Some("b")));
}

#[test]
fn a_column_that_turns_out_to_be_text_has_the_range_of_all_its_values() {
    let column = told(&["10", "9", "100", "x"]);
    assert_eq!(range(&column), (Some("10"), Some("x")));
    let column = told(&["9", "M"]);
    assert_eq!(range(&column), (Some("9"), Some("M")));
}

#[test]
fn the_longest_value_has_most_characters_not_bytes() {
    assert_eq!(told(&["ééé", "abcd", "z"]).longest.as_deref(), Some("abcd"));
    assert_eq!(told(&[" ab   ", "abc"]).longest.as_deref(), Some("abc"));
}

#[test]
fn few_different_values_are_counted_exactly() {
    let fields: Vec<String> = (0..5000).map(|row| format!("v{}", row % 500)).collect();
    assert_eq!(told(&fields).distinct, Distinct::Exactly(500));
}

#[test]
fn memory_does_not_grow_with_the_number_of_different_values() {
    let fields: Vec<String> = (0..30_000).map(|row| format!("value {row}")).collect();
    let held = state(&fields).sketch.len();
    assert!(
        held <= SKETCH,
        "after 30,000 different values {held} hashes are held; {SKETCH} are allowed"
    );
}

#[test]
fn many_different_values_are_estimated_within_15_percent() {
    for count in [5_000u64, 30_000] {
        let fields: Vec<String> = (0..2 * count)
            .map(|row| format!("id {}", row % count))
            .collect();
        let distinct = told(&fields).distinct;
        let Distinct::About(estimate) = distinct else {
            panic!("{count} different values can't be told exactly: {distinct:?}");
        };
        let off = (estimate as f64 / count as f64 - 1.0).abs();
        assert!(
            off < 0.15,
            "{count} different values were told as {estimate}"
        );
    }
}

#[test]
fn a_file_is_profiled_column_by_column_and_ragged_records_are_counted() {
    let text = "Id,Amount,Note\n1,2.50,\"a, \"\"b\"\"\nc\"\n2,10.00\n3,9.00,#N/A\n4,1,x,y\n";
    let found = profile(text.as_bytes(), &["#N/A".to_owned()]).expect("CSV");
    assert_eq!((found.records, found.ragged), (2, 2));
    let names: Vec<&str> = found
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["Id", "Amount", "Note"]);
    assert_eq!(range(&found.columns[1].1), (Some("2.50"), Some("9.00")));
    let note = &found.columns[2].1;
    assert_eq!(note.longest.as_deref(), Some("a, \"b\"\nc"));
    assert!((note.null_share - 0.5).abs() < 1e-9, "{note:?}");
}

#[test]
fn a_real_layout_tells_its_ids_amounts_and_dates_apart() {
    let found = profile(&newest_file()[..], &[]).expect("CSV");
    assert_eq!(
        (found.records, found.ragged, found.columns.len()),
        (200, 0, 91)
    );
    for (name, expected) in [
        ("Record_ID", ValueType::Integer),
        ("Total_Amount_of_Payment_USDollars", ValueType::Money),
        ("Date_of_Payment", ValueType::Date),
        ("Nature_of_Payment_or_Transfer_of_Value", ValueType::Text),
        ("Recipient_Zip_Code", ValueType::Text),
    ] {
        let column = found.columns.iter().find(|(known, _)| known == name);
        let (_, column) = column.expect("a column of the layout");
        assert_eq!(column.value_type, Some(expected), "{name}");
    }
    assert_eq!(
        found
            .columns
            .iter()
            .filter(|(name, _)| name == "Record_ID")
            .map(|(_, id)| id.distinct)
            .next(),
        Some(Distinct::Exactly(200))
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_order_of_rows_changes_nothing(
        (fields, shuffled) in prop::collection::vec(
            prop_oneof![
                "[0-9]{1,3}", "[0-9]{1,2}\\.[0-9]{2}", "0[1-9]/1[0-9]/202[0-9]", "[a-c]{0,2}", Just("#N/A".to_owned()),
            ],
            1..30,
        )
        .prop_flat_map(|fields| (Just(fields.clone()), Just(fields).prop_shuffle()))
    ) {
        prop_assert_eq!(told(&fields), told(&shuffled));
    }
}
