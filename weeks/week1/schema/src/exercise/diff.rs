//! What changed between two headers.

use crate::{HeaderDiff, Move, Rename, Table, loose};

/// One column that both headers have: its field in the old and in the new one.
#[derive(Clone, Copy)]
struct Pair {
    old: usize,
    new: usize,
}

/// Compares two headers of one table. Two names are one column if they are equal,
/// or if the table's aliases say so (case and surrounding space ignored); nothing is
/// guessed from similar spelling. Each column is paired once.
///
/// A column that is paired under two spellings is renamed. `moved` lists a smallest set of
/// paired columns whose moving turns the old order into the new one: where one column went
/// to the front, one moved, though every field number changed.
pub fn diff(old: &[&str], new: &[&str], table: &Table) -> HeaderDiff {
    let pairs = pairs(old, new, table);
    HeaderDiff {
        added: others(new, |field| pairs.iter().any(|pair| pair.new == field)),
        removed: others(old, |field| pairs.iter().any(|pair| pair.old == field)),
        renamed: pairs
            .iter()
            .filter_map(|pair| renamed(old[pair.old], new[pair.new], table))
            .collect(),
        moved: moved(&pairs)
            .map(|pair| Move {
                name: new[pair.new].to_owned(),
                from: pair.old + 1,
                to: pair.new + 1,
            })
            .collect(),
    }
}

/// The columns that both headers have, in the new header's order.
fn pairs(old: &[&str], new: &[&str], table: &Table) -> Vec<Pair> {
    let mut taken = vec![false; old.len()];
    let mut pairs = Vec::new();
    for (field, name) in new.iter().enumerate() {
        let column = canonical(name, table);
        let is_same =
            |other: &&str| other == name || (column.is_some() && canonical(other, table) == column);
        let found = old
            .iter()
            .zip(&taken)
            .position(|(other, taken)| !taken && is_same(other));
        if let Some(position) = found {
            taken[position] = true;
            pairs.push(Pair {
                old: position,
                new: field,
            });
        }
    }
    pairs
}

fn canonical<'a>(name: &str, table: &'a Table) -> Option<&'a str> {
    let wanted = loose(name);
    let mut columns = table.columns.iter();
    columns
        .find(|column| column.aliases.iter().any(|alias| loose(alias) == wanted))
        .map(|column| column.name.as_str())
}

fn renamed(from: &str, to: &str, table: &Table) -> Option<Rename> {
    let column = canonical(to, table).filter(|_| from != to)?;
    Some(Rename {
        from: from.to_owned(),
        to: to.to_owned(),
        column: column.to_owned(),
    })
}

fn others(header: &[&str], is_paired: impl Fn(usize) -> bool) -> Vec<String> {
    let fields = header.iter().enumerate();
    fields
        .filter(|(field, _)| !is_paired(*field))
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

/// The columns outside the longest run that keeps its order: moving just these
/// turns one order into the other, and no smaller set does.
fn moved(pairs: &[Pair]) -> impl Iterator<Item = Pair> {
    let stay = longest_increasing(pairs);
    let all = pairs.iter().copied().zip(stay);
    all.filter(|(_, stays)| !stays).map(|(pair, _)| pair)
}

/// Marks a longest subsequence whose old fields increase. Quadratic; a header has
/// at most some hundred columns.
fn longest_increasing(pairs: &[Pair]) -> Vec<bool> {
    // For each pair: length of the longest run that ends there, and the pair before it.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (here, pair) in pairs.iter().enumerate() {
        let before = (0..here)
            .filter(|earlier| pairs[*earlier].old < pair.old)
            .max_by_key(|earlier| runs[*earlier].0);
        runs.push((before.map_or(1, |earlier| runs[earlier].0 + 1), before));
    }
    let mut marks = vec![false; pairs.len()];
    let mut at = (0..pairs.len()).max_by_key(|here| runs[*here].0);
    while let Some(here) = at {
        marks[here] = true;
        at = runs[here].1;
    }
    marks
}
