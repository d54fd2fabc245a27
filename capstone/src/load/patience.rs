//! Waiting for a warehouse that another process has open.

use std::time::Duration;

use crate::clock::Clock;
use crate::warehouse::WarehouseError;

/// Between two tries to open the warehouse.
const PAUSE: Duration = Duration::from_millis(250);

/// Tries at a file that is none of DuckDB's yet: another process may be making it, and
/// between its creation and its first header anybody can see it.
const BEING_MADE: u128 = 8;

/// Tries again while another process has the warehouse open, but not for ever.
pub(super) fn patiently<T>(
    clock: &dyn Clock,
    patience: Duration,
    open: impl Fn() -> Result<T, WarehouseError>,
) -> anyhow::Result<T> {
    let tries = patience.as_millis().div_ceil(PAUSE.as_millis());
    for number in 0..tries {
        match open() {
            Err(error @ WarehouseError::Locked { .. }) if number == 0 => {
                tracing::warn!("waiting up to {} s: {error}", patience.as_secs());
            }
            Err(WarehouseError::Locked { .. }) => {}
            Err(WarehouseError::NotDuckDb { .. }) if number < BEING_MADE => {}
            opened => return Ok(opened?),
        }
        clock.sleep(PAUSE);
    }
    open().map_err(|error| match error {
        WarehouseError::Locked { .. } if tries > 0 => {
            anyhow::Error::from(error).context(format!("waited {} s in vain", patience.as_secs()))
        }
        error => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Mutex;

    use jiff::Timestamp;

    use super::*;

    /// Nobody waits here.
    #[derive(Default)]
    struct Slept(Mutex<Duration>);

    impl Clock for Slept {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn sleep(&self, time: Duration) {
            *self.0.lock().unwrap() += time;
        }
    }

    fn locked() -> WarehouseError {
        WarehouseError::Locked {
            path: "w.duckdb".into(),
            holder: "some program (PID 7)".into(),
        }
    }

    #[test]
    fn a_warehouse_in_use_is_waited_for() {
        let (clock, tries) = (Slept::default(), Cell::new(0));
        let opened = patiently(&clock, Duration::from_mins(1), || {
            tries.set(tries.get() + 1);
            if tries.get() < 4 {
                Err(locked())
            } else {
                Ok(())
            }
        });
        assert!(opened.is_ok());
        assert_eq!(*clock.0.lock().unwrap(), PAUSE * 3);
    }

    #[test]
    fn but_not_for_ever_and_then_its_holder_is_named() {
        let clock = Slept::default();
        let tried = patiently(&clock, Duration::from_mins(1), || Err::<(), _>(locked()));
        let message = format!("{:#}", tried.unwrap_err());
        assert_eq!(*clock.0.lock().unwrap(), Duration::from_mins(1));
        assert!(
            message.starts_with("waited 60 s in vain: w.duckdb"),
            "{message}"
        );
        assert!(message.contains("PID 7"), "{message}");
    }

    #[test]
    fn a_file_that_is_being_made_is_waited_for_and_one_that_is_something_else_is_not_for_long() {
        let foreign = || WarehouseError::NotDuckDb { path: "w".into() };
        let (clock, tries) = (Slept::default(), Cell::new(0));
        let opened = patiently(&clock, Duration::from_mins(1), || {
            tries.set(tries.get() + 1);
            if tries.get() < 2 {
                Err(foreign())
            } else {
                Ok(())
            }
        });
        assert!(opened.is_ok());
        let clock = Slept::default();
        let given_up = patiently(&clock, Duration::from_mins(1), || Err::<(), _>(foreign()));
        assert!(given_up.unwrap_err().to_string().contains("no DuckDB file"));
        assert_eq!(*clock.0.lock().unwrap(), PAUSE * 8);
    }

    #[test]
    fn another_error_is_not_waited_for() {
        let clock = Slept::default();
        let missing = || Err::<(), _>(WarehouseError::Missing { path: "w".into() });
        let message = patiently(&clock, Duration::from_mins(1), missing);
        assert!(message.unwrap_err().to_string().contains("capstone load"));
        assert_eq!(*clock.0.lock().unwrap(), Duration::ZERO);
    }
}
