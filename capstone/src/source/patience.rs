//! When to try again: checkpoint 2.1 decides, and this waits.

use std::time::Duration;

use week2_ingestion::{Event, RetryPolicy};

use crate::error::Stop;
use crate::parts::ingestion::{Attempts, emit};

/// The retries of one transfer.
pub(super) struct Patience {
    what: String,
    advice: &'static str,
    attempts: Attempts,
    unit: fn() -> f64,
    sleep: fn(Duration),
}

/// What went wrong with one try.
pub(super) enum Trouble {
    /// Another try may do.
    Passing {
        why: String,
        /// How long the server asks to wait.
        at_least: Duration,
    },
    /// No other try will.
    Final(anyhow::Error),
}

impl Trouble {
    pub(super) fn passing(why: impl Into<String>) -> Self {
        Self::Passing {
            why: why.into(),
            at_least: Duration::ZERO,
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Final(error.into())
    }
}

impl Patience {
    /// For the transfer of `what`, of which `reached` bytes are there; `advice` is for who
    /// reads that it was given up.
    pub(super) fn new(what: String, reached: u64, advice: &'static str) -> Self {
        Self {
            what,
            advice,
            attempts: Attempts::new(RetryPolicy::default(), reached),
            unit: rand::random::<f64>,
            sleep: std::thread::sleep,
        }
    }

    /// Waits until the next try, or says why there is none.
    pub(super) fn pause(&mut self, reached: u64, trouble: Trouble) -> anyhow::Result<()> {
        let (why, at_least) = match trouble {
            Trouble::Passing { why, at_least } => (why, at_least),
            Trouble::Final(error) => return Err(error),
        };
        let what = &self.what;
        let pause = self.attempts.next_pause(reached, (self.unit)(), at_least);
        let failed = self.attempts.failed();
        let Some(pause) = pause else {
            let asks = if at_least.is_zero() {
                String::new()
            } else {
                format!(", and the server asks to wait {} s", at_least.as_secs())
            };
            let advice = self.advice;
            let message =
                format!("{what}: {why}; gave up after {failed} failed attempts{asks}. {advice}");
            return Err(Stop::Environment(message).into());
        };
        let why = why.as_str();
        emit(&Event::Retrying {
            what,
            why,
            failed,
            pause,
        });
        (self.sleep)(pause);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_is_the_last_and_the_message_says_what_to_do() {
        let mut patience = Patience {
            unit: || 0.0,
            sleep: |pause| assert_eq!(pause, Duration::ZERO),
            ..Patience::new("https://cms.gov/a.csv".into(), 0, "Run again")
        };
        for _ in 0..4 {
            patience.pause(0, Trouble::passing("reset")).unwrap();
        }
        let error = patience.pause(0, Trouble::passing("reset")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("https://cms.gov/a.csv: reset; gave up after 5")
                && text.ends_with("Run again"),
            "{text}"
        );
        assert!(matches!(error.downcast_ref(), Some(Stop::Environment(_))));
    }

    #[test]
    fn a_server_that_asks_for_more_than_the_budget_is_not_waited_for() {
        let mut patience = Patience {
            sleep: |_| panic!("nobody waits for an hour"),
            ..Patience::new("a".into(), 0, "Run again")
        };
        let later = Trouble::Passing {
            why: "status 503".into(),
            at_least: Duration::from_hours(1),
        };
        let text = patience.pause(0, later).unwrap_err().to_string();
        assert!(text.contains("asks to wait 3600 s"), "{text}");
    }
}
