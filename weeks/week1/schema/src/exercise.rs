//! What you write.
//!
//! - `exercise/sql/`: eight drills; the tables are in `sql/tables.sql`
//! - `exercise/open-payments.odcs.yaml`: the contract; the rules of the table `general` are
//!   yours
//! - [`observe`], [`summarise`]: what a file holds
//! - [`diff`]: what changed between two headers
//! - [`recognise`]: a header to a [`LayoutMap`](crate::LayoutMap)
//! - [`count`], [`classify`]: which columns must be filled
//! - [`violations`], [`judged_by`]: one record against the contract

// The bodies are empty: what a body will need by value, and what it will need at all, can't
// be seen yet.
#![allow(
    clippy::needless_pass_by_value,
    clippy::missing_const_for_fn,
    clippy::diverging_sub_expression
)]

mod diff;
mod drills;
mod presence;
mod profile;
mod recognise;
mod rules;

pub use crate::solution::{ensure_overlap, nearest, parse_header, read_contract};
pub use diff::diff;
pub use drills::drills;
pub use presence::{classify, count};
pub use profile::{observe, profile, summarise};
pub use recognise::{recognise, recognise_line};
pub use rules::{judged_by, violations};

/// The contract that the capstone runs on, as ODCS v3.1 YAML.
pub const CONTRACT_YAML: &str = include_str!("../exercise/open-payments.odcs.yaml");
