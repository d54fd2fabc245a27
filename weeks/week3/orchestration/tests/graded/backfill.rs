// Which years, in which state, what is left to do, and what waits for what.

use std::collections::BTreeSet;

use proptest::prelude::*;
use week3_orchestration::{
    Action, FileFact, Order, PlannedYear, Progress, Trigger, YearFacts, YearState,
};

use super::subject::{LOAD, QUALITY, REPORT, plan, tasks};
use super::support::cases;

fn files(names: &[&str]) -> Vec<FileFact> {
    let file = |name: &&str| FileFact {
        name: (*name).to_owned(),
        size: 100,
    };
    names.iter().map(file).collect()
}

fn facts(offered: &[&str], known: &[&str], datasets: &[(&str, Progress)]) -> YearFacts {
    let datasets = datasets.iter();
    YearFacts {
        year: 2023,
        offered: files(offered),
        known: files(known),
        datasets: datasets
            .map(|(name, progress)| ((*name).to_owned(), progress.clone()))
            .collect(),
    }
}

const COMMITTED: Progress = Progress::Committed { sequence: 2 };

fn stopped() -> Progress {
    Progress::Failed {
        reason: "check structure: 300 of 300 records are malformed".into(),
    }
}

/// The plan for one year is this state and action, and its reason names these words.
#[track_caller]
fn is_planned(facts: YearFacts, state: YearState, action: Action, words: &[&str]) {
    let given = format!("{facts:?}");
    let planned = plan([2023], &[facts], Order::NewestFirst).remove(0);
    assert_eq!((planned.state, planned.action), (state, action), "{given}");
    for word in words {
        assert!(
            planned.why.contains(word),
            "{word:?} decided, and {:?} does not name it; {given}",
            planned.why
        );
    }
    assert!(!planned.why.is_empty(), "{given}");
}

#[test]
fn a_year_of_which_nobody_has_a_file_is_not_run() {
    let none = facts(&[], &[], &[]);
    is_planned(none, YearState::MissingSource, Action::Nothing, &[]);
    let plan = plan([2024], &[facts(&["a"], &[], &[])], Order::NewestFirst);
    assert_eq!(plan.len(), 1, "one line for the year asked for: {plan:?}");
    assert_eq!(
        (plan[0].year, plan[0].state),
        (2024, YearState::MissingSource)
    );
}

#[test]
fn a_new_file_asks_for_all_stages() {
    let more = facts(&["a", "b"], &["a"], &[("general", COMMITTED)]);
    is_planned(more, YearState::NotIngested, Action::Ingest, &["1", "2"]);
    let first = facts(&["a", "b", "c"], &[], &[]);
    is_planned(first, YearState::NotIngested, Action::Ingest, &["3"]);
}

#[test]
fn a_file_of_the_same_name_and_another_size_is_new() {
    let mut corrected = facts(&["a"], &["a"], &[("general", COMMITTED)]);
    corrected.offered[0].size += 1;
    is_planned(corrected, YearState::NotIngested, Action::Ingest, &["1"]);
}

#[test]
fn the_least_advanced_dataset_decides() {
    let general = ("general", COMMITTED);
    for offered in [&["a"][..], &[]] {
        let ownership = ("ownership", Progress::Ingested);
        is_planned(
            facts(offered, &["a"], &[general.clone(), ownership]),
            YearState::Ingested,
            Action::Resume,
            &["ownership"],
        );
        let removed = ("removed", Progress::Validated);
        is_planned(
            facts(offered, &["a"], &[removed, general.clone()]),
            YearState::Validated,
            Action::Resume,
            &["removed"],
        );
    }
}

#[test]
fn what_validation_stopped_is_read_again_where_the_source_has_it() {
    let datasets = [("removed", Progress::Ingested), ("general", stopped())];
    let words = ["general", "300 of 300"];
    let (state, known) = (YearState::FailedBefore, &["a"]);
    let again = facts(&["a"], known, &datasets);
    is_planned(again, state, Action::Ingest, &words);
    let only_in_the_lake = facts(&[], known, &datasets);
    is_planned(only_in_the_lake, state, Action::Resume, &words);
}

#[test]
fn a_committed_year_is_compared_with_its_source_and_else_left_alone() {
    let datasets = [("general", COMMITTED), ("ownership", COMMITTED)];
    let words = ["general 2", "ownership 2"];
    let offered = facts(&["a"], &["a"], &datasets);
    is_planned(offered, YearState::Committed, Action::Check, &words);
    let not_offered = facts(&[], &["a"], &datasets);
    is_planned(not_offered, YearState::Committed, Action::Nothing, &words);
}

#[test]
fn a_year_that_is_kept_in_raw_only_is_done_when_it_is_there() {
    let research = facts(&["research.csv"], &["research.csv"], &[]);
    is_planned(research, YearState::Committed, Action::Check, &[]);
}

