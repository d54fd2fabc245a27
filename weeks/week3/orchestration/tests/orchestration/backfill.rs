//! Which years, in which state, and what is left to do.

use proptest::prelude::*;
use week3_orchestration::solution::{LOAD, order, plan, tasks};
use week3_orchestration::{
    Action, FileFact, Order, PlannedYear, Progress, Trigger, YearFacts, YearState,
};

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

fn planned(facts: YearFacts) -> (YearState, Action, String) {
    let PlannedYear {
        state, action, why, ..
    } = plan([2023], &[facts], Order::NewestFirst).remove(0);
    (state, action, why)
}

const COMMITTED: Progress = Progress::Committed { sequence: 2 };

#[test]
fn each_state_has_its_action_and_says_why() {
    let failed = Progress::Failed {
        reason: "check structure: 300 of 300 records are malformed".into(),
    };
    let cases = [
        (
            facts(&[], &[], &[]),
            (
                YearState::MissingSource,
                Action::Nothing,
                "neither the source nor the lake",
            ),
        ),
        (
            facts(&["a", "b"], &["a"], &[("general", COMMITTED)]),
            (YearState::NotIngested, Action::Ingest, "1 of 2 files"),
        ),
        (
            facts(
                &["a"],
                &["a"],
                &[("general", COMMITTED), ("ownership", Progress::Ingested)],
            ),
            (
                YearState::Ingested,
                Action::Resume,
                "ownership is in raw and not validated",
            ),
        ),
        (
            facts(
                &[],
                &["a"],
                &[("general", COMMITTED), ("removed", Progress::Validated)],
            ),
            (
                YearState::Validated,
                Action::Resume,
                "removed is validated and not committed",
            ),
        ),
        (
            facts(
                &["a"],
                &["a"],
                &[("general", failed.clone()), ("removed", Progress::Ingested)],
            ),
            (
                YearState::FailedBefore,
                Action::Ingest,
                "general: check structure: 300 of 300",
            ),
        ),
        (
            facts(&[], &["a"], &[("general", failed)]),
            (YearState::FailedBefore, Action::Resume, "check structure"),
        ),
        (
            facts(
                &["a"],
                &["a"],
                &[("general", COMMITTED), ("ownership", COMMITTED)],
            ),
            (
                YearState::Committed,
                Action::Check,
                "commits: general 2, ownership 2",
            ),
        ),
        (
            facts(&[], &["a"], &[("general", COMMITTED)]),
            (YearState::Committed, Action::Nothing, "commits: general 2"),
        ),
        (
            facts(&["research.csv"], &["research.csv"], &[]),
            (YearState::Committed, Action::Check, "kept in raw only"),
        ),
    ];
    for (facts, (state, action, why)) in cases {
        let given = format!("{facts:?}");
        let found = planned(facts);
        assert_eq!((found.0, found.1), (state, action), "{given}");
        assert!(found.2.contains(why), "{why:?} is not in {:?}", found.2);
    }
}

#[test]
fn a_file_of_the_same_name_and_another_size_is_not_in_the_lake() {
    let mut facts = facts(&["a"], &["a"], &[("general", COMMITTED)]);
    facts.offered[0].size += 1;
    assert_eq!(planned(facts).0, YearState::NotIngested);
}

#[test]
fn the_warehouse_waits_for_every_year_that_exists_and_for_their_end_only() {
    let year = |year, state, action| PlannedYear {
        year,
        state,
        action,
        why: String::new(),
    };
    let plan = [
        year(2023, YearState::NotIngested, Action::Ingest),
        year(2022, YearState::MissingSource, Action::Nothing),
        year(2021, YearState::Committed, Action::Nothing),
    ];
    let tasks = tasks(&plan);
    let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["2023", "2021", "load", "quality", "report"]);
    let load = tasks.iter().find(|task| task.name == LOAD).unwrap();
    assert_eq!(load.after, ["2023", "2021"]);
    assert_eq!(load.trigger, Trigger::AllEnded);
    for year in &tasks[..2] {
        assert!(year.after.is_empty(), "one year never waits for another");
    }
    order(&tasks).unwrap();
}

fn any_progress() -> impl Strategy<Value = Progress> {
    prop_oneof![
        Just(Progress::Failed {
            reason: "bad".into()
        }),
        Just(Progress::Ingested),
        Just(Progress::Validated),
        (1..9_u64).prop_map(|sequence| Progress::Committed { sequence }),
    ]
}

fn any_facts() -> impl Strategy<Value = YearFacts> {
    let file = "[abc]".prop_map(|name| FileFact { name, size: 1 });
    let files = || prop::collection::vec(file.clone(), 0..4);
    let datasets = prop::collection::vec(("[go]", any_progress()), 0..3);
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
        let open = facts.datasets.iter().any(|(_, progress)| !matches!(progress, Progress::Committed { .. }));
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
