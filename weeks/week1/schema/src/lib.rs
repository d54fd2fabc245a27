//! Checkpoint 1.2, schema: the data contract, and how a header becomes a layout.
//!
//! Open Payments changes its column layout by *publication*, not by program
//! year: the same year exists with 63, 65, 75 and 91 columns. One contract names
//! the canonical columns, and every layout is mapped to it by header names.
//!
//! - [`Contract`], [`Table`], [`Column`]: the contract, read from an
//!   Open Data Contract Standard v3.1 file
//! - [`LayoutMap`]: where each canonical column stands in one file
//! - [`Drift`]: what a header has that no known layout has, and the policy for it
//! - [`HeaderDiff`]: what changed between two headers of one table
//! - [`Profile`], [`Presence`]: what the records of a file show
//! - [`Row`], [`Rules`], [`Violation`]: a record held against the contract
//! - [`values`]: reading single values
//! - `exercise`: what you write
//! - [`solution`]: the reference

use std::fmt;

use serde::{Deserialize, Serialize};

#[cfg(feature = "exercise")]
pub mod exercise;
mod inspection;
pub mod solution;
pub mod values;
#[cfg(feature = "exercise")]
pub mod wrong;

pub use inspection::{
    ColumnProfile, ColumnState, Count, Distinct, EVIDENCE, Flaw, Judge, Presence, Profile,
    ProfileError, Row, Rules, SKETCH, Tally, Violation, profile_with,
};

/// No header line is longer than this many bytes. The longest real one has 3,600.
pub const MAX_HEADER: usize = 1 << 16;
/// The column that every table is partitioned by; a path segment in curated files.
pub const PROGRAM_YEAR: &str = "program_year";
/// The column that says as of when a row holds, in tables that have it.
pub const PUBLICATION_DATE: &str = "payment_publication_date";

/// A table that CMS publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dataset {
    /// Payments not tied to research: `OP_DTL_GNRL`.
    General,
    /// Ownership and investment interests: `OP_DTL_OWNRSHP`.
    Ownership,
    /// Records that vanished since the last publication: `OP_REMOVED_DELETED`.
    Removed,
    /// Payments tied to a study: `OP_DTL_RSRCH`. Recognised, not modelled yet.
    Research,
}

impl Dataset {
    /// Every dataset, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::General,
        Self::Ownership,
        Self::Removed,
        Self::Research,
    ];

    /// The name used in keys and partitions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Ownership => "ownership",
            Self::Removed => "removed",
            Self::Research => "research",
        }
    }

    /// Whether the contract types this dataset; the others are archived in raw only.
    pub const fn is_modelled(self) -> bool {
        !matches!(self, Self::Research)
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The type of a canonical column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Text, leading zeros kept: ids, codes, names.
    Text,
    /// A whole number that fits 64 bits.
    Integer,
    /// US dollars with two decimals: `DECIMAL(14,2)`, held as cents.
    Money,
    /// A calendar day, written `MM/DD/YYYY` by CMS.
    Date,
}

/// One canonical column and the checks on its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Canonical name, lower snake case.
    pub name: String,
    /// What its values are.
    pub value_type: ValueType,
    /// Must be filled in every row of a layout that has the column.
    pub required: bool,
    /// Longest value in characters.
    pub max_length: Option<usize>,
    /// A regular expression that the whole value matches.
    pub pattern: Option<String>,
    /// The closed list of values, exact case; empty means any.
    pub allowed: Vec<String>,
    /// Smallest number: cents for money, the number itself for integers.
    pub minimum: Option<i64>,
    /// Source names in any layout, exact case, the newest first.
    pub aliases: Vec<String>,
    /// What the column means, in one sentence.
    pub description: String,
}

/// A condition on one column of the same row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The column's value is one of these.
    In {
        /// Canonical column name.
        column: String,
        /// Exact values.
        values: Vec<String>,
    },
    /// The column's value is none of these.
    NotIn {
        /// Canonical column name.
        column: String,
        /// Exact values.
        values: Vec<String>,
    },
}

/// A rule over more than one column of a row. It holds where the row's layout has
/// the columns that it names: what a layout lacks can't be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowRule {
    /// `column` must be filled when the condition holds.
    RequiredWhen {
        /// Canonical column name.
        column: String,
        /// When it must be filled.
        when: Condition,
    },
    /// `column` must be empty when the condition holds.
    EmptyWhen {
        /// Canonical column name.
        column: String,
        /// When it must be empty.
        when: Condition,
    },
    /// The date in `column` lies in the row's program year.
    InProgramYear {
        /// Canonical name of a date column.
        column: String,
    },
}

/// One table of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Which dataset it describes.
    pub dataset: Dataset,
    /// Canonical columns, in the order of curated files.
    pub columns: Vec<Column>,
    /// Rules over several columns.
    pub row_rules: Vec<RowRule>,
    /// Name of the column that identifies a record.
    pub key: String,
    /// Name of the column with the amount that accounting adds up, if there is one.
    pub amount: Option<String>,
}

