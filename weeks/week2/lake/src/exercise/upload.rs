//! Decides about uploads: what to send, and in how many parts.

use crate::{
    Found, LocalFile, MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, PartPolicy, Sending, Step,
    TooLarge,
};

/// Parts that must grow do so by whole MiB.
const MIB: u64 = 1 << 20;

/// What to do about each of `local`, in its order, given what `remote` shows. A key stands
/// in each of them once; `remote` may have keys that are no business of this upload.
///
/// A file is skipped if its bytes are known to be there, and for no other reason: the same
/// size and the recorded SHA-256 of the whole object. An entity tag is never taken for a
/// hash of the content. Where no SHA-256 is recorded, another size proves other bytes, and
/// the same size proves nothing.
pub fn plan_upload(local: &[LocalFile], remote: &[Found]) -> Vec<Step> {
    let found = |file: &LocalFile| remote.iter().find(|object| object.key == file.key);
    local.iter().map(|file| step(file, found(file))).collect()
}

fn step(file: &LocalFile, found: Option<&Found>) -> Step {
    let key = file.key.clone();
    let Some(found) = found else {
        return Step::Create { key };
    };
    match &found.sha256 {
        _ if found.size != file.size => Step::Refuse { key },
        None => Step::Compare { key },
        Some(sha256) if *sha256 == file.sha256 => Step::Skip { key },
        Some(_) => Step::Refuse { key },
    }
}

/// How a file of `size` bytes is sent.
///
/// Whole, if it is smaller than the policy's threshold or empty (an upload has at least one
/// part), and at most 5 GiB. Else in parts: at most 10,000 of them, each of 5 MiB to 5 GiB
/// but for the last, which may be smaller. The part size is the policy's, as far as these
/// limits allow; a part that must grow for the 10,000 grows by less than a MiB more than
/// needed. The last part is never empty.
pub fn plan_parts(size: u64, policy: PartPolicy) -> Result<Sending, TooLarge> {
    let is_small = size < policy.threshold_bytes && size <= MAX_PART_BYTES;
    if is_small || size == 0 {
        return Ok(Sending::Whole);
    }
    let wanted = policy.part_bytes.clamp(MIN_PART_BYTES, MAX_PART_BYTES);
    let part_bytes = if size.div_ceil(wanted) <= MAX_PARTS {
        wanted
    } else {
        size.div_ceil(MAX_PARTS).next_multiple_of(MIB)
    };
    if part_bytes > MAX_PART_BYTES {
        return Err(TooLarge { size });
    }
    let parts = size.div_ceil(part_bytes);
    Ok(Sending::Parts { part_bytes, parts })
}
