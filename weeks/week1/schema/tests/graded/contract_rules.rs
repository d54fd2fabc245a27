// The contract's rules, record by record: clean data of every layout passes, every fault that
// one record can show is rejected for the right reason.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::{Expected, FaultKind};
use proptest::prelude::*;
use week1_schema::{Column, Contract, Dataset, Judge, LayoutMap, Row, Rules, ValueType};

use super::subject::{CONTRACT_YAML, judged_by, read_contract, violations};
use super::support::{Delivered, Record, cases, clean, columns, contract, dirty, layout};

/// The contract that is judged.
fn own() -> Contract {
    read_contract(CONTRACT_YAML).unwrap_or_else(|error| panic!("{error}"))
}

fn rules(contract: &Contract) -> Rules<'_> {
    Rules::of(contract, Dataset::General).expect("a table of general payments")
}

/// What a contract says of a record, as the ledger would write it. The layout maps of the
/// committed contract are used, so the order of columns must be the same.
fn said(file: &Delivered, record: &Record, rules: &Rules<'_>) -> Vec<String> {
    let row = file.row(record, rules.table);
    violations(&row, rules)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The records that a contract misjudges, by kind of fault.
fn misjudged(contract: &Contract, files: &[Delivered]) -> BTreeMap<String, Vec<String>> {
    let rules = rules(contract);
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for (number, record) in (1..).zip(&file.records) {
            let (kind, expected) = match &record.fault {
                None => ("clean".to_owned(), vec![]),
                Some((FaultKind::DuplicateRecordId, _)) => continue,
                Some((kind, Expected::Rejected { reasons })) => {
                    (format!("{kind:?}"), reasons.clone())
                }
                Some((kind, _)) => (format!("{kind:?}"), vec![]),
            };
            let found = said(file, record, &rules);
            // A fault may break further rules of one's own; sound records break none.
            let told = expected.iter().all(|reason| found.contains(reason));
            if !told || found.is_empty() != expected.is_empty() {
                let text = format!(
                    "{} record {number}: expected {expected:?}, got {found:?}",
                    file.layout
                );
                wrong.entry(kind).or_default().push(text);
            }
        }
    }
    wrong
}

fn report(wrong: &BTreeMap<String, Vec<String>>) -> String {
    let mut report = String::new();
    for (kind, records) in wrong {
        let line = format!(
            "\n{kind}: {} records, the first: {}",
            records.len(),
            records[0]
        );
        report.push_str(&line);
    }
    report
}

#[test]
fn clean_records_of_every_layout_are_accepted() {
    let layouts: BTreeSet<&str> = clean().iter().map(|file| file.layout).collect();
    assert_eq!(
        layouts.len(),
        6,
        "the test covers every layout: {layouts:?}"
    );
    let wrong = misjudged(&own(), clean());
    assert!(
        wrong.is_empty(),
        "clean records are rejected: {}",
        report(&wrong)
    );
}

#[test]
fn every_fault_that_one_record_shows_is_rejected_for_its_reason() {
    let rejected = |record: &Record| matches!(&record.fault, Some((_, Expected::Rejected { .. })));
    let kinds: BTreeSet<String> = dirty()
        .iter()
        .flat_map(|file| &file.records)
        .filter(|record| rejected(record))
        .filter_map(|record| record.fault.as_ref().map(|(kind, _)| format!("{kind:?}")))
        .collect();
    assert_eq!(kinds.len(), 19, "the test covers every kind: {kinds:?}");
    let mut wrong = misjudged(&own(), dirty());
    wrong.retain(|kind, _| kinds.contains(kind));
    assert!(
        wrong.is_empty(),
        "faults slip through or get another reason: {}",
        report(&wrong)
    );
}

#[test]
fn harmless_dirt_is_accepted() {
    let harmless = |record: &Record| matches!(&record.fault, Some((_, Expected::Accepted)));
    let kinds: BTreeSet<String> = dirty()
        .iter()
        .flat_map(|file| &file.records)
        .filter(|record| harmless(record))
        .filter_map(|record| record.fault.as_ref().map(|(kind, _)| format!("{kind:?}")))
        .collect();
    assert_eq!(kinds.len(), 8, "the test covers every kind: {kinds:?}");
    let mut wrong = misjudged(&own(), dirty());
    wrong.retain(|kind, _| kinds.contains(kind));
    assert!(
        wrong.is_empty(),
        "sound records are rejected: {}",
        report(&wrong)
    );
}

