// Retries, on a clock that moves only when somebody waits.

use std::time::Duration;

use proptest::prelude::*;
use week2_ingestion::{PROGRESS, RetryPolicy};

use super::subject;
use super::support::cases;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const POLICY: RetryPolicy = RetryPolicy {
    max_attempts: 8,
    base: ms(100),
    cap: ms(1000),
    budget: Duration::from_mins(10),
};

/// A server by what it answers, and the clock that its client waits by.
struct Story {
    clock: Duration,
    asked_at: Vec<u128>,
}

impl Story {
    /// Asks until there is an answer that counts, or until it is given up: the last status.
    fn run(policy: RetryPolicy, unit: f64, answers: &[(u16, u64)]) -> (Option<u16>, Self) {
        let mut story = Self {
            clock: Duration::ZERO,
            asked_at: Vec::new(),
        };
        let mut attempts = subject::Attempts::new(policy, 0);
        for (status, wait_seconds) in answers {
            story.asked_at.push(story.clock.as_millis());
            if *status == 200 || !subject::is_passing(*status) {
                return (Some(*status), story);
            }
            let at_least = Duration::from_secs(*wait_seconds);
            let Some(pause) = attempts.next_pause(0, unit, at_least) else {
                return (None, story);
            };
            story.clock += pause;
        }
        (None, story)
    }
}

#[test]
fn what_may_pass_is_tried_again() {
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert!(subject::is_passing(status), "status {status} may pass");
    }
}

#[test]
fn what_will_be_the_same_next_time_is_not_tried_again() {
    for status in [400, 401, 403, 404, 405, 410, 412, 413, 416, 422, 451] {
        assert!(
            !subject::is_passing(status),
            "status {status} will be the same next time"
        );
    }
}

#[test]
fn bounds_double_from_the_first_retry_up_to_the_cap() {
    let delays = (2..=8).map(|attempt| {
        let delay = subject::delay_before(&POLICY, attempt, Duration::ZERO, 0.5);
        delay.map(|delay| delay.as_millis())
    });
    let expected = [50, 100, 200, 400, 500, 500, 500].map(Some);
    assert_eq!(
        delays.collect::<Vec<_>>(),
        expected,
        "milliseconds before attempts 2 to 8, in the middle of what jitter allows"
    );
}

#[test]
fn jitter_reaches_from_nothing_to_the_bound() {
    for (unit, millis) in [(0.0, 0), (0.25, 100), (0.75, 300)] {
        let delay = subject::delay_before(&POLICY, 4, Duration::ZERO, unit);
        assert_eq!(delay, Some(ms(millis)), "at {unit} of a bound of 400 ms");
    }
}

#[test]
fn the_last_attempt_is_not_followed_by_another() {
    let last = subject::delay_before(&POLICY, 8, Duration::ZERO, 0.5);
    assert!(
        last.is_some(),
        "there are eight attempts, the first included"
    );
    assert_eq!(
        subject::delay_before(&POLICY, 9, Duration::ZERO, 0.5),
        None,
        "a ninth attempt of eight"
    );
}

#[test]
fn a_very_patient_policy_does_not_overflow() {
    let policy = RetryPolicy {
        max_attempts: u32::MAX,
        budget: Duration::MAX,
        ..POLICY
    };
    for attempt in [33, 34, 65, 1000, u32::MAX] {
        let delay = subject::delay_before(&policy, attempt, Duration::ZERO, 0.5);
        assert_eq!(delay, Some(ms(500)), "before attempt {attempt}");
    }
}

#[test]
fn no_pause_takes_the_sum_beyond_the_budget() {
    let policy = RetryPolicy {
        budget: ms(1000),
        ..POLICY
    };
    let delay = |waited| subject::delay_before(&policy, 4, ms(waited), 0.5);
    assert_eq!(delay(800), Some(ms(200)), "just what is left");
    assert_eq!(delay(801), None, "one millisecond more than is left");
}

#[test]
fn a_server_that_names_a_time_is_not_asked_before_it() {
    let pause = |unit, at_least| subject::pause_before(&POLICY, 4, Duration::ZERO, unit, at_least);
    assert_eq!(
        pause(0.5, ms(3000)),
        Some(ms(3000)),
        "longer than any jitter"
    );
    assert_eq!(pause(0.5, ms(100)), Some(ms(200)), "the jitter is longer");
}

