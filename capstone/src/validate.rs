//! Stage *validate*: judges each delivery from what ingestion wrote down, and keeps the
//! verdicts as data.

use week1_schema::Dataset;
use week3_validation::{Delivered, Limits, Validation};

use crate::context::Capstone;
use crate::ingest::{Ingested, dataset_of};
use crate::parts;

/// Judges one delivery and stores the verdicts.
pub fn validate(capstone: &Capstone, ingested: &Ingested) -> anyhow::Result<Validation> {
    let table = dataset_of(ingested).and_then(|dataset| capstone.contract.table(dataset));
    let has_amounts = table.is_some_and(|table| table.amount.is_some());
    let files: Vec<Delivered<'_>> = ingested
        .files
        .iter()
        .map(|file| Delivered {
            audit: &file.audit,
            layout: &file.layout,
            may_be_empty: file.layout.dataset == Dataset::Removed,
            has_amounts,
        })
        .collect();
    let validation = parts::validation::validate(&ingested.run_id, &files, &Limits::default());
    let document = parts::validation::document(&ingested.partition(), &validation);
    capstone.lake.put(&document.key, document.bytes)?;
    Ok(validation)
}
