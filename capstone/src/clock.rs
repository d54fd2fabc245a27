//! The one place that reads the system clock, and lets time pass.

use std::time::Duration;

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

/// Tells the time and makes attempt ids from it; tests bring their own.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Lets so much time pass.
    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    /// A new attempt id: a `UUIDv7`, so that ids sort by time.
    fn attempt_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(
            ContextV7::new(),
            seconds,
            nanoseconds,
        ))
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