#[test]
fn a_server_that_asks_for_more_than_is_left_is_given_up() {
    let policy = RetryPolicy {
        budget: Duration::from_mins(1),
        ..POLICY
    };
    let waited = Duration::from_secs(50);
    let pause =
        |seconds| subject::pause_before(&policy, 3, waited, 0.5, Duration::from_secs(seconds));
    assert_eq!(pause(10), Some(Duration::from_secs(10)));
    assert_eq!(pause(11), None, "asked to wait 11 s of 10 s that are left");
    let endless = subject::pause_before(&policy, 3, waited, 0.5, Duration::MAX);
    assert_eq!(endless, None, "asked to wait for ever");
}

#[test]
fn a_passing_failure_ends_well_and_what_is_missing_is_asked_for_once() {
    let (status, story) = Story::run(POLICY, 0.5, &[(503, 0), (429, 7), (500, 0), (200, 0)]);
    assert_eq!(status, Some(200));
    assert_eq!(story.asked_at, [0, 50, 7050, 7250], "milliseconds");
    let (status, story) = Story::run(POLICY, 0.5, &[(404, 0), (200, 0)]);
    assert_eq!((status, story.asked_at), (Some(404), vec![0]));
}

#[test]
fn pauses_count_together_against_the_budget() {
    let policy = RetryPolicy {
        max_attempts: 100,
        budget: Duration::from_secs(10),
        ..POLICY
    };
    let (status, story) = Story::run(policy, 0.5, &[(503, 3); 100]);
    assert_eq!(status, None, "the server never recovers");
    assert_eq!(
        story.asked_at,
        [0, 3000, 6000, 9000],
        "the fourth pause of 3 s would make 12 s of 10 s"
    );
}

#[test]
fn a_download_that_gets_on_starts_counting_again() {
    let policy = RetryPolicy {
        max_attempts: 3,
        ..POLICY
    };
    let mut attempts = subject::Attempts::new(policy, 0);
    let mut reached = 0;
    for failure in 1..=20 {
        reached += PROGRESS;
        let pause = attempts.next_pause(reached, 0.5, Duration::ZERO);
        assert_eq!(pause, Some(ms(50)), "failure {failure}, a megabyte farther");
        assert_eq!(attempts.failed(), 1, "failures in a row");
    }
}

#[test]
fn a_few_bytes_are_no_progress() {
    let policy = RetryPolicy {
        max_attempts: 3,
        ..POLICY
    };
    let mut attempts = subject::Attempts::new(policy, 0);
    let pauses: Vec<_> = (1..=4)
        .map(|failure| attempts.next_pause(failure * 1000, 0.5, Duration::ZERO))
        .collect();
    assert_eq!(pauses, [Some(ms(50)), Some(ms(100)), None, None]);
}

#[test]
fn bytes_that_come_a_second_time_are_no_progress() {
    let policy = RetryPolicy {
        max_attempts: 3,
        ..POLICY
    };
    let mut attempts = subject::Attempts::new(policy, 5 * PROGRESS);
    // The server has started over: far behind what was there, and slowly back.
    let pauses: Vec<_> = [0, 2 * PROGRESS, 4 * PROGRESS]
        .map(|reached| attempts.next_pause(reached, 0.5, Duration::ZERO))
        .into();
    assert_eq!(pauses, [Some(ms(50)), Some(ms(100)), None]);
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn no_client_waits_longer_than_its_budget(
        unit in 0.0..1.0_f64,
        budget in 0..5_000_u64,
        asks in proptest::collection::vec(0..3_u64, 1..40),
    ) {
        let policy = RetryPolicy { max_attempts: 100, budget: ms(budget), ..POLICY };
        let answers: Vec<_> = asks.iter().map(|seconds| (503, *seconds)).collect();
        let (_, story) = Story::run(policy, unit, &answers);
        prop_assert!(story.clock <= policy.budget, "waited {:?} of {:?}", story.clock, policy.budget);
    }

    #[test]
    fn every_pause_lies_below_its_bound(unit in 0.0..1.0_f64, attempt in 2..8_u32) {
        let bound = ms(100 << (attempt - 2)).min(POLICY.cap);
        let delay = subject::delay_before(&POLICY, attempt, Duration::ZERO, unit).unwrap();
        prop_assert!(delay <= bound, "{:?} above {:?}", delay, bound);
        let share = delay.as_secs_f64() / bound.as_secs_f64();
        prop_assert!((share - unit).abs() < 1e-4, "{} of the bound, at {}", share, unit);
    }
}
