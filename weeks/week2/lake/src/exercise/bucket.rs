//! Exercise: the answer to the creation of a bucket.

use crate::{Answer, BucketOutcome};

/// What an answer to `CreateBucket` means, so that the same command can be given twice.
///
/// `attempt` counts from 1. `was_missing` says whether a look just before the first attempt
/// found no such bucket; where it is false, the bucket was there, or nobody could tell.
/// A bucket that this work has made is [`BucketOutcome::Created`], whichever of its attempts
/// made it; one that may have been there before is [`BucketOutcome::AlreadyMine`].
///
/// What S3 says:
///
/// - 200: it is there, and yours. `us-east-1` says so too of a bucket that you had before
/// - 409 `BucketAlreadyOwnedByYou`, 409 `BucketAlreadyExists`: two different things
/// - 409 `OperationAborted`: another request on this bucket is under way
/// - 429, 500, 502, 503, 504: not now
/// - anything else: it would say so again
pub fn understand_bucket(answer: Answer<'_>, attempt: u32, was_missing: bool) -> BucketOutcome {
    todo!("what {answer:?} to attempt {attempt} means, if the bucket was missing: {was_missing}")
}
