//! Which partition and publication a file delivers.

use std::collections::BTreeMap;

use crate::solution::names::{cms_date, year};
use crate::{Delivery, DeliveryError, FileName};

/// What a file delivers: from its records where they say so, else from its name.
///
/// `partitions` is [`FileAudit::partitions`](crate::FileAudit::partitions): how often each
/// pair `program year|publication date` stands in the records, as written. A few dirty
/// records do not move a whole file, so the pair that stands in more than half of the records
/// counts; where none does, the file is [`DeliveryError::Mixed`], whatever its name says.
///
/// A file without records says nothing, and nor does a half of that pair that can't be read,
/// nor a name of `None`. Year and date are judged each for itself: where name and records both
/// say it and differ, that is [`DeliveryError::Disagreement`]; where neither says it,
/// [`DeliveryError::Unknown`]; the year comes first.
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
