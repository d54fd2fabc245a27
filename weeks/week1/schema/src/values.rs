//! Reading single values. A text that is not of the type gives `None`.

use jiff::civil::Date;

/// A calendar day in the form of CMS: `MM/DD/YYYY`.
pub fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[2] != b'/' || bytes[5] != b'/' {
        return None;
    }
    let month = digits(&text[0..2])?;
    let day = digits(&text[3..5])?;
    let year = digits(&text[6..10])?;
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// A whole number of at most 16 digits. Leading zeros are let through: `06460` is 6460
/// here, and whether that is right is the caller's question.
pub fn integer(text: &str) -> Option<i64> {
    let (negative, number) = sign(text);
    let value = digits(number)?;
    Some(if negative { -value } else { value })
}

/// US dollars with at most two decimals, in cents.
pub fn cents(text: &str) -> Option<i64> {
    let (negative, amount) = sign(text);
    let (dollars, cents) = amount.split_once('.').unwrap_or((amount, "00"));
    let cents = match cents.len() {
        1 => digits(cents)? * 10,
        2 => digits(cents)?,
        _ => return None,
    };
    let value = digits(dollars)?.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { -value } else { value })
}

/// Whether a number is negative, and its digits.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    }
}

/// Up to 16 decimal digits: more than any amount, count or id, and its cents fit 64 bits.
fn digits(text: &str) -> Option<i64> {
    let sound = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_calendar_days_in_the_form_of_cms() {
        assert_eq!(date("02/29/2024").map(Date::day), Some(29));
        assert_eq!(date("11/30/0002").map(Date::year), Some(2));
        for text in [
            "02/29/2023",
            "2/9/2023",
            "2023-02-09",
            "13/01/2023",
            "",
            "é2/09/202",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn money_is_exact_cents() {
        assert_eq!(cents("0.83"), Some(83));
        assert_eq!(cents("400000000"), Some(40_000_000_000));
        assert_eq!(cents("-12.5"), Some(-1250));
        for text in ["", ".5", "1.", "1.234", "1,000.00", "1e5", "$1", "--1"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_too_large_to_be_meant_are_refused() {
        assert_eq!(integer("1157000000"), Some(1_157_000_000));
        assert_eq!(integer("10000000000000000"), None);
        assert_eq!(integer("12.0"), None);
    }
}