#[test]
fn the_contract_names_the_canonical_columns_in_order_and_all_their_aliases() {
    let own = own();
    let names = |contract: &Contract| -> Vec<(String, BTreeSet<String>)> {
        let columns = rules(contract).table.columns.iter();
        columns
            .map(|column| {
                (
                    column.name.clone(),
                    column.aliases.iter().cloned().collect(),
                )
            })
            .collect()
    };
    // Judged beside a record, so that it is no test of the text alone.
    let file = &clean()[0];
    assert_eq!(said(file, &file.records[0], &rules(contract())), [""; 0]);
    assert_eq!(names(&own), names(contract()));
}

/// A general record of the newest layout that the committed contract accepts, changed.
fn changed(changes: &[(&str, &str)]) -> Vec<String> {
    let file = clean().iter().find(|file| file.layout == "general_f_91");
    let file = file.expect("every layout is there");
    let rules = rules(contract());
    let kind = rules
        .table
        .position("covered_recipient_type")
        .expect("a column");
    let is_person = |record: &&Record| {
        file.row(record, rules.table).at(kind) == Some("Covered Recipient Physician")
    };
    let person = file
        .records
        .iter()
        .find(is_person)
        .expect("most are persons");
    let mut record = Record {
        fields: person.fields.clone(),
        fault: None,
    };
    for (column, text) in changes {
        let at = rules.table.position(column).expect("a column");
        let field = file.map.source[at].expect("in the layout");
        (*text).clone_into(&mut record.fields[field]);
    }
    said(file, &record, &rules)
}

#[test]
fn a_record_is_told_all_its_flaws_columns_before_rules() {
    let flaws = changed(&[
        ("teaching_hospital_id", "77"),
        ("date_of_payment", "12/31/2022"),
        ("recipient_state", "0R"),
        ("total_amount_of_payment_usdollars", "-0.01"),
        ("record_id", " "),
    ]);
    let expected = [
        "invalid_value:recipient_state",
        "out_of_range:total_amount_of_payment_usdollars",
        "missing_value:record_id",
        "unexpected_value:teaching_hospital_id",
        "out_of_program_year:date_of_payment",
    ];
    assert_eq!(flaws, expected);
}

#[test]
fn a_column_has_one_flaw_at_most() {
    assert_eq!(
        changed(&[("covered_recipient_profile_id", "12x")]),
        ["invalid_value:covered_recipient_profile_id"]
    );
    assert_eq!(
        changed(&[("date_of_payment", "13/40/2022")]),
        ["invalid_value:date_of_payment"],
        "a date that is none lies in no year, and is told once"
    );
    let long = "7".repeat(39);
    assert_eq!(
        changed(&[("covered_recipient_profile_id", &long)]),
        ["too_long:covered_recipient_profile_id"]
    );
    let letters = "x".repeat(39);
    assert_eq!(
        changed(&[("covered_recipient_profile_id", &letters)]),
        ["too_long:covered_recipient_profile_id"],
        "length is asked before the pattern"
    );
}

#[test]
fn a_placeholder_is_empty_wherever_it_stands() {
    assert_eq!(changed(&[("recipient_state", "-- SELECT --")]), [""; 0]);
    assert_eq!(
        changed(&[("record_id", " #N/A ")]),
        ["missing_value:record_id"]
    );
    assert_eq!(
        changed(&[("covered_recipient_profile_id", "-")]),
        ["missing_value:covered_recipient_profile_id"],
        "a rule over two columns sees a placeholder as empty too"
    );
    assert_eq!(
        changed(&[("teaching_hospital_id", "--")]),
        [""; 0],
        "a placeholder where nothing may stand is nothing"
    );
}

