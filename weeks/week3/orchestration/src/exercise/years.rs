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
    todo!("the years of {text:?}, or what is wrong with it")
}
