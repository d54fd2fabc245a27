//! Which layout a header is, and where each canonical column stands in it.
//!
//! Invariants
//! - Columns are found by name. A header in any order gives the same mapping.
//! - A header equal to a known layout has no drift.
//! - A column that is required and absent is an error, never a NULL column.

use std::collections::{BTreeSet, HashMap};

use fixtures::layouts::Layout;

use crate::solution::{ensure_overlap, nearest, parse_header};
use crate::{Contract, Drift, HeaderError, LayoutMap, Table, loose};

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
    if header.iter().all(|name| name.trim().is_empty()) {
        return Err(HeaderError::Empty);
    }
    let (layout, dataset) = nearest(header);
    let table = contract.table(dataset);
    let columns = Columns::of(table, layout);
    ensure_overlap(header, layout, table.is_some())?;

    let (source, mut drift) = columns.locate(header, layout)?;
    drift.extend(columns.missing(layout, &source)?);
    if columns.reordered(layout, &source) {
        drift.push(Drift::Reordered);
    }
    Ok(LayoutMap {
        dataset,
        layout: layout.id.to_owned(),
        fields: header.len(),
        source: if table.is_some() { source } else { Vec::new() },
        drift,
    })
}

/// The columns to look for, and the names under which they may stand.
struct Columns<'a> {
    /// Canonical name, and whether the column is required.
    columns: Vec<(&'a str, bool)>,
    /// By loose name: position in `columns`, and the exact spelling.
    by_name: HashMap<String, (usize, &'a str)>,
}

impl<'a> Columns<'a> {
    /// The columns of a table, or for an untyped dataset those of the layout.
    fn of(table: Option<&'a Table>, layout: &'a Layout) -> Self {
        let columns: Vec<(&str, bool, Vec<&str>)> = match table {
            Some(table) => table
                .columns
                .iter()
                .map(|column| {
                    let aliases = column.aliases.iter().map(String::as_str).collect();
                    (column.name.as_str(), column.required, aliases)
                })
                .collect(),
            None => layout
                .columns
                .iter()
                .map(|name| (*name, false, vec![*name]))
                .collect(),
        };
        let mut by_name = HashMap::new();
        for (position, (_, _, aliases)) in columns.iter().enumerate() {
            by_name.extend(
                aliases
                    .iter()
                    .map(|alias| (loose(alias), (position, *alias))),
            );
        }
        let columns = columns
            .into_iter()
            .map(|(name, required, _)| (name, required))
            .collect();
        Self { columns, by_name }
    }

    /// For each column its field, and the drift of single names.
    fn locate(
        &self,
        header: &[&str],
        layout: &Layout,
    ) -> Result<(Vec<Option<usize>>, Vec<Drift>), HeaderError> {
        let mut source = vec![None; self.columns.len()];
        let mut drift = Vec::new();
        for (field, found) in header.iter().enumerate() {
            let Some(&(position, spelling)) = self.by_name.get(&loose(found)) else {
                let name = (*found).to_owned();
                drift.push(Drift::UnknownColumn { name });
                continue;
            };
            let column = self.columns[position].0;
            if let Some(first) = source[position].replace(field) {
                return Err(HeaderError::Duplicate {
                    column: column.to_owned(),
                    first: first + 1,
                    second: field + 1,
                });
            }
            drift.extend(name_drift(found, spelling, column, layout));
        }
        Ok((source, drift))
    }

    /// Columns of the layout that the header lacks.
    fn missing(
        &self,
        layout: &Layout,
        source: &[Option<usize>],
    ) -> Result<Vec<Drift>, HeaderError> {
        let expected: BTreeSet<usize> = self.in_layout_order(layout).collect();
        let (required, optional): (Vec<_>, Vec<_>) = expected
            .into_iter()
            .filter(|position| source[*position].is_none())
            .map(|position| self.columns[position])
            .partition(|(_, required)| *required);
        if required.is_empty() {
            let column = |(name, _): (&str, bool)| name.to_owned();
            let missing = optional.into_iter().map(column);
            return Ok(missing
                .map(|column| Drift::MissingColumn { column })
                .collect());
        }
        Err(HeaderError::MissingRequired {
            layout: layout.id.to_owned(),
            columns: required
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect(),
        })
    }

    /// Whether the layout's columns stand in another order than the layout's.
    fn reordered(&self, layout: &Layout, source: &[Option<usize>]) -> bool {
        let fields = self
            .in_layout_order(layout)
            .filter_map(|position| source[position]);
        !fields.is_sorted()
    }

    fn in_layout_order(&self, layout: &Layout) -> impl Iterator<Item = usize> {
        let names = layout.columns.iter();
        names.filter_map(|name| {
            self.by_name
                .get(&loose(name))
                .map(|(position, _)| *position)
        })
    }
}

/// How one name departs from the layout: in its spelling, or by belonging to another.
fn name_drift(found: &str, spelling: &str, column: &str, layout: &Layout) -> Vec<Drift> {
    let mut drift = Vec::new();
    if found != spelling {
        drift.push(Drift::Spelling {
            found: found.to_owned(),
            expected: spelling.to_owned(),
        });
    }
    if layout.position(spelling).is_none() {
        drift.push(Drift::FromOtherLayout {
            name: found.to_owned(),
            column: column.to_owned(),
        });
    }
    drift
}
