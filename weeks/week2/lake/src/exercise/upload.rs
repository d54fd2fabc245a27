//! Exercise: what to send, and in how many parts.

use crate::{Found, LocalFile, PartPolicy, Sending, Step, TooLarge};

/// What to do about each of `local`, in its order, given what `remote` shows. A key stands
/// in each of them once; `remote` may have keys that are no business of this upload.
///
/// A file is skipped if its bytes are known to be there, and for no other reason: the same
/// size and the recorded SHA-256 of the whole object. An entity tag is never taken for a
/// hash of the content. Where no SHA-256 is recorded, another size proves other bytes, and
/// the same size proves nothing.
pub fn plan_upload(local: &[LocalFile], remote: &[Found]) -> Vec<Step> {
    todo!("a step for each of {local:?}, given {remote:?}")
}

/// How a file of `size` bytes is sent.
///
/// Whole, if it is smaller than the policy's threshold or empty (an upload has at least one
/// part), and at most 5 GiB. Else in parts: at most 10,000 of them, each of 5 MiB to 5 GiB
/// but for the last, which may be smaller. The part size is the policy's, as far as these
/// limits allow; a part that must grow for the 10,000 grows by less than a MiB more than
/// needed. The last part is never empty.
pub fn plan_parts(size: u64, policy: PartPolicy) -> Result<Sending, TooLarge> {
    todo!("how to send {size} bytes under {policy:?}")
}
