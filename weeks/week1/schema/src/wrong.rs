//! Answers that look right and are not. `tests/wrong.rs` proves that each is caught, and
//! `checkpoint.toml` says by which test and why it is wrong.

mod drills;

pub use drills::{hard_coded, join_then_sum, not_equal, not_in_with_null};

/// A column is its name, so another name is another column.
pub mod names_are_columns {
    pub use crate::solution::*;

    use crate::{HeaderDiff, Table, solution};

    /// Compares names only.
    pub fn diff(old: &[&str], new: &[&str], table: &Table) -> HeaderDiff {
        let mut table = table.clone();
        for column in &mut table.columns {
            column.aliases.clear();
        }
        solution::diff(old, new, &table)
    }
}

/// A column has moved if its number has changed.
pub mod every_shift_moves {
    pub use crate::solution::*;

    use crate::{HeaderDiff, Move, Table, solution};

    /// Compares field numbers one by one.
    pub fn diff(old: &[&str], new: &[&str], table: &Table) -> HeaderDiff {
        let mut changes = solution::diff(old, new, table);
        let before = |name: &str| {
            let renamed = changes.renamed.iter().find(|rename| rename.to == name);
            let name = renamed.map_or(name, |rename| &rename.from);
            old.iter().position(|other| *other == name)
        };
        let moved = (0..).zip(new).filter_map(|(to, name): (usize, _)| {
            let from = before(name).filter(|from| *from != to)?;
            Some(Move {
                name: (*name).to_owned(),
                from: from + 1,
                to: to + 1,
            })
        });
        changes.moved = moved.collect();
        changes
    }
}

/// A column that is not there is NULL.
pub mod missing_is_null {
    pub use crate::solution::*;

    use crate::{Contract, Drift, HeaderError, LayoutMap, solution};

    /// Reports required columns as if they were optional.
    pub fn recognise(header: &[&str], contract: &Contract) -> Result<LayoutMap, HeaderError> {
        let mut contract = contract.clone();
        let columns = contract
            .tables
            .iter_mut()
            .flat_map(|table| &mut table.columns);
        columns.for_each(|column| column.required = false);
        solution::recognise(header, &contract)
    }

    /// The same for the first line of a file.
    pub fn recognise_line(line: &[u8], contract: &Contract) -> Result<LayoutMap, HeaderError> {
        let (names, marked) = parse_header(line)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut map = recognise(&names, contract)?;
        if marked {
            map.drift.insert(0, Drift::ByteOrderMark);
        }
        Ok(map)
    }
}

/// Once the layout is known, so are the positions.
pub mod by_position {
    pub use crate::solution::*;

    use fixtures::layouts;

    use crate::{Contract, Drift, HeaderError, LayoutMap, solution};

    /// Takes every position from the nearest layout.
    pub fn recognise(header: &[&str], contract: &Contract) -> Result<LayoutMap, HeaderError> {
        let mut map = solution::recognise(header, contract)?;
        if let Some(layout) = layouts::by_id(&map.layout) {
            map.source = solution::recognise(&layout.columns, contract)?.source;
        }
        Ok(map)
    }

    /// The same for the first line of a file.
    pub fn recognise_line(line: &[u8], contract: &Contract) -> Result<LayoutMap, HeaderError> {
        let (names, marked) = parse_header(line)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut map = recognise(&names, contract)?;
        if marked {
            map.drift.insert(0, Drift::ByteOrderMark);
        }
        Ok(map)
    }
}

/// What parses as a number is one.
pub mod zip_is_a_number {
    pub use crate::solution::*;

    use std::io::Read;

    use crate::{ColumnState, Profile, ProfileError, profile_with, solution, values};

    /// Lets leading zeros through.
    pub fn observe(state: &mut ColumnState, field: &str, placeholders: &[String]) {
        let amounts = state.amounts;
        solution::observe(state, field, placeholders);
        let Some(cents) = values::cents(field.trim()).filter(|_| state.amounts == amounts) else {
            return;
        };
        state.amounts += 1;
        state.integers += u64::from(values::integer(field.trim()).is_some());
        let (least, most) = state.cents.unwrap_or((cents, cents));
        state.cents = Some((least.min(cents), most.max(cents)));
    }

    /// The same over a file.
    pub fn profile(input: impl Read, placeholders: &[String]) -> Result<Profile, ProfileError> {
        let observe = |state: &mut ColumnState, field: &str| observe(state, field, placeholders);
        profile_with(input, observe, summarise)
    }
}

/// The smallest value is the first one in a sorted list of texts.
pub mod sorted_as_text {
    pub use crate::solution::*;

    use std::io::Read;

    use crate::{ColumnProfile, ColumnState, Profile, ProfileError, profile_with, solution};

    /// Takes the range of the texts whatever the type.
    pub fn summarise(state: &ColumnState) -> ColumnProfile {
        let (minimum, maximum) = state.texts.clone().unzip();
        ColumnProfile {
            minimum,
            maximum,
            ..solution::summarise(state)
        }
    }

