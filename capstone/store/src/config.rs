//! Policy as plain structs: time limits, upload sizes, retries.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::StoreError;
use crate::faulty::Faults;

/// How a [`Store`](crate::Store) behaves; nothing here says where it is.
#[derive(Clone)]
pub struct StoreConfig {
    /// Time limits of one request.
    pub timeouts: Timeouts,
    /// How large files are sent.
    pub multipart: Multipart,
    /// The only retry policy there is: the SDK's own is off, because two layers
    /// of three attempts are nine.
    pub retry: Arc<dyn Retry>,
    /// What waits between attempts.
    pub sleep: Arc<dyn Sleep>,
    /// Requests that fail on purpose, for tests and drills; `None` for none.
    pub faults: Option<Faults>,
}

impl Default for StoreConfig {
    /// The defaults of each part, no retries, tokio's timer, no faults.
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            multipart: Multipart::default(),
            retry: Arc::new(NoRetry),
            sleep: Arc::new(TokioSleep),
            faults: None,
        }
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreConfig")
            .field("timeouts", &self.timeouts)
            .field("multipart", &self.multipart)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// Time limits of one attempt; retries start afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands. Default 5 s.
    pub connect: Duration,
    /// From sending the request until the answer's head is there; so it includes
    /// sending one part. Default 60 s (a 16 MiB part at 300 kB/s).
    pub attempt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_mins(1),
        }
    }
}

/// How large files are sent and fetched, in bytes. Memory in use is at most
/// about `part_bytes` × (`concurrency` + 1) per file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multipart {
    /// Files of this size and more go in parts. Default 16 MiB.
    pub threshold_bytes: u64,
    /// Size of a part but the last. S3 takes 5 MiB to 5 GiB; it grows by itself
    /// where a file would need more than S3's 10,000 parts. Default 16 MiB.
    pub part_bytes: u64,
    /// Parts under way at once, at least 1. Default 4.
    pub concurrency: usize,
}

impl Default for Multipart {
    fn default() -> Self {
        Self {
            threshold_bytes: 16 << 20,
            part_bytes: 16 << 20,
            concurrency: 4,
        }
    }
}

impl Multipart {
    /// Part size for a file of `size` bytes: at most 10,000 parts.
    pub(crate) fn part_bytes_for(&self, size: u64) -> u64 {
        self.part_bytes.max(size.div_ceil(10_000)).max(1)
    }
}

/// Decides whether and when a failed request is tried again.
///
/// Asked only about errors whose [`StoreError::retryable`] is true.
pub trait Retry: Send + Sync {
    /// Time to wait before the next attempt; `None` gives up and returns `error`.
    /// `attempt` counts the attempts that have failed, from 1.
    fn next_delay(&self, attempt: u32, error: &StoreError) -> Option<Duration>;
}

/// Gives up at the first error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRetry;

impl Retry for NoRetry {
    fn next_delay(&self, _attempt: u32, _error: &StoreError) -> Option<Duration> {
        None
    }
}

/// Waits; injected, so that tests of retries take no time.
pub trait Sleep: Send + Sync {
    /// Resolves after `delay`.
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Sleeps on tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSleep;

impl Sleep for TokioSleep {
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(delay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_file_still_fits_in_ten_thousand_parts() {
        let policy = Multipart::default();
        assert_eq!(policy.part_bytes_for(1 << 30), 16 << 20);
        let five_tib = 5 << 40;
        assert!(five_tib / policy.part_bytes_for(five_tib) <= 10_000);
    }
}
