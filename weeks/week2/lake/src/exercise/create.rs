//! Reads the answer to a conditional create.

use crate::{Answer, CreateAttempt, CreateOutcome, Stored};

const GONE: &str = "NoSuchUpload";
const CONFLICT: &str = "ConditionalRequestConflict";

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
    match tried.answer {
        Answer::Done => CreateOutcome::Created,
        Answer::Error { status: 412, .. } => told_by_key(tried, ours, CreateOutcome::Retry),
        Answer::Error { code: GONE, .. } => told_by_key(tried, ours, CreateOutcome::Restart),
        Answer::Error { code: CONFLICT, .. } if tried.in_parts => CreateOutcome::Restart,
        Answer::Error { code: CONFLICT, .. } => CreateOutcome::Retry,
        answer if is_passing(answer) => CreateOutcome::Retry,
        _ => CreateOutcome::Refused,
    }
}

fn told_by_key(tried: &CreateAttempt<'_>, ours: &str, absent: CreateOutcome) -> CreateOutcome {
    match tried.stored {
        Stored::NotLooked => CreateOutcome::Look,
        Stored::Nothing => absent,
        Stored::Sha256(sha256) if sha256 != ours => CreateOutcome::Taken,
        Stored::Sha256(_) if tried.attempt > 1 => CreateOutcome::Created,
        Stored::Sha256(_) => CreateOutcome::AlreadyThere,
    }
}

/// Whether the same request may succeed a moment later, whatever was asked.
pub(super) fn is_passing(answer: Answer<'_>) -> bool {
    match answer {
        Answer::Done => false,
        Answer::Lost => true,
        Answer::Error { status, .. } => matches!(status, 429 | 500 | 502 | 503 | 504),
    }
}
