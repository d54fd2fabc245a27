//! Any bytes, in any pieces, are cut and audited as the definition says.
#![no_main]

#[path = "../../../weeks/week2/ingestion/tests/properties/check/cutter/mod.rs"]
mod check;

use check::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(&Case::from_bytes(input)));
