//! Tests of the reference.

mod contract;
mod diff;
mod header;
mod recognise;
mod samples;

use week1_schema::solution::{CONTRACT_YAML, read_contract};
use week1_schema::{Contract, Dataset, Table};

/// The contract as committed.
fn contract() -> Contract {
    read_contract(CONTRACT_YAML).expect("the committed contract is valid")
}

/// One table of it.
fn table(dataset: Dataset) -> Table {
    contract()
        .table(dataset)
        .expect("a modelled dataset")
        .clone()
}
