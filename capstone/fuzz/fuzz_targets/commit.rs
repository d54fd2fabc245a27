//! Any bytes that stand where a commit should.
#![no_main]

#[path = "../../../weeks/week2/lake/tests/properties/check/commit.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check::check(input));
