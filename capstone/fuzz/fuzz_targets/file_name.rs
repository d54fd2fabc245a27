//! Any name of a file.
#![no_main]

#[path = "../../../weeks/week2/ingestion/tests/properties/check/file_name.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(input));
