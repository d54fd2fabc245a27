//! Orders and cycles.

use week3_orchestration::solution::order;
use week3_orchestration::{GraphError, Task};

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
    assert_eq!(order(&tasks).unwrap(), expected, "however they are listed");
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
    let error = order(&tasks).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a cycle, which could never start: load waits for report waits for quality waits for \
         load"
    );
}

#[test]
fn a_task_that_waits_for_itself_is_a_cycle() {
    let error = order(&[Task::new("a", &["a"])]).unwrap_err();
    let tasks = ["a", "a"].map(str::to_owned).to_vec();
    assert_eq!(error, GraphError::Cycle { tasks });
}

#[test]
fn names_that_nobody_or_two_have_are_refused() {
    let unknown = order(&[Task::new("load", &["2032"])]).unwrap_err();
    assert_eq!(
        unknown,
        GraphError::Unknown {
            task: "load".into(),
            missing: "2032".into()
        }
    );
    let twice = order(&[Task::new("a", &[]), Task::new("a", &[])]).unwrap_err();
    assert_eq!(twice, GraphError::Duplicate { task: "a".into() });
}
