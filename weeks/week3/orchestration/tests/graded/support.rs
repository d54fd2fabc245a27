// What several graded modules need: tasks, runs on the clock, graphs drawn at random.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use week3_orchestration::{Cancel, Done, Failure, Outcome, Runner, Task, Trigger};

use super::clock::Clock;
use super::subject;

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// What happened, and at which second.
pub(super) type Log = Rc<RefCell<Vec<(u64, String)>>>;

/// So many cases, unless the environment says otherwise; nothing is left in the folder.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig { cases, ..config },
    }
}

pub(super) fn failure(error: &str, retryable: bool) -> Failure {
    Failure {
        error: error.into(),
        retryable,
    }
}

pub(super) fn already(reason: &str) -> Done {
    let reason = reason.into();
    Done::Already { reason }
}

pub(super) fn failed(attempts: u32, error: &str) -> Outcome {
    let error = error.into();
    Outcome::Failed { attempts, error }
}

pub(super) const fn is_failed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { .. })
}

pub(super) fn succeeded(task: &str) -> (String, Outcome) {
    (task.into(), Outcome::Succeeded { attempts: 1 })
}

/// Tasks that wait for nobody.
pub(super) fn tasks(names: &[&str]) -> Vec<Task> {
    names.iter().map(|name| Task::new(name, &[])).collect()
}

/// A task that waits for the end of others, whatever it is.
pub(super) fn after_the_end_of(name: &str, after: &[&str]) -> Task {
    Task {
        trigger: Trigger::AllEnded,
        ..Task::new(name, after)
    }
}

/// Runs tasks to the end, and gives what became of each.
pub(super) fn outcomes<F>(
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
        subject::run(&tasks, &runner, &cancel, work).await
    });
    let reports = reports.expect("these tasks are a graph");
    let pairs = reports.into_iter();
    pairs.map(|report| (report.task, report.outcome)).collect()
}

/// A task's nature: how its attempts end, and after how long.
#[derive(Debug, Clone)]
pub(super) struct Nature {
    pub(super) fails_first: u32,
    pub(super) then: Then,
    pub(super) millis: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    Works,
    WasDone,
    Fails,
}

fn nature() -> impl Strategy<Value = Nature> {
    let then = prop_oneof![
        4 => Just(Then::Works),
        1 => Just(Then::WasDone),
        1 => Just(Then::Fails),
    ];
    (0..4_u32, then, 0..50_u64).prop_map(|(fails_first, then, millis)| Nature {
        fails_first,
        then,
        millis,
    })
}

/// Tasks that wait only for tasks of a lower number, listed in any order.
pub(super) fn graph() -> impl Strategy<Value = Vec<(Task, Nature)>> {
    let task = (vec(any::<Index>(), 0..4), any::<bool>(), nature());
    let tasks = vec(task, 1..14).prop_map(|drawn| {
        let task = |(number, (before, ended, nature)): (usize, (Vec<Index>, bool, Nature))| {
            let before = before.iter().filter(|_| number > 0);
            let before: BTreeSet<String> = before.map(|at| name(at.index(number))).collect();
            let task = Task {
                name: name(number),
                after: before.into_iter().collect(),
                trigger: if ended {
                    Trigger::AllEnded
                } else {
                    Trigger::AllSucceeded
                },
            };
            (task, nature)
        };
        drawn.into_iter().enumerate().map(task).collect::<Vec<_>>()
    });
    tasks.prop_shuffle()
}

/// Not in the order of the numbers.
fn name(number: usize) -> String {
    format!("task {}", number * 7 % 15)
}
