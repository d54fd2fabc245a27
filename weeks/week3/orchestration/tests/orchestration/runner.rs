//! Retries, timeouts, isolation, cancellation: on a clock that jumps.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use week3_orchestration::solution::run;
use week3_orchestration::{Cancel, Done, Failure, Outcome, Runner, Task, Trigger};

use crate::clock::Clock;

const SECOND: Duration = Duration::from_secs(1);

/// What happened, and at which second.
type Log = Rc<RefCell<Vec<(u64, String)>>>;

fn failure(error: &str, retryable: bool) -> Failure {
    Failure {
        error: error.into(),
        retryable,
    }
}

/// Runs tasks whose attempts are told apart by the log, and gives what became of each.
fn outcomes<F>(
    clock: &Clock,
    runner: Runner,
    tasks: Vec<Task>,
    cancel: Cancel,
    work: impl Fn(String, Cancel) -> F + 'static,
) -> Vec<(String, Outcome)>
where
    F: Future<Output = Result<Done, Failure>> + 'static,
{
    let reports = clock.run(async move {
        let work = |name: &str, cancel: Cancel| work(name.to_owned(), cancel);
        run(&tasks, &runner, &cancel, work).await.unwrap()
    });
    let pairs = reports
        .into_iter()
        .map(|report| (report.task, report.outcome));
    pairs.collect()
}

fn tasks(names: &[&str]) -> Vec<Task> {
    names.iter().map(|name| Task::new(name, &[])).collect()
}

fn succeeded(task: &str) -> (String, Outcome) {
    (task.into(), Outcome::Succeeded { attempts: 1 })
}

#[test]
fn a_failed_task_skips_those_behind_it_and_nobody_else() {
    let clock = Clock::default();
    let mut graph = vec![
        Task::new("2022", &[]),
        Task::new("2023", &[]),
        Task::new("totals of 2022", &["2022"]),
        Task::new("totals of 2023", &["2023"]),
        Task::new("picture of 2022", &["totals of 2022"]),
    ];
    graph.push(Task {
        trigger: Trigger::AllEnded,
        ..Task::new("load", &["2022", "2023"])
    });
    let work = |name: String, _| async move {
        match name.as_str() {
            "2022" => Err(failure("no such column", false)),
            "2023" => Ok(Done::Already {
                reason: "commit 4".into(),
            }),
            _ => Ok(Done::Worked),
        }
    };
    let found = outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
    let skipped = || Outcome::Skipped {
        because: "2022".into(),
    };
    let failed = Outcome::Failed {
        attempts: 1,
        error: "no such column".into(),
    };
    let already = Outcome::Already {
        reason: "commit 4".into(),
    };
    assert_eq!(
        found,
        [
            ("2022".into(), failed),
            ("2023".into(), already),
            ("totals of 2022".into(), skipped()),
            succeeded("totals of 2023"),
            ("picture of 2022".into(), skipped()),
            succeeded("load"),
        ]
    );
}

#[test]
fn a_panic_is_the_failure_of_one_task() {
    let clock = Clock::default();
    let work = |name: String, _| {
        assert_ne!(name, "at once", "on purpose, before anything is awaited");
        async move {
            assert_ne!(name, "later", "on purpose");
            Ok(Done::Worked)
        }
    };
    let graph = tasks(&["at once", "later", "sound"]);
    let found = outcomes(&clock, clock.runner(1), graph, Cancel::default(), work);
    for (_, outcome) in &found[..2] {
        let text = outcome.to_string();
        assert!(text.contains("defect"), "not retried, and named: {text}");
    }
    assert_eq!(found[2], succeeded("sound"));
}

#[test]
fn tasks_start_as_listed_and_no_more_at_once_than_allowed() {
    let clock = Clock::default();
    let log = Log::default();
    let (seen, time) = (log.clone(), clock.clone());
    let work = move |name: String, _| {
        let (seen, time) = (seen.clone(), time.clone());
        async move {
            seen.borrow_mut().push((time.now().as_secs(), name));
            time.sleep(SECOND).await;
            Ok(Done::Worked)
        }
    };
    let graph = tasks(&["2023", "2022", "2021", "2020", "2019"]);
    outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
    let started: Vec<_> = log.borrow().clone();
    let expected = [
        (0, "2023"),
        (0, "2022"),
        (1, "2021"),
        (1, "2020"),
        (2, "2019"),
    ];
    assert_eq!(started, expected.map(|(at, name)| (at, name.to_owned())));
}

