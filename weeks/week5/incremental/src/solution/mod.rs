//! The reference.

mod diff;
mod explain;
mod merge;
mod plan;

pub use diff::{diff, mix, patch};
pub use explain::{contradictions, explain};
pub use merge::{Merge, merge};
pub use plan::{comparison_id, comparisons, rewrite_plan};