#[test]
fn a_list_holds_in_exact_case_and_a_length_in_characters() {
    assert_eq!(
        changed(&[("dispute_status_for_publication", "no")]),
        ["invalid_value:dispute_status_for_publication"]
    );
    let accents = "é".repeat(50);
    assert_eq!(
        changed(&[("covered_recipient_first_name", &accents)]),
        [""; 0]
    );
    let longer = "é".repeat(51);
    assert_eq!(
        changed(&[("covered_recipient_first_name", &longer)]),
        ["too_long:covered_recipient_first_name"]
    );
}

#[test]
fn what_a_layout_lacks_breaks_no_rule() {
    // A file of three columns, by a contract whose first column is required.
    let contract = contract();
    let rules = rules(contract);
    let mut source = vec![None; rules.table.columns.len()];
    for (field, name) in ["record_id", "covered_recipient_type", "date_of_payment"]
        .iter()
        .enumerate()
    {
        source[rules.table.position(name).expect("a column")] = Some(field);
    }
    let map = LayoutMap {
        dataset: Dataset::General,
        layout: "general_f_91".to_owned(),
        fields: 3,
        source,
        drift: vec![],
    };
    let fields = ["7", "Covered Recipient Physician", "01/31/1999"].map(str::to_owned);
    let row = Row {
        table: rules.table,
        map: &map,
        fields: &fields,
    };
    assert_eq!(violations(&row, &rules), []);
}

#[test]
fn each_kind_of_fault_has_the_judge_that_can_see_it() {
    let expected = |reason: &str| match reason {
        "too_few_fields" | "too_many_fields" | "open_quote" | "invalid_utf8" => Judge::Cutter,
        "duplicate_record_id" => Judge::SetRule,
        _ => Judge::RowRule,
    };
    let mut seen: BTreeMap<FaultKind, Judge> = BTreeMap::new();
    for file in dirty() {
        for (kind, outcome) in file
            .records
            .iter()
            .filter_map(|record| record.fault.as_ref())
        {
            let judge = match outcome {
                Expected::Rejected { reasons } => expected(&reasons[0]),
                Expected::Accepted => Judge::Nobody,
                Expected::Finding { .. } => Judge::Header,
            };
            seen.insert(*kind, judge);
        }
    }
    // Not in the records above: those that are no records, and those of the header.
    for kind in [
        FaultKind::ShortRecord,
        FaultKind::LongRecord,
        FaultKind::OpenQuote,
        FaultKind::StrayQuote,
        FaultKind::InvalidUtf8,
        FaultKind::TruncatedRecord,
    ] {
        seen.insert(kind, Judge::Cutter);
    }
    for kind in FaultKind::FILES {
        seen.insert(kind, Judge::Header);
    }
    assert_eq!(seen.len(), 37, "every kind is covered: {seen:?}");
    for (kind, judge) in seen {
        assert_eq!(judged_by(kind), judge, "{kind:?}");
    }
}

/// One text column, alone in its file.
fn alone(column: &Column, field: &str) -> Vec<String> {
    let mut contract = contract().clone();
    let table = &mut contract.tables[0];
    table.columns = vec![column.clone()];
    table.row_rules.clear();
    let rules = rules(&contract);
    let map = LayoutMap {
        dataset: Dataset::General,
        layout: layout("general_f_91").id.to_owned(),
        fields: columns("general_f_91").len(),
        source: vec![Some(0)],
        drift: vec![],
    };
    let row = Row {
        table: rules.table,
        map: &map,
        fields: &[field.to_owned()],
    };
    violations(&row, &rules)
        .iter()
        .map(ToString::to_string)
        .collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_amount_is_judged_by_its_cents_not_by_its_text(
        cents in -500i64..500, minimum in -300i64..300, padding in "[ \t]{0,2}",
    ) {
        let column = Column {
            name: "amount".to_owned(),
            value_type: ValueType::Money,
            required: true,
            max_length: None,
            pattern: None,
            allowed: vec![],
            minimum: Some(minimum),
            aliases: vec!["Amount".to_owned()],
            description: String::new(),
        };
        let sign = if cents < 0 { "-" } else { "" };
        let text = format!("{padding}{sign}{}.{:02}{padding}", cents.abs() / 100, cents.abs() % 100);
        let expected: &[&str] = if cents < minimum { &["out_of_range:amount"] } else { &[] };
        prop_assert_eq!(alone(&column, &text), expected);
    }
}
