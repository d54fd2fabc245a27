//! What ingestion tells about its work while it works.

use std::time::Duration;

/// Something that somebody may look for in the log later.
///
/// Events are for machines first: they are found by `event` and by the value of a field, so
/// both are part of the contract. `message` is for people, and may be reworded any day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// `audited` (info): a file was read once, from first to last byte.
    Audited {
        /// Name as delivered.
        file: &'a str,
        /// Its size.
        bytes: u64,
        /// Data records in it, faulty ones included.
        records: u64,
        /// Faulty records in it.
        faulty: u64,
    },
    /// `repeated` (warn): a file has the same bytes as another one and is taken once.
    Repeated {
        /// The one that is left out.
        file: &'a str,
        /// The one that is used.
        same_as: &'a str,
    },
    /// `stored` (info): a file is in the raw zone, with the right bytes.
    Stored {
        /// Content id of the run.
        run_id: &'a str,
        /// Name as delivered.
        file: &'a str,
        /// Where it is.
        key: &'a str,
        /// Whether this attempt copied it; an earlier one had otherwise.
        copied: bool,
    },
    /// `resumed` (info): an earlier attempt has left some files, and this one goes on.
    Resumed {
        /// Content id of the run.
        run_id: &'a str,
        /// Files that are there.
        there: usize,
        /// Files in all.
        of: usize,
    },
    /// `broken` (error): a published file is gone or has other bytes.
    Broken {
        /// Content id of the run.
        run_id: &'a str,
        /// Name as delivered.
        file: &'a str,
    },
    /// `retrying` (warn): an attempt failed, and another one will be made.
    Retrying {
        /// What is attempted.
        what: &'a str,
        /// What went wrong.
        why: &'a str,
        /// Failures in a row, this one included.
        failed: u32,
        /// How long it waits until then.
        pause: Duration,
    },
}

impl Event<'_> {
    /// The value of the field `event`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Audited { .. } => "audited",
            Self::Repeated { .. } => "repeated",
            Self::Stored { .. } => "stored",
            Self::Resumed { .. } => "resumed",
            Self::Broken { .. } => "broken",
            Self::Retrying { .. } => "retrying",
        }
    }
}
