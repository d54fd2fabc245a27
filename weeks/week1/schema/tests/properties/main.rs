//! Properties of headers and contracts, for any bytes.
//!
//! `check` is what holds; the fuzz targets in `capstone/fuzz` call it too, and the seeds
//! that they found are tried again here.

mod check;
mod contracts;
mod headers;
#[path = "../../../../../capstone/fuzz/replay.rs"]
mod replay;

use replay::replay;
use week1_schema::solution::read_contract;

#[test]
fn seeds_of_headers_hold() {
    replay("header", check::header::check);
}

#[test]
fn the_seed_that_the_fuzzer_starts_from_is_a_contract() {
    let small = include_str!("../../../../../capstone/fuzz/corpus/contract/small");
    assert_eq!(read_contract(small).unwrap().tables[0].columns.len(), 5);
}

#[test]
fn seeds_of_contracts_hold() {
    replay("contract", check::contract::check);
}
