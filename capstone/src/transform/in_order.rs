//! A section that threads enter in the order of their work, not of their arrival.

use std::sync::{Condvar, Mutex, PoisonError};

/// Another worker failed, so this one's turn will never come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("given up because another worker failed")]
pub(super) struct GaveUp;

/// A value that is touched by number 0 first, then by number 1, and so on.
pub(super) struct InOrder<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    value: T,
    turn: usize,
    gave_up: bool,
}

/// Gives up when it is dropped by a panic.
pub(super) struct Release<'a, T>(&'a InOrder<T>);

impl<T> InOrder<T> {
    pub(super) fn new(value: T) -> Self {
        let state = State {
            value,
            turn: 0,
            gave_up: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Waits for the turn of `number`, then runs `work` alone.
    pub(super) fn turn<R>(
        &self,
        number: usize,
        work: impl FnOnce(&mut T) -> R,
    ) -> Result<R, GaveUp> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |state: &mut State<T>| state.turn != number && !state.gave_up;
        let mut state = self
            .changed
            .wait_while(state, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        if state.gave_up {
            return Err(GaveUp);
        }
        let result = work(&mut state.value);
        state.turn += 1;
        drop(state);
        self.changed.notify_all();
        Ok(result)
    }

    /// Sends everybody home who waits or will wait.
    pub(super) fn give_up(&self) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .gave_up = true;
        self.changed.notify_all();
    }

    pub(super) fn give_up_on_failure(&self) -> Release<'_, T> {
        Release(self)
    }

    pub(super) fn into_inner(self) -> T {
        self.state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .value
    }
}

impl<T> Drop for Release<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_order_whoever_is_first() {
        let seen = InOrder::new(Vec::new());
        std::thread::scope(|scope| {
            for number in (0..16).rev() {
                let seen = &seen;
                scope.spawn(move || seen.turn(number, |seen| seen.push(number)));
            }
        });
        assert_eq!(seen.into_inner(), (0..16).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_frees_those_who_wait() {
        let section = InOrder::new(());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| section.turn(1, |()| ()));
            let panicking = scope.spawn(|| {
                let _release = section.give_up_on_failure();
                panic!("on purpose");
            });
            assert!(panicking.join().is_err());
            assert_eq!(waiting.join().unwrap(), Err(GaveUp));
        });
    }
}
