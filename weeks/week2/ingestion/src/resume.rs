//! Types of a restart: what should be in the lake, what is, and what is left to do.

use serde::{Deserialize, Serialize};

/// All files of one delivery as an ingestion vouches for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestManifest {
    /// Content id of the run.
    pub run_id: String,
    /// Its files in name order.
    pub files: Vec<ManifestFile>,
}

/// One file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Name as delivered.
    pub name: String,
    /// Where its bytes belong in the lake.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Records in it.
    pub records: u64,
}

/// An object as the lake tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hex; `None` if nobody recorded it.
    pub sha256: Option<String>,
}

/// One thing to do. `file` is a position in [`IngestManifest::files`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing: its bytes are there.
    Keep {
        /// Which file.
        file: usize,
    },
    /// Its bytes are brought to the lake. What may happen to an object that stands in their
    /// place is the zone's rule, not the plan's.
    Copy {
        /// Which file.
        file: usize,
        /// Why what is there will not do.
        why: Flaw,
    },
    /// The manifest is written: from now on readers see these files.
    Publish,
}

// ANCHOR: flaw
/// Why an object is not the file that was promised. Where several are true, the first
/// listed here counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// There is none.
    Missing,
    /// It has another size.
    OtherSize {
        /// In bytes.
        found: u64,
    },
    /// Nobody recorded what its bytes are.
    Unverified,
    /// It has the size, and other bytes.
    OtherBytes {
        /// Their SHA-256.
        found: String,
    },
}
// ANCHOR_END: flaw

// ANCHOR: standing
/// What the lake has of a delivery, before anything is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Neither manifest nor any of its files.
    Absent,
    /// No manifest, and some of the files: an attempt stopped half-way, or is at work.
    Partial {
        /// Files that are there with the right bytes.
        there: usize,
        /// Files in all.
        of: usize,
    },
    /// No manifest, and all files: an attempt stopped just before it published.
    Unpublished,
    /// The manifest and all of its files.
    Complete,
    /// The manifest is published, and not all that it vouches for is there: readers see a
    /// delivery that is not whole. Somebody must hear of it, even if a copy mends it.
    Broken {
        /// Names of the files that are not what they should be, in manifest order.
        files: Vec<String>,
    },
}
// ANCHOR_END: standing
