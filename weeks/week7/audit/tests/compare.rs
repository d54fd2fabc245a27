//! What changed between two runs.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::{Account, Manifest, Partition, SourceFile};
use week3_validation::{Check, Verdict};
use week7_audit::solution::compare;
use week7_audit::{CompareError, FileFate, RunFacts};

fn account(rows: u64, cents: i64) -> Account {
    Account { rows, cents }
}

fn source(name: &str, sha256: &str, accepted: u64, rejected: u64) -> SourceFile {
    SourceFile {
        name: name.into(),
        raw_key: format!("raw/{name}"),
        size: 1,
        sha256: sha256.into(),
        layout: "general_f_91".into(),
        drift: vec![],
        read: account(accepted + rejected, 100),
        accepted: account(accepted, 90),
        rejected: account(rejected, 10),
    }
}

fn run(run_id: &str, sources: Vec<SourceFile>) -> RunFacts {
    RunFacts {
        manifest: Manifest {
            run_id: run_id.into(),
            contract_version: "1.0.0".into(),
            partition: Partition {
                dataset: "general".into(),
                program_year: 2023,
            },
            publication: date(2024, 6, 28),
            sources,
            data: vec![],
            rejected: vec![],
        },
        sequence: 1,
        reasons: BTreeMap::new(),
        checks: vec![],
    }
}

fn check(name: &str, file: &str, verdict: Verdict) -> Check {
    Check {
        name: name.into(),
        file: file.into(),
        verdict,
        found: format!("{name} of {file}"),
    }
}

#[test]
fn a_run_compared_with_itself_has_changed_in_nothing() {
    let mut one = run("a", vec![source("x.csv", "00", 5, 1)]);
    one.checks = vec![check("structure", "x.csv", Verdict::Warned)];
    one.reasons = [("x.csv".into(), [("open_quote".into(), 1)].into())].into();
    let same = compare(&one, &one).unwrap();
    assert!(same.is_unchanged());
    assert!(
        same.accounts
            .iter()
            .all(|change| (change.rows, change.cents) == (0, 0))
    );
    assert!(same.files.is_empty() && same.reasons.is_empty());
    assert!(same.checks.is_empty() && same.headers.is_empty());
}

