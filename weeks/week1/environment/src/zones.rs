//! The lake's zones, and what may be done in each.

use std::fmt;

/// The first folder of every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// `raw/`: the bytes as they were delivered.
    Raw,
    /// `staging/`: rejected rows, and what other engines need on their way.
    Staging,
    /// `curated/`: typed rows as Parquet.
    Curated,
    /// `metadata/`: what is known of all that.
    Metadata,
}

/// How long an object stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifetime {
    /// Written once. Who comes second has lost: not even the same bytes go over it, because
    /// the writer can't know that they are the same.
    Once,
    /// Named by its content and kept for ever.
    Kept,
    /// Named by its content and kept while a commit lists it.
    Sealed,
    /// Shows the present: each version replaces the one before, and none is ever missed.
    Current,
}

/// What somebody wants to do to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Write it where nothing is. The store refuses if something is there.
    Create,
    /// Write the very bytes that its name stands for: after a lost reply, or as a repair.
    Rewrite,
    /// Write other bytes than those that are there.
    Replace,
    /// Delete it because no commit lists it: an orphan.
    Collect,
    /// Delete it although something may need it.
    Remove,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "created",
            Self::Rewrite => "written again",
            Self::Replace => "replaced",
            Self::Collect => "collected as an orphan",
            Self::Remove => "removed",
        })
    }
}

/// Leave to do one thing to one object. There is no other way to make one than the zone
/// rules, and the shell that writes takes nothing else:
///
/// ```compile_fail
/// let forged = week1_environment::Permit {
///     key: "raw/a.csv".to_owned(),
///     operation: week1_environment::Operation::Remove,
/// };
/// ```
///
/// It can't be copied, so it is used once:
///
/// ```compile_fail
/// fn write(permit: week1_environment::Permit) {}
/// fn twice(permit: week1_environment::Permit) {
///     write(permit);
///     write(permit);
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Permit {
    key: String,
    operation: Operation,
}

impl Permit {
    /// For the zone rules alone.
    pub(crate) fn new(key: &str, operation: Operation) -> Self {
        Self {
            key: key.to_owned(),
            operation,
        }
    }

    /// What it is for.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What may be done.
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

/// What the zone rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The key is in no zone, or could lead out of one.
    #[error("{key:?} is in no zone: a key is zone/folder/name, without empty parts and dots alone")]
    NoZone {
        /// The key.
        key: String,
    },
    /// A place in a zone that no rule speaks of.
    #[error("no rule says how long {key} lives, so nothing may be done to it")]
    NoRule {
        /// The key.
        key: String,
    },
    /// The rules forbid it.
    #[error("{key} must not be {operation}: its lifetime is {lifetime:?}")]
    Forbidden {
        /// The key.
        key: String,
        /// What was asked for.
        operation: Operation,
        /// How long it lives.
        lifetime: Lifetime,
    },
}
