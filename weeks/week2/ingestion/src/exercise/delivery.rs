//! Which partition and publication a file delivers.
//!
//! Given: what is written in a name ([`FileName`]) and how years and dates are read (`year`,
//! `cms_date`). Yours: whom to believe.

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
    todo!("{dataset}: {name:?} against {partitions:?}")
}
