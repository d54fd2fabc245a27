//! Promises: what was to be validated by when, and was not.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Lateness, Miss, Watched};

/// The promises that are broken by `now`: each delivery was to be validated `within` this
/// time of [`Watched::since`], the last moment included. The latest comes first; of equally
/// late ones, the first by name.
///
/// A promise counts from when the data was there, not from when somebody began to work, and
/// it is broken when its time has passed, not when the work ends: work that hangs or never
/// began is late as well.
///
/// No time of `watched` lies after `now`.
pub fn misses(within: Duration, watched: &[Watched], now: Timestamp) -> Vec<Miss> {
    todo!("which of {watched:?} are later than {within:?} at {now}")
}
