//! Types, checks, rules over several columns, and what quarantine keeps.

use super::*;

#[test]
fn a_good_row_is_typed_and_keeps_its_leading_zeros() {
    assert_eq!(value(&[], "zip"), "\"01234\"");
    assert_eq!(value(&[], "amount"), "12.50");
    assert_eq!(value(&[], "day"), "2020-03-01");
    assert_eq!(value(&[], "record_number"), "1");
    assert_eq!(type_text(&row(&[])).accepted[0].cents, 1250);
}

#[test]
fn every_reason_is_kept_not_only_the_first() {
    assert_eq!(
        reasons(&[
            (0, ""),
            (1, "TOO LONG"),
            (2, "123"),
            (5, "0.00"),
            (6, "03/01/2019")
        ]),
        [
            "missing_value:record_id",
            "invalid_value:zip",
            "out_of_range:amount",
            "too_long:name",
            "out_of_program_year:day"
        ]
    );
}

#[test]
fn white_space_and_placeholders_are_nothing_where_nothing_is_allowed() {
    assert_eq!(value(&[(1, "\tANN ")], "name"), "\"ANN\"");
    assert_eq!(value(&[(2, "-")], "zip"), "null");
    assert_eq!(value(&[(2, " ")], "zip"), "null");
    assert_eq!(reasons(&[(5, "#N/A")]), ["missing_value:amount"]);
}

#[test]
fn closed_lists_are_brought_to_the_contract_s_spelling() {
    assert_eq!(value(&[(3, "PERSON")], "kind"), "\"Person\"");
    assert_eq!(reasons(&[(3, "Robot")]), ["invalid_value:kind"]);
}

#[test]
fn rules_over_several_columns_name_the_column_at_fault() {
    assert_eq!(
        reasons(&[(3, "Hospital"), (1, "")]),
        ["missing_value:hospital"]
    );
    assert_eq!(
        reasons(&[(3, "Hospital"), (4, "H1")]),
        ["unexpected_value:name"],
        "a hospital has no person's name"
    );
    assert_eq!(
        value(&[(3, "Hospital"), (4, "H1"), (1, "")], "hospital"),
        "\"H1\""
    );
}

#[test]
fn a_row_of_another_year_or_publication_does_not_slip_in() {
    assert_eq!(reasons(&[(7, "2019")]), ["wrong_partition:program_year"]);
    assert_eq!(
        reasons(&[(8, "01/22/2021")]),
        ["wrong_partition:payment_publication_date"]
    );
}

#[test]
fn a_refused_value_is_not_reported_as_missing_too() {
    assert_eq!(reasons(&[(5, "12.5O")]), ["invalid_value:amount"]);
    assert_eq!(
        reasons(&[(3, "Hospital"), (1, "TOO LONG")]),
        ["missing_value:hospital", "too_long:name"]
    );
}

#[test]
fn rejected_amounts_are_counted_as_far_as_they_can_be_read() {
    let cents = |changes: &[(usize, &str)]| type_text(&row(changes)).rejected[0].cents;
    assert_eq!(cents(&[(3, "Robot")]), Some(1250));
    assert_eq!(
        cents(&[(5, "-3.00")]),
        Some(-300),
        "below the minimum, and readable"
    );
    assert_eq!(cents(&[(5, "x")]), None);
}

#[test]
fn a_faulty_record_is_quarantined_whole_and_its_neighbours_are_not() {
    let text = format!("{}7,ANN\n{}", row(&[]), row(&[(0, "8")]));
    let chunk = type_text(&text);
    assert_eq!(chunk.accepted.len(), 2);
    let rejected = &chunk.rejected[0];
    assert_eq!(
        (
            rejected.raw.as_str(),
            rejected.position.record,
            rejected.position.line
        ),
        ("7,ANN", 2, 3)
    );
    assert_eq!(rejected.reasons[0].to_string(), "too_few_fields");
}

#[test]
fn a_layout_without_a_column_gives_null_and_breaks_no_rule_about_it() {
    let mut source: Vec<Option<usize>> = (0..9).map(Some).collect();
    source[4] = None;
    let typer = typer("general_f_91", source);
    let chunk = push_all(&typer, &row(&[(3, "Hospital"), (1, "")])).finish();
    assert_eq!(chunk.rejected, []);
    assert_eq!(
        chunk.frame().unwrap().schema(),
        type_text(&row(&[])).frame().unwrap().schema(),
        "all layouts give one schema"
    );
}