#[test]
fn rows_and_cents_are_summed_over_files_and_may_shrink() {
    let before = run(
        "a",
        vec![source("x.csv", "00", 5, 1), source("y.csv", "01", 3, 0)],
    );
    let after = run("b", vec![source("z.csv", "02", 6, 2)]);
    let found = compare(&before, &after).unwrap();
    let rows: Vec<_> = found
        .accounts
        .iter()
        .map(|change| {
            (
                change.what.as_str(),
                change.before.rows,
                change.after.rows,
                change.rows,
                change.cents,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("read", 9, 8, -1, -100),
            ("accepted", 8, 6, -2, -90),
            ("rejected", 1, 2, 1, -10)
        ]
    );
}

#[test]
fn bytes_decide_what_became_of_a_file() {
    let before = run(
        "a",
        vec![
            source("kept", "0", 1, 0),
            source("same", "1", 1, 0),
            source("old", "2", 1, 0),
            source("gone", "3", 1, 0),
        ],
    );
    let after = run(
        "b",
        vec![
            source("kept", "0", 1, 0),
            source("same", "9", 1, 0),
            source("new", "2", 1, 0),
            source("more", "4", 1, 0),
        ],
    );
    let found = compare(&before, &after).unwrap();
    let fates: Vec<_> = found
        .files
        .iter()
        .map(|change| (change.file.as_str(), change.fate))
        .collect();
    assert_eq!(
        fates,
        [
            ("gone", FileFate::Removed),
            ("more", FileFate::Added),
            ("new", FileFate::Renamed),
            ("same", FileFate::Changed),
        ]
    );
}

#[test]
fn reasons_are_summed_over_files_and_the_largest_change_comes_first() {
    let reasons = |lists: &[(&str, &[(&str, u64)])]| {
        let file = |(file, counts): &(&str, &[(&str, u64)])| {
            let counts = counts
                .iter()
                .map(|(reason, rows)| ((*reason).to_owned(), *rows));
            ((*file).to_owned(), counts.collect())
        };
        lists
            .iter()
            .map(file)
            .collect::<BTreeMap<_, BTreeMap<_, _>>>()
    };
    let mut before = run("a", vec![]);
    before.reasons = reasons(&[
        ("x", &[("quote", 2), ("amount", 1)]),
        ("y", &[("quote", 3), ("same", 4)]),
    ]);
    let mut after = run("b", vec![]);
    after.reasons = reasons(&[("z", &[("same", 4), ("amount", 2), ("date", 9)])]);
    let found = compare(&before, &after).unwrap();
    let changes: Vec<_> = found
        .reasons
        .iter()
        .map(|change| (change.reason.as_str(), change.before, change.after))
        .collect();
    assert_eq!(changes, [("date", 0, 9), ("quote", 5, 0), ("amount", 1, 2)]);
}

#[test]
fn a_check_is_its_worst_verdict_over_all_files() {
    let mut before = run("a", vec![]);
    before.checks = vec![
        check("structure", "x", Verdict::Passed),
        check("amounts", "x", Verdict::Warned),
        check("amounts", "y", Verdict::Passed),
        check("old", "x", Verdict::Passed),
    ];
    let mut after = run("b", vec![]);
    after.checks = vec![
        check("structure", "p", Verdict::Passed),
        check("structure", "q", Verdict::Failed),
        check("amounts", "p", Verdict::Warned),
    ];
    let found = compare(&before, &after).unwrap();
    let changes: Vec<_> = found
        .checks
        .iter()
        .map(|change| {
            (
                change.check.as_str(),
                change.before,
                change.after,
                change.found.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("old", Some(Verdict::Passed), None, None),
            (
                "structure",
                Some(Verdict::Passed),
                Some(Verdict::Failed),
                Some("structure of q")
            ),
        ]
    );
}

#[test]
fn a_new_layout_and_its_drift_are_seen() {
    let mut old = source("x", "0", 1, 0);
    old.layout = "general_f_75".into();
    old.drift = vec!["reordered".into()];
    let found = compare(
        &run("a", vec![old]),
        &run("b", vec![source("y", "1", 1, 0)]),
    )
    .unwrap();
    let headers: Vec<_> = found
        .headers
        .iter()
        .map(|change| (change.what.as_str(), change.appeared))
        .collect();
    assert_eq!(
        headers,
        [
            ("layout general_f_75", false),
            ("layout general_f_91", true),
            ("reordered", false)
        ]
    );
}

#[test]
fn datasets_are_not_compared_with_each_other() {
    let mut other = run("b", vec![]);
    other.manifest.partition.dataset = "ownership".into();
    let refused = compare(&run("a", vec![]), &other).unwrap_err();
    assert!(matches!(refused, CompareError::OtherDataset { .. }));
}

fn facts() -> impl Strategy<Value = RunFacts> {
    let files = prop::collection::btree_map("[a-d]", ("[0-3]", 0..9u64, 0..9u64), 0..4);
    let reasons = prop::collection::btree_map(
        "[a-c]",
        prop::collection::btree_map("[q-s]", 1..9u64, 0..3),
        0..3,
    );
    (files, reasons).prop_map(|(files, reasons)| {
        let sources = files
            .iter()
            .map(|(name, (sha, accepted, rejected))| source(name, sha, *accepted, *rejected));
        RunFacts {
            reasons,
            ..run("r", sources.collect())
        }
    })
}

proptest! {
    /// Looking from the other side turns every change round and finds no other.
    #[test]
    fn a_comparison_can_be_turned_round(before in facts(), after in facts()) {
        let (there, back) = (compare(&before, &after).unwrap(), compare(&after, &before).unwrap());
        for (there, back) in there.accounts.iter().zip(&back.accounts) {
            prop_assert_eq!((there.rows, there.cents), (-back.rows, -back.cents));
        }
        let mut turned: Vec<_> = back.reasons.iter().map(|c| (&c.reason, c.after, c.before)).collect();
        let mut reasons: Vec<_> = there.reasons.iter().map(|c| (&c.reason, c.before, c.after)).collect();
        turned.sort();
        reasons.sort();
        prop_assert_eq!(reasons, turned);
        let count = |c: &week7_audit::Comparison, fate| c.files.iter().filter(|f| f.fate == fate).count();
        prop_assert_eq!(count(&there, FileFate::Changed), count(&back, FileFate::Changed));
    }
}
