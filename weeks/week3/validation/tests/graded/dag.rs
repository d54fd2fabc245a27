// Validation's own graph.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use week2_lake::Partition;
use week3_orchestration::{Task, Trigger};

use super::subject::tasks;
use super::support::cases;

fn partition(dataset: &str, program_year: i16) -> Partition {
    Partition {
        dataset: dataset.into(),
        program_year,
    }
}

fn by_name(tasks: &[Task]) -> BTreeMap<&str, &Task> {
    tasks
        .iter()
        .map(|task| (task.name.as_str(), task))
        .collect()
}

/// Names, whatever their order.
fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

fn after(task: &Task) -> BTreeSet<&str> {
    names(task.after.iter().map(String::as_str))
}

#[test]
fn a_partition_has_five_tasks_and_all_have_one_report() {
    let tasks = tasks(&[partition("general", 2023), partition("ownership", 2022)]);
    let found: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
    let expected = [
        "counts general 2023",
        "schema general 2023",
        "flow general 2023",
        "store general 2023",
        "release general 2023",
        "counts ownership 2022",
        "schema ownership 2022",
        "flow ownership 2022",
        "store ownership 2022",
        "release ownership 2022",
        "report",
    ];
    assert_eq!(found, expected);
}

#[test]
fn one_check_that_breaks_does_not_hide_what_the_others_find() {
    let tasks = tasks(&[partition("general", 2023)]);
    let tasks = by_name(&tasks);
    for task in [
        "counts general 2023",
        "schema general 2023",
        "flow general 2023",
    ] {
        assert_eq!(after(tasks[task]), names([]), "{task}");
    }
}

#[test]
fn a_failure_leaves_its_results_in_the_lake() {
    let tasks = tasks(&[partition("general", 2023)]);
    let store = by_name(&tasks)["store general 2023"];
    let asked = [
        "counts general 2023",
        "schema general 2023",
        "flow general 2023",
    ];
    assert_eq!(after(store), names(asked));
    assert_eq!(store.trigger, Trigger::AllEnded, "well or not");
}

#[test]
fn only_what_was_judged_good_and_stored_is_released() {
    let tasks = tasks(&[partition("general", 2023)]);
    let tasks = by_name(&tasks);
    let release = tasks["release general 2023"];
    assert_eq!(release.trigger, Trigger::AllSucceeded);
    // `store` runs after a failure as well: its success alone says nothing.
    let needed = [
        "counts general 2023",
        "schema general 2023",
        "flow general 2023",
        "store general 2023",
    ];
    assert_eq!(after(release), names(needed));
}

#[test]
fn the_report_comes_whatever_the_end_was() {
    let tasks = tasks(&[partition("general", 2023), partition("ownership", 2022)]);
    let report = by_name(&tasks)["report"];
    assert_eq!(report.trigger, Trigger::AllEnded);
    let ends = ["release general 2023", "release ownership 2022"];
    for end in ends {
        assert!(after(report).contains(end), "{end} may still be at work");
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn no_partition_waits_for_another(
        drawn in prop::collection::btree_set(("[gor]", 2013..2026_i16), 0..6),
    ) {
        let partitions: Vec<Partition> =
            drawn.iter().map(|(dataset, year)| partition(dataset, *year)).collect();
        let tasks = tasks(&partitions);
        prop_assert_eq!(tasks.len(), partitions.len() * 5 + 1);
        prop_assert_eq!(by_name(&tasks).len(), tasks.len(), "names are told apart");
        for task in tasks.iter().filter(|task| task.name != "report") {
            let (_, own) = task.name.split_once(' ').unwrap();
            for before in &task.after {
                prop_assert!(before.ends_with(own), "{} waits for {}", task.name, before);
            }
        }
    }
}