#[test]
fn of_a_repeated_id_the_first_stays_and_later_ones_are_quarantined() {
    let text = [
        row(&[(1, "A")]),
        row(&[(0, "8")]),
        row(&[(1, "B")]),
        row(&[(1, "C"), (5, "0.00")]),
    ]
    .concat();
    let mut seen = SeenKeys::default();
    let chunk = type_new(&text, &mut seen);
    assert_eq!(
        texts(&chunk, "name"),
        [Some("A".to_owned()), Some("ANN".to_owned())]
    );
    assert_eq!(
        chunk
            .accepted
            .iter()
            .map(|row| row.position.record)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let rejected: Vec<_> = chunk
        .rejected
        .iter()
        .map(|row| (row.position.record, row.reasons[0].to_string()))
        .collect();
    assert_eq!(
        rejected,
        [
            (3, "duplicate_record_id".to_owned()),
            (4, "out_of_range:amount".to_owned())
        ]
    );
    assert_eq!(chunk.rejected[0].raw, row(&[(1, "B")]).trim_end());
    assert_eq!(chunk.rejected[0].cents, Some(1250));
    let next_chunk = type_new(&row(&[(1, "D")]), &mut seen);
    assert_eq!(
        next_chunk.rejected.len(),
        1,
        "ids are remembered from chunk to chunk"
    );
}

#[test]
fn quarantine_has_the_same_columns_with_and_without_rows_and_a_bounded_raw_text() {
    let huge = row(&[(1, &"x".repeat(2 * RAW_CAP))]);
    let chunk = type_text(&huge);
    assert_eq!(chunk.rejected[0].raw.len(), RAW_CAP);
    assert_eq!(chunk.rejected[0].length, huge.len() as u64 - 1);
    let full = quarantine_frame("r", "a.csv", &chunk.rejected).unwrap();
    assert_eq!(
        full.schema(),
        quarantine_frame("r", "a.csv", &[]).unwrap().schema()
    );
}

#[test]
fn specialty_paths_of_2014_get_the_separator_of_later_years() {
    let mut table = table();
    table.columns[4].name = "covered_recipient_specialty_1".into();
    table.row_rules.clear();
    let target = Target {
        program_year: 2020,
        publication: date(2021, 6, 30),
    };
    let specialty = |layout_name: &str| {
        let layout = layout(layout_name, (0..9).map(Some).collect());
        let typer = Typer::new(&table, &layout, target, &[]).unwrap();
        let text = row(&[(4, "Physicians/ Surgery/ Hand")]);
        let chunk = push_all(&typer, &text).finish();
        texts(&chunk, "covered_recipient_specialty_1")
    };
    assert_eq!(
        specialty("general_a_63"),
        [Some("Physicians|Surgery|Hand".to_owned())]
    );
    assert_eq!(
        specialty("general_c_65"),
        [Some("Physicians/ Surgery/ Hand".to_owned())]
    );
}

proptest! {
    #[test]
    fn every_record_is_accepted_or_rejected_and_every_readable_cent_counted(
        rows in prop::collection::vec((0u32..5, "[0-9.x-]{0,6}", "(Person|Hospital|Robot)?"), 0..40),
    ) {
        let text: String = rows.iter().map(|(id, amount, kind)| row(&[(0, &id.to_string()), (5, amount), (3, kind)])).collect();
        let chunk = type_text(&text);
        prop_assert_eq!(chunk.accepted.len() + chunk.rejected.len(), rows.len());
        prop_assert_eq!(chunk.frame().unwrap().height(), chunk.accepted.len());
        prop_assert!(chunk.rejected.iter().all(|row| !row.reasons.is_empty()));
        let cents: i64 = chunk.accepted.iter().map(|row| row.cents)
            .chain(chunk.rejected.iter().filter_map(|row| row.cents)).sum();
        let read: i64 = rows.iter().filter_map(|(_, amount, _)| week2_ingestion::solution::parse_cents(amount.as_bytes())).sum();
        prop_assert_eq!(cents, read, "two independent readings of the amounts agree");
    }
}
