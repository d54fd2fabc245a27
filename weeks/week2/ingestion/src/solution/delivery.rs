//! Which partition and publication a file delivers.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{Delivery, DeliveryError, FileName};

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

fn year(text: &str) -> Option<i16> {
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
fn cms_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '/');
    let (month, day) = (digits(parts.next()?)?, digits(parts.next()?)?);
    day_of(year(parts.next()?)?, month, day)
}

/// What a file delivers: from its records where they say so, else from its name.
///
/// A few dirty records do not move a whole file, so the value that stands in most
/// records counts; a name that says something else is an error.
pub fn delivery_of(
    dataset: &str,
    name: Option<&FileName>,
    partitions: &BTreeMap<String, u64>,
) -> Result<Delivery, DeliveryError> {
    let (year_text, publication_text) = majority(partitions)?;
    let program_year = agree(
        "program year",
        name.and_then(|name| name.program_year),
        year(&year_text),
    )?;
    let publication = agree(
        "publication date",
        name.and_then(|name| name.publication),
        cms_date(&publication_text),
    )?;
    Ok(Delivery {
        dataset: dataset.to_owned(),
        program_year,
        publication,
    })
}

fn majority(partitions: &BTreeMap<String, u64>) -> Result<(String, String), DeliveryError> {
    let total: u64 = partitions.values().sum();
    let Some((pair, count)) = partitions.iter().max_by_key(|(_, count)| **count) else {
        return Ok(Default::default());
    };
    if count * 2 <= total {
        let found: Vec<_> = partitions
            .iter()
            .map(|(pair, count)| format!("{pair} in {count}"))
            .collect();
        return Err(DeliveryError::Mixed {
            found: found.join(", "),
        });
    }
    let (year, publication) = pair.split_once('|').unwrap_or((pair, ""));
    Ok((year.to_owned(), publication.to_owned()))
}

fn agree<T: PartialEq + ToString>(
    what: &'static str,
    name: Option<T>,
    records: Option<T>,
) -> Result<T, DeliveryError> {
    match (name, records) {
        (Some(name), Some(records)) if name != records => Err(DeliveryError::Disagreement {
            what,
            name: name.to_string(),
            records: records.to_string(),
        }),
        (Some(value), _) | (None, Some(value)) => Ok(value),
        (None, None) => Err(DeliveryError::Unknown { what }),
    }
}
