use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::{Account, Commit, DataFile, FORMAT_VERSION, Manifest, SourceFile};

use super::subject::{attempt_key, audit_key, keys_needed_by};
use crate::support::{law, partition};

const RUN: &str = "0123456789abcdef";

fn file(key: String) -> DataFile {
    DataFile {
        key,
        size: 1,
        sha256: "ab".repeat(32),
        rows: 1,
        cents: 1,
    }
}

fn source(key: String) -> SourceFile {
    SourceFile {
        name: "a.csv".into(),
        raw_key: key,
        size: 1,
        sha256: "ab".repeat(32),
        layout: "general_f_91".into(),
        drift: vec![],
        read: Account::default(),
        accepted: Account::default(),
        rejected: Account::default(),
    }
}

/// A commit that lists so many delivered files, data files and quarantine files.
fn commit(sequence: u64, [raw, data, rejected]: [usize; 3]) -> Commit {
    let keys = |zone: &'static str, count| (0..count).map(move |at| format!("{zone}/{at}"));
    Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest: Manifest {
            run_id: RUN.into(),
            contract_version: "1.0.0".into(),
            partition: partition("general", 2023),
            publication: date(2024, 6, 28),
            sources: keys("raw", raw).map(source).collect(),
            data: keys("curated", data).map(file).collect(),
            rejected: keys("staging", rejected).map(file).collect(),
        },
        manifest_key: "metadata/manifests/general/2023/where-the-commit-says.json".into(),
    }
}

#[test]
fn the_audit_of_a_run_has_its_place_in_metadata() {
    let key = audit_key(&partition("general", 2023), RUN);
    assert_eq!(
        key, "metadata/audit/general/2023/0123456789abcdef.json",
        "found by whoever has the run's id, and by no engine that reads the data's folders"
    );
}

#[test]
fn each_attempt_has_a_record_of_its_own() {
    let first = attempt_key("0190b2c3-0000-7000-8000-000000000001");
    assert_eq!(
        first,
        "metadata/attempts/0190b2c3-0000-7000-8000-000000000001.json"
    );
}

#[test]
fn a_commit_needs_its_files_and_all_that_vouches_for_them() {
    let found: BTreeSet<_> = keys_needed_by(&commit(3, [2, 1, 1])).into_iter().collect();
    let expected = [
        "raw/0",
        "raw/1",
        "curated/0",
        "staging/0",
        "metadata/manifests/general/2023/where-the-commit-says.json",
        "metadata/audit/general/2023/0123456789abcdef.json",
        "metadata/validation/general/2023/0123456789abcdef.json",
        "metadata/commits/general/2023/00000000000000000003.json",
    ];
    for key in expected {
        assert!(
            found.contains(key),
            "without {key} the run can't be proved or replayed"
        );
    }
    let strangers: Vec<_> = found
        .iter()
        .filter(|key| !expected.contains(&key.as_str()))
        .collect();
    assert!(strangers.is_empty(), "no commit names {strangers:?}");
}

#[test]
fn every_listed_file_is_needed_and_there_are_four_documents() {
    let values = (1u64.., prop::array::uniform3(0usize..4));
    law(values, &|(sequence, counts)| {
        let commit = commit(sequence, counts);
        let found: BTreeSet<_> = keys_needed_by(&commit).into_iter().collect();
        let manifest = &commit.manifest;
        let files = manifest
            .data
            .iter()
            .chain(&manifest.rejected)
            .map(|file| &file.key);
        for key in files.chain(manifest.sources.iter().map(|source| &source.raw_key)) {
            prop_assert!(found.contains(key), "{} is listed, and not needed?", key);
        }
        prop_assert_eq!(found.len(), counts.iter().sum::<usize>() + 4, "{:?}", found);
        Ok(())
    });
}
