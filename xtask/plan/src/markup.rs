//! Words and marks that pictures, pages and calendars share.

use jiff::civil::Date;

use crate::screen::half;

/// `35 %`, never broken in two; there is no -0.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", (share * 100.0).round() + 0.0)
}

/// `12 January 2027`.
pub(crate) fn long(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `2½`, `−½`.
pub(crate) fn signed(days: f64) -> String {
    let text = half(days.abs());
    if days < 0.0 && text != "0" {
        format!("−{text}")
    } else {
        text
    }
}

/// `1.1`, `1.1 and 1.2`, `1.1 to 2.1`.
pub(crate) fn range(numbers: &[&str]) -> String {
    match numbers {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [first, .., last] => format!("{first} to {last}"),
    }
}

/// A day on which something was done; a progress file that names no day gives the first day
/// there is.
pub(crate) fn known(date: Option<Date>) -> Option<Date> {
    date.filter(|date| *date > Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_a_sign_only_where_it_means_something() {
        assert_eq!(percent(-0.001), "0\u{a0}%");
        assert_eq!(percent(-0.1), "-10\u{a0}%");
        assert_eq!(signed(-0.5), "−½");
        assert_eq!(signed(-0.1), "0");
        assert_eq!(signed(2.5), "2½");
    }
}
