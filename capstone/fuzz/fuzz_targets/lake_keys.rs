//! Any listing of a lake.
#![no_main]

#[path = "../../../weeks/week2/lake/tests/properties/check/lake_keys.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(input));