    /// The same over a file.
    pub fn profile(input: impl Read, placeholders: &[String]) -> Result<Profile, ProfileError> {
        let observe = |state: &mut ColumnState, field: &str| observe(state, field, placeholders);
        profile_with(input, observe, summarise)
    }
}

/// A set of hashes is small, so all of them can stay.
pub mod remembers_everything {
    pub use crate::solution::*;

    use std::collections::BTreeSet;
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::io::Read;

    use crate::{
        ColumnProfile, ColumnState, Distinct, Profile, ProfileError, profile_with, solution,
    };

    /// Never forgets a hash.
    pub fn observe(state: &mut ColumnState, field: &str, placeholders: &[String]) {
        let mut all: BTreeSet<u64> = std::mem::take(&mut state.sketch);
        solution::observe(state, field, placeholders);
        if !state.sketch.is_empty() {
            let mut hasher = DefaultHasher::new();
            field.trim().hash(&mut hasher);
            all.insert(hasher.finish());
        }
        state.sketch = all;
    }

    /// And so counts all of them.
    pub fn summarise(state: &ColumnState) -> ColumnProfile {
        ColumnProfile {
            distinct: Distinct::Exactly(state.sketch.len() as u64),
            ..solution::summarise(state)
        }
    }

    /// The same over a file.
    pub fn profile(input: impl Read, placeholders: &[String]) -> Result<Profile, ProfileError> {
        let observe = |state: &mut ColumnState, field: &str| observe(state, field, placeholders);
        profile_with(input, observe, summarise)
    }
}

/// A file without the column has no value in it.
pub mod absent_is_empty {
    pub use crate::solution::*;

    use crate::{Row, Tally, solution};

    /// Counts rows of layouts that lack the column as empty ones.
    pub fn count(tally: &mut Tally, row: &Row<'_>, conditions: &[&str], placeholders: &[String]) {
        if row.get(&tally.column).is_none() {
            tally.all.empty += 1;
        }
        solution::count(tally, row, conditions, placeholders);
    }
}

/// A rule without an exception is a rule.
pub mod one_row_proves_it {
    pub use crate::solution::*;

    use crate::{EVIDENCE, Presence, Tally, solution};

    /// Asks how often a value never failed, and not in how many rows.
    pub fn classify(tally: &Tally) -> Presence {
        let mut weighty = tally.clone();
        for count in weighty
            .by
            .values_mut()
            .flat_map(|values| values.values_mut())
        {
            count.filled *= EVIDENCE;
            count.empty *= EVIDENCE;
        }
        weighty.all.filled *= EVIDENCE;
        weighty.all.empty *= EVIDENCE;
        if tally.all.filled + tally.all.empty < EVIDENCE {
            return Presence::Unproven;
        }
        solution::classify(&weighty)
    }
}

/// The contract was written with the newest files on the table.
pub mod natures_of_today {
    pub use crate::solution::*;

    use crate::{Contract, ContractError, solution};

    /// A contract that lists what is paid for since program year 2021.
    pub fn read_contract(yaml: &str) -> Result<Contract, ContractError> {
        let old = [
            "continuing education program\n",
            "Current or prospective ownership or investment interest\n",
        ];
        let lines = yaml.split_inclusive('\n');
        let is_new = |line: &&str| {
            let keeps = line.contains("other than a continuing education program");
            keeps || !old.iter().any(|end| line.ends_with(end))
        };
        solution::read_contract(&lines.filter(is_new).collect::<String>())
    }
}

/// Required means required.
pub mod required_everywhere {
    pub use crate::solution::*;

    use crate::{Flaw, Row, Rules, Violation, solution};

    /// Wants required columns of layouts that never had them.
    pub fn violations(row: &Row<'_>, rules: &Rules<'_>) -> Vec<Violation> {
        let columns = (0..).zip(&rules.table.columns);
        let lacking = columns.filter(|(at, column)| column.required && row.at(*at).is_none());
        let missing = lacking.map(|(_, column)| Violation {
            flaw: Flaw::MissingValue,
            column: column.name.clone(),
        });
        missing.chain(solution::violations(row, rules)).collect()
    }
}

/// An empty field is one with nothing in it.
pub mod placeholders_are_values {
    pub use crate::solution::*;

    use crate::{Row, Rules, Violation, solution};

    /// Takes `#N/A` for a text like any other.
    pub fn violations(row: &Row<'_>, rules: &Rules<'_>) -> Vec<Violation> {
        let fields: Vec<String> = row
            .fields
            .iter()
            .map(|field| match field.trim() {
                text if rules.missing_values.iter().any(|known| known == text) => {
                    format!("{text}?")
                }
                _ => field.clone(),
            })
            .collect();
        let row = Row {
            fields: &fields,
            ..*row
        };
        solution::violations(&row, rules)
    }
}

/// The second of two equal records is a bad record.
pub mod twins_are_bad_rows {
    pub use crate::solution::*;

    use fixtures::FaultKind;

    use crate::{Judge, solution};

    /// Gives the duplicate to the row's own rules.
    pub fn judged_by(kind: FaultKind) -> Judge {
        match kind {
            FaultKind::DuplicateRecordId => Judge::RowRule,
            _ => solution::judged_by(kind),
        }
    }
}
