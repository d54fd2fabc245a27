//! The reference.

mod compare;
mod event;
mod facets;
mod naming;
mod redact;

pub use compare::compare;
pub use event::{end, merge, start};
pub use naming::{duckdb_table, local_file, parse_parent, s3_object, url_file};
pub use redact::redact;
