//! Amounts are exact or absent.

use proptest::prelude::*;
use week2_ingestion::solution::parse_cents;

use crate::check::cutter::audit::cents;

fn written(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

#[test]
fn every_cent_of_a_range_reads_back() {
    for cents in -100_000..=1_000_000 {
        assert_eq!(parse_cents(written(cents).as_bytes()), Some(cents));
    }
}

proptest! {
    #[test]
    fn any_amount_that_the_column_holds_reads_back(
        amount in -99_999_999_999_999i64..=99_999_999_999_999, zeros in 0usize..4,
    ) {
        let text = written(amount.abs());
        let sign = if amount < 0 { "-" } else { "" };
        let text = format!("{sign}{}{text}", "0".repeat(zeros));
        prop_assert_eq!(parse_cents(text.as_bytes()), Some(amount));
    }

    #[test]
    fn nothing_but_an_amount_is_one(
        text in prop_oneof!["[-+0-9., $e\u{a0}\t\u{b}]{0,24}", "-?[0-9]{10,20}(\\.[0-9]{0,3})?"],
    ) {
        prop_assert_eq!(parse_cents(text.as_bytes()), cents(&text), "{:?}", text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let found = parse_cents(&bytes);
        prop_assert_eq!(found, std::str::from_utf8(&bytes).ok().and_then(cents));
    }
}
