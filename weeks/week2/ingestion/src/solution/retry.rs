//! When to try again.

use std::time::Duration;

use crate::RetryPolicy;

/// The pause before attempt `attempt` (the first retry is attempt 2), or `None` to give up.
///
/// Full jitter: `unit` in `0.0..1.0` picks a point below the exponential bound, so that
/// clients that failed together do not come back together. `waited` is the sum of the
/// pauses so far.
pub fn delay_before(
    policy: &RetryPolicy,
    attempt: u32,
    waited: Duration,
    unit: f64,
) -> Option<Duration> {
    if attempt > policy.max_attempts || attempt < 2 {
        return None;
    }
    let doublings = (attempt - 2).min(31);
    let bound = policy.base.saturating_mul(1 << doublings).min(policy.cap);
    let delay = bound.mul_f64(unit.clamp(0.0, 1.0));
    (waited + delay <= policy.budget).then_some(delay)
}

/// The pause before attempt `attempt` when the server asks for `at_least`; or `None` to
/// give up, also when it asks for more than the budget has left. See [`delay_before`].
pub fn pause_before(
    policy: &RetryPolicy,
    attempt: u32,
    waited: Duration,
    unit: f64,
    at_least: Duration,
) -> Option<Duration> {
    let pause = delay_before(policy, attempt, waited, unit)?.max(at_least);
    (waited.saturating_add(pause) <= policy.budget).then_some(pause)
}
