//! Typing single values. A text that is not of the type gives `None`.

use jiff::civil::Date;

/// The largest amount that the contract's `DECIMAL(14,2)` holds, in cents. Curated files
/// could store a larger one, and no reader of the contract could take it.
pub(super) const MAX_CENTS: i64 = 99_999_999_999_999;

/// Days from 1970-01-01, for `MM/DD/YYYY`.
pub(super) fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[2] != b'/' || bytes[5] != b'/' {
        return None;
    }
    let month = digits(&bytes[0..2])?;
    let day = digits(&bytes[3..5])?;
    let year = digits(&bytes[6..10])?;
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// Days from 1970-01-01, as Arrow and Parquet store a date.
pub(super) fn day(date: Date) -> i64 {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    EPOCH.until(date).map_or(0, |span| span.get_days().into())
}

/// A whole number.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    let (negative, number) = sign(text);
    let value = digits(number)?;
    Some(if negative { -value } else { value })
}

/// US dollars with at most two decimals, in cents; at most [`MAX_CENTS`] either way.
pub(super) fn money(text: &[u8]) -> Option<i64> {
    let (negative, amount) = sign(text);
    let (dollars, cents) = match amount.iter().position(|byte| *byte == b'.') {
        Some(point) => (&amount[..point], &amount[point + 1..]),
        None => (amount, &b""[..]),
    };
    let cents = match cents.len() {
        0 => 0,
        1 => digits(cents)? * 10,
        2 => digits(cents)?,
        _ => return None,
    };
    let value = digits(dollars)?.checked_mul(100)?.checked_add(cents)?;
    (value <= MAX_CENTS).then_some(if negative { -value } else { value })
}

/// Whether a number is negative, and its digits.
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, text),
    }
}

/// Up to 18 decimal digits: more than any amount, count or id, and never an overflow.
fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    bytes.iter().try_fold(0i64, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_calendar_days_in_the_form_of_cms() {
        assert_eq!(date("02/29/2024").map(day), Some(19_782));
        assert_eq!(date("11/30/0002").map(Date::year), Some(2));
        for text in [
            "02/29/2023",
            "2/9/2023",
            "2023-02-09",
            "13/01/2023",
            "01/22/2021 12:00:00 AM",
            "",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(day(jiff::civil::date(1970, 1, 1)), 0);
        assert_eq!(day(jiff::civil::date(1969, 12, 31)), -1);
    }

    #[test]
    fn money_is_exact_cents() {
        assert_eq!(money(b"0.83"), Some(83));
        assert_eq!(money(b"400000000"), Some(40_000_000_000));
        assert_eq!(money(b"-12.5"), Some(-1250));
        for (text, cents) in [
            ("999999999999.99", MAX_CENTS),
            ("-999999999999.99", -MAX_CENTS),
            ("0000999999999999.99", MAX_CENTS),
        ] {
            assert_eq!(money(text.as_bytes()), Some(cents), "{text}");
        }
        for text in ["", ".5", "1.234", "1,000.00", "1e5", "$1", "--1"] {
            assert_eq!(money(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_too_large_to_be_meant_are_refused() {
        assert_eq!(integer(b"1157000000"), Some(1_157_000_000));
        assert_eq!(integer(b"1000000000000000000"), None);
        assert_eq!(integer(b"12.0"), None);
        for text in [
            "1000000000000",
            "1000000000000.00",
            "-1000000000000.0",
            "999999999999999999",
        ] {
            assert_eq!(money(text.as_bytes()), None, "{text}");
        }
    }
}
