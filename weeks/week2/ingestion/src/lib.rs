//! Checkpoint 2.1, ingestion: from a delivered file to records that can be trusted to be records.
//!
//! Nothing here interprets a value. Ingestion cuts bytes into records, counts their
//! fields, remembers where each one stood, adds up what accounting needs, and gives
//! the run an id that depends on content alone.
//!
//! - [`Record`], [`RecordFault`], [`Position`]: what the cutter hands out
//! - [`FileName`], [`Delivery`]: what a name says, and what a file delivers
//! - [`FileAudit`], [`ChunkSpan`]: the record of one file, and the byte ranges for parallel work
//! - [`Candidate`], [`Choice`]: which of the delivered files are used
//! - [`RunInput`]: what a run id is made of
//! - [`RetryPolicy`]: how often, how long, with how much jitter
//! - [`Event`]: what is told while it works
//! - [`IngestManifest`], [`Step`], [`Standing`]: what is there, and what is left to do
//! - [`Ask`], [`Answer`], [`Partial`], [`PagingError`]: files and rows over HTTP
//! - `exercise`: yours; [`solution`]: the reference
//!
//! # What is a record
//!
//! RFC 4180 with `\n` or `\r\n`. A quote violation is text behind a closing quote, a
//! quote inside an unquoted field, a quoted field that does not end before the file does,
//! or a field, quoted or not, in which its record grows beyond [`MAX_RECORD`] bytes. The
//! damaged record then ends at the first newline at or after the start of the broken field,
//! and at the limit where there is none before it; cutting resumes there. So one lost quote
//! costs one line, not the rest of the file. Empty lines are not records.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod events;
#[cfg(feature = "exercise")]
pub mod exercise;
mod resume;
mod selection;
pub mod solution;
mod transfer;
#[cfg(feature = "exercise")]
pub mod wrong;

pub use events::Event;
pub use resume::{Flaw, IngestManifest, ManifestFile, Standing, Step, StoredFile};
pub use selection::{Candidate, Choice};
pub use transfer::{Answer, Ask, PagingError, Partial, ReplyHead, Version};

/// No record is longer than this many bytes; a quoted field that runs on is an open quote.
/// A record of just this length is whole only if a line end follows.
/// The longest real record stays under 20 KiB.
pub const MAX_RECORD: usize = 1 << 20;

/// A failed try that brings at least this many new bytes was worth it: its failure counts as
/// the first.
pub const PROGRESS: u64 = 1 << 20;

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// Physical line on which it starts, the header being line 1.
    pub line: u64,
    /// Its number, the first data record being 1.
    pub record: u64,
}

/// One field: a byte range of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// First byte of the value, behind an opening quote.
    pub start: u32,
    /// End of the value, before a closing quote.
    pub end: u32,
    /// The value holds doubled quotes that stand for one.
    pub escaped: bool,
}

/// One record, borrowed from the buffer that was cut.
#[derive(Debug)]
pub struct Record<'a> {
    /// Where it stands.
    pub position: Position,
    /// Its bytes without the line end.
    pub bytes: &'a [u8],
    /// Its fields; of a faulty record, those before the fault.
    pub fields: &'a [Field],
    /// Why it can't be parsed further.
    pub fault: Option<RecordFault>,
}

impl<'a> Record<'a> {
    /// The bytes of a field, doubled quotes still doubled.
    pub fn raw(&self, field: usize) -> &'a [u8] {
        let Field { start, end, .. } = self.fields[field];
        &self.bytes[start as usize..end as usize]
    }
}

// ANCHOR: fault
/// Why a record never reaches the typed parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordFault {
    /// Fewer fields than the header; engines null-pad such rows in silence.
    TooFewFields,
    /// More fields than the header.
    TooManyFields,
    /// A quote that opens and does not close, or stands where none may.
    OpenQuote,
    /// Not UTF-8.
    InvalidUtf8,
}
// ANCHOR_END: fault

impl RecordFault {
    /// The reason code in the quarantine.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooFewFields => "too_few_fields",
            Self::TooManyFields => "too_many_fields",
            Self::OpenQuote => "open_quote",
            Self::InvalidUtf8 => "invalid_utf8",
        }
    }
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How far a call to the cutter came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes used; the rest is an unfinished record, to be handed in again with more behind it.
    pub consumed: usize,
    /// Where the next record will start.
    pub next: Position,
    /// Empty lines passed over.
    pub blank_lines: u64,
}

