//! What a delivery changes, and what it leaves as it was: driven by the real binary, and as
//! a property over random histories of publications.

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test target uses its own part")]
mod support;

mod deliveries;
mod histories;
mod no_op;
mod workbench;
