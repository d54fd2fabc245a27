//! What holds of every graph, whatever its tasks do.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use week3_orchestration::solution::{order, run};
use week3_orchestration::{Cancel, Done, Failure, GraphError, Report, Task, Trigger};

use crate::clock::Clock;

/// A task's nature: how its attempts end, and after how long.
#[derive(Debug, Clone)]
struct Nature {
    fails_first: u32,
    then: Then,
    millis: u64,
}

#[derive(Debug, Clone, Copy)]
enum Then {
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
fn graph() -> impl Strategy<Value = Vec<(Task, Nature)>> {
    let task = (
        vec(any::<prop::sample::Index>(), 0..4),
        any::<bool>(),
        nature(),
    );
    let tasks = vec(task, 1..14).prop_map(|drawn| {
        let tasks = drawn.into_iter().enumerate();
        let task =
            |(number, (before, ended, nature)): (usize, (Vec<prop::sample::Index>, _, _))| {
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
        tasks.map(task).collect::<Vec<_>>()
    });
    tasks.prop_shuffle()
}

/// Not in the order of the numbers.
fn name(number: usize) -> String {
    format!("task {}", number * 7 % 15)
}

#[derive(Default)]
struct Seen {
    at_work: Cell<usize>,
    most: Cell<usize>,
    attempts: RefCell<BTreeMap<String, u32>>,
    ended: RefCell<BTreeSet<String>>,
    succeeded: RefCell<BTreeSet<String>>,
    broken: RefCell<Vec<String>>,
}

impl Seen {
    /// A task may begin; and if this is its first attempt, those before it have ended.
    fn begin(&self, task: &Task) -> u32 {
        self.at_work.set(self.at_work.get() + 1);
        self.most.set(self.most.get().max(self.at_work.get()));
        let enough = |before: &&String| match task.trigger {
            Trigger::AllSucceeded => self.succeeded.borrow().contains(*before),
            // One that never began was skipped, which is an end as well.
            Trigger::AllEnded => {
                self.ended.borrow().contains(*before)
                    || !self.attempts.borrow().contains_key(*before)
            }
        };
        if let Some(before) = task.after.iter().find(|before| !enough(before)) {
            let broken = format!("{} began too early for {before}", task.name);
            self.broken.borrow_mut().push(broken);
        }
        if self.ended.borrow().contains(&task.name) {
            let broken = format!("{} began again after its end", task.name);
            self.broken.borrow_mut().push(broken);
        }
        let mut attempts = self.attempts.borrow_mut();
        let attempt = attempts.entry(task.name.clone()).or_default();
        *attempt += 1;
        *attempt
    }

    fn end(&self, task: &Task, result: &Result<Done, Failure>, last: bool) {
        self.at_work.set(self.at_work.get() - 1);
        if result.is_ok() {
            self.succeeded.borrow_mut().insert(task.name.clone());
        }
        if result.is_ok() || last {
            self.ended.borrow_mut().insert(task.name.clone());
        }
    }
}

/// Attempts that a runner of [`Clock::runner`] makes.
const ATTEMPTS: u32 = 3;

fn result(nature: &Nature, attempt: u32) -> (Result<Done, Failure>, bool) {
    let failure = |retryable| {
        Err(Failure {
            error: "on purpose".into(),
            retryable,
        })
    };
    if attempt <= nature.fails_first {
        return (failure(true), attempt == ATTEMPTS);
    }
    match nature.then {
        Then::Works => (Ok(Done::Worked), true),
        Then::WasDone => {
            let reason = "done before".into();
            (Ok(Done::Already { reason }), true)
        }
        Then::Fails => (failure(false), true),
    }
}

fn run_all(graph: &[(Task, Nature)], concurrency: usize) -> (Vec<Report>, Rc<Seen>) {
    let (clock, seen) = (Clock::default(), Rc::new(Seen::default()));
    let (time, log, graph) = (clock.clone(), Rc::clone(&seen), graph.to_vec());
    let runner = clock.runner(concurrency);
    let reports = clock.run(async move {
        let tasks: Vec<Task> = graph.iter().map(|(task, _)| task.clone()).collect();
        let work = |name: &str, _| {
            let (task, nature) = graph.iter().find(|(task, _)| task.name == name).unwrap();
            let (task, nature) = (task.clone(), nature.clone());
            let (log, time) = (Rc::clone(&log), time.clone());
            async move {
                let attempt = log.begin(&task);
                time.sleep(Duration::from_millis(nature.millis)).await;
                let (result, last) = result(&nature, attempt);
                log.end(&task, &result, last);
                result
            }
        };
        run(&tasks, &runner, &Cancel::default(), work)
            .await
            .unwrap()
    });
    (reports, seen)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_order_holds_every_task_once_and_none_before_what_it_waits_for(graph in graph()) {
        let tasks: Vec<Task> = graph.into_iter().map(|(task, _)| task).collect();
        let order = order(&tasks).unwrap();
        let position = |name: &str| order.iter().position(|task| *task == name);
        prop_assert_eq!(order.len(), tasks.len());
        for task in &tasks {
            for before in &task.after {
                prop_assert!(position(before) < position(&task.name), "{} {}", before, task.name);
            }
        }
    }

    #[test]
    fn an_edge_back_makes_a_cycle_and_every_step_of_it_is_an_edge(
        graph in graph(),
        at in any::<prop::sample::Index>(),
    ) {
        let mut tasks: Vec<Task> = graph.into_iter().map(|(task, _)| task).collect();
        let at = at.index(tasks.len());
        let names: Vec<String> = order(&tasks).unwrap().iter().map(ToString::to_string).collect();
        // From the first in the order to a later one, if there is a way back.
        let (first, last) = (names[0].clone(), tasks[at].name.clone());
        let reachable = reaches(&tasks, &last, &first);
        tasks.iter_mut().find(|task| task.name == first).unwrap().after.push(last);
        match order(&tasks) {
            Ok(_) => prop_assert!(!reachable),
            Err(GraphError::Cycle { tasks: cycle }) => {
                prop_assert!(reachable);
                prop_assert_eq!(cycle.first(), cycle.last());
                for step in cycle.windows(2) {
                    let task = tasks.iter().find(|task| task.name == step[0]).unwrap();
                    prop_assert!(task.after.contains(&step[1]), "{:?}", step);
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn every_task_starts_only_when_it_may_and_the_bound_decides_nothing_but_the_time(
        graph in graph(),
        bound in 1..6_usize,
    ) {
        let (reports, seen) = run_all(&graph, bound);
        prop_assert!(seen.broken.borrow().is_empty(), "{:?}", seen.broken.borrow());
        prop_assert!(seen.most.get() <= bound, "{} at once", seen.most.get());
        prop_assert!(seen.attempts.borrow().values().all(|attempts| *attempts <= ATTEMPTS));
        prop_assert_eq!(reports.len(), graph.len());
        let (one_by_one, _) = run_all(&graph, 1);
        prop_assert_eq!(reports, one_by_one);
    }
}

/// Whether `task` waits for `other`, directly or not; or is it.
fn reaches(tasks: &[Task], task: &str, other: &str) -> bool {
    let after = &tasks.iter().find(|found| found.name == task).unwrap().after;
    task == other || after.iter().any(|before| reaches(tasks, before, other))
}
