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
    let mut misses: Vec<Miss> = watched
        .iter()
        .filter_map(|watched| miss(within, watched, now))
        .collect();
    misses.sort_by(|left, right| {
        let later = right.late.cmp(&left.late);
        later.then_with(|| left.delivery.cmp(&right.delivery))
    });
    misses
}

fn miss(within: Duration, watched: &Watched, now: Timestamp) -> Option<Miss> {
    // What is due after the end of time is never late.
    let due = watched.since.checked_add(within).ok()?;
    let until = watched.ended.unwrap_or(now);
    let late = Duration::try_from(until.duration_since(due)).ok()?;
    if late.is_zero() {
        return None;
    }
    let state = match (watched.started, watched.ended) {
        (_, Some(_)) => Lateness::Ended,
        (Some(_), None) => Lateness::Running,
        (None, None) => Lateness::NotStarted,
    };
    let delivery = watched.delivery.clone();
    Some(Miss {
        delivery,
        due,
        late,
        state,
    })
}
