//! What changed between two headers.

use crate::{HeaderDiff, Table};

/// Compares two headers of one table. Two names are one column if they are equal,
/// or if the table's aliases say so (case and surrounding space ignored); nothing is
/// guessed from similar spelling. Each column is paired once.
///
/// A column that is paired under two spellings is renamed. `moved` lists a smallest set of
/// paired columns whose moving turns the old order into the new one: where one column went
/// to the front, one moved, though every field number changed.
pub fn diff(old: &[&str], new: &[&str], table: &Table) -> HeaderDiff {
    todo!(
        "pair {} columns with {} by the aliases of {}, then find the rest",
        old.len(),
        new.len(),
        table.dataset
    )
}
