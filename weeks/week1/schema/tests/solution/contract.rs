//! The committed contract, and what the reader refuses.

use std::collections::BTreeSet;

use fixtures::layouts;
use week1_schema::solution::{CONTRACT_YAML, read_contract};
use week1_schema::{Column, ContractError, Dataset, RowRule, ValueType};

use super::{contract, table};

fn column(dataset: Dataset, name: &str) -> Column {
    let table = table(dataset);
    let position = table
        .position(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    table.columns[position].clone()
}

/// The contract with one piece of text replaced, which must be there.
fn edited(from: &str, to: &str) -> String {
    assert!(CONTRACT_YAML.contains(from), "the contract has no {from:?}");
    CONTRACT_YAML.replacen(from, to, 1)
}

/// The reader's complaint about an edited contract.
fn complaint(from: &str, to: &str) -> String {
    match read_contract(&edited(from, to)) {
        Ok(_) => panic!("replacing {from:?} by {to:?} was accepted"),
        Err(error) => error.to_string(),
    }
}

fn assert_complains(from: &str, to: &str, parts: &[&str]) {
    let complaint = complaint(from, to);
    for part in parts {
        assert!(
            complaint.contains(part),
            "{complaint:?} does not say {part:?}"
        );
    }
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
    for table in contract().tables {
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
        .into_iter()
        .filter(|column| column.required)
        .map(|column| column.name)
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
    let missing = contract().missing_values;
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
    let rules = table(Dataset::General).row_rules;
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
        (table.key, table.amount)
    };
    let invested = Some("total_amount_invested_usdollars".to_owned());
    let paid = Some("total_amount_of_payment_usdollars".to_owned());
    assert_eq!(of(Dataset::General), ("record_id".to_owned(), paid));
    assert_eq!(of(Dataset::Ownership), ("record_id".to_owned(), invested));
    assert_eq!(of(Dataset::Removed), ("record_id".to_owned(), None));
}

#[test]
fn broken_yaml_is_a_syntax_error_with_its_line() {
    let error = read_contract("apiVersion: v3.1.0\nkind: [").expect_err("it is broken");
    assert!(matches!(error, ContractError::Syntax(_)), "{error}");
    assert!(error.to_string().contains("line"), "{error}");
}

#[test]
fn another_kind_or_version_of_the_standard_is_refused() {
    assert_complains(
        "kind: DataContract",
        "kind: DataProduct",
        &["kind", "DataProduct"],
    );
    assert_complains("v3.1.0\nkind", "v3.0.2\nkind", &["apiVersion", "v3.0.2"]);
    assert_complains("status: active\n", "", &["lacks", "status"]);
    assert_complains("version: 1.0.0", "version: '7'", &["version", "\"7\""]);
}

#[test]
fn an_unknown_key_is_refused_with_its_place() {
    assert_complains(
        "        required: true\n",
        "        requred: true\n",
        &["general.change_type", "requred"],
    );
    assert_complains("{maxLength: 100}", "{maxLenght: 100}", &["maxLenght"]);
    assert_complains(
        "dimension: timeliness",
        "dimenson: timeliness",
        &["general", "dimenson"],
    );
}

#[test]
fn a_table_that_no_dataset_knows_is_refused() {
    assert_complains("  - name: removed\n", "  - name: returned\n", &["returned"]);
    assert_complains(
        "  - name: removed\n",
        "  - name: general\n",
        &["general", "twice"],
    );
}

#[test]
fn a_column_that_stands_twice_is_refused() {
    assert_complains(
        "- name: recipient_city",
        "- name: recipient_state",
        &["general.recipient_state", "twice"],
    );
}

#[test]
fn an_alias_of_two_columns_is_refused_even_in_another_case() {
    assert_complains(
        "value: [Recipient_City]",
        "value: [RECIPIENT_STATE]",
        &["general.recipient_state", "recipient_city"],
    );
}

#[test]
fn a_column_without_alias_is_refused() {
    assert_complains(
        "value: [Recipient_City]",
        "value: []",
        &["general.recipient_city", "no alias"],
    );
}

#[test]
fn a_pattern_that_does_not_compile_or_is_open_is_refused() {
    assert_complains(
        "'^[0-9]{10}$'",
        "'^[0-9{10}$'",
        &["general.covered_recipient_npi"],
    );
    assert_complains(
        "'^[0-9]{10}$'",
        "'[0-9]{10}'",
        &["covered_recipient_npi", "^"],
    );
}

#[test]
fn a_rule_on_a_column_that_does_not_exist_is_refused() {
    assert_complains(
        "in_program_year: {column: date_of_payment}",
        "in_program_year: {column: day_of_payment}",
        &["general", "day_of_payment"],
    );
    assert_complains(
        "in_program_year: {column: date_of_payment}",
        "in_program_year: {column: recipient_city}",
        &["general.recipient_city", "date"],
    );
    assert_complains(
        "in: {column: covered_recipient_type, values: [Covered Recipient Teaching Hospital]}",
        "in: {column: recipient_type, values: [Covered Recipient Teaching Hospital]}",
        &["recipient_type"],
    );
}

#[test]
fn a_condition_on_an_impossible_value_is_refused() {
    assert_complains(
        "in: {column: covered_recipient_type, values: [Covered Recipient Teaching Hospital]}",
        "in: {column: covered_recipient_type, values: [Teaching Hospital]}",
        &["general.covered_recipient_type", "Teaching Hospital"],
    );
}

#[test]
fn a_rule_of_an_unknown_form_is_refused_with_its_number() {
    assert_complains(
        "in_program_year:",
        "within_year:",
        &["general: quality rule 5"],
    );
}

#[test]
fn a_value_that_is_both_valid_and_missing_is_refused() {
    assert_complains(
        "yesNo: &yes_no ['Yes', 'No']",
        "yesNo: &yes_no ['Yes', '-']",
        &["\"-\""],
    );
}

#[test]
fn two_lists_of_placeholders_are_refused() {
    assert_complains(
        "missingValues: *placeholders",
        "missingValues: ['?']",
        &["missingValues differ"],
    );
}

#[test]
fn a_rule_that_tolerates_bad_rows_is_refused() {
    assert_complains(
        "*change_types}, mustBe: 0",
        "*change_types}, mustBe: 5",
        &["mustBe: 0"],
    );
}

#[test]
fn a_key_that_is_missing_or_optional_is_refused() {
    assert_complains("        primaryKey: true\n", "", &["general", "primaryKey"]);
    assert_complains(
        "value: total_amount_of_payment_usdollars",
        "value: date_of_payment",
        &["general.date_of_payment", "money"],
    );
}

#[test]
fn a_minimum_below_a_cent_is_refused() {
    assert_complains("{minimum: 0.01}", "{minimum: 0.001}", &["0.001"]);
}
