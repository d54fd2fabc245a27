//! Checkpoint 8.1, full run: does everything add up, from the delivered bytes to the warehouse?
//!
//! - [`FileAccount`]: what became of one delivered file, in rows and in cents
//! - [`WarehouseAccount`]: what the warehouse holds of one dataset
//! - [`Discrepancy`]: a sum that does not come out
//! - [`solution`]: the reference
//!
//! # The accounting identity
//!
//! Per file, partition and run, in rows and in cents: read = accepted + rejected +
//! superseded. Files of a dataset that is not modelled are archived as a whole; they count
//! as read and as archived.

use serde::{Deserialize, Serialize};
use week2_lake::Account;

pub mod solution;

/// What became of a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// Its rows are in the curated zone or in quarantine.
    Committed,
    /// A newer publication of its partition replaces it.
    Superseded,
    /// Kept in raw; its dataset is not modelled.
    Archived,
    /// Ingested, and stopped before the commit.
    Pending,
}

impl FileStatus {
    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Superseded => "superseded",
            Self::Archived => "archived",
            Self::Pending => "pending",
        }
    }
}

/// What became of one delivered file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAccount {
    /// Name as delivered.
    pub file: String,
    /// The dataset's name.
    pub dataset: String,
    /// What became of it as a whole.
    pub status: FileStatus,
    /// Counted by ingestion.
    pub read: Account,
    /// Counted by the transformation.
    pub accepted: Account,
    /// Counted by the transformation.
    pub rejected: Account,
}

/// What the warehouse holds of one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseAccount {
    /// The dataset's name.
    pub dataset: String,
    /// The fact table's rows and amounts.
    pub held: Account,
}

/// A sum that does not come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{place}: {expected} {unit} expected, {found} found")]
pub struct Discrepancy {
    /// A file, or `warehouse` and a dataset.
    pub place: String,
    /// `rows` or `cents`.
    pub unit: String,
    /// By the left side of the identity.
    pub expected: i128,
    /// By its right side.
    pub found: i128,
}
