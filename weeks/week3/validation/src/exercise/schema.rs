//! The schema: is the header one that the contract knows, and can its columns be found?

use super::check;
use crate::{Check, Delivered, Verdict};

/// Checks `layout` and `columns`, in this order.
///
/// - `layout` warns of drift and names every departure: by the contract's policy drifted
///   files go on, and somebody looks.
/// - `columns` fails unless each mapped column stands in a field of its own inside the record.
///   Readers take positions on trust: one that is wrong is not seen again, or reads another
///   column's values.
pub fn check_schema(file: &Delivered<'_>) -> Vec<Check> {
    vec![
        check(file, "layout", layout(file)),
        check(file, "columns", columns(file)),
    ]
}

fn layout(file: &Delivered<'_>) -> (Verdict, String) {
    todo!(
        "{} with its drift {:?}",
        file.layout.layout,
        file.layout.drift
    )
}

fn columns(file: &Delivered<'_>) -> (Verdict, String) {
    todo!(
        "positions {:?} in a record of {}",
        file.layout.source,
        file.layout.fields
    )
}
