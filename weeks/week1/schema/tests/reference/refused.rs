//! Contracts that the reader refuses, and how it names the place.

use week1_schema::ContractError;
use week1_schema::solution::{CONTRACT_YAML, read_contract};

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
