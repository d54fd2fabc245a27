// Who may start, how many at once, and what becomes of the rest when one fails.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use week3_orchestration::{
    Cancel, Done, Failure, GraphError, Outcome, Report, Runner, Task, Trigger,
};

use super::clock::Clock;
use super::subject::run;
use super::support::{
    Log, Nature, SECOND, Then, after_the_end_of, already, cases, failure, graph, is_failed,
    outcomes, succeeded, tasks,
};

#[test]
fn a_failed_task_skips_those_behind_it_and_nobody_else() {
    let clock = Clock::default();
    let graph = vec![
        Task::new("2022", &[]),
        Task::new("2023", &[]),
        Task::new("totals of 2022", &["2022"]),
        Task::new("totals of 2023", &["2023"]),
        Task::new("picture of 2022", &["totals of 2022"]),
    ];
    let work = |name: String, _| async move {
        match name.as_str() {
            "2022" => Err(failure("no such column", false)),
            _ => Ok(Done::Worked),
        }
    };
    let found = outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
    let skipped = || Outcome::Skipped {
        because: "2022".into(),
    };
    assert!(is_failed(&found[0].1), "{:?}", found[0]);
    assert_eq!(
        found[1..],
        [
            succeeded("2023"),
            ("totals of 2022".into(), skipped()),
            succeeded("totals of 2023"),
            ("picture of 2022".into(), skipped()),
        ],
        "the cause is the task that is_failed, not the last link of the chain"
    );
}

#[test]
fn a_task_that_waits_for_the_end_runs_whatever_the_end_was() {
    let clock = Clock::default();
    let graph = vec![
        Task::new("2022", &[]),
        Task::new("2023", &["2022"]),
        after_the_end_of("load", &["2022", "2023"]),
        Task::new("report", &["load"]),
    ];
    let work = |name: String, _| async move {
        match name.as_str() {
            "2022" => Err(failure("no such column", false)),
            _ => Ok(Done::Worked),
        }
    };
    let found = outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
    assert_eq!(found[2..], [succeeded("load"), succeeded("report")]);
}

#[test]
fn the_cause_that_is_named_does_not_depend_on_who_was_faster() {
    for (slow, fast) in [("first", "second"), ("second", "first")] {
        let clock = Clock::default();
        let time = clock.clone();
        let work = move |name: String, _| {
            let time = time.clone();
            async move {
                time.sleep(SECOND * if name == slow { 9 } else { 1 }).await;
                Err(failure("bad data", false))
            }
        };
        let mut graph = tasks(&["first", "second"]);
        graph.push(Task::new("both", &["first", "second"]));
        let found = outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
        let because = "first".into();
        assert_eq!(
            found[2].1,
            Outcome::Skipped { because },
            "{fast} failed before {slow} did"
        );
    }
}

