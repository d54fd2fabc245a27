//! The known layout that a header comes nearest to, and whether that is near enough.

use std::cmp::Reverse;
use std::collections::HashSet;

use fixtures::layouts::{self, Layout};

use crate::{Dataset, HeaderError, loose};

/// The known layout that shares most names with the header; of equals the one with
/// fewest others.
pub fn nearest(header: &[&str]) -> (&'static Layout, Dataset) {
    let names: HashSet<String> = header.iter().map(|name| loose(name)).collect();
    let shared = |layout: &Layout| {
        let columns = layout.columns.iter();
        columns
            .filter(|column| names.contains(&loose(column)))
            .count()
    };
    let layout = layouts::all()
        .iter()
        .max_by_key(|layout| (shared(layout), Reverse(layout.columns.len())))
        .expect("there are known layouts");
    (layout, dataset(layout))
}

fn dataset(layout: &Layout) -> Dataset {
    Dataset::ALL
        .into_iter()
        .find(|dataset| dataset.as_str() == layout.dataset)
        .expect("every known layout belongs to a dataset")
}

/// Refuses a header that the layout knows less than half of. Where no column is required
/// (research, not `typed`), half of the layout must be there too.
pub fn ensure_overlap(header: &[&str], layout: &Layout, typed: bool) -> Result<(), HeaderError> {
    let in_layout: HashSet<String> = layout.columns.iter().map(|name| loose(name)).collect();
    let is_known = |name: &&&str| in_layout.contains(&loose(name));
    let shared = header.iter().filter(is_known).count();
    if 2 * shared >= header.len() && (typed || 2 * shared >= in_layout.len()) {
        return Ok(());
    }
    let anywhere: HashSet<String> = layouts::all()
        .iter()
        .flat_map(|layout| &layout.columns)
        .map(|name| loose(name))
        .collect();
    let unknown = header.iter().find(|name| !in_layout.contains(&loose(name)));
    Err(HeaderError::Unknown {
        fields: header.len(),
        known: header
            .iter()
            .filter(|name| anywhere.contains(&loose(name)))
            .count(),
        nearest: layout.id.to_owned(),
        first_unknown: unknown.map_or_else(String::new, |name| shown(name)),
    })
}

/// As much of a name as a message can show.
fn shown(name: &str) -> String {
    const CHARACTERS: usize = 80;
    let mut shown: String = name.chars().take(CHARACTERS).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}
