//! Which partitions are rewritten, and which publications are compared.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use week2_ingestion::Delivery;
use week2_lake::{Commit, FORMAT_VERSION, Manifest, Partition, solution::plan_commit};
use week5_incremental::solution::{comparison_id, comparisons, rewrite_plan};
use week5_incremental::{Comparison, ComparisonInput, Fate, Offered};

const FIRST: Date = date(2024, 6, 28);
const REFRESH: Date = date(2025, 1, 30);
const SECOND: Date = date(2026, 1, 23);

fn offered(dataset: &str, program_year: i16, publication: Date) -> Offered {
    let delivery = Delivery {
        dataset: dataset.into(),
        program_year,
        publication,
    };
    Offered {
        run_id: format!("{dataset}-{program_year}-{publication}"),
        delivery,
    }
}

fn commit(sequence: u64, offered: &Offered) -> Commit {
    Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest: Manifest {
            run_id: offered.run_id.clone(),
            contract_version: "1.0.0".into(),
            partition: Partition {
                dataset: offered.delivery.dataset.clone(),
                program_year: offered.delivery.program_year,
            },
            publication: offered.delivery.publication,
            sources: vec![],
            data: vec![],
            rejected: vec![],
        },
        manifest_key: String::new(),
    }
}

fn partition(dataset: &str, program_year: i16) -> Partition {
    Partition {
        dataset: dataset.into(),
        program_year,
    }
}

#[test]
fn a_refresh_rewrites_its_own_dataset_and_year_and_touches_no_other() {
    let known = [
        offered("general", 2022, date(2023, 6, 30)),
        offered("general", 2023, FIRST),
        offered("ownership", 2023, FIRST),
    ];
    let commits: Vec<Commit> = known.iter().map(|known| commit(1, known)).collect();
    let [first, second, third] = known;
    let deliveries = [first, second, third, offered("general", 2023, REFRESH)];
    let plan = rewrite_plan(&deliveries, &commits, plan_commit);
    let unchanged = Fate::Unchanged { sequence: 1 };
    let older = Fate::Older { newest: REFRESH };
    let rewrite = Fate::Rewrite { sequence: 2 };
    assert_eq!(plan.fates, [unchanged, older, unchanged, rewrite]);
    assert_eq!(
        plan.untouched,
        [partition("general", 2022), partition("ownership", 2023)]
    );
}

#[test]
fn an_older_publication_that_arrives_late_rewrites_nothing() {
    let newer = offered("general", 2023, REFRESH);
    let commits = [commit(1, &newer)];
    for deliveries in [
        vec![newer.clone(), offered("general", 2023, FIRST)],
        // And when the lake no longer knows what the newer one was made of.
        vec![offered("general", 2023, FIRST)],
    ] {
        let plan = rewrite_plan(&deliveries, &commits, plan_commit);
        assert_eq!(plan.fates.last(), Some(&Fate::Older { newest: REFRESH }));
        assert_eq!(plan.untouched, [partition("general", 2023)]);
    }
}

#[test]
fn the_same_delivery_is_no_work_and_other_bytes_of_it_are() {
    let delivery = offered("general", 2023, FIRST);
    let commits = [commit(3, &delivery)];
    let plan = rewrite_plan(std::slice::from_ref(&delivery), &commits, plan_commit);
    assert_eq!(plan.fates, [Fate::Unchanged { sequence: 3 }]);
    let again = Offered {
        run_id: "other bytes".into(),
        ..delivery
    };
    let plan = rewrite_plan(&[again], &commits, plan_commit);
    assert_eq!(plan.fates, [Fate::Rewrite { sequence: 4 }]);
    assert_eq!(plan.untouched, []);
}

#[test]
fn each_publication_is_compared_with_the_one_before_it_up_to_the_committed_one() {
    let deliveries = [
        offered("general", 2023, SECOND),
        offered("removed", 2023, SECOND),
        offered("general", 2023, FIRST),
        offered("removed", 2023, REFRESH),
        offered("general", 2023, REFRESH),
        offered("general", 2022, FIRST),
        offered("removed", 2022, REFRESH),
    ];
    let found = comparisons(&deliveries, &[commit(1, &deliveries[0])]);
    let both = Comparison {
        before: 2,
        after: 4,
        removed: vec![3, 1],
    };
    let last = Comparison {
        before: 4,
        after: 0,
        removed: vec![1],
    };
    assert_eq!(found, [both.clone(), last]);
    // The newest one failed: what is committed is compared, and nothing newer.
    assert_eq!(
        comparisons(&deliveries, &[commit(1, &deliveries[4])]),
        [both]
    );
    assert_eq!(comparisons(&deliveries, &[commit(1, &deliveries[5])]), []);
    assert_eq!(comparisons(&deliveries, &[commit(1, &deliveries[1])]), []);
}

