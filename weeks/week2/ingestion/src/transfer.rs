//! Types of a transfer over HTTP: what to ask for, and what a reply means.
//!
//! Field and status semantics: RFC 9110 (conditions in section 13, ranges in 14, status
//! codes in 15).

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which version of a resource some bytes are of, as the server words it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// The one of the two that two versions never share: good enough to join bytes of two
    /// replies.
    pub strong: Option<String>,
}

/// Bytes that an earlier try has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partial {
    /// How many there are.
    pub length: u64,
    /// How many there will be, if the server said so.
    pub total: Option<u64>,
    /// What they are of.
    pub version: Version,
    /// Nothing is missing.
    pub whole: bool,
}

/// What to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Everything.
    Whole,
    /// What follows, if the version is still the same; everything otherwise.
    Rest {
        /// The first byte asked for.
        from: u64,
        /// The strong validator of the bytes that are there.
        if_range: String,
    },
    /// Everything, unless it is still this version.
    IfChanged(Version),
}

impl Ask {
    /// Request headers: name and value.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Whole => Vec::new(),
            Self::Rest { from, if_range } => vec![
                ("range", format!("bytes={from}-")),
                ("if-range", if_range.clone()),
            ],
            // A server that knows If-None-Match ignores the other one.
            Self::IfChanged(version) => [
                ("if-none-match", &version.etag),
                ("if-modified-since", &version.last_modified),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect(),
        }
    }
}

/// What stands at the head of a reply, as the server words it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyHead {
    /// Status code.
    pub status: u16,
    /// `Content-Length`.
    pub content_length: Option<u64>,
    /// `Content-Range`.
    pub content_range: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `Date`.
    pub date: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body is sent in chunks, so that its end can be told from a broken connection.
    pub chunked: bool,
}

/// What a reply means for the bytes that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Its body is everything; what is there goes.
    Whole {
        /// Length of everything, if it is stated.
        total: Option<u64>,
        /// What it is.
        version: Version,
    },
    /// Its body follows what is there.
    Rest {
        /// Length of everything.
        total: u64,
    },
    /// Nothing has changed since.
    Unchanged,
    /// What is there is everything already.
    Complete,
    /// It does not fit what is there: that goes, and everything is asked for again.
    StartOver {
        /// What does not fit.
        why: String,
    },
    /// Not now.
    Later {
        /// What the server says.
        why: String,
        /// How long it asks to wait.
        at_least: Duration,
    },
    /// There is nothing of that name, or not what was asked for.
    Missing {
        /// What is there instead.
        why: String,
    },
    /// Trying again is no use.
    Refused {
        /// What the server says, or what is wrong with what it says.
        why: String,
    },
}

/// Why pages do not add up to what the service says it has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagingError {
    /// Somebody is changing the data.
    #[error("it stated {before} rows and then, at offset {offset}, {now}")]
    CountChanged {
        /// As stated by the pages before.
        before: u64,
        /// As stated now.
        now: u64,
        /// Of the page that states it.
        offset: u64,
    },
    /// Rows are missing, or there are more than stated.
    #[error("the page at offset {offset} has {rows} rows and should have {expected}")]
    Rows {
        /// Of the page.
        offset: u64,
        /// On the page.
        rows: u64,
        /// What the stated count leaves for it.
        expected: u64,
    },
    /// A row came before, or the order is not the one that was asked for: rows may then
    /// be repeated or left out without a trace in the count.
    #[error("row {row} has record id {id:?} behind {before:?}: it is repeated or out of order")]
    OutOfOrder {
        /// Its number, the first being 1.
        row: u64,
        /// Its id.
        id: String,
        /// The id of the row before it.
        before: String,
    },
}
