//! What CMS writes into file names and date columns.

use jiff::civil::Date;

use crate::FileName;

/// Reads what a CMS file name says; names that CMS did not give say nothing.
///
/// The first date stamp is the publication; a second one, in use since 2025, is the day
/// on which the data was extracted. Two-digit years are of this century. The files of 2014
/// are named `OPPR_ALL_DTL_GNRL_12192014.csv`: no program year.
pub fn parse_file_name(name: &str) -> Option<FileName> {
    let stem = name
        .rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_ascii_uppercase();
    if let Some(rest) = stem.strip_prefix("OPPR_ALL_DTL_") {
        let (table, published) = rest.split_once('_')?;
        return Some(FileName {
            table: table.to_owned(),
            program_year: None,
            publication: stamp(published),
        });
    }
    let rest = stem.strip_prefix("OP_")?;
    let rest = rest.strip_prefix("DTL_").unwrap_or(rest);
    let (table, rest) = rest.split_once("_PGYR")?;
    let mut parts = rest.split('_');
    let program_year = parts.next().and_then(year);
    let publication = parts.next().and_then(|part| stamp(part.strip_prefix('P')?));
    Some(FileName {
        table: table.to_owned(),
        program_year,
        publication,
    })
}

/// A program year as written, with four digits or two.
pub(crate) fn year(text: &str) -> Option<i16> {
    match (text.len(), digits(text)) {
        (4, Some(year)) => Some(year),
        (2, Some(year)) => Some(2000 + year),
        _ => None,
    }
}

fn stamp(text: &str) -> Option<Date> {
    let (month, day) = (digits(text.get(0..2)?)?, digits(text.get(2..4)?)?);
    day_of(year(text.get(4..)?)?, month, day)
}

fn day_of(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Digits and nothing else: `parse` alone would take a sign.
fn digits(text: &str) -> Option<i16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A date as CMS writes it: `MM/DD/YYYY`.
pub(crate) fn cms_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '/');
    let (month, day) = (digits(parts.next()?)?, digits(parts.next()?)?);
    day_of(year(parts.next()?)?, month, day)
}
