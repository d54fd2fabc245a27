// The audit: amounts to the cent, and nothing dropped.

use proptest::prelude::*;
use week2_ingestion::{AuditFields, RecordFault};

use super::subject;
use super::support::{audit, cases};

const AMOUNT: AuditFields = AuditFields {
    amount: Some(1),
    program_year: None,
    publication: None,
};

fn cents(text: &str) -> Option<i64> {
    subject::parse_cents(text.as_bytes())
}

#[test]
fn an_amount_is_read_to_the_cent() {
    for (text, expected) in [
        ("0.83", 83),
        ("1.1", 110),
        ("-5.00", -500),
        ("7", 700),
        ("0.29", 29),
        ("1234567.89", 123_456_789),
        ("0000012.50", 1250),
        (" 12.50 ", 1250),
        ("\u{a0}12.50", 1250),
    ] {
        assert_eq!(cents(text), Some(expected), "cents of {text:?}");
    }
}

#[test]
fn what_is_no_amount_is_none() {
    for text in [
        "", " ", ".", "-", ".5", "1,000.00", "1e3", "$5", "5 USD", "1.234", "1.2.3", "--5", "+5",
        "- 5", "NaN", "inf", "0x10", "5-", "\u{0665}",
    ] {
        assert_eq!(
            cents(text),
            None,
            "{text:?} is no amount of dollars and cents"
        );
    }
    assert_eq!(
        subject::parse_cents(b"5\xff"),
        None,
        "bytes that are no text"
    );
}

#[test]
fn an_amount_beyond_the_column_is_refused() {
    assert_eq!(
        cents("999999999999.99"),
        Some(99_999_999_999_999),
        "the largest"
    );
    assert_eq!(cents("-999999999999.99"), Some(-99_999_999_999_999));
    for text in [
        "1000000000000.00",
        "-1000000000000.00",
        "1000000000000",
        "92233720368547758.08",
        "99999999999999999999999999",
    ] {
        assert_eq!(cents(text), None, "{text} does not fit DECIMAL(14,2)");
    }
}

#[test]
fn a_sum_is_exact_where_floating_point_is_not() {
    let body = "a,0.10\n".repeat(3) + "a,1000000000.01\na,-1000000000.01\n";
    assert_eq!(audit("x,y\n", body.as_bytes(), AMOUNT, 1 << 20).cents, 30);
}

#[test]
fn a_record_without_a_readable_amount_is_counted() {
    let body = b"a,1.50\nb,x\nc\nd,\"2.50\"\ne,\nf,1000000000000.00\n\"g\"h,1\n";
    let audit = audit("x,y\n", body, AMOUNT, 1 << 20);
    assert_eq!(audit.records, 7, "records");
    assert_eq!(audit.cents, 400, "cents");
    assert_eq!(
        audit.without_amount, 5,
        "b, e and f have no amount; c and g are damaged"
    );
    assert_eq!(audit.faults[&RecordFault::TooFewFields], 1);
    assert_eq!(audit.faults[&RecordFault::OpenQuote], 1);
}

#[test]
fn a_sum_that_would_overflow_keeps_what_it_has() {
    let body = "a,999999999999.99\n".repeat(92_240);
    let audit = audit("x,y\n", body.as_bytes(), AMOUNT, 1 << 30);
    let fit = 92_233;
    assert_eq!(
        audit.cents,
        fit * 99_999_999_999_999,
        "the amounts that fit"
    );
    assert_eq!(audit.without_amount, 7, "those that do not");
}

#[test]
fn a_file_without_an_amount_has_none_to_miss() {
    let audit = audit("x,y\n", b"a,1\nb\n", AuditFields::default(), 1 << 20);
    assert_eq!((audit.records, audit.cents), (2, 0));
    assert_eq!(audit.without_amount, 1, "the damaged one alone");
    assert_eq!(subject::parse_cents(b"0"), Some(0));
}

fn written(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_was_written_is_what_is_read(amount in -99_999_999_999_999..=99_999_999_999_999_i64) {
        prop_assert_eq!(cents(&written(amount)), Some(amount));
    }
}
