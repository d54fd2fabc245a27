//! The reference.
//!
//! - [`read_contract`]: ODCS v3.1 YAML to a checked [`Contract`](crate::Contract)
//! - [`parse_header`], [`recognise`]: the first line of a file to a
//!   [`LayoutMap`](crate::LayoutMap)
//! - [`diff`]: what changed between two headers

mod check;
mod contract;
mod diff;
mod header;
mod odcs;
mod recognise;

pub use contract::read_contract;
pub use diff::diff;
pub use header::parse_header;
pub use recognise::{recognise, recognise_line};

/// The contract that the capstone runs on, as ODCS v3.1 YAML.
pub const CONTRACT_YAML: &str = include_str!("../solution/open-payments.odcs.yaml");

/// How names are compared when case and surrounding space are ignored.
fn loose(name: &str) -> String {
    name.trim().to_lowercase()
}
