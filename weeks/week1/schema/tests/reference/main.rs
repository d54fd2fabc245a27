//! Tests of the parts that are no exercise: reading headers and contracts, and the committed
//! contract itself.

mod contract;
mod header;
mod refused;
mod samples;

use std::sync::LazyLock;

use week1_schema::solution::{CONTRACT_YAML, read_contract};
use week1_schema::{Contract, Dataset, Table};

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| read_contract(CONTRACT_YAML).expect("the committed contract is valid"));

/// The contract as committed.
fn contract() -> &'static Contract {
    &CONTRACT
}

/// One table of it.
fn table(dataset: Dataset) -> &'static Table {
    contract().table(dataset).expect("a modelled dataset")
}
