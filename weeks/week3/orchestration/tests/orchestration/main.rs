//! The graph, the runner and the plan of a backfill.

mod backfill;
mod clock;
mod graph;
mod laws;
mod runner;
