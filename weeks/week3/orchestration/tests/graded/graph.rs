// Orders and cycles.

use proptest::prelude::*;
use proptest::sample::Index;
use week3_orchestration::{GraphError, Task};

use super::subject::order;
use super::support::{cases, graph};

#[test]
fn a_task_comes_after_those_it_waits_for_and_ties_go_by_name() {
    let mut tasks = vec![
        Task::new("report", &["quality"]),
        Task::new("quality", &["load"]),
        Task::new("load", &["2022", "2023"]),
        Task::new("2023", &[]),
        Task::new("2022", &[]),
        Task::new("archive", &["2023"]),
    ];
    let expected = ["2022", "2023", "archive", "load", "quality", "report"];
    assert_eq!(order(&tasks).unwrap(), expected);
    tasks.reverse();
    assert_eq!(
        order(&tasks).unwrap(),
        expected,
        "the same tasks have the same order, however they are listed"
    );
    assert_eq!(order(&[]).unwrap(), [""; 0]);
}

#[test]
fn a_cycle_is_named_and_only_it() {
    let tasks = [
        Task::new("a", &[]),
        Task::new("behind the cycle", &["quality"]),
        Task::new("load", &["a", "report"]),
        Task::new("quality", &["a", "load"]),
        Task::new("report", &["quality"]),
    ];
    let Err(GraphError::Cycle { tasks }) = order(&tasks) else {
        panic!("load, quality and report wait for each other: {tasks:?}");
    };
    assert_eq!(tasks, ["load", "report", "quality", "load"]);
}

#[test]
fn a_task_that_waits_for_itself_is_a_cycle() {
    let error = order(&[Task::new("a", &["a"])]).unwrap_err();
    let tasks = ["a", "a"].map(str::to_owned).to_vec();
    assert_eq!(error, GraphError::Cycle { tasks });
}

#[test]
fn a_name_that_nobody_has_is_refused() {
    let unknown = order(&[Task::new("load", &["2032"])]).unwrap_err();
    let expected = GraphError::Unknown {
        task: "load".into(),
        missing: "2032".into(),
    };
    assert_eq!(unknown, expected);
}

#[test]
fn a_name_that_two_have_is_refused() {
    let twice = order(&[Task::new("a", &[]), Task::new("a", &[])]).unwrap_err();
    assert_eq!(twice, GraphError::Duplicate { task: "a".into() });
}

/// Whether `task` waits for `other`, directly or not; or is it.
fn reaches(tasks: &[Task], task: &str, other: &str) -> bool {
    let after = &tasks.iter().find(|found| found.name == task).unwrap().after;
    task == other || after.iter().any(|before| reaches(tasks, before, other))
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn an_order_holds_every_task_once_and_none_before_what_it_waits_for(graph in graph()) {
        let tasks: Vec<Task> = graph.into_iter().map(|(task, _)| task).collect();
        let order = order(&tasks).unwrap();
        let position = |name: &str| order.iter().position(|task| *task == name);
        prop_assert_eq!(order.len(), tasks.len());
        for task in &tasks {
            prop_assert!(position(&task.name).is_some(), "{} is missing", task.name);
            for before in &task.after {
                prop_assert!(
                    position(before) < position(&task.name),
                    "{} comes before {}, for which it waits", task.name, before
                );
            }
        }
    }

    #[test]
    fn an_edge_back_makes_a_cycle_and_every_step_of_it_is_an_edge(
        graph in graph(),
        at in any::<Index>(),
    ) {
        let mut tasks: Vec<Task> = graph.into_iter().map(|(task, _)| task).collect();
        let at = at.index(tasks.len());
        let names: Vec<String> = order(&tasks).unwrap().iter().map(ToString::to_string).collect();
        // From the first in the order to a later one, if there is a way back.
        let (first, last) = (names[0].clone(), tasks[at].name.clone());
        let reachable = reaches(&tasks, &last, &first);
        let changed = tasks.iter_mut().find(|task| task.name == first).unwrap();
        if !changed.after.contains(&last) {
            changed.after.push(last);
        }
        match order(&tasks) {
            Ok(order) => prop_assert!(!reachable, "a cycle was ordered: {order:?}"),
            Err(GraphError::Cycle { tasks: cycle }) => {
                prop_assert!(reachable, "there is no cycle: {cycle:?}");
                prop_assert!(cycle.len() > 1);
                prop_assert_eq!(cycle.first(), cycle.last());
                for step in cycle.windows(2) {
                    let task = tasks.iter().find(|task| task.name == step[0]).unwrap();
                    prop_assert!(task.after.contains(&step[1]), "{:?} is no edge", step);
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
