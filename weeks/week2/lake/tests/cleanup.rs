//! What may be removed from a lake: orphans, and only orphans.

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use week2_lake::keys::{self, Kind};
use week2_lake::solution::{keys_needed_by, plan_cleanup};
use week2_lake::{
    Account, CleanupPlan, Commit, DataFile, FORMAT_VERSION, Manifest, Partition, SourceFile,
    StoredObject,
};

const SHA: &str = "fedcba9876543210";

fn partition() -> Partition {
    Partition {
        dataset: "general".into(),
        program_year: 2023,
    }
}

/// The id of run number `run`; runs differ in their first eight digits, as real ones do.
fn run_id(run: u8) -> String {
    format!("{run:08x}89abcdef0123456789abcdef")
}

/// Everything that a run writes before its commit.
fn files_of(run: u8, parts: usize) -> Vec<String> {
    let (partition, run_id) = (partition(), run_id(run));
    let mut files = vec![
        keys::validation(&partition, &run_id),
        keys::audit(&partition, &run_id),
        keys::manifest(&partition, &run_id),
    ];
    for part in 0..parts {
        files.push(keys::rejected(&partition, &run_id, part, SHA));
        files.push(keys::curated(&partition, &run_id, part, SHA));
    }
    files
}

fn commit(sequence: u64, run: u8, parts: usize) -> Commit {
    let (partition, run_id) = (partition(), run_id(run));
    let file = |key: String| DataFile {
        key,
        size: 1,
        sha256: SHA.into(),
        rows: 1,
        cents: 1,
    };
    let list = |key: fn(&Partition, &str, usize, &str) -> String| {
        let files = (0..parts).map(|part| file(key(&partition, &run_id, part, SHA)));
        files.collect::<Vec<_>>()
    };
    let source = SourceFile {
        name: "a.csv".into(),
        raw_key: keys::raw(&partition, date(2024, 6, 28), SHA, "a.csv"),
        size: 1,
        sha256: SHA.into(),
        layout: "general_f_91".into(),
        drift: vec![],
        read: Account::default(),
        accepted: Account::default(),
        rejected: Account::default(),
    };
    let (data, rejected) = (list(keys::curated), list(keys::rejected));
    Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest_key: keys::manifest(&partition, &run_id),
        manifest: Manifest {
            run_id,
            contract_version: "1.0.0".into(),
            partition,
            publication: date(2024, 6, 28),
            sources: vec![source],
            data,
            rejected,
        },
    }
}

fn object(key: String, hours_old: i64) -> StoredObject {
    StoredObject {
        key,
        size: 1,
        modified: Some(now() - SignedDuration::from_hours(hours_old)),
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn day_before() -> Timestamp {
    now() - SignedDuration::from_hours(24)
}

fn needed(commits: &[Commit]) -> BTreeSet<String> {
    commits.iter().flat_map(keys_needed_by).collect()
}

fn keys_of(objects: &[StoredObject]) -> Vec<&str> {
    objects.iter().map(|object| object.key.as_str()).collect()
}

#[test]
fn a_superseded_commit_keeps_its_files_and_an_interrupted_run_does_not() {
    let commits = [commit(1, 1, 2), commit(2, 2, 1)];
    let lake = [files_of(1, 2), files_of(2, 1), files_of(3, 1)].concat();
    let objects = lake.into_iter().map(|key| object(key, 30));
    let plan = plan_cleanup(objects, &needed(&commits), day_before());
    assert_eq!(keys_of(&plan.orphans), files_of(3, 1));
    assert_eq!((plan.young, plan.unknown), (vec![], vec![]));
}

#[test]
fn age_is_counted_to_the_moment_and_no_age_is_young() {
    let key = || keys::curated(&partition(), &run_id(3), 0, SHA);
    let aged = |modified| StoredObject {
        modified,
        ..object(key(), 0)
    };
    let plan = |modified| plan_cleanup([aged(modified)], &BTreeSet::new(), day_before());
    let second = SignedDuration::from_secs(1);
    assert_eq!(plan(Some(day_before())).orphans.len(), 1);
    assert_eq!(plan(Some(day_before() + second)).young.len(), 1);
    assert_eq!(plan(None).young.len(), 1);
}

#[test]
fn what_belongs_to_no_run_stays_and_strangers_are_named() {
    let day = date(2024, 6, 28);
    let kept = [
        keys::IDENTITY.to_owned(),
        keys::raw(&partition(), day, SHA, "a.csv"),
        keys::ingested(&partition(), day),
        keys::source("0123"),
        keys::commit(&partition(), 1),
        keys::attempt("x"),
        keys::quality("x"),
    ];
    let strange = ["curated/mine.parquet", "metadata/views.json", "notes.txt"];
    let strange = strange.map(ToOwned::to_owned);
    let lake = kept.into_iter().chain(strange.clone());
    let objects = lake.map(|key| object(key, 1_000));
    let plan = plan_cleanup(objects, &BTreeSet::new(), day_before());
    assert_eq!(keys_of(&plan.unknown), strange);
    let nothing = CleanupPlan {
        unknown: plan.unknown.clone(),
        ..CleanupPlan::default()
    };
    assert_eq!(plan, nothing);
}

proptest! {
    #[test]
    fn no_file_that_any_commit_lists_is_removed_and_every_old_one_else_is(
        committed in proptest::collection::vec((0u8..20, 0usize..4), 0..6),
        written in proptest::collection::vec((0u8..20, 0usize..4, 0i64..48), 0..12),
        limit in 0i64..48,
    ) {
        let commits: Vec<Commit> = (1..)
            .zip(&committed)
            .map(|(sequence, (run, parts))| commit(sequence, *run, *parts))
            .collect();
        let written = written.into_iter().flat_map(|(run, parts, hours)| {
            files_of(run, parts).into_iter().map(move |key| object(key, hours))
        });
        let own = commits.iter().flat_map(keys_needed_by).map(|key| object(key, 1_000));
        let lake: Vec<StoredObject> = written.chain(own).collect();
        let cut = now() - SignedDuration::from_hours(limit);
        let plan = plan_cleanup(lake.clone(), &needed(&commits), cut);

        // What the commits say themselves, not what the code under test makes of it.
        let listed = |key: &str| commits.iter().any(|commit| {
            let manifest = &commit.manifest;
            let files = manifest.data.iter().chain(&manifest.rejected).map(|file| &file.key);
            let sources = manifest.sources.iter().map(|source| &source.raw_key);
            let run = &manifest.run_id;
            let of_its_run = matches!(
                Kind::of(key), Some(Kind::Validation | Kind::Audit | Kind::Manifest)
            ) && key.contains(run.as_str());
            files.chain(sources).any(|listed| listed == key)
                || of_its_run
                || key == keys::commit(&manifest.partition, commit.sequence)
        });
        for object in &lake {
            let (is_orphan, is_young) = (plan.orphans.contains(object), plan.young.contains(object));
            let is_old = object.modified.unwrap() <= cut;
            prop_assert_eq!(is_orphan, !listed(&object.key) && is_old, "{:?}", object);
            prop_assert_eq!(is_young, !listed(&object.key) && !is_old, "{:?}", object);
        }
        prop_assert!(plan.unknown.is_empty());
    }
}
