//! What a file holds, column by column, in one pass.
//!
//! Invariant: memory grows with the number of columns, never with that of the rows.

use std::io::Read;

use crate::{ColumnProfile, ColumnState, Profile, ProfileError, profile_with};

/// Profiles CSV in one pass: each field of each record goes through [`observe`], and each
/// column is told by [`summarise`].
pub fn profile(input: impl Read, placeholders: &[String]) -> Result<Profile, ProfileError> {
    let observe = |state: &mut ColumnState, field: &str| observe(state, field, placeholders);
    profile_with(input, observe, summarise)
}

/// Adds one field to what is known of its column.
///
/// Space around a value is no part of it. A field is a blank, a placeholder (exactly one of
/// `placeholders`), or a value; only values count for types, distinct, range and longest.
///
/// - Digits with a leading zero, such as the ZIP code `06460` or `00.83`, are neither an
///   integer nor an amount: dropping the zero would change them. `0` and `0.83` are numbers.
/// - [`values`](crate::values) reads numbers and dates; a whole number counts as integer and as amount.
/// - The sketch holds the [`SKETCH`](crate::SKETCH) smallest hashes of the values seen, all of them while
///   there are fewer, never more. Any good 64-bit hash will do.
/// - The longest value is the one with most characters; of several that long, the first in
///   text order, so that the order of rows does not matter.
pub fn observe(state: &mut ColumnState, field: &str, placeholders: &[String]) {
    todo!(
        "count {field:?}, a value or one of {} placeholders, after {} rows",
        placeholders.len(),
        state.rows
    )
}

/// Tells a column from what was kept of it.
///
/// The type is the narrowest that every value has: integer, then money, then date, and
/// otherwise text; none where there is no value. Minimum and maximum are in the order of
/// that type. Distinct is exact while the sketch is not full. When it is, the greatest of
/// its hashes tells how densely the values lie in the 2^64 possible ones, and so how many
/// there are in all. The share of nulls is 0 where there are no rows.
pub fn summarise(state: &ColumnState) -> ColumnProfile {
    todo!(
        "tell type, range, nulls and distinct values of {} rows",
        state.rows
    )
}
