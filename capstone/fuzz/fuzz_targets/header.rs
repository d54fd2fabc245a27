//! Any first line of a file.
#![no_main]

#[path = "../../../weeks/week1/schema/tests/properties/check/header.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(input));
