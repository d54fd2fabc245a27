//! Exercise: the answer to a conditional create.

use crate::{CreateAttempt, CreateOutcome};

/// What an answer to a create with `If-None-Match: *` means, for an object whose bytes have
/// the SHA-256 `ours` (lower-case hex).
///
/// Three laws: nothing is ever overwritten; work that is done is never called a failure; and
/// what this work has made is [`CreateOutcome::Created`], whichever of its attempts made it.
/// A look at the key is one more request: it is asked for only where the answer leaves the
/// question open, and what stands there matters only then.
///
/// What S3 says:
///
/// - 412 `PreconditionFailed`: an object was there when the request came, whoever made it
/// - 404 `NoSuchUpload` (in parts only): somebody has completed this upload, or aborted it,
///   and its parts are gone
/// - 409 `ConditionalRequestConflict`: another request on this key was under way. An upload
///   in parts can't be completed after it: S3 wants all of it again
/// - 429, 500, 502, 503, 504: not now
/// - anything else: it would say so again
pub fn understand_create(tried: &CreateAttempt<'_>, ours: &str) -> CreateOutcome {
    todo!("what {tried:?} means for an object of {ours}")
}
