//! Commits as they are written, with one value changed.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use week2_lake::solution::{check_commit, commit_bytes};
use week2_lake::{
    Account, Commit, CommitError, DataFile, FORMAT_VERSION, Manifest, Partition, SourceFile, keys,
};

use crate::check::commit::check;

fn sound() -> Commit {
    let partition = Partition {
        dataset: "general".into(),
        program_year: 2023,
    };
    let (run, sha256) = ("0123456789abcdef".to_owned(), "ab".repeat(32));
    let publication = date(2024, 6, 28);
    let account = |rows, cents| Account { rows, cents };
    let file = |key| DataFile {
        key,
        size: 10,
        sha256: sha256.clone(),
        rows: 2,
        cents: 500,
    };
    Commit {
        format_version: FORMAT_VERSION,
        sequence: 3,
        manifest_key: keys::manifest(&partition, &run),
        manifest: Manifest {
            contract_version: "1.0.0".into(),
            publication,
            sources: vec![SourceFile {
                name: "a.csv".into(),
                raw_key: keys::raw(&partition, publication, &sha256, "a b ü.csv"),
                size: 100,
                sha256: sha256.clone(),
                layout: "general_f_91".into(),
                drift: vec!["reordered".into()],
                read: account(4, 1000),
                accepted: account(2, 500),
                rejected: account(2, 500),
            }],
            data: vec![file(keys::curated(&partition, &run, 0, &sha256))],
            rejected: vec![file(keys::rejected(&partition, &run, 0, &sha256))],
            run_id: run,
            partition,
        },
    }
}

fn key() -> String {
    keys::commit(&sound().manifest.partition, 3)
}

/// Every value of a document that holds no others.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Object(map) => map.values_mut().flat_map(leaves).collect(),
        Value::Array(items) => items.iter_mut().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "curated/dataset=general/program_year=2023/../x",
        "é",
        "1",
        "2024-02-30",
        "-9999-01-01",
        "9999-12-31",
    ];
    prop_oneof![
        select(texts.to_vec()).prop_map(|text| json!(text)),
        select(vec![u64::MAX, u64::MAX / 2, 0]).prop_map(|number| json!(number)),
        select(vec![i64::MIN, i64::MAX, -1]).prop_map(|number| json!(number)),
        select(vec![
            json!(1e300),
            json!(null),
            json!([]),
            json!({}),
            json!("x".repeat(100_000))
        ]),
        ".{0,12}".prop_map(|text| json!(text)),
    ]
}

proptest! {
    #[test]
    fn a_commit_with_values_changed_is_refused_or_harmless(
        changes in prop::collection::vec((any::<Index>(), hostile()), 1..4),
    ) {
        let mut document = serde_json::to_value(sound()).unwrap();
        for (place, value) in changes {
            let mut leaves = leaves(&mut document);
            let at = place.index(leaves.len().max(1));
            if let Some(leaf) = leaves.get_mut(at) {
                **leaf = value;
            }
        }
        check(document.to_string().as_bytes());
    }

    #[test]
    fn a_commit_with_bytes_changed_is_refused_or_harmless(
        damage in prop::collection::vec((any::<Index>(), any::<u8>(), any::<bool>()), 1..4),
    ) {
        let mut bytes = commit_bytes(&sound());
        for (place, byte, insert) in damage {
            let at = place.index(bytes.len());
            bytes.splice(at..at + usize::from(!insert), [byte]);
        }
        check(&bytes);
    }
}

#[test]
fn a_commit_that_this_program_writes_is_accepted() {
    check(&commit_bytes(&sound()));
    assert_eq!(check_commit(&key(), &sound()), Ok(()));
}

#[test]
fn a_listed_key_never_leads_out_of_its_partition() {
    let inside = keys::curated(&sound().manifest.partition, "01234567", 0, "01234567");
    let (folder, file) = inside.rsplit_once('/').unwrap();
    for key in [
        format!("../../{inside}"),
        format!("/{inside}"),
        format!("{folder}/../../{file}"),
        inside.replace("2023", "2024"),
        inside.replace("curated", "raw"),
        String::new(),
    ] {
        type Change = fn(&mut Commit, String);
        let changes: [Change; 4] = [
            |commit, key| commit.manifest.data[0].key = key,
            |commit, key| commit.manifest.rejected[0].key = key,
            |commit, key| commit.manifest.sources[0].raw_key = key,
            |commit, key| commit.manifest_key = key,
        ];
        for change in changes {
            let mut commit = sound();
            change(&mut commit, key.clone());
            let refused = check_commit(&self::key(), &commit);
            assert_eq!(refused, Err(CommitError::Foreign(key.clone())));
        }
    }
}

#[test]
fn a_commit_stands_under_the_key_that_it_states() {
    let mut other = sound();
    other.manifest.partition.program_year = 2024;
    let mut first = sound();
    first.sequence = 0;
    let zero = keys::commit(&first.manifest.partition, 0);
    for (key, commit) in [(key(), other), (zero, first)] {
        let refused = check_commit(&key, &commit);
        assert!(
            matches!(refused, Err(CommitError::Misplaced { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn numbers_that_no_data_has_and_newer_formats_are_refused() {
    let mut many = sound();
    let file = DataFile {
        cents: i64::MAX,
        ..many.manifest.data[0].clone()
    };
    many.manifest.data.push(file);
    assert_eq!(check_commit(&key(), &many), Err(CommitError::Numbers));
    let mut digest = sound();
    digest.manifest.data[0].sha256 = "AB".repeat(32);
    assert!(matches!(
        check_commit(&key(), &digest),
        Err(CommitError::Digest(_))
    ));
    let mut newer = sound();
    newer.format_version += 1;
    assert!(matches!(
        check_commit(&key(), &newer),
        Err(CommitError::Newer { .. })
    ));
}
