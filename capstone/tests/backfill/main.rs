//! Many program years at once, and one run again: the real binary on a few hundred records.

#[allow(dead_code, reason = "each test binary uses its own half of it")]
#[path = "../support/mod.rs"]
mod support;

mod replay;
mod years;

use std::path::PathBuf;

use fixtures::{PublicationSpec, Spec};

use support::Desk;

/// A few hundred general records and ten of ownership for each of these years.
fn source(desk: &Desk, name: &str, years: &[i16]) -> PathBuf {
    let publications = years.iter().map(|year| PublicationSpec::first(*year));
    desk.real(name, &Spec::new(publications.collect(), 300, 1))
}