// ANCHOR: span
/// A byte range of a file that starts and ends on record boundaries: the unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkSpan {
    /// Where its first record stands.
    pub start: Position,
    /// Length in bytes.
    pub length: u64,
    /// Records in it, faulty ones included.
    pub records: u64,
}
// ANCHOR_END: span

/// What ingestion found in one file. Everything in it follows from the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAudit {
    /// Name as delivered, without a path.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of all bytes, lower-case hex.
    pub sha256: String,
    /// Bytes of the header line with its line end and a byte order mark.
    pub header_bytes: u64,
    /// Data records, faulty ones included.
    pub records: u64,
    /// Physical lines, header included; more than records + 1 means newlines inside quotes.
    pub lines: u64,
    /// Empty lines.
    pub blank_lines: u64,
    /// The last record has no line end: the delivery may have been cut off.
    pub ends_without_newline: bool,
    /// Faulty records by kind.
    pub faults: BTreeMap<RecordFault, u64>,
    /// Sum of the amounts that could be read, in cents.
    pub cents: i64,
    /// Records whose amount could not be read.
    pub without_amount: u64,
    /// How often each (program year, publication date) pair stands in the records, as written.
    pub partitions: BTreeMap<String, u64>,
    /// Ranges for parallel work, in file order, without gaps.
    pub chunks: Vec<ChunkSpan>,
}

/// Fields of a record that ingestion reads for its audit, as positions in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFields {
    /// The amount to add up.
    pub amount: Option<usize>,
    /// The program year.
    pub program_year: Option<usize>,
    /// The publication date.
    pub publication: Option<usize>,
}

/// What a CMS file name says: `OP_DTL_GNRL_PGYR2023_P01302025_01212025.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileName {
    /// `GNRL`, `RSRCH`, `OWNRSHP` or `REMOVED_DELETED`.
    pub table: String,
    /// The four digits behind `PGYR`.
    pub program_year: Option<i16>,
    /// The date behind `P`: when CMS published the file.
    pub publication: Option<Date>,
}

/// The state that one or more files deliver: a dataset and program year as of a publication.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Delivery {
    /// The dataset's name.
    pub dataset: String,
    /// The program year.
    pub program_year: i16,
    /// The publication date.
    pub publication: Date,
}

/// Why a file belongs to no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Name and content disagree; one of them is wrong and only a person can say which.
    #[error("{what}: the file's name says {name}, its records say {records}")]
    Disagreement {
        /// `program year` or `publication date`.
        what: &'static str,
        /// From the name.
        name: String,
        /// From the records.
        records: String,
    },
    /// Neither says it.
    #[error("neither the file's name nor its records tell the {what}")]
    Unknown {
        /// `program year` or `publication date`.
        what: &'static str,
    },
    /// No value holds for most of the records.
    #[error("the records name several partitions and none stands in most of them: {found}")]
    Mixed {
        /// The pairs and their counts.
        found: String,
    },
}

// ANCHOR: run-input
/// All that a run id depends on. No clock, path, host or file time.
#[derive(Debug, Clone, Serialize)]
pub struct RunInput<'a> {
    /// Version of the contract.
    pub contract_version: &'a str,
    /// Version of the pipeline's own output schema.
    pub schema_version: u32,
    /// What is delivered.
    pub delivery: &'a Delivery,
    /// Name, size and SHA-256 of every file.
    pub files: &'a [(String, u64, String)],
}
// ANCHOR_END: run-input

// ANCHOR: policy
/// How failed attempts are repeated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub max_attempts: u32,
    /// Upper bound of the first delay.
    pub base: Duration,
    /// Upper bound of any delay.
    pub cap: Duration,
    /// No pause is made that would bring the sum of all pauses above this.
    pub budget: Duration,
}
// ANCHOR_END: policy

impl Default for RetryPolicy {
    /// Five attempts, 100 ms doubling to 15 s, one minute in all.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            base: Duration::from_millis(100),
            cap: Duration::from_secs(15),
            budget: Duration::from_mins(1),
        }
    }
}
