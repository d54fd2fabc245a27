//! Audit and lineage of the real program: what it tells others about what it did.

#[path = "../../../weeks/week7/audit/tests/support/json_schema.rs"]
mod json_schema;
#[path = "../../../weeks/week7/audit/tests/support/lineage.rs"]
mod schemas;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test target uses its own part")]
mod support;

mod audit;
mod endpoint;
mod events;
mod journal;
mod story;
