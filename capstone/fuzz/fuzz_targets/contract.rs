//! Any text that is handed in as a contract.
#![no_main]

#[path = "../../../weeks/week1/schema/tests/properties/check/contract.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(input));
