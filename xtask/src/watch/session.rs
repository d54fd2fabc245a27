//! What `watch` decides: events in, actions out, no clock and no terminal of its own.
//!
//! Invariants: at most one check runs; whatever is saved during it asks for exactly one
//! more; a burst of writes is one save.

use std::time::Duration;

/// A save is over when nothing was written for so long.
pub(crate) const QUIET: Duration = Duration::from_millis(200);
/// A file that is written without a pause is looked at anyway.
const LONGEST_BURST: Duration = Duration::from_secs(2);
/// Files are looked at so often where no event tells of a change (network drives, some
/// containers, too many watches).
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Something touched the watched files; it need not have changed them.
    Touched,
    /// A look found them changed.
    Changed,
    /// A key was pressed.
    Key(char),
    /// The running check ended.
    Checked,
    /// The learner went to another checkpoint.
    Moved,
    /// Time went by.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Compare the files with the last look.
    Look,
    /// Start a check.
    Check,
    /// Show the next hint for the item in focus.
    Hint,
    /// Show the checkpoint's solution.
    Solution,
    /// Go to the next open item.
    Next,
    /// List the checkpoint's items.
    List,
    /// Say that one more check follows the running one.
    SayQueued,
    /// Say which keys there are.
    SayKeys,
    /// End the running check and leave.
    Quit,
}

/// One `watch`, from start to quit. Times are measured from its start.
#[derive(Debug, Default)]
pub(crate) struct Session {
    checking: bool,
    queued: bool,
    /// The first and the last touch of a burst.
    burst: Option<(Duration, Duration)>,
    looked: Duration,
}

impl Session {
    /// Takes an event at `now`.
    pub(crate) fn on(&mut self, event: Event, now: Duration) -> Vec<Action> {
        let mut actions = match event {
            Event::Touched => {
                let first = self.burst.map_or(now, |(first, _)| first);
                self.burst = Some((first, now));
                Vec::new()
            }
            Event::Changed | Event::Moved => self.check(),
            Event::Checked => self.checked(),
            Event::Key(key) => self.key(key),
            Event::Tick => Vec::new(),
        };
        if now >= self.look_due() {
            self.burst = None;
            self.looked = now;
            actions.push(Action::Look);
        }
        actions
    }

    /// How long nothing has to be done if nothing happens.
    pub(crate) fn idle(&self, now: Duration) -> Duration {
        self.look_due().saturating_sub(now)
    }

    /// Whether a check runs.
    pub(crate) fn checking(&self) -> bool {
        self.checking
    }

    fn look_due(&self) -> Duration {
        match self.burst {
            Some((first, last)) => (last + QUIET).min(first + LONGEST_BURST),
            None => self.looked + LOOK_EVERY,
        }
    }

    fn check(&mut self) -> Vec<Action> {
        if self.checking {
            let said = std::mem::replace(&mut self.queued, true);
            return if said {
                Vec::new()
            } else {
                vec![Action::SayQueued]
            };
        }
        self.checking = true;
        vec![Action::Check]
    }

    fn checked(&mut self) -> Vec<Action> {
        self.checking = false;
        if std::mem::take(&mut self.queued) {
            return self.check();
        }
        vec![Action::SayKeys]
    }

    fn key(&mut self, key: char) -> Vec<Action> {
        match key.to_ascii_lowercase() {
            'h' => vec![Action::Hint],
            's' => vec![Action::Solution],
            'n' => vec![Action::Next],
            'l' => vec![Action::List],
            'r' => self.check(),
            'q' => vec![Action::Quit],
            _ => vec![Action::SayKeys],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_of_writes_is_one_look_after_it_is_over() {
        let mut session = Session::default();
        for at in [0, 50, 100, 150] {
            assert_eq!(session.on(Event::Touched, ms(at)), []);
        }
        assert_eq!(session.idle(ms(150)), QUIET);
        assert_eq!(session.on(Event::Tick, ms(349)), []);
        assert_eq!(session.on(Event::Tick, ms(350)), [Action::Look]);
        assert_eq!(session.on(Event::Tick, ms(351)), []);
    }

    #[test]
    fn a_file_that_is_written_without_a_pause_is_looked_at_anyway() {
        let mut session = Session::default();
        let looks = (0..40)
            .flat_map(|step| session.on(Event::Touched, ms(step * 100)))
            .filter(|action| *action == Action::Look)
            .count();
        assert_eq!(looks, 1);
    }

    #[test]
    fn files_are_looked_at_now_and_then_without_any_event() {
        let mut session = Session::default();
        assert_eq!(session.on(Event::Tick, LOOK_EVERY), [Action::Look]);
        assert_eq!(session.idle(LOOK_EVERY), LOOK_EVERY);
    }

    #[test]
    fn a_touch_that_changes_nothing_checks_nothing() {
        // Compilers and editors read files: only `Changed`, which follows a look, checks.
        let mut session = Session::default();
        session.on(Event::Touched, ms(0));
        assert_eq!(session.on(Event::Tick, ms(500)), [Action::Look]);
        assert!(!session.checking());
    }

    #[test]
    fn saves_during_a_check_ask_for_exactly_one_more() {
        let mut session = Session::default();
        assert_eq!(session.on(Event::Changed, ms(0)), [Action::Check]);
        assert_eq!(session.on(Event::Changed, ms(1)), [Action::SayQueued]);
        assert_eq!(session.on(Event::Changed, ms(2)), []);
        assert_eq!(session.on(Event::Key('r'), ms(3)), []);
        assert_eq!(session.on(Event::Checked, ms(4)), [Action::Check]);
        assert_eq!(session.on(Event::Checked, ms(5)), [Action::SayKeys]);
        assert!(!session.checking());
    }

    #[test]
    fn keys_work_during_a_check() {
        let mut session = Session::default();
        session.on(Event::Changed, ms(0));
        for (key, action) in [
            ('h', Action::Hint),
            ('S', Action::Solution),
            ('n', Action::Next),
            ('l', Action::List),
            ('q', Action::Quit),
            ('x', Action::SayKeys),
        ] {
            assert_eq!(session.on(Event::Key(key), ms(1)), [action], "{key}");
        }
    }
}
