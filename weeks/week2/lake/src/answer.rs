//! What S3 answers, and what can be made of it.

/// What came back for one attempt of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// HTTP 200: carried out.
    Done,
    /// Any other answer.
    Error {
        /// HTTP status.
        status: u16,
        /// `Code` of S3's error document, such as `SlowDown`.
        code: &'a str,
    },
    /// The connection broke, or time was up, before the answer: the request was carried
    /// out, or it was not.
    Lost,
}

// ANCHOR: bucket
/// What an answer to `CreateBucket` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketOutcome {
    /// It did not exist, and this work has made it.
    Created,
    /// It was there, and it is ours.
    AlreadyMine,
    /// Somebody else has the name: bucket names are shared by all of S3.
    Taken,
    /// The same request, a little later.
    Retry,
    /// Another attempt would get the same answer.
    Refused,
}
// ANCHOR_END: bucket

/// One attempt of a conditional create: `PutObject`, or the `CompleteMultipartUpload` of an
/// upload in parts, with `If-None-Match: *`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateAttempt<'a> {
    /// Its number, from 1. A higher one says that an earlier attempt failed, or that its
    /// answer was lost.
    pub attempt: u32,
    /// Whether the object is sent in parts.
    pub in_parts: bool,
    /// What came back.
    pub answer: Answer<'a>,
    /// What stands under the key, looked up after that answer.
    pub stored: Stored<'a>,
}

// ANCHOR: stored
/// What stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored<'a> {
    /// Nobody has looked yet: a look is one more request.
    NotLooked,
    /// Nothing.
    Nothing,
    /// An object with this SHA-256, lower-case hex.
    Sha256(&'a str),
}
// ANCHOR_END: stored

// ANCHOR: create
/// What an answer to a conditional create means, or what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The object is there, and this work has made it.
    Created,
    /// The object was there before, with the same bytes: what was wanted is the case.
    AlreadyThere,
    /// Another object has the key. It stays.
    Taken,
    /// Look what stands under the key, and ask again with the same answer.
    Look,
    /// The same request, a little later, with the same condition.
    Retry,
    /// The upload and all its parts again, from its start.
    Restart,
    /// Another attempt would get the same answer.
    Refused,
}
// ANCHOR_END: create
