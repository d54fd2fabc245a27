// Running again changes nothing that is done, and nothing is done twice at once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use proptest::prelude::*;
use week3_orchestration::{Cancel, Done, Outcome, Runner, Task};

use super::clock::Clock;
use super::support::{
    SECOND, after_the_end_of, already, cases, failure, graph, is_failed, outcomes, succeeded, tasks,
};

#[test]
fn what_was_done_before_is_a_success_that_others_build_on() {
    let clock = Clock::default();
    let graph = vec![
        Task::new("2023", &[]),
        Task::new("totals", &["2023"]),
        after_the_end_of("load", &["2023"]),
    ];
    let work = |name: String, _| async move {
        match name.as_str() {
            "2023" => Ok(already("commit 4")),
            _ => Ok(Done::Worked),
        }
    };
    let found = outcomes(&clock, clock.runner(1), graph, Cancel::default(), work);
    let reason = "commit 4".into();
    assert_eq!(found[0].1, Outcome::Already { reason });
    assert_eq!(found[1..], [succeeded("totals"), succeeded("load")]);
}

/// Which tasks are done, as a lake remembers it.
type Lake = Rc<RefCell<BTreeSet<String>>>;

fn run_on(lake: &Lake, graph: Vec<Task>, broken: &'static [&str]) -> Vec<(String, Outcome)> {
    let clock = Clock::default();
    let lake = Rc::clone(lake);
    let work = move |name: String, _| {
        let lake = Rc::clone(&lake);
        async move {
            if broken.contains(&name.as_str()) {
                return Err(failure("disk full", false));
            }
            if !lake.borrow_mut().insert(name) {
                return Ok(already("in the lake"));
            }
            Ok(Done::Worked)
        }
    };
    outcomes(&clock, clock.runner(2), graph, Cancel::default(), work)
}

#[test]
fn a_second_run_does_what_the_first_left_undone_and_only_that() {
    let lake = Lake::default();
    let mut graph = tasks(&["2021", "2022", "2023"]);
    graph.push(Task::new("load", &["2021", "2022", "2023"]));
    let first = run_on(&lake, graph.clone(), &["2022"]);
    assert!(is_failed(&first[1].1), "{:?}", first[1]);
    let because = "2022".into();
    assert_eq!(first[3].1, Outcome::Skipped { because });
    let second = run_on(&lake, graph, &[]);
    let unchanged = |task: &str| {
        let reason = "in the lake".into();
        (task.to_owned(), Outcome::Already { reason })
    };
    assert_eq!(
        second,
        [
            unchanged("2021"),
            succeeded("2022"),
            unchanged("2023"),
            succeeded("load")
        ]
    );
}

#[test]
fn work_that_is_done_when_it_is_asked_to_stop_counts() {
    let clock = Clock::default();
    let time = clock.clone();
    let begun = Rc::new(Cell::new(0));
    let count = Rc::clone(&begun);
    let work = move |_, _| {
        count.set(count.get() + 1);
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
    assert_eq!(found, [succeeded("late")], "done is done, however late");
    assert_eq!(begun.get(), 1);
}

#[test]
fn an_attempt_that_never_stops_is_abandoned_and_not_repeated() {
    let clock = Clock::default();
    let begun = Rc::new(Cell::new(0));
    let count = Rc::clone(&begun);
    let work = move |name: String, _| {
        count.set(count.get() + 1);
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
    let once = matches!(found[0].1, Outcome::Failed { attempts: 1, .. });
    assert!(once, "it may still be at work: {:?}", found[0].1);
    assert_eq!(found[1], succeeded("next"));
    assert_eq!(begun.get(), 2, "attempts begun, of two tasks");
    assert_eq!(clock.now(), SECOND * 65, "60 s of timeout and 5 s of grace");
}

#[test]
fn two_attempts_at_one_task_are_never_at_work_together() {
    let clock = Clock::default();
    let (begun, ended, most) = (Rc::default(), Rc::default(), Rc::default());
    let counts: [Rc<Cell<u32>>; 3] = [&begun, &ended, &most].map(Rc::clone);
    let time = clock.clone();
    // A thread, as work has one: nobody can take it away. It ends 3 s after it was asked.
    let work = move |_, asked: Cancel| {
        let [begun, ended, most] = counts.clone();
        begun.set(begun.get() + 1);
        most.set(most.get().max(begun.get() - ended.get()));
        let time = time.clone();
        async move {
            asked.requested().await;
            time.sleep(SECOND * 3).await;
            ended.set(ended.get() + 1);
            Err(failure("stopped at a safe point", true))
        }
    };
    let runner = Runner {
        timeout: Some(SECOND * 10),
        ..clock.runner(1)
    };
    let found = outcomes(&clock, runner, tasks(&["2023"]), Cancel::default(), work);
    assert!(is_failed(&found[0].1), "{:?}", found[0].1);
    assert_eq!(most.get(), 1, "attempts at work together");
    assert_eq!(ended.get(), begun.get(), "attempts came to their end");
    let whole = SECOND * 13 * begun.get();
    assert_eq!(clock.now(), whole, "each had 10 s, and 3 s to stop");
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_run_after_a_run_finds_everything_done(graph in graph()) {
        let graph: Vec<Task> = graph.into_iter().map(|(task, _)| task).collect();
        let lake = Lake::default();
        run_on(&lake, graph.clone(), &[]);
        let before = lake.borrow().clone();
        prop_assert_eq!(before.len(), graph.len());
        for (task, outcome) in run_on(&lake, graph, &[]) {
            let already = matches!(outcome, Outcome::Already { .. });
            prop_assert!(already, "{task}: {outcome:?}");
        }
        prop_assert_eq!(&*lake.borrow(), &before);
    }
}
