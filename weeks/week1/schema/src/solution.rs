//! The reference.
//!
//! - [`read_contract`]: ODCS v3.1 YAML to a checked [`Contract`](crate::Contract)
//! - [`parse_header`], [`recognise`]: the first line of a file to a
//!   [`LayoutMap`](crate::LayoutMap)
//! - [`diff`]: what changed between two headers
//! - [`profile`], [`observe`], [`summarise`]: what a file holds
//! - [`count`], [`classify`]: which columns must be filled
//! - [`violations`], [`judged_by`]: one record against the contract
//! - [`drills`]: the SQL refresh

mod check;
mod contract;
mod diff;
mod drills;
mod header;
mod nearest;
mod odcs;
mod presence;
mod profile;
mod recognise;
mod rules;

pub use contract::read_contract;
pub use diff::diff;
pub use drills::drills;
pub use header::parse_header;
pub use nearest::{ensure_overlap, nearest};
pub use presence::{classify, count};
pub use profile::{observe, profile, summarise};
pub use recognise::{recognise, recognise_line};
pub use rules::{judged_by, violations};

/// The contract that the capstone runs on, as ODCS v3.1 YAML.
pub const CONTRACT_YAML: &str = include_str!("../solution/open-payments.odcs.yaml");
