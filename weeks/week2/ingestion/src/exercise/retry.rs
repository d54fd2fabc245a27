//! When to try again.
//!
//! Given: what is counted ([`Attempts`]). Yours: which answers are worth another try, how long
//! to wait for it, and when enough is enough. Nothing here sleeps or draws a number: time and
//! chance come in as values.

use std::time::Duration;

use crate::{PROGRESS, RetryPolicy};

/// Whether a server that answers with this status may answer otherwise in a moment: it timed
/// out (408), it is too early (425), there were too many requests (429), or the server itself
/// failed (500 to 599). Of everything else the next answer would be the same.
pub fn is_passing(status: u16) -> bool {
    todo!("whether status {status} passes")
}

/// The pause before attempt `attempt` (the first retry is attempt 2), or `None` to give up:
/// when there have been [`RetryPolicy::max_attempts`], and when this pause would bring the
/// sum of all pauses above [`RetryPolicy::budget`].
///
/// Full jitter: `unit` in `0.0..1.0` picks a point below the exponential bound, so that
/// clients that failed together do not come back together. The bound of the first retry is
/// [`RetryPolicy::base`]; each later one is twice that of the one before, and none above
/// [`RetryPolicy::cap`]. `waited` is the sum of the pauses so far.
pub fn delay_before(
    policy: &RetryPolicy,
    attempt: u32,
    waited: Duration,
    unit: f64,
) -> Option<Duration> {
    todo!("{unit} of the bound of attempt {attempt}, if {policy:?} allows it after {waited:?}")
}

/// The pause before attempt `attempt` when the server asks for `at_least`: never less than
/// that, and never less than [`delay_before`]. `None` to give up, also when the server asks
/// for more than the budget has left.
pub fn pause_before(
    policy: &RetryPolicy,
    attempt: u32,
    waited: Duration,
    unit: f64,
    at_least: Duration,
) -> Option<Duration> {
    todo!("attempt {attempt} by {policy:?} after {waited:?}, at {unit}, not before {at_least:?}")
}

/// Counts the failures of one transfer.
#[derive(Debug, Clone)]
pub struct Attempts {
    policy: RetryPolicy,
    failed: u32,
    waited: Duration,
    reached: u64,
}

impl Attempts {
    /// None has failed yet; `reached` bytes are there.
    pub fn new(policy: RetryPolicy, reached: u64) -> Self {
        Self {
            policy,
            failed: 0,
            waited: Duration::ZERO,
            reached,
        }
    }

    /// Failures in a row.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// The pause before the next try, after one that failed when it had got as far as
    /// `reached` bytes; or `None` to give up. `unit` in `0.0..1.0` is the jitter, `at_least`
    /// what the server asks for; see [`pause_before`].
    ///
    /// Failures and pauses are counted since the last failure that brought at least
    /// [`PROGRESS`] new bytes, itself included: a download of hours may break more often than
    /// the policy allows, and a server that drops every connection must not hold a run for
    /// ever. New are bytes beyond the farthest that was reached before.
    pub fn next_pause(&mut self, reached: u64, unit: f64, at_least: Duration) -> Option<Duration> {
        todo!("one more failure of {self:?} at {reached} bytes: at {unit}, not before {at_least:?}")
    }
}