fn planned(year: i16, state: YearState, action: Action) -> PlannedYear {
    PlannedYear {
        year,
        state,
        action,
        why: String::new(),
    }
}

#[test]
fn one_year_alone_touches_no_other() {
    let of = |year| YearFacts {
        year,
        ..facts(&["a"], &[], &[])
    };
    let plan = plan([2022], &[of(2021), of(2022), of(2023)], Order::NewestFirst);
    let years: Vec<i16> = plan.iter().map(|planned| planned.year).collect();
    assert_eq!(years, [2022]);
    let tasks = tasks(&plan);
    let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["2022", LOAD, QUALITY, REPORT]);
}

#[test]
fn the_warehouse_waits_for_every_year_that_exists_and_for_their_end_only() {
    let plan = [
        planned(2023, YearState::NotIngested, Action::Ingest),
        planned(2022, YearState::MissingSource, Action::Nothing),
        planned(2021, YearState::Committed, Action::Nothing),
    ];
    let tasks = tasks(&plan);
    let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["2023", "2021", LOAD, QUALITY, REPORT]);
    let load = tasks.iter().find(|task| task.name == LOAD).unwrap();
    assert_eq!(load.after, ["2023", "2021"]);
    assert_eq!(
        load.trigger,
        Trigger::AllEnded,
        "one bad year does not keep the others from the warehouse"
    );
    for (task, before) in [(QUALITY, LOAD), (REPORT, QUALITY)] {
        let task = tasks.iter().find(|found| found.name == task).unwrap();
        assert_eq!(task.after, [before], "{}", task.name);
        assert_eq!(task.trigger, Trigger::AllSucceeded, "{}", task.name);
    }
}

#[test]
fn no_year_waits_for_another() {
    let plan = [2021, 2022, 2023].map(|year| planned(year, YearState::NotIngested, Action::Ingest));
    let tasks = tasks(&plan);
    let years: BTreeSet<&str> = ["2021", "2022", "2023"].into();
    let of_years = tasks
        .iter()
        .filter(|task| years.contains(task.name.as_str()));
    let waiting: Vec<_> = of_years.map(|task| (&task.name, &task.after)).collect();
    assert_eq!(waiting.len(), 3, "{tasks:?}");
    for (year, after) in waiting {
        assert!(after.is_empty(), "{year} waits for {after:?}");
    }
}

fn any_progress() -> impl Strategy<Value = Progress> {
    let reason = "bad";
    prop_oneof![
        Just(Progress::Failed {
            reason: reason.into()
        }),
        Just(Progress::Ingested),
        Just(Progress::Validated),
        (1..9_u64).prop_map(|sequence| Progress::Committed { sequence }),
    ]
}

fn any_facts() -> impl Strategy<Value = YearFacts> {
    let file = "[abc]".prop_map(|name| FileFact { name, size: 1 });
    let files = || prop::collection::vec(file.clone(), 0..4);
    let datasets = prop::collection::vec(("[go]", any_progress()), 0..5);
    (2014..2026_i16, files(), files(), datasets).prop_map(|(year, offered, known, datasets)| {
        YearFacts {
            year,
            offered,
            known,
            datasets,
        }
    })
}

proptest! {
    // A file known and offered, with datasets in one state, is drawn now and then only.
    #![proptest_config(cases(256))]

    #[test]
    fn every_year_asked_for_stands_once_in_the_plan_and_no_other_and_in_order(
        facts in prop::collection::vec(any_facts(), 0..8),
        first in 2013..2020_i16,
        more in 0..8_i16,
    ) {
        let years = |order| {
            let plan = plan(first..=first + more, &facts, order);
            plan.iter().map(|year| year.year).collect::<Vec<_>>()
        };
        let expected: Vec<i16> = (first..=first + more).collect();
        prop_assert_eq!(years(Order::OldestFirst), expected.clone());
        let reversed: Vec<i16> = expected.into_iter().rev().collect();
        prop_assert_eq!(years(Order::NewestFirst), reversed);
    }

    #[test]
    fn nothing_is_left_undone_that_could_be_done(facts in any_facts()) {
        let year = facts.year;
        let committed = |(_, progress): &(String, Progress)| {
            matches!(progress, Progress::Committed { .. })
        };
        let open = !facts.datasets.iter().all(committed);
        let new = facts.offered.iter().any(|file| !facts.known.contains(file));
        let (known, offered) = (!facts.known.is_empty(), !facts.offered.is_empty());
        let planned = plan([year], &[facts], Order::NewestFirst).remove(0);
        if planned.action == Action::Nothing {
            prop_assert!(!offered && (!open || !known), "{planned:?}");
        }
        prop_assert_eq!(planned.state == YearState::NotIngested, new);
        prop_assert!(!planned.why.is_empty());
    }
}
