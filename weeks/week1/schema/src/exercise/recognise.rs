//! Which layout a header is, and where each canonical column stands in it.
//!
//! Given: the nearest layout, and whether it is near enough. Yours: where each column stands,
//! and every way in which the header departs from the layout. `crate::loose` makes names
//! comparable whatever their case and space.

use crate::solution::parse_header;
use crate::{Contract, Drift, HeaderError, LayoutMap};

/// Recognises the first line of a file, as bytes; see [`parse_header`](crate::solution::parse_header) and [`recognise`].
pub fn recognise_line(line: &[u8], contract: &Contract) -> Result<LayoutMap, HeaderError> {
    let (names, marked) = parse_header(line)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut map = recognise(&names, contract)?;
    if marked {
        map.drift.insert(0, Drift::ByteOrderMark);
    }
    Ok(map)
}

/// Maps a file's header fields (already unquoted, BOM stripped) to the contract.
///
/// - A header without any text is [`HeaderError::Empty`]. The layout is the [`nearest`](crate::solution::nearest)
///   one, if it passes [`ensure_overlap`](crate::solution::ensure_overlap).
/// - A column is found by any of its aliases, case and surrounding space ignored, wherever
///   it stands. Found twice, under whatever names, it is a [`HeaderError::Duplicate`].
/// - Columns of the nearest layout that are absent: an error that names all required ones,
///   in the contract's order, or else [`Drift::MissingColumn`] for each.
/// - Drift comes in this order: for each field of the header [`Drift::UnknownColumn`], or
///   [`Drift::Spelling`] and then [`Drift::FromOtherLayout`]; then missing columns in the
///   contract's order; then [`Drift::Reordered`] if the layout's columns that are there
///   stand in another order than the layout's.
///
/// A dataset that the contract does not type (research) gets an empty `source`; its drift
/// speaks of the names in the layout.
pub fn recognise(header: &[&str], contract: &Contract) -> Result<LayoutMap, HeaderError> {
    todo!(
        "find the columns of contract {} among {} names: duplicates, drift, what is missing",
        contract.version,
        header.len()
    )
}