#[test]
fn what_may_go_well_later_is_tried_again_after_the_pauses_of_the_policy() {
    let clock = Clock::default();
    let log = Log::default();
    let (seen, time) = (log.clone(), clock.clone());
    let work = move |name: String, _| {
        seen.borrow_mut().push((time.now().as_secs(), name.clone()));
        let attempt = seen
            .borrow()
            .iter()
            .filter(|(_, seen)| *seen == name)
            .count();
        async move {
            match name.as_str() {
                "recovers" if attempt == 3 => Ok(Done::Worked),
                "bad data" => Err(failure("a letter in a date", false)),
                _ => Err(failure("connection reset", true)),
            }
        }
    };
    let runner = Runner {
        // 10 s, 20 s, then none; the budget counts the pauses so far.
        pause_before: Arc::new(|attempt, waited| {
            assert_eq!(waited, SECOND * [0, 10, 30][attempt as usize - 2]);
            (attempt <= 3).then(|| SECOND * 10 * (attempt - 1))
        }),
        ..clock.runner(1)
    };
    let graph = tasks(&["recovers", "bad data", "lost"]);
    let found = outcomes(&clock, runner, graph, Cancel::default(), work);
    let failed = |attempts, error: &str| Outcome::Failed {
        attempts,
        error: error.into(),
    };
    assert_eq!(found[0].1, Outcome::Succeeded { attempts: 3 });
    assert_eq!(found[1].1, failed(1, "a letter in a date"));
    assert_eq!(found[2].1, failed(3, "connection reset"));
    let times: Vec<_> = log.borrow().iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0, 10, 30, 30, 30, 40, 60]);
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
    let text = found[0].1.to_string();
    assert_eq!(text, "failed 3 times, at last: it took longer than 60s");
    let expected = [0, 60, 60, 120, 120, 180].map(|at| (at, at % 60));
    let times: Vec<_> = log.borrow().iter().map(|(at, _)| *at).collect();
    assert_eq!(
        times,
        expected.map(|(at, _)| at),
        "one attempt after another"
    );
}

#[test]
fn an_attempt_that_never_stops_is_abandoned_and_not_repeated() {
    let clock = Clock::default();
    let begun = Rc::new(RefCell::new(0));
    let counter = begun.clone();
    let work = move |name: String, _| {
        *counter.borrow_mut() += 1;
        async move {
            if name == "deaf" {
                futures::future::pending::<()>().await;
            }
            Ok(Done::Worked)
        }
    };
    let runner = Runner {
        timeout: Some(SECOND * 60),
        ..clock.runner(1)
    };
    let graph = tasks(&["deaf", "next"]);
    let found = outcomes(&clock, runner, graph, Cancel::default(), work);
    let text = found[0].1.to_string();
    assert!(text.contains("had not stopped 5s after"), "{text}");
    assert_eq!(found[1], succeeded("next"));
    assert_eq!(*begun.borrow(), 2);
    assert_eq!(clock.now(), SECOND * 65);
}

#[test]
fn work_that_is_done_when_it_is_asked_to_stop_counts() {
    let clock = Clock::default();
    let time = clock.clone();
    let work = move |_, _| {
        let time = time.clone();
        async move {
            time.sleep(SECOND * 62).await;
            Ok(Done::Worked)
        }
    };
    let runner = Runner {
        timeout: Some(SECOND * 60),
        ..clock.runner(1)
    };
    let found = outcomes(&clock, runner, tasks(&["late"]), Cancel::default(), work);
    assert_eq!(found, [succeeded("late")]);
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
        ..clock.runner(2)
    };
    let mut graph = tasks(&["finished", "pauses", "at work"]);
    graph.push(Task::new("behind", &["at work"]));
    graph.push(Task {
        trigger: Trigger::AllEnded,
        ..Task::new("load", &["finished"])
    });
    graph.insert(4, Task::new("later", &["at work"]));
    let found = outcomes(&clock, runner, graph, cancel, work);
    let names: Vec<_> = found
        .iter()
        .map(|(name, outcome)| (name.as_str(), outcome.to_string()))
        .collect();
    let expected = [
        ("finished", "done"),
        ("pauses", "cancelled"),
        ("at work", "cancelled"),
        ("behind", "cancelled"),
        ("later", "cancelled"),
        ("load", "cancelled"),
    ];
    assert_eq!(names, expected.map(|(name, text)| (name, text.to_owned())));
    let steps: Vec<_> = log.borrow().iter().map(|(_, step)| step.clone()).collect();
    assert_eq!(steps, ["ingest", "validate"], "whole steps, and no more");
    assert!(clock.now() < SECOND * 10, "no pause is waited out");
}
