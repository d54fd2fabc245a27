//! Which columns must be filled, as far as rows can prove it.

use crate::{Presence, Row, Tally};

/// Counts one row into the tally of a column.
///
/// A row whose layout lacks the column proves nothing about it and is not counted. A field
/// is empty if nothing but space or exactly one of `placeholders` stands in it. Under each
/// of `conditions`, canonical names, the row counts by that column's value, space around it
/// cut; by no value where the layout lacks that column. A name that is the tally's own is
/// passed over: a column is no condition of itself.
pub fn count(tally: &mut Tally, row: &Row<'_>, conditions: &[&str], placeholders: &[String]) {
    todo!(
        "count a row of {} into the tally of {}, by {} columns, with {} texts as empty",
        row.map.layout,
        tally.column,
        conditions.len(),
        placeholders.len()
    )
}

/// Judges a column by its tally.
///
/// - Unproven: fewer than [`EVIDENCE`](crate::EVIDENCE) rows, or a value in none of them.
/// - Mandatory: a value in all of them.
/// - Conditional: another column explains when there is a value. It does if it was counted
///   in every row; if under each of its values the column is either always filled or always
///   empty; and if at least one value of each kind stands in [`EVIDENCE`](crate::EVIDENCE) rows or more.
///   The condition lists the values that fill the column, those with that many rows, in
///   order. Of several that explain, the one that lists fewest values counts; then the
///   first by name.
/// - Optional: everything else.
pub fn classify(tally: &Tally) -> Presence {
    todo!("judge the presence of {}", tally.column)
}
