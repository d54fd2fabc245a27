//! The parameter `years`, as the command line and Airflow hand it over.

use std::ops::RangeInclusive;

use crate::{FIRST_YEAR, LAST_YEAR, YearsError};

/// The program years that a text asks for: `2023`, or `2016..2023` with both ends. The end may
/// be written as Rust writes an inclusive one, `2016..=2023`; space around a year does not
/// count.
///
/// No year lies before [`FIRST_YEAR`] or after [`LAST_YEAR`], and no range is empty. Of
/// several things that are wrong the first from the left is named.
pub fn parse_years(text: &str) -> Result<RangeInclusive<i16>, YearsError> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let first = year(first)?;
    let last = year(last.strip_prefix('=').unwrap_or(last))?;
    if first > last {
        return Err(YearsError::Backwards { first, last });
    }
    Ok(first..=last)
}

fn year(text: &str) -> Result<i16, YearsError> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(year) if digits && (FIRST_YEAR..=LAST_YEAR).contains(&year) => Ok(year),
        Ok(year) if digits => Err(YearsError::OutOfRange { year }),
        _ => Err(YearsError::NotAYear {
            text: text.to_owned(),
        }),
    }
}
