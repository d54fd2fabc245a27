use super::subject;

mod attempts;
mod backfill;
mod clock;
mod graph;
mod idempotence;
mod isolation;
mod support;
mod years;
