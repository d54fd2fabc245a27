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
    let layout = file.layout;
    if layout.drift.is_empty() {
        return (
            Verdict::Passed,
            format!("{}, {} columns", layout.layout, layout.fields),
        );
    }
    let drift: Vec<String> = layout.drift.iter().map(ToString::to_string).collect();
    (
        Verdict::Warned,
        format!("near {}, with drift: {}", layout.layout, drift.join("; ")),
    )
}

fn columns(file: &Delivered<'_>) -> (Verdict, String) {
    let fields = file.layout.fields;
    let mut mapped: Vec<usize> = file.layout.source.iter().flatten().copied().collect();
    mapped.sort_unstable();
    let count = mapped.len();
    if let Some(outside) = mapped.last().filter(|position| **position >= fields) {
        let found =
            format!("a column is said to stand behind {outside} others, of {fields} in all");
        return (Verdict::Failed, found);
    }
    if let Some([twice, _]) = mapped.array_windows().find(|[one, next]| one == next) {
        let found = format!("two columns are said to stand behind {twice} others");
        return (Verdict::Failed, found);
    }
    (
        Verdict::Passed,
        format!("{count} of {fields} fields are mapped, each to one column"),
    )
}
