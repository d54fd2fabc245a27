//! The history of attempts: who tried what, when, and how it ended.
//!
//! An attempt is written when it starts and again when it ends. One that was killed stays
//! `running` until the next attempt of its machine finds that it no longer lives, and
//! writes `interrupted`: see [`alive`](crate::alive). Nothing that is committed depends on
//! any of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alive::Dead;

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
    /// Not yet; or it was killed and nobody who can know has looked since.
    Running,
    /// It was killed: by a signal, by Ctrl-C, by a power cut.
    Interrupted,
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
            Self::Interrupted => "interrupted",
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

    /// Notes that it was interrupted, if it is one of the dead; whether that is news.
    pub fn ends_with(&mut self, dead: &[Dead]) -> bool {
        let is_it = dead.iter().any(|dead| dead.attempt_id == self.attempt_id);
        let news = is_it && self.outcome == Outcome::Running;
        if news {
            self.outcome = Outcome::Interrupted;
        }
        news
    }
}
