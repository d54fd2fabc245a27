//! The pipeline on a lake whose requests fail: busy service, resets, timeouts, answers
//! that get lost after the work is done or break off in the middle. Whatever happens, the
//! lake ends as if nothing had.
//!
//! `FAULT_SEEDS` sets the number of seeds; 2,000 is the long form.

#[allow(dead_code, reason = "each test binary uses its own half of it")]
#[path = "../support/mod.rs"]
mod support;

mod scenario;
mod seeds;
mod shipped;
