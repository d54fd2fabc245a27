//! Mistakes about trying again.

/// Counts the failures of one transfer; what is progress, and what a pause adds to the sum,
/// is up to the mistake. Calls the `pause_before` of its module.
macro_rules! attempts {
    ($progress:expr, $waited:path) => {
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

            /// The pause before the next try.
            pub fn next_pause(
                &mut self,
                reached: u64,
                unit: f64,
                at_least: Duration,
            ) -> Option<Duration> {
                let progress: u64 = $progress;
                if reached >= self.reached.saturating_add(progress) {
                    self.failed = 0;
                    self.waited = Duration::ZERO;
                }
                self.reached = self.reached.max(reached);
                self.failed += 1;
                let attempt = self.failed + 1;
                let pause = pause_before(&self.policy, attempt, self.waited, unit, at_least)?;
                self.waited = $waited(self.waited, pause);
                Some(pause)
            }
        }
    };
}

/// An error is an error: try again.
pub mod every_error_passes {
    pub use crate::solution::*;

    /// Whether a server that answers with this status may answer otherwise in a moment.
    pub fn is_passing(status: u16) -> bool {
        status >= 400
    }
}

/// What starts with a 4 is the client's fault, and stays.
pub mod client_errors_never_pass {
    pub use crate::solution::*;

    /// Whether a server that answers with this status may answer otherwise in a moment.
    pub fn is_passing(status: u16) -> bool {
        (500..600).contains(&status)
    }
}

/// Counts attempts, and no time.
pub mod jitter_without_budget {
    use std::time::Duration;

    use crate::{PROGRESS, RetryPolicy};

    pub use crate::solution::*;

    attempts!(PROGRESS, std::ops::Add::add);

    /// The pause before attempt `attempt`.
    pub fn delay_before(
        policy: &RetryPolicy,
        attempt: u32,
        _waited: Duration,
        unit: f64,
    ) -> Option<Duration> {
        let policy = RetryPolicy {
            budget: Duration::MAX,
            ..*policy
        };
        crate::solution::delay_before(&policy, attempt, Duration::ZERO, unit)
    }

    /// The pause before attempt `attempt` when the server asks for `at_least`.
    pub fn pause_before(
        policy: &RetryPolicy,
        attempt: u32,
        waited: Duration,
        unit: f64,
        at_least: Duration,
    ) -> Option<Duration> {
        let pause = delay_before(policy, attempt, waited, unit)?;
        Some(pause.max(at_least.min(Duration::from_hours(24))))
    }
}

/// Compares the budget with one pause, not with all of them.
pub mod budget_of_the_last_pause {
    use std::time::Duration;

    use crate::{PROGRESS, RetryPolicy};

    pub use crate::solution::*;

    attempts!(PROGRESS, last);

    fn last(_waited: Duration, pause: Duration) -> Duration {
        pause
    }
}

/// Waits by its own clock, whatever the server says.
pub mod deaf_to_retry_after {
    use std::time::Duration;

    use crate::{PROGRESS, RetryPolicy};

    pub use crate::solution::*;

    attempts!(PROGRESS, std::ops::Add::add);

    /// The pause before attempt `attempt` when the server asks for `at_least`.
    pub fn pause_before(
        policy: &RetryPolicy,
        attempt: u32,
        waited: Duration,
        unit: f64,
        _at_least: Duration,
    ) -> Option<Duration> {
        crate::solution::delay_before(policy, attempt, waited, unit)
    }
}

/// One new byte, and all failures are forgotten.
pub mod any_byte_is_progress {
    use std::time::Duration;

    use crate::RetryPolicy;

    pub use crate::solution::*;

    attempts!(1, std::ops::Add::add);
}
