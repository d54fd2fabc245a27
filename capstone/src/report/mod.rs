//! Stage *report*: one self-contained HTML page over the warehouse.
//!
//! - [`collect`]: reads the data, one query per part of the page (`queries/*.sql`)
//! - [`render`]: turns the data into HTML; a pure function
//! - [`ReportData`] and its parts: what lies between, also good as JSON
//!
//! Invariants:
//! - The page needs no network and no script: style and charts are inline.
//! - Every value is escaped by the template engine or by the chart functions; a
//!   company may be called `<script>`.
//! - The same data and context give the same bytes. The time is an input.
//! - A warehouse without rows gives a page that says so.

mod charts;
mod collect;
mod data;
mod diagram;
mod format;
mod reasons;
mod render;
mod view;

pub use collect::{ReportError, collect};
pub use data::{
    Account, Attempt, DataKind, FileRow, Headline, Month, QualityRow, Ranked, Reason, ReportData,
    Run, Year,
};
pub use render::{Context, Place, render};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
