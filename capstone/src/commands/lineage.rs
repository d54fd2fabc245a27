//! `capstone lineage`: the events of this lake.

use std::process::ExitCode;

use super::no_lake;
use super::voice::print;
use crate::context::{Capstone, Place};
use crate::lineage;

/// Prints them, attempt by attempt.
pub(super) fn run(capstone: &Capstone, place: &Place) -> anyhow::Result<ExitCode> {
    capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let events = lineage::export(&capstone.lake)?;
    if !events.is_empty() {
        print(&String::from_utf8_lossy(&events));
    }
    Ok(ExitCode::SUCCESS)
}
