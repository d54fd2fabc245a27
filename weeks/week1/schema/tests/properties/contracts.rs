//! Contracts that mean harm, and contracts with a line lost or doubled.

use proptest::prelude::*;
use proptest::sample::Index;
use week1_schema::solution::{CONTRACT_YAML, read_contract};

use crate::check::contract::check;

/// The contract with one more custom property.
fn with_value(value: &str) -> String {
    let property = format!("customProperties:\n  - property: x\n    value: {value}\n");
    CONTRACT_YAML.replacen("customProperties:\n", &property, 1)
}

fn refusal(yaml: &str) -> String {
    check(yaml.as_bytes());
    read_contract(yaml)
        .expect_err("it was accepted")
        .to_string()
}

#[test]
fn nesting_is_bounded() {
    let block: String = (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    let value = with_value(&format!("{}{}", "[".repeat(5000), "]".repeat(5000)));
    for yaml in ["[".repeat(100_000), "- ".repeat(50_000), block, value] {
        let error = refusal(&yaml);
        assert!(
            error.contains("Depth") || error.contains("recursion"),
            "{error}"
        );
    }
}

#[test]
fn aliases_that_multiply_are_stopped() {
    let level = |level: usize| {
        let items = match level {
            0 => ["x"; 10].join(","),
            _ => vec![format!("*a{}", level - 1); 10].join(","),
        };
        format!("\n      a{level}: &a{level} [{items}]")
    };
    let bomb: Vec<String> = (0..9).map(level).collect();
    let bomb = bomb.concat();
    assert!(refusal(&with_value(&bomb)).contains("budget"));
}

#[test]
fn numbers_that_no_column_can_have_are_refused() {
    for (from, to) in [
        ("minimum: 0.01", "minimum: .nan"),
        ("minimum: 0.01", "minimum: .inf"),
        ("minimum: 0.01", "minimum: 1e400"),
        ("minimum: 0.01", "minimum: 1e300"),
        ("maxLength: 100", "maxLength: 99999999999999999999999"),
        ("maxLength: 100", "maxLength: -1"),
        ("version: 1.0.0", "version: +1.0.0"),
        ("version: 1.0.0", "version: 1.0.4294967296"),
    ] {
        assert!(CONTRACT_YAML.contains(from), "{from}");
        refusal(&CONTRACT_YAML.replacen(from, to, 1));
    }
}

#[test]
fn a_pattern_can_neither_leave_its_group_nor_fill_the_memory() {
    for pattern in ["^a)|(?:b$", "^((((a{1000}){1000}){1000}){1000})$"] {
        let yaml = CONTRACT_YAML.replacen("'^[0-9]{10}$'", &format!("'{pattern}'"), 1);
        assert!(refusal(&yaml).contains("covered_recipient_npi"));
    }
}

#[test]
fn a_key_is_a_number_that_counts() {
    let key = "logicalTypeOptions: {minimum: 1}\n        required: true\n        unique: true";
    assert!(CONTRACT_YAML.contains(key));
    let negative = key.replace("minimum: 1", "minimum: -1");
    assert!(refusal(&CONTRACT_YAML.replacen(key, &negative, 1)).contains("key"));
    let number = format!("logicalType: integer\n        physicalType: BIGINT\n        {key}");
    let text = number
        .replace("integer", "string")
        .replace("BIGINT", "VARCHAR")
        .replace("logicalTypeOptions: {minimum: 1}\n        ", "");
    assert!(refusal(&CONTRACT_YAML.replacen(&number, &text, 1)).contains("key"));
}

#[test]
fn files_and_variables_are_text_and_nothing_else() {
    for value in ["!include /etc/hosts", "${HOME}", "!!binary aGk="] {
        check(with_value(value).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, ..ProptestConfig::default() })]

    #[test]
    fn a_contract_with_lines_lost_doubled_or_bent_is_sound_or_refused(
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), 0u8..4), 1..4),
    ) {
        let mut lines: Vec<String> = CONTRACT_YAML.lines().map(ToOwned::to_owned).collect();
        for (at, other, kind) in damage {
            let (at, other) = (at.index(lines.len()), other.index(lines.len()));
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other].clone()),
                2 => lines.swap(at, other),
                _ => {
                    let indent = lines[at].len() - lines[at].trim_start().len();
                    let value = lines[other].split(": ").last().unwrap_or("").to_owned();
                    let key = lines[at].split(':').next().unwrap_or("").to_owned();
                    lines[at] = if indent > 0 { format!("{key}: {value}") } else { key };
                }
            }
        }
        check(lines.join("\n").as_bytes());
    }
}