impl Table {
    /// Position of a canonical column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// The whole contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// Semantic version of the contract; part of every run id.
    pub version: String,
    /// One table per modelled dataset.
    pub tables: Vec<Table>,
    /// Values that spreadsheets and web forms leave behind and that mean "nothing here".
    pub missing_values: Vec<String>,
}

impl Contract {
    /// The table of a dataset; `None` for one that is not modelled.
    pub fn table(&self, dataset: Dataset) -> Option<&Table> {
        self.tables.iter().find(|table| table.dataset == dataset)
    }
}

// ANCHOR: drift
/// What a header says that no known layout says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Drift {
    /// A column that no alias maps. Policy *evolve*: kept in raw, not typed, reported.
    UnknownColumn {
        /// As the header spells it.
        name: String,
    },
    /// A canonical column of the nearest layout is absent. Policy *freeze* when it
    /// is required (an error, see [`HeaderError`]), *evolve* otherwise.
    MissingColumn {
        /// Canonical name.
        column: String,
    },
    /// A name that matches only when case or surrounding space is ignored. Policy *evolve*.
    Spelling {
        /// As the header spells it.
        found: String,
        /// As the contract spells it.
        expected: String,
    },
    /// A name of another layout of the same table, such as `Physician_NPI` among
    /// the columns of 2022. Policy *evolve*: mapped by the contract's aliases.
    FromOtherLayout {
        /// As the header spells it.
        name: String,
        /// Canonical name.
        column: String,
    },
    /// Columns of the nearest layout in another order. Policy *evolve*.
    Reordered,
    /// The file starts with a byte order mark. Policy *evolve*: stripped.
    ByteOrderMark,
}
// ANCHOR_END: drift

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownColumn { name } => write!(f, "unknown_column: {name}"),
            Self::MissingColumn { column } => write!(f, "missing_column: {column}"),
            Self::Spelling { found, expected } => write!(f, "spelling: {found:?} for {expected}"),
            Self::FromOtherLayout { name, column } => {
                write!(f, "from_other_layout: {name} for {column}")
            }
            Self::Reordered => f.write_str("reordered"),
            Self::ByteOrderMark => f.write_str("byte_order_mark"),
        }
    }
}

// ANCHOR: layout_map
/// Where each canonical column stands in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutMap {
    /// The table that the header describes.
    pub dataset: Dataset,
    /// Id of the known layout, such as `general_f_91`; the nearest one if there is drift.
    pub layout: String,
    /// Number of fields in the header, and so in each record.
    pub fields: usize,
    /// For each canonical column of the table the position in the file.
    pub source: Vec<Option<usize>>,
    /// How the header departs from the known layout; empty for a known one.
    pub drift: Vec<Drift>,
}
// ANCHOR_END: layout_map

/// What changed between two headers of one table. Positions count from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderDiff {
    /// Columns of the new header only, in its order.
    pub added: Vec<String>,
    /// Columns of the old header only, in its order.
    pub removed: Vec<String>,
    /// Columns with two names, in the new header's order.
    pub renamed: Vec<Rename>,
    /// The fewest columns that must move to turn the old order into the new one.
    pub moved: Vec<Move>,
}

/// One column under two names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// Name in the old header.
    pub from: String,
    /// Name in the new header.
    pub to: String,
    /// The evidence: both are aliases of this canonical column.
    pub column: String,
}

/// One column that left its place among the columns that both headers have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Name in the new header.
    pub name: String,
    /// Field number in the old header.
    pub from: usize,
    /// Field number in the new header.
    pub to: usize,
}

/// Why a header can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Nothing in the file.
    #[error("the file is empty: not even a header line")]
    Empty,
    /// Too little in common with any known layout.
    #[error(
        "unknown header: {known} of {fields} columns are known, the nearest layout is {nearest}; \
         the first unknown column is {first_unknown:?}"
    )]
    Unknown {
        /// Columns in the header.
        fields: usize,
        /// How many of them any layout knows.
        known: usize,
        /// The layout that shares most columns.
        nearest: String,
        /// The first column that the nearest layout does not have.
        first_unknown: String,
    },
    /// Columns without which a row can't be trusted.
    #[error("{layout}: the header lacks required columns: {}", columns.join(", "))]
    MissingRequired {
        /// The nearest layout.
        layout: String,
        /// Canonical names.
        columns: Vec<String>,
    },
    /// One canonical column stands twice.
    #[error("the header names {column} twice (fields {first} and {second}, counted from 1)")]
    Duplicate {
        /// Canonical name.
        column: String,
        /// First position, from 1.
        first: usize,
        /// Second position, from 1.
        second: usize,
    },
    /// The header is not a line of comma-separated text.
    #[error("the first line is no CSV header: {reason}")]
    NotCsv {
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a contract file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// Not YAML, or not the shape of ODCS v3.1.
    #[error("the contract does not parse: {0}")]
    Syntax(String),
    /// It parses and contradicts itself.
    #[error("the contract is inconsistent: {0}")]
    Inconsistent(String),
}

/// How names are compared when case and surrounding space are ignored.
fn loose(name: &str) -> String {
    name.trim().to_lowercase()
}
