//! The reference.

mod backfill;
mod graph;
mod runner;
mod schedule;
mod years;

pub use backfill::{LOAD, QUALITY, REPORT, plan, tasks};
pub use graph::order;
pub use runner::run;
pub use years::parse_years;
