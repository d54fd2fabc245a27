//! The reference.

mod backfill;
mod graph;
mod runner;

pub use backfill::{LOAD, QUALITY, REPORT, plan, tasks};
pub use graph::order;
pub use runner::run;
