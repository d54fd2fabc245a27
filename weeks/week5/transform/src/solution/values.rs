//! Typing single values. A text that is not of the type gives `None`.

use jiff::civil::Date;

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
pub(super) fn days_since_epoch(date: Date) -> i32 {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

/// A whole number.
pub(super) fn integer(text: &str) -> Option<i64> {
    let (negative, number) = match text.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, text),
    };
    let value = digits(number.as_bytes())?;
    Some(if negative { -value } else { value })
}

/// US dollars with at most two decimals, in cents.
pub(super) fn money(text: &str) -> Option<i64> {
    let (negative, amount) = match text.strip_prefix('-') {
        Some(amount) => (true, amount),
        None => (false, text),
    };
    let (dollars, cents) = amount.split_once('.').unwrap_or((amount, "0"));
    let cents = match cents.len() {
        0 => 0,
        1 => digits(cents.as_bytes())? * 10,
        2 => digits(cents.as_bytes())?,
        _ => return None,
    };
    let value = digits(dollars.as_bytes())?
        .checked_mul(100)?
        .checked_add(cents)?;
    Some(if negative { -value } else { value })
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
        assert_eq!(date("02/29/2024").map(days_since_epoch), Some(19_782));
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
        assert_eq!(days_since_epoch(jiff::civil::date(1970, 1, 1)), 0);
        assert_eq!(days_since_epoch(jiff::civil::date(1969, 12, 31)), -1);
    }

    #[test]
    fn money_is_exact_cents() {
        assert_eq!(money("0.83"), Some(83));
        assert_eq!(money("400000000"), Some(40_000_000_000));
        assert_eq!(money("-12.5"), Some(-1250));
        for text in ["", ".5", "1.234", "1,000.00", "1e5", "$1", "--1"] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_too_large_to_be_meant_are_refused() {
        assert_eq!(integer("1157000000"), Some(1_157_000_000));
        assert_eq!(integer("1000000000000000000"), None);
        assert_eq!(integer("12.0"), None);
    }
}
