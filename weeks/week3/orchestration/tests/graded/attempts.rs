// Retries, timeouts and the way to stop, on a clock that jumps.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;
use week3_orchestration::{Cancel, Done, Outcome, Runner, Task};

use super::clock::Clock;
use super::support::{
    Log, SECOND, after_the_end_of, cases, failed, failure, outcomes, succeeded, tasks,
};

fn one_after_another(first: &str, second: &str) -> Vec<Task> {
    vec![Task::new(first, &[]), after_the_end_of(second, &[first])]
}

#[test]
fn what_may_go_well_later_is_tried_again_after_the_pauses_of_the_policy() {
    let clock = Clock::default();
    let log = Log::default();
    let (seen, time) = (log.clone(), clock.clone());
    let work = move |name: String, _| {
        seen.borrow_mut().push((time.now().as_secs(), name.clone()));
        let of_this = |(_, seen): &&(u64, String)| *seen == name;
        let attempt = seen.borrow().iter().filter(of_this).count();
        async move {
            match name.as_str() {
                "recovers" if attempt == 3 => Ok(Done::Worked),
                _ => Err(failure("connection reset", true)),
            }
        }
    };
    let runner = Runner {
        // 10 s, 20 s, then none.
        pause_before: Arc::new(|attempt, _| (attempt <= 3).then(|| SECOND * 10 * (attempt - 1))),
        ..clock.runner(1)
    };
    let graph = one_after_another("recovers", "lost");
    let found = outcomes(&clock, runner, graph, Cancel::default(), work);
    assert_eq!(found[0].1, Outcome::Succeeded { attempts: 3 });
    assert_eq!(found[1].1, failed(3, "connection reset"));
    let times: Vec<_> = log.borrow().iter().map(|(at, _)| *at).collect();
    assert_eq!(
        times,
        [0, 10, 30, 30, 40, 60],
        "the first retry is attempt 2"
    );
}

#[test]
fn bad_data_is_not_tried_again() {
    let clock = Clock::default();
    let work = |_, _| async { Err(failure("a letter in a date", false)) };
    let graph = tasks(&["bad data"]);
    let found = outcomes(&clock, clock.runner(1), graph, Cancel::default(), work);
    assert_eq!(found[0].1, failed(1, "a letter in a date"));
}

#[test]
fn the_policy_hears_how_long_this_task_has_paused_so_far() {
    let clock = Clock::default();
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let time = clock.clone();
    // Work takes a minute, which is no pause.
    let work = move |_, _| {
        let time = time.clone();
        async move {
            time.sleep(SECOND * 60).await;
            Err(failure("connection reset", true))
        }
    };
    let runner = Runner {
        pause_before: Arc::new(move |attempt, waited| {
            log.lock().unwrap().push((attempt, waited.as_secs()));
            (waited < SECOND * 25).then_some(SECOND * 10)
        }),
        ..clock.runner(1)
    };
    outcomes(&clock, runner, tasks(&["a", "b"]), Cancel::default(), work);
    let mut heard = heard.lock().unwrap().clone();
    heard.sort_unstable();
    let of_both = [(2, 0), (3, 10), (4, 20), (5, 30)].map(|of_one| [of_one; 2]);
    assert_eq!(heard, of_both.concat(), "(attempt, seconds) of two tasks");
}

#[test]
fn a_slow_attempt_is_asked_to_stop_and_repeated_once_it_has() {
    let clock = Clock::default();
    let log = Log::default();
    let (seen, time) = (log.clone(), clock.clone());
    let work = move |_, cancel: Cancel| {
        let (seen, time) = (seen.clone(), time.clone());
        let note = move |what: &str| seen.borrow_mut().push((time.now().as_secs(), what.into()));
        async move {
            note("begins");
            cancel.requested().await;
            note("is asked");
            Err(failure("stopped at a safe point", false))
        }
    };
    let runner = Runner {
        timeout: Some(SECOND * 60),
        ..clock.runner(1)
    };
    let found = outcomes(&clock, runner, tasks(&["slow"]), Cancel::default(), work);
    let thrice = matches!(found[0].1, Outcome::Failed { attempts: 3, .. });
    assert!(
        thrice,
        "a timeout is worth another attempt: {:?}",
        found[0].1
    );
    let expected = [0, 60, 60, 120, 120, 180];
    let times: Vec<_> = log.borrow().iter().map(|(at, _)| *at).collect();
    assert_eq!(times, expected, "asked after 60 s, each attempt anew");
}

#[test]
fn cancelling_ends_work_at_its_safe_points_and_starts_nothing_more() {
    let clock = Clock::default();
    let cancel = Cancel::default();
    let log = Log::default();
    let (seen, time, button) = (log.clone(), clock.clone(), cancel.clone());
    let work = move |name: String, asked: Cancel| {
        let (seen, time, button) = (seen.clone(), time.clone(), button.clone());
        async move {
            if name == "finished" {
                return Ok(Done::Worked);
            }
            if name == "pauses" {
                return Err(failure("connection reset", true));
            }
            for step in ["ingest", "validate", "transform"] {
                if asked.is_requested() {
                    return Err(failure("asked to stop", true));
                }
                time.sleep(SECOND).await;
                seen.borrow_mut().push((time.now().as_secs(), step.into()));
                if step == "ingest" {
                    button.request();
                }
            }
            Ok(Done::Worked)
        }
    };
    let runner = Runner {
        pause_before: Arc::new(|_, _| Some(SECOND * 3600)),
        ..clock.runner(3)
    };
    let mut graph = tasks(&["finished", "pauses", "at work"]);
    graph.extend([
        Task::new("behind", &["at work"]),
        Task::new("later", &["at work"]),
        after_the_end_of("load", &["at work"]),
    ]);
    let found = outcomes(&clock, runner, graph, cancel, work);
    assert_eq!(found[0], succeeded("finished"));
    for (task, outcome) in &found[1..] {
        assert_eq!(*outcome, Outcome::Cancelled, "{task}");
    }
    let steps: Vec<_> = log.borrow().iter().map(|(_, step)| step.clone()).collect();
    assert_eq!(steps, ["ingest", "validate"], "whole steps, and no more");
    assert!(clock.now() < SECOND * 10, "no pause is waited out");
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn attempts_are_as_many_as_it_takes_or_as_the_policy_grants(
        failures in 0..8_u32,
        granted in 1..6_u32,
    ) {
        let clock = Clock::default();
        let made = Rc::new(Cell::new(0));
        let count = Rc::clone(&made);
        let work = move |_, _| {
            count.set(count.get() + 1);
            let done = count.get() > failures;
            async move {
                if done { Ok(Done::Worked) } else { Err(failure("connection reset", true)) }
            }
        };
        let runner = Runner {
            pause_before: Arc::new(move |attempt, _| (attempt <= granted).then_some(SECOND)),
            ..clock.runner(1)
        };
        let found = outcomes(&clock, runner, tasks(&["a"]), Cancel::default(), work);
        let attempts = granted.min(failures + 1);
        prop_assert_eq!(made.get(), attempts, "attempts made");
        let expected = if failures < granted {
            Outcome::Succeeded { attempts }
        } else {
            failed(attempts, "connection reset")
        };
        prop_assert_eq!(&found[0].1, &expected);
        prop_assert_eq!(clock.now(), SECOND * (attempts - 1), "one pause between two attempts");
    }
}
