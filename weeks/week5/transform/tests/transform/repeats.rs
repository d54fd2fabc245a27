//! What is found out once about a value holds for every row that has it, and for no other.

use polars_arrow::array::DictionaryArray;
use polars_arrow::datatypes::ArrowDataType;
use proptest::prelude::*;

use week5_transform::TypedChunk;

use super::{row, texts, type_text};

/// Accepted rows as text, without their numbers.
fn rows_of(chunk: &TypedChunk) -> Vec<String> {
    let frame = chunk.frame().unwrap().drop("record_number").unwrap();
    let row = |at: usize| {
        let values = frame
            .columns()
            .iter()
            .map(|column| column.get(at).unwrap().to_string());
        values.collect::<Vec<_>>().join(",")
    };
    (0..frame.height()).map(row).collect()
}

#[test]
fn a_column_whose_values_do_not_repeat_ends_as_plain_text_with_the_same_values() {
    let hospital = |number: usize| format!("Hospital {}", number % 3000);
    let numbers = || (0..4000).filter(|number| number % 7 > 0);
    let text: String = numbers()
        .map(|number| {
            let id = number.to_string();
            // Some are empty, some are refused, some stand twice.
            let hospital = if number % 5 == 0 {
                String::new()
            } else {
                hospital(number)
            };
            let zip = if number % 11 == 0 { "x" } else { "01234" };
            row(&[(0, &id), (4, &hospital), (2, zip)])
        })
        .collect();
    let chunk = type_text(&text);
    let accepted = numbers().filter(|number| number % 11 > 0);
    let expected: Vec<Option<String>> = accepted
        .map(|number| (number % 5 > 0).then(|| hospital(number)))
        .collect();
    assert_eq!(texts(&chunk, "hospital"), expected);
    let types: Vec<bool> = ["hospital", "zip"]
        .map(|name| chunk.schema.index_of(name).unwrap())
        .map(|at| matches!(chunk.columns[at].dtype(), ArrowDataType::Dictionary(..)))
        .into();
    assert_eq!(types, [false, true]);
}

#[test]
fn a_dictionary_holds_each_text_once_and_nothing_of_rejected_rows() {
    let text = [
        row(&[(0, "1"), (4, "SECRET"), (5, "0.00")]),
        row(&[(0, "2"), (4, "KEPT")]),
        row(&[(0, "2"), (4, "TWICE")]),
        row(&[(0, "3"), (4, " KEPT")]),
    ]
    .concat();
    let chunk = type_text(&text);
    let at = chunk.schema.index_of("hospital").unwrap();
    let dictionary = chunk.columns[at]
        .as_any()
        .downcast_ref::<DictionaryArray<u32>>();
    assert_eq!(dictionary.unwrap().values().len(), 1);
    let kept = || Some("KEPT".to_owned());
    assert_eq!(texts(&chunk, "hospital"), [kept(), kept()]);
}

/// Spellings of values, so that what is remembered of one could be taken for another.
fn spelling() -> impl Strategy<Value = Vec<(usize, &'static str)>> {
    let of = |at: usize, texts: &'static [&'static str]| {
        prop::sample::select(texts).prop_map(move |text| (at, text))
    };
    (
        of(
            1,
            &["ANN", " ANN", "ann", "-", "A\"B", "A\"\"B", "TOO LONG", ""],
        ),
        of(2, &["01234", "01234 ", "1234", "#N/A", ""]),
        of(
            3,
            &["Person", "PERSON", "Hospital", "hospital ", "Robot", ""],
        ),
        of(4, &["H1", "H1 ", "-", ""]),
        of(5, &["1", "1.00", "01.0", " 1 ", "-", "0", "-1", "x"]),
        of(
            6,
            &["03/01/2020", " 03/01/2020", "03/01/2019", "2020-03-01", ""],
        ),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
}

proptest! {
    /// What is remembered of earlier rows changes nothing about later ones.
    #[test]
    fn rows_typed_together_are_the_rows_typed_alone(
        rows in prop::collection::vec(spelling(), 1..30),
    ) {
        let lines: Vec<String> = rows.iter().enumerate().map(|(id, changes)| {
            let id = id.to_string();
            let mut changes: Vec<(usize, &str)> = changes.clone();
            changes.push((0, &id));
            row(&changes)
        }).collect();
        let together = type_text(&lines.concat());
        let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
        for line in &lines {
            let alone = type_text(line);
            accepted.extend(rows_of(&alone));
            rejected.extend(alone.rejected.into_iter().map(|row| row.reasons));
        }
        prop_assert_eq!(rows_of(&together), accepted);
        let found: Vec<_> = together.rejected.into_iter().map(|row| row.reasons).collect();
        prop_assert_eq!(found, rejected);
    }
}
