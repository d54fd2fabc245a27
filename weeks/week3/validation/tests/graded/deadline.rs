// Promises, kept and broken. All times are seconds.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use week3_validation::{Lateness, Miss, Watched};

use super::subject::misses;
use super::support::cases;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn watched(delivery: &str, since: i64, started: Option<i64>, ended: Option<i64>) -> Watched {
    Watched {
        delivery: delivery.into(),
        since: at(since),
        started: started.map(at),
        ended: ended.map(at),
    }
}

fn miss(delivery: &str, due: i64, late: u64, state: Lateness) -> Miss {
    Miss {
        delivery: delivery.into(),
        due: at(due),
        late: seconds(late),
        state,
    }
}

/// What is missed at this second of what was promised within 60.
fn missed(watched: &[Watched], now: i64) -> Vec<Miss> {
    misses(seconds(60), watched, at(now))
}

#[test]
fn what_ends_in_time_is_kept_and_the_last_moment_counts() {
    let one = |ended| [watched("general 2023", 0, Some(5), Some(ended))];
    assert_eq!(missed(&one(59), 900), []);
    assert_eq!(missed(&one(60), 900), []);
    let late = miss("general 2023", 60, 1, Lateness::Ended);
    assert_eq!(
        missed(&one(61), 900),
        [late],
        "how late it was, not how long ago"
    );
}

#[test]
fn work_that_hangs_is_late_although_it_never_ends() {
    let hung = [watched("general 2023", 0, Some(5), None)];
    assert_eq!(missed(&hung, 60), []);
    let late = |late| [miss("general 2023", 60, late, Lateness::Running)];
    assert_eq!(missed(&hung, 61), late(1));
    assert_eq!(missed(&hung, 3660), late(3600), "it becomes later");
}

#[test]
fn work_that_never_began_is_late_as_well() {
    let forgotten = [watched("general 2023", 0, None, None)];
    let late = [miss("general 2023", 60, 40, Lateness::NotStarted)];
    assert_eq!(missed(&forgotten, 100), late);
}

#[test]
fn a_promise_counts_from_the_data_and_not_from_the_start_of_the_work() {
    let queued = [watched("general 2023", 100, Some(155), Some(170))];
    let late = [miss("general 2023", 160, 10, Lateness::Ended)];
    assert_eq!(missed(&queued, 200), late, "55 s in a queue are 55 s");
}

#[test]
fn the_latest_comes_first() {
    let all = [
        watched("a", 90, None, None),
        watched("kept", 0, Some(1), Some(2)),
        watched("d", 0, Some(1), Some(100)),
        watched("c", 0, Some(1), None),
        watched("b", 90, Some(95), None),
    ];
    let found = missed(&all, 200);
    let order: Vec<_> = found
        .iter()
        .map(|miss| (miss.delivery.as_str(), miss.late.as_secs()))
        .collect();
    assert_eq!(order, [("c", 140), ("a", 50), ("b", 50), ("d", 40)]);
}

#[test]
fn what_is_due_after_the_end_of_time_is_never_late() {
    let one = [watched("general 2023", 0, None, None)];
    assert_eq!(misses(Duration::MAX, &one, at(1000)), []);
}

prop_compose! {
    /// Times that are possible: since, started, ended, in this order.
    fn any_watched()(
        since in 0..500_i64,
        waits in 0..100_i64,
        works in 0..100_i64,
        goes in 0..3,
    ) -> Watched {
        let started = (goes > 0).then_some(since + waits);
        let ended = (goes > 1).then_some(since + waits + works);
        watched("general 2023", since, started, ended)
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_promise_that_is_broken_stays_broken(
        watched in any_watched(),
        within in 0..150_u64,
        later in 0..500_u64,
    ) {
        let now = at(700);
        let found = misses(seconds(within), std::slice::from_ref(&watched), now);
        let after = misses(seconds(within), std::slice::from_ref(&watched), now + seconds(later));
        prop_assert!(after.len() >= found.len(), "{found:?} was forgotten: {after:?}");
        for (found, after) in found.iter().zip(&after) {
            prop_assert_eq!(found.due, after.due);
            let more = after.late.saturating_sub(found.late);
            let expected = if watched.ended.is_some() { 0 } else { later };
            prop_assert_eq!(more, seconds(expected), "{:?} and later {:?}", found, after);
        }
        for miss in &after {
            prop_assert!(!miss.late.is_zero());
        }
    }
}
