//! The history of attempts: who tried what, when, and how it ended.
//!
//! An attempt is written when it starts and again when it ends, so that one that was
//! killed shows as `running`. Nothing that is committed depends on it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One call of the program that worked on the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// `UUIDv7`.
    pub attempt_id: String,
    /// The command, such as `run`.
    pub command: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong.
    pub error: Option<String>,
    /// Files it looked at.
    pub files: u64,
    /// Records in them.
    pub records_read: u64,
    /// Records that this attempt committed.
    pub records_accepted: u64,
    /// Records that this attempt quarantined.
    pub records_rejected: u64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Not yet, or it was killed.
    Running,
    /// Well.
    Succeeded,
    /// With an error.
    Failed,
}

impl Outcome {
    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl Attempt {
    /// An attempt that begins.
    pub fn start(attempt_id: String, command: &str, started_at: Timestamp) -> Self {
        Self {
            attempt_id,
            command: command.to_owned(),
            started_at,
            ended_at: None,
            outcome: Outcome::Running,
            error: None,
            files: 0,
            records_read: 0,
            records_accepted: 0,
            records_rejected: 0,
        }
    }
}