#[test]
fn a_panic_is_the_failure_of_one_task() {
    let clock = Clock::default();
    let begun = Rc::new(Cell::new(0));
    let count = Rc::clone(&begun);
    let work = move |name: String, _| {
        count.set(count.get() + 1);
        assert_ne!(name, "at once", "on purpose, before anything is awaited");
        async move {
            assert_ne!(name, "later", "on purpose");
            Ok(Done::Worked)
        }
    };
    let graph = tasks(&["at once", "later", "sound"]);
    let found = outcomes(&clock, clock.runner(1), graph, Cancel::default(), work);
    for (task, outcome) in &found[..2] {
        let once = matches!(outcome, Outcome::Failed { attempts: 1, .. });
        assert!(once, "{task} panicked, which no retry mends: {outcome:?}");
    }
    assert_eq!(found[2], succeeded("sound"));
    assert_eq!(begun.get(), 3);
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
fn a_place_is_taken_again_as_soon_as_it_is_free() {
    let clock = Clock::default();
    let time = clock.clone();
    let work = move |name: String, _| {
        let time = time.clone();
        async move {
            let seconds = if name == "slow" { 10 } else { 1 };
            time.sleep(SECOND * seconds).await;
            Ok(Done::Worked)
        }
    };
    let graph = tasks(&["slow", "1", "2", "3", "4", "5"]);
    outcomes(&clock, clock.runner(2), graph, Cancel::default(), work);
    assert_eq!(clock.now(), SECOND * 10, "five short ones fit beside it");
}

#[test]
fn of_tasks_that_are_no_graph_none_begins() {
    let clock = Clock::default();
    let runner = clock.runner(2);
    let begun = Rc::new(Cell::new(false));
    let seen = Rc::clone(&begun);
    let result = clock.run(async move {
        let graph = [
            Task::new("free", &[]),
            Task::new("load", &["report"]),
            Task::new("report", &["load"]),
        ];
        let work = |_: &str, _| {
            seen.set(true);
            async { Ok(Done::Worked) }
        };
        run(&graph, &runner, &Cancel::default(), work).await
    });
    assert!(
        matches!(result, Err(GraphError::Cycle { .. })),
        "{result:?}"
    );
    assert!(!begun.get(), "\"free\" ran before the cycle was seen");
}

/// What one run of drawn tasks has shown.
#[derive(Default)]
struct Seen {
    at_work: Cell<usize>,
    most: Cell<usize>,
    attempts: RefCell<BTreeMap<String, u32>>,
    succeeded: RefCell<BTreeSet<String>>,
    broken: RefCell<Vec<String>>,
}

impl Seen {
    /// One attempt begins: those before the task have ended as they must, and nobody who
    /// waits for it has begun.
    fn begin(&self, task: &Task, graph: &[(Task, Nature)]) -> u32 {
        self.at_work.set(self.at_work.get() + 1);
        self.most.set(self.most.get().max(self.at_work.get()));
        let has_succeeded = |name: &String| self.succeeded.borrow().contains(name);
        let broken = |what: String| self.broken.borrow_mut().push(what);
        if task.trigger == Trigger::AllSucceeded {
            for before in task.after.iter().filter(|before| !has_succeeded(before)) {
                broken(format!("{} began without {before}", task.name));
            }
        }
        if has_succeeded(&task.name) {
            broken(format!("{} began again after its success", task.name));
        }
        let has_begun = |name: &String| self.attempts.borrow().contains_key(name);
        let behind = graph.iter().map(|(other, _)| other);
        for other in behind.filter(|other| other.after.contains(&task.name)) {
            if has_begun(&other.name) {
                broken(format!(
                    "{} began before the end of {}",
                    other.name, task.name
                ));
            }
        }
        let mut attempts = self.attempts.borrow_mut();
        let attempt = attempts.entry(task.name.clone()).or_default();
        *attempt += 1;
        *attempt
    }

    fn end(&self, task: &Task, result: &Result<Done, Failure>) {
        self.at_work.set(self.at_work.get() - 1);
        if result.is_ok() {
            self.succeeded.borrow_mut().insert(task.name.clone());
        }
    }
}

fn result(nature: &Nature, attempt: u32) -> Result<Done, Failure> {
    if attempt <= nature.fails_first {
        return Err(failure("on purpose", true));
    }
    match nature.then {
        Then::Works => Ok(Done::Worked),
        Then::WasDone => Ok(already("done before")),
        Then::Fails => Err(failure("on purpose", false)),
    }
}

fn run_all(graph: &[(Task, Nature)], concurrency: usize) -> (Vec<Report>, Rc<Seen>) {
    let (clock, seen) = (Clock::default(), Rc::new(Seen::default()));
    let (time, log, graph) = (clock.clone(), Rc::clone(&seen), Rc::new(graph.to_vec()));
    let runner: Runner = clock.runner(concurrency);
    let reports = clock.run(async move {
        let tasks: Vec<Task> = graph.iter().map(|(task, _)| task.clone()).collect();
        let work = |name: &str, _| {
            let at = tasks.iter().position(|task| task.name == name).unwrap();
            let (log, time, graph) = (Rc::clone(&log), time.clone(), Rc::clone(&graph));
            async move {
                let (task, nature) = &graph[at];
                let attempt = log.begin(task, &graph);
                time.sleep(Duration::from_millis(nature.millis)).await;
                let result = result(nature, attempt);
                log.end(task, &result);
                result
            }
        };
        run(&tasks, &runner, &Cancel::default(), work).await
    });
    (reports.unwrap(), seen)
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_task_starts_only_when_it_may_and_the_bound_decides_nothing_but_the_time(
        graph in graph(),
        bound in 1..6_usize,
    ) {
        let (reports, seen) = run_all(&graph, bound);
        prop_assert!(seen.broken.borrow().is_empty(), "{:?}", seen.broken.borrow());
        prop_assert!(seen.most.get() <= bound, "{} at once, {bound} allowed", seen.most.get());
        prop_assert_eq!(reports.len(), graph.len());
        for (report, (task, _)) in reports.iter().zip(&graph) {
            prop_assert_eq!(&report.task, &task.name, "reports come as tasks are listed");
        }
        let (one_by_one, _) = run_all(&graph, 1);
        prop_assert_eq!(reports, one_by_one);
    }
}
