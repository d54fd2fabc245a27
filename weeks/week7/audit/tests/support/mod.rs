//! Shared by the tests here and those of the capstone that look at real events.

pub(crate) mod json_schema;
pub(crate) mod lineage;
