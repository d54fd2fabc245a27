//! Properties of cutting, auditing and naming, for any bytes.
//!
//! `check` is what holds; the fuzz targets in `capstone/fuzz` call it too, and the seeds
//! that they found are tried again here.

mod amounts;
mod check;
mod files;
mod names;
#[path = "../../../../../capstone/fuzz/replay.rs"]
mod replay;

use check::cutter::{self, Case};
use replay::replay;

#[test]
fn seeds_of_the_cutter_hold() {
    replay("cutter", |seed| cutter::check(&Case::from_bytes(seed)));
}

#[test]
fn seeds_of_file_names_hold() {
    replay("file_name", check::file_name::check);
}
