//! The lines of removed files.

use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use week1_schema::Dataset;
use week5_incremental::{Removal, Withdrawal};

use crate::context::Capstone;
use crate::ingest::Ingested;
use crate::transform;

/// Every accepted line about records of a dataset.
pub(super) fn read(
    capstone: &Capstone,
    files: &[&Ingested],
    dataset: &str,
) -> anyhow::Result<Vec<Removal>> {
    let removals = Mutex::new(Vec::new());
    for file in files {
        let publication = file.delivery.publication;
        transform::read(capstone, file, |part| {
            let frame = part.typed.frame()?;
            let text = |name: &str| frame.column(name)?.str();
            let lines = text("change_type")?
                .iter()
                .zip(text("payment_type")?.iter());
            let rows = part.typed.accepted.iter().zip(lines);
            let found = rows.filter(|(_, (_, table))| !is_of_another(*table, dataset));
            let found = found.map(|(row, (change_type, _))| {
                Ok(Removal {
                    record_id: row.key,
                    withdrawal: withdrawal(change_type).context("a line without a change type")?,
                    publication,
                })
            });
            let found: Vec<Removal> = found.collect::<anyhow::Result<_>>()?;
            let mut removals = removals.lock().unwrap_or_else(PoisonError::into_inner);
            removals.extend(found);
            Ok(())
        })?;
    }
    Ok(removals
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner))
}

/// CMS documents no spelling of the payment type, so a line counts unless it names another
/// table.
fn is_of_another(table: Option<&str>, dataset: &str) -> bool {
    let table = table.unwrap_or_default().to_ascii_lowercase();
    let named = Dataset::ALL
        .into_iter()
        .find(|dataset| table.starts_with(dataset.as_str()));
    named.is_some_and(|named| named.as_str() != dataset)
}

/// The contract lets no third value through.
fn withdrawal(change_type: Option<&str>) -> Option<Withdrawal> {
    [Withdrawal::Deleted, Withdrawal::Removed]
        .into_iter()
        .find(|withdrawal| Some(withdrawal.as_str()) == change_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_unless_it_names_another_table() {
        for (table, of_another) in [
            (Some("General"), false),
            (Some("GENERAL PAYMENTS"), false),
            (None, false),
            (Some("GNRL"), false),
            (Some("Ownership"), true),
            (Some("Research"), true),
        ] {
            assert_eq!(is_of_another(table, "general"), of_another, "{table:?}");
        }
    }
}
