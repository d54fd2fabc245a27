//! Amounts are exact cents of a `DECIMAL(14,2)`, or refused.

use proptest::prelude::*;
use week2_ingestion::solution::parse_cents;

use crate::{numbers, type_values};

const AMOUNT: usize = 5;
const MAX_CENTS: i64 = 99_999_999_999_999;

fn written(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Amounts of any magnitude, and those at the limit.
fn cents() -> impl Strategy<Value = i64> {
    let magnitude = (0u32..15).prop_flat_map(|digits| 0..10i64.pow(digits).min(MAX_CENTS) + 1);
    let limit = MAX_CENTS - 3..=MAX_CENTS;
    (prop_oneof![4 => magnitude, 1 => limit], any::<bool>())
        .prop_map(|(cents, negative)| if negative { -cents } else { cents })
}

proptest! {
    #[test]
    fn an_amount_that_is_written_reads_back(amounts in prop::collection::vec(cents(), 1..50)) {
        let texts: Vec<String> = amounts.iter().map(|cents| written(*cents)).collect();
        let chunk = type_values(AMOUNT, &texts);
        prop_assert_eq!(&chunk.rejected, &[]);
        let expected: Vec<_> = amounts.iter().map(|cents| Some(i128::from(*cents))).collect();
        prop_assert_eq!(numbers::<i128>(&chunk, "amount"), expected);
        let counted: Vec<i64> = chunk.accepted.iter().map(|row| row.cents).collect();
        prop_assert_eq!(counted, amounts);
    }

    #[test]
    fn an_amount_that_is_read_is_what_was_written(
        texts in prop::collection::vec("-?[0-9]{1,16}(\\.[0-9]{0,3})?|[-0-9.,+ e$]{1,8}", 1..50),
    ) {
        let chunk = type_values(AMOUNT, &texts);
        for row in &chunk.accepted {
            let text = texts[usize::try_from(row.key).unwrap()].trim();
            let (negative, text) = match text.strip_prefix('-') {
                Some("") | None => (false, text),
                Some(amount) => (true, amount),
            };
            let (dollars, decimals) = text.split_once('.').unwrap_or((text, ""));
            let dollars = dollars.trim_start_matches('0');
            let dollars = if dollars.is_empty() { "0" } else { dollars };
            let sign = if negative && row.cents != 0 { "-" } else { "" };
            let nothing = text.is_empty() || text == "-";
            let expected = if nothing {
                "0.00".to_owned()
            } else {
                format!("{sign}{dollars}.{decimals:0<2}")
            };
            prop_assert_eq!(written(row.cents), expected, "{:?}", text);
        }
    }

    #[test]
    fn an_amount_that_the_column_cannot_hold_is_refused_and_counted_by_nobody(
        beyond in MAX_CENTS + 1..=i64::MAX, negative in any::<bool>(),
    ) {
        let text = written(if negative { -beyond } else { beyond });
        let chunk = type_values(AMOUNT, &[&text]);
        prop_assert_eq!(chunk.accepted.len(), 0, "{}", text);
        let rejected = &chunk.rejected[0];
        prop_assert_eq!(rejected.reasons[0].to_string(), "invalid_value:amount");
        prop_assert_eq!(rejected.cents, None);
        prop_assert_eq!(parse_cents(text.as_bytes()), None, "the audit of ingestion agrees");
    }

    /// Accounts compare the two sums, so every single amount must be the same.
    #[test]
    fn ingestion_and_typing_count_the_same_cents(
        text in prop_oneof!["-?[0-9]{1,20}(\\.[0-9]{0,3})?", "[-+0-9., $e\u{a0}\t\u{b}]{0,24}", any::<String>()],
    ) {
        let chunk = type_values(AMOUNT, &[&text]);
        let rejected = chunk.rejected.iter().filter_map(|row| row.cents);
        let counted: i64 = chunk.accepted.iter().map(|row| row.cents).chain(rejected).sum();
        let quoted = text.replace('"', "\"\"");
        prop_assert_eq!(counted, parse_cents(quoted.as_bytes()).unwrap_or(0), "{:?}", text);
    }
}
