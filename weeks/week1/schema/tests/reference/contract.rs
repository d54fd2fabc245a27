//! The committed contract.

use std::collections::BTreeSet;

use fixtures::layouts;
use week1_schema::{Column, Dataset, RowRule, ValueType};

use super::{contract, table};

fn column(dataset: Dataset, name: &str) -> Column {
    let table = table(dataset);
    let position = table
        .position(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    table.columns[position].clone()
}

#[test]
fn the_contract_has_three_tables_of_97_30_and_4_columns() {
    let contract = contract();
    let sizes: Vec<_> = contract
        .tables
        .iter()
        .map(|table| (table.dataset, table.columns.len()))
        .collect();
    let expected = [
        (Dataset::General, 97),
        (Dataset::Ownership, 30),
        (Dataset::Removed, 4),
    ];
    assert_eq!(sizes, expected);
}

#[test]
fn canonical_columns_are_the_newest_layout_in_lower_case() {
    for (dataset, id) in [
        (Dataset::General, "general_f_91"),
        (Dataset::Ownership, "ownership_f_30"),
        (Dataset::Removed, "removed_4"),
    ] {
        let newest = &layouts::by_id(id).expect("a known layout").columns;
        for (column, name) in table(dataset).columns.iter().zip(newest) {
            assert_eq!(column.name, name.to_lowercase());
            assert_eq!(
                &column.aliases[0], name,
                "the newest alias of {}",
                column.name
            );
        }
    }
}

#[test]
fn every_column_of_every_typed_layout_is_an_alias() {
    for layout in layouts::all()
        .iter()
        .filter(|layout| layout.dataset != "research")
    {
        let dataset = Dataset::ALL
            .into_iter()
            .find(|dataset| dataset.as_str() == layout.dataset)
            .expect("a dataset");
        let table = table(dataset);
        let known: BTreeSet<&str> = table
            .columns
            .iter()
            .flat_map(|column| column.aliases.iter().map(String::as_str))
            .collect();
        for name in &layout.columns {
            assert!(known.contains(name), "{}: {name} is no alias", layout.id);
        }
    }
}

#[test]
fn every_alias_stands_in_some_layout() {
    for table in &contract().tables {
        let names: BTreeSet<&str> = layouts::all()
            .iter()
            .filter(|layout| layout.dataset == table.dataset.as_str())
            .flat_map(|layout| layout.columns.iter().copied())
            .collect();
        for column in &table.columns {
            for alias in &column.aliases {
                assert!(names.contains(alias.as_str()), "{alias} is in no header");
            }
        }
    }
}

#[test]
fn the_presence_rules_follow_what_was_never_empty_in_program_year_2025() {
    // From the null counts over all 16,131,856 records.
    let never_empty = [
        "change_type",
        "covered_recipient_type",
        "recipient_country",
        "submitting_applicable_manufacturer_or_applicable_gpo_name",
        "applicable_manufacturer_or_applicable_gpo_making_payment_id",
        "applicable_manufacturer_or_applicable_gpo_making_payment_name",
        "applicable_manufacturer_or_applicable_gpo_making_payment_country",
        "total_amount_of_payment_usdollars",
        "date_of_payment",
        "number_of_payments_included_in_total_amount",
        "form_of_payment_or_transfer_of_value",
        "nature_of_payment_or_transfer_of_value",
        "third_party_payment_recipient_indicator",
        "delay_in_publication_indicator",
        "record_id",
        "dispute_status_for_publication",
        "related_product_indicator",
        "program_year",
        "payment_publication_date",
    ];
    let required: Vec<String> = table(Dataset::General)
        .columns
        .iter()
        .filter(|column| column.required)
        .map(|column| column.name.clone())
        .collect();
    assert_eq!(required, never_empty);
}

#[test]
fn types_limits_and_lists_reach_the_columns() {
    let amount = column(Dataset::General, "total_amount_of_payment_usdollars");
    assert_eq!(amount.value_type, ValueType::Money);
    assert_eq!(amount.minimum, Some(1), "one cent");

    let invested = column(Dataset::Ownership, "total_amount_invested_usdollars");
    assert_eq!(invested.minimum, Some(0));

    let count = column(
        Dataset::General,
        "number_of_payments_included_in_total_amount",
    );
    assert_eq!(
        (count.value_type, count.minimum),
        (ValueType::Integer, Some(1))
    );

    let date = column(Dataset::General, "date_of_payment");
    assert_eq!(date.value_type, ValueType::Date);

    let natures = column(Dataset::General, "nature_of_payment_or_transfer_of_value");
    assert_eq!(
        natures.allowed.len(),
        15 + 4,
        "15 to 2020, and 4 new ones in 2021"
    );

    let city = column(Dataset::General, "recipient_city");
    assert_eq!((city.max_length, city.required), (Some(50), false));

    let states = column(Dataset::General, "recipient_state").allowed;
    for state in ["CA", "DC", "PR", "VI", "GU", "AS", "MP", "AA", "AE", "AP"] {
        assert!(
            states.iter().any(|known| known == state),
            "{state} is missing"
        );
    }
    assert!(!states.iter().any(|known| known == "0R"));
}

#[test]
fn patterns_match_the_whole_value() {
    let matches = |name: &str, value: &str| {
        let pattern = column(Dataset::General, name).pattern.expect("a pattern");
        regex::Regex::new(&pattern)
            .expect("it compiles")
            .is_match(value)
    };
    assert!(matches("covered_recipient_npi", "1234567893"));
    assert!(
        !matches("covered_recipient_npi", "042697983"),
        "nine digits"
    );
    assert!(matches("recipient_zip_code", "06460"));
    assert!(matches("recipient_zip_code", "06460-2574"));
    assert!(!matches("recipient_zip_code", "6460"));
    assert!(!matches("recipient_zip_code", "064602574"));
    assert!(matches("teaching_hospital_ccn", "030103"));
    assert!(!matches("teaching_hospital_ccn", "30103"));
}

#[test]
fn both_spellings_of_non_covered_are_valid() {
    for name in ["product_indicator", "covered_or_noncovered_indicator_1"] {
        let allowed = column(Dataset::General, name).allowed;
        for value in ["Non-covered", "Non-Covered"] {
            assert!(
                allowed.iter().any(|known| known == value),
                "{name}: {value}"
            );
        }
    }
}

#[test]
fn placeholders_are_missing_values_and_real_words_are_not() {
    let missing = &contract().missing_values;
    let is_missing = |value: &str| missing.iter().any(|known| known == value);
    for placeholder in ["#N/A", "#REF!", "-- SELECT --", "--", "-", "!", "N/A"] {
        assert!(is_missing(placeholder), "{placeholder}");
    }
    for word in ["None", "NA", "Null", "0", "No"] {
        assert!(!is_missing(word), "{word}");
    }
}

#[test]
fn the_row_rules_are_read_in_order() {
    let rules = &table(Dataset::General).row_rules;
    let columns: Vec<&str> = rules
        .iter()
        .map(|rule| match rule {
            RowRule::RequiredWhen { column, .. }
            | RowRule::EmptyWhen { column, .. }
            | RowRule::InProgramYear { column } => column.as_str(),
        })
        .collect();
    let expected = [
        "teaching_hospital_id",
        "covered_recipient_profile_id",
        "covered_recipient_profile_id",
        "teaching_hospital_id",
        "date_of_payment",
    ];
    assert_eq!(columns, expected);
    assert!(matches!(rules[0], RowRule::RequiredWhen { .. }));
    assert!(matches!(rules[2], RowRule::EmptyWhen { .. }));
    assert!(matches!(rules[4], RowRule::InProgramYear { .. }));
}

#[test]
fn key_and_accounting_amount_are_named_per_table() {
    let of = |dataset| {
        let table = table(dataset);
        (table.key.as_str(), table.amount.as_deref())
    };
    let invested = Some("total_amount_invested_usdollars");
    let paid = Some("total_amount_of_payment_usdollars");
    assert_eq!(of(Dataset::General), ("record_id", paid));
    assert_eq!(of(Dataset::Ownership), ("record_id", invested));
    assert_eq!(of(Dataset::Removed), ("record_id", None));
}
