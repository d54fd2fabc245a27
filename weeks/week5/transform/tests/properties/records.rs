//! Every record is accepted or rejected, whatever its bytes are and whoever came before.

use polars_arrow::datatypes::ArrowDataType;
use proptest::prelude::*;
use week5_transform::TypedChunk;

use crate::{FIELDS, in_order, line, type_bytes};

/// Accepted xor rejected: each record's number stands once, and who is rejected has
/// reasons, each of them once, in order.
fn assert_accounted(records: u64, chunk: &TypedChunk) -> Result<(), TestCaseError> {
    let accepted = chunk.accepted.iter().map(|row| row.position.record);
    let rejected = chunk.rejected.iter().map(|row| row.position.record);
    let mut numbers: Vec<u64> = accepted.chain(rejected).collect();
    numbers.sort_unstable();
    prop_assert_eq!(numbers, (1..=records).collect::<Vec<_>>());
    for row in &chunk.rejected {
        prop_assert!(!row.reasons.is_empty());
        prop_assert!(row.reasons.is_sorted_by(|left, right| left < right));
    }
    let rows = chunk.accepted.len();
    prop_assert!(chunk.columns.iter().all(|column| column.len() == rows));
    prop_assert_eq!(chunk.frame().unwrap().height(), rows);
    Ok(())
}

/// Values that pass a check, nearly pass it, or have nothing to do with it.
fn value() -> impl Strategy<Value = String> {
    const NEAR: &[&str] = &[
        "7",
        "ANN",
        "01234",
        "Person",
        "Hospital",
        "hospital ",
        "12.50",
        "-0.5",
        "03/01/2020",
        "a/ b/ c",
        "-",
        "#N/A",
        " ",
        "\"",
        "\u{a0}7\u{2003}",
        "999999999999999999",
        "1000000000000.00",
    ];
    prop_oneof![
        2 => Just(String::new()),
        4 => prop::sample::select(NEAR).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => "[0-9./-]{1,20}",
    ]
}

/// A record without fault.
const GOOD: [&str; FIELDS] = [
    "7",
    "ANN",
    "01234",
    "Person",
    "Surgery",
    "12.50",
    "03/01/2020",
    "3",
    "",
];

/// Fields, and several spellings of a few values of each.
const SPELLINGS: [(usize, &[&str]); 6] = [
    (1, &["ANN", " ANN", "BOB", "BOB ", "A\"B", "-", ""]),
    (2, &["01234", "01234 ", "56789", " 56789"]),
    (3, &["Person", "PERSON", "Hospital", "hospital "]),
    (4, &["a/ b", "a|b", " a|b", "Surgery "]),
    (6, &["03/01/2020", " 03/01/2020", "3/1/2020"]),
    (7, &["3", " 3", "03", "0", "-"]),
];

/// One field of a record and another value for it.
fn change() -> impl Strategy<Value = (usize, String)> {
    let spelt = prop::sample::select(&SPELLINGS[..]).prop_flat_map(|(field, texts)| {
        prop::sample::select(texts).prop_map(move |text| (field, text.to_owned()))
    });
    prop_oneof![3 => spelt, 1 => (0..FIELDS, value())]
}

fn record() -> impl Strategy<Value = Vec<String>> {
    let changed = prop::collection::vec(change(), 0..4).prop_map(|changes| {
        let mut fields = GOOD.map(str::to_owned);
        for (field, text) in changes {
            fields[field] = text;
        }
        fields.to_vec()
    });
    prop_oneof![6 => changed, 1 => prop::collection::vec(value(), 1..12)]
}

fn text(records: &[Vec<String>]) -> String {
    records.iter().map(|fields| line(fields)).collect()
}

/// What became of each record, in file order: its values, or its reasons.
fn fates(chunk: &TypedChunk) -> Vec<(u64, String)> {
    let frame = chunk.frame().unwrap().drop("record_number").unwrap();
    let accepted = chunk.accepted.iter().enumerate().map(|(at, row)| {
        let values = frame.columns().iter();
        let values: Vec<_> = values
            .map(|column| format!("{:?}", column.get(at).unwrap()))
            .collect();
        (row.position.record, values.join(","))
    });
    let rejected = chunk
        .rejected
        .iter()
        .map(|row| (row.position.record, format!("{:?}", row.reasons)));
    let mut fates: Vec<_> = accepted.chain(rejected).collect();
    fates.sort();
    fates
}

/// So many different values that no column looks any of them up any more.
fn crowd() -> Vec<Vec<String>> {
    let row = |number: usize| {
        let day = format!("{:02}/{:02}/{:04}", number % 12 + 1, number % 28 + 1, 2000);
        let mut fields = vec![format!("x{number}"); FIELDS];
        fields[0] = number.to_string();
        fields[6] = format!("{day}{}", " ".repeat(number / 84));
        fields
    };
    (0..1_200).map(row).collect()
}

proptest! {
    #[test]
    fn any_fields_are_accepted_or_rejected_with_reasons(
        records in prop::collection::vec(record(), 0..20),
    ) {
        let (found, chunk) = type_bytes(&in_order(), FIELDS, text(&records).as_bytes());
        prop_assert_eq!(found, records.len() as u64);
        assert_accounted(found, &chunk)?;
    }

    #[test]
    fn any_bytes_are_accepted_or_rejected_with_reasons(
        bytes in prop::collection::vec(prop_oneof![
            3 => any::<u8>(),
            3 => prop::sample::select(&b",\"\n\r07./- P"[..]),
        ], 0..400),
        spoilt in record(),
        at in any::<prop::sample::Index>(),
    ) {
        let (found, chunk) = type_bytes(&in_order(), FIELDS, &bytes);
        assert_accounted(found, &chunk)?;
        // Noise in the middle of a record that was one.
        let mut whole = line(&spoilt).into_bytes();
        let at = at.index(whole.len() + 1);
        whole.splice(at..at, bytes);
        let (found, chunk) = type_bytes(&in_order(), FIELDS, &whole);
        assert_accounted(found, &chunk)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(8)))]

    /// What a value means is looked up while values repeat, and found out anew each time
    /// once they proved not to: behind a crowd of others, the same records fare the same.
    #[test]
    fn a_value_that_is_looked_up_means_what_it_means_when_it_is_not(
        known in prop::collection::vec(record(), 1..16),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..80),
    ) {
        let records: Vec<_> = order.iter().map(|at| at.get(&known).clone()).collect();
        let (_, looked_up) = type_bytes(&in_order(), FIELDS, text(&records).as_bytes());
        let crowd = crowd();
        let crowded = text(&[&crowd[..], &records].concat());
        let (_, found_out) = type_bytes(&in_order(), FIELDS, crowded.as_bytes());
        let name = found_out.schema.index_of("name").unwrap();
        let dtype = found_out.columns[name].dtype();
        prop_assert_eq!(dtype, &ArrowDataType::LargeUtf8, "values are still looked up");
        let behind = crowd.len() as u64;
        let fates_behind = fates(&found_out).into_iter().filter(|(number, _)| *number > behind);
        let found: Vec<_> = fates_behind.map(|(number, fate)| (number - behind, fate)).collect();
        prop_assert_eq!(found, fates(&looked_up));
    }
}
