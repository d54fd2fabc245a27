//! Values of an upload: what is here, what is there, what to do, and in how many parts.

/// A file that is to become an object of the raw zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Key in the lake.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// An object as `HeadObject` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Key in the lake.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the whole object, lower-case hex, which our uploads record in its
    /// metadata; `None` if another tool wrote it.
    pub sha256: Option<String>,
    /// The entity tag without its quotes; `None` if nobody asked. What it is made of is
    /// the service's affair: MD5 of an object that was sent whole, on some services another
    /// hash, of encrypted objects neither; of one sent in 3 parts a hash of the parts'
    /// hashes with `-3` behind.
    pub etag: Option<String>,
}

// ANCHOR: step
/// What to do about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The same bytes are there: nothing.
    Skip {
        /// Key in the lake.
        key: String,
    },
    /// Nothing is there: send it, with `If-None-Match: *`.
    Create {
        /// Key in the lake.
        key: String,
    },
    /// Only the object's bytes can tell whether they are the same: read them.
    Compare {
        /// Key in the lake.
        key: String,
    },
    /// Other bytes are there: stop. Raw is never overwritten.
    Refuse {
        /// Key in the lake.
        key: String,
    },
}
// ANCHOR_END: step

/// S3's smallest part, but for the last one: 5 MiB.
pub const MIN_PART_BYTES: u64 = 5 << 20;
/// S3's largest part, and the largest object that can be sent whole: 5 GiB.
pub const MAX_PART_BYTES: u64 = 5 << 30;
/// S3's most parts of one upload.
pub const MAX_PARTS: u64 = 10_000;

/// What is wanted, as far as S3's limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartPolicy {
    /// Files of this size and more go in parts. In bytes.
    pub threshold_bytes: u64,
    /// Size of a part but the last, in bytes.
    pub part_bytes: u64,
}

// ANCHOR: sending
/// How a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// In one request.
    Whole,
    /// In parts: all of `part_bytes`, but for the last one, which has the rest.
    Parts {
        /// In bytes.
        part_bytes: u64,
        /// How many, the last one included.
        parts: u64,
    },
}
// ANCHOR_END: sending

/// A file that does not fit into 10,000 parts of 5 GiB.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{size} bytes are more than S3 takes as one object: split the file")]
pub struct TooLarge {
    /// Size in bytes.
    pub size: u64,
}
