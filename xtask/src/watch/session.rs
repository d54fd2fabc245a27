//! What `watch` decides: events in, actions out, no clock and no terminal of its own.
//!
//! Invariants: at most one check runs; whatever is saved during it asks for exactly one
//! more; a burst of writes is one save.

use std::time::Duration;

/// A save is over when nothing was written for so long.
pub(crate) const QUIET: Duration = Duration::from_millis(200);
/// A file that is written without a pause is looked at anyway.
const LONGEST_BURST: Duration = Duration::from_secs(2);
/// Files are looked at so often: some dozens, which takes a fraction of a millisecond.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A look found the files changed.
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
            Event::Changed => {
                let first = self.burst.map_or(now, |(first, _)| first);
                self.burst = Some((first, now));
                Vec::new()
            }
            Event::Moved => self.check(),
            Event::Checked => self.checked(),
            Event::Key(key) => self.key(key),
            Event::Tick => Vec::new(),
        };
        if self.burst.is_some_and(|burst| now >= end(burst)) {
            self.burst = None;
            actions.extend(self.check());
        }
        if now >= self.looked + LOOK_EVERY {
            self.looked = now;
            actions.push(Action::Look);
        }
        actions
    }

    /// How long nothing has to be done if nothing happens.
    pub(crate) fn idle(&self, now: Duration) -> Duration {
        let look = self.looked + LOOK_EVERY;
        let next = self.burst.map_or(look, |burst| end(burst).min(look));
        next.saturating_sub(now)
    }

    /// Whether a check runs.
    pub(crate) fn checking(&self) -> bool {
        self.checking
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

/// When a burst is taken for over.
fn end((first, last): (Duration, Duration)) -> Duration {
    (last + QUIET).min(first + LONGEST_BURST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// What a session does besides looking.
    fn on(session: &mut Session, event: Event, at: u64) -> Vec<Action> {
        let mut actions = session.on(event, ms(at));
        actions.retain(|action| *action != Action::Look);
        actions
    }

    #[test]
    fn a_burst_of_writes_is_one_check_after_it_is_over() {
        let mut session = Session::default();
        for at in [0, 50, 100, 150] {
            assert_eq!(on(&mut session, Event::Changed, at), []);
        }
        assert_eq!(on(&mut session, Event::Tick, 349), []);
        assert_eq!(on(&mut session, Event::Tick, 350), [Action::Check]);
        assert_eq!(on(&mut session, Event::Tick, 351), []);
    }

    #[test]
    fn a_file_that_is_written_without_a_pause_is_checked_anyway() {
        let mut session = Session::default();
        let checks = (0..40)
            .flat_map(|step| on(&mut session, Event::Changed, step * 100))
            .filter(|action| *action == Action::Check)
            .count();
        assert_eq!(checks, 1);
    }

    #[test]
    fn files_are_looked_at_again_and_again() {
        let mut session = Session::default();
        assert_eq!(session.on(Event::Tick, LOOK_EVERY), [Action::Look]);
        assert_eq!(session.idle(LOOK_EVERY), LOOK_EVERY);
        assert_eq!(session.on(Event::Tick, LOOK_EVERY), []);
    }

    #[test]
    fn a_look_that_finds_nothing_checks_nothing() {
        let mut session = Session::default();
        for at in 0..100 {
            assert_eq!(on(&mut session, Event::Tick, at * 100), []);
        }
        assert!(!session.checking());
    }

    #[test]
    fn saves_during_a_check_ask_for_exactly_one_more() {
        let mut session = Session::default();
        assert_eq!(on(&mut session, Event::Moved, 0), [Action::Check]);
        for (at, said) in [(1000, vec![Action::SayQueued]), (2000, vec![])] {
            on(&mut session, Event::Changed, at);
            assert_eq!(on(&mut session, Event::Tick, at + 500), said);
        }
        assert_eq!(on(&mut session, Event::Key('r'), 3000), []);
        assert_eq!(on(&mut session, Event::Checked, 4000), [Action::Check]);
        assert_eq!(on(&mut session, Event::Checked, 5000), [Action::SayKeys]);
        assert!(!session.checking());
    }

    #[test]
    fn keys_work_during_a_check() {
        let mut session = Session::default();
        session.on(Event::Moved, ms(0));
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