#[test]
fn committed_bytes_that_are_no_longer_the_delivered_ones_are_not_compared() {
    let (first, refresh) = (
        offered("general", 2023, FIRST),
        offered("general", 2023, REFRESH),
    );
    let committed = commit(2, &refresh);
    let again = Offered {
        run_id: "other bytes".into(),
        ..refresh
    };
    assert_eq!(comparisons(&[first, again], &[committed]), []);
}

#[test]
fn the_name_of_a_comparison_is_locked_and_follows_from_its_input() {
    let input = ComparisonInput {
        contract_version: "1.0.0",
        schema_version: 1,
        before: "a",
        after: "b",
        removed: &["c"],
    };
    let id = comparison_id(&input);
    assert_eq!(id, "5a89afaac0cc733916c6df9fcf669fb3");
    for other in [
        ComparisonInput {
            removed: &[],
            ..input.clone()
        },
        ComparisonInput {
            before: "b",
            after: "a",
            ..input.clone()
        },
        ComparisonInput {
            contract_version: "1.1.0",
            ..input.clone()
        },
    ] {
        assert_ne!(comparison_id(&other), id);
    }
}

fn any_delivery() -> impl Strategy<Value = Offered> {
    let datasets = prop::sample::select(vec!["general", "ownership"]);
    let days = prop::sample::select(vec![FIRST, REFRESH, SECOND]);
    (datasets, 2021..2024_i16, days, 0..3_u8).prop_map(|(dataset, year, day, bytes)| {
        let mut delivery = offered(dataset, year, day);
        delivery.run_id = format!("{}#{bytes}", delivery.run_id);
        delivery
    })
}

/// What a lake keeps: the last bytes of each publication.
fn keep(known: &mut Vec<Offered>, delivery: Offered) {
    known.retain(|known| known.delivery != delivery.delivery);
    known.push(delivery);
}

/// Commits whatever the plan says.
fn execute(known: &[Offered], commits: &mut Vec<Commit>) -> usize {
    let plan = rewrite_plan(known, commits, plan_commit);
    let mut rewritten = 0;
    for (delivery, fate) in known.iter().zip(plan.fates) {
        if let Fate::Rewrite { sequence } = fate {
            let made = commit(sequence, delivery);
            commits.retain(|old| old.manifest.partition != made.manifest.partition);
            commits.push(made);
            rewritten += 1;
        }
    }
    rewritten
}

fn states(commits: &[Commit]) -> Vec<(Partition, String)> {
    let mut states: Vec<_> = commits
        .iter()
        .map(|commit| {
            (
                commit.manifest.partition.clone(),
                commit.manifest.run_id.clone(),
            )
        })
        .collect();
    states.sort();
    states
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn one_by_one_or_all_at_once_the_same_runs_end_up_committed(
        history in prop::collection::vec(any_delivery(), 0..24),
    ) {
        let (mut known, mut commits) = (Vec::new(), Vec::new());
        for delivery in history {
            let partition = partition(&delivery.delivery.dataset, delivery.delivery.program_year);
            let before = states(&commits);
            keep(&mut known, delivery);
            let rewritten = execute(&known, &mut commits);
            prop_assert!(rewritten <= 1, "one delivery rewrites one partition at most");
            let others = |states: Vec<(Partition, String)>| {
                states.into_iter().filter(|(at, _)| *at != partition).collect::<Vec<_>>()
            };
            prop_assert_eq!(others(before), others(states(&commits)), "another partition moved");
            prop_assert_eq!(execute(&known, &mut commits), 0, "a second time there is nothing to do");
        }
        let mut fresh = Vec::new();
        execute(&known, &mut fresh);
        prop_assert_eq!(states(&commits), states(&fresh));
        prop_assert_eq!(comparisons(&known, &commits).len(), comparisons(&known, &fresh).len());
    }
}
