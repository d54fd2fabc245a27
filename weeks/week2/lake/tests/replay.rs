//! Which run is meant, whether it can be built again, and several deviations at once.

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::solution::{check_versions, choose_run, committed_runs, deviations, plan_replay};
use week2_lake::{
    Account, CantReplay, Commit, DataFile, FORMAT_VERSION, Held, Manifest, NoSuchRun, Partition,
    SourceFile, keys,
};

fn account(rows: u64) -> Account {
    Account {
        rows,
        cents: rows.cast_signed() * 5,
    }
}

fn file(key: &str, rows: u64) -> DataFile {
    DataFile {
        key: key.into(),
        size: rows * 10,
        sha256: format!("sha of {key}"),
        rows,
        cents: rows.cast_signed() * 5,
    }
}

fn manifest(run_id: &str) -> Manifest {
    let source = |name: &str| SourceFile {
        name: name.into(),
        raw_key: format!("raw/{name}"),
        size: 1_000,
        sha256: format!("sha of {name}"),
        layout: "general_f_91".into(),
        drift: vec!["one column more".into()],
        read: account(12),
        accepted: account(10),
        rejected: account(2),
    };
    Manifest {
        run_id: run_id.into(),
        contract_version: "1.0.0".into(),
        partition: Partition {
            dataset: "general".into(),
            program_year: 2023,
        },
        publication: date(2024, 6, 28),
        sources: vec![source("a.csv"), source("b.csv")],
        data: vec![file("curated/0", 12), file("curated/1", 8)],
        rejected: vec![file("staging/0", 4)],
    }
}

fn commit(sequence: u64, run_id: &str) -> Commit {
    let manifest = manifest(run_id);
    Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest_key: keys::manifest(&manifest.partition, run_id),
        manifest,
    }
}

#[test]
fn a_run_is_named_by_its_id_or_by_a_beginning_that_no_other_has() {
    let commits = [
        commit(1, "aa11"),
        commit(2, "aa22"),
        commit(3, "aa11"),
        commit(4, "bb33"),
    ];
    let runs = committed_runs(&commits);
    let chosen = |wanted: &str| choose_run(wanted, &runs);
    let ids: Vec<_> = runs
        .iter()
        .map(|run| (run.run_id.as_str(), run.sequence))
        .collect();
    assert_eq!(
        ids,
        [("aa11", 3), ("aa22", 2), ("bb33", 4)],
        "each once, by its last commit"
    );
    assert_eq!(chosen("b").unwrap().run_id, "bb33");
    assert_eq!(chosen(" AA2 ").unwrap().run_id, "aa22");

    let Err(NoSuchRun::Ambiguous { found, .. }) = chosen("aa") else {
        panic!("{:?}", chosen("aa"));
    };
    assert_eq!(found.len(), 2);
    let text = chosen("aa").unwrap_err().to_string();
    assert!(
        text.contains("2 runs: aa11 (general 2023 of 2024-06-28), aa22"),
        "{text}"
    );

    let text = chosen("aa1x").unwrap_err().to_string();
    assert!(
        text.contains("did you mean aa11 (") && !text.contains("aa22"),
        "{text}"
    );
    assert!(
        matches!(chosen(""), Err(NoSuchRun::Unknown { .. })),
        "no name is no beginning"
    );
    let text = choose_run("aa", &[]).unwrap_err().to_string();
    assert!(!text.contains("did you mean"), "{text}");
}

#[test]
fn another_contract_or_output_schema_is_refused_with_what_to_do() {
    let manifest = manifest("aa11");
    assert_eq!(check_versions(&manifest, "1.0.0", "aa11"), Ok(()));
    let other = check_versions(&manifest, "2.0.0", "cc44").unwrap_err();
    assert!(matches!(other, CantReplay::Contract { .. }));
    let text = other.to_string();
    for part in ["contract 1.0.0", "has 2.0.0", "`capstone run`"] {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
    let other = check_versions(&manifest, "1.0.0", "cc44").unwrap_err();
    let expected = "cc44".to_owned();
    assert_eq!(other, CantReplay::Schema { expected });
}

#[test]
fn raw_that_is_gone_or_damaged_is_named_with_the_way_out() {
    let manifest = manifest("aa");
    let mut held: Held = manifest
        .sources
        .iter()
        .map(|source| (source.raw_key.clone(), source.sha256.clone()))
        .collect();
    assert!(plan_replay(&manifest, &held).is_ok());
    held.insert("raw/a.csv".into(), "sha of something else".into());
    held.remove("raw/b.csv");
    let refused = plan_replay(&manifest, &held).unwrap_err();
    assert_eq!(refused.len(), 2);
    for (refused, name) in refused.iter().zip(["a.csv", "b.csv"]) {
        let text = refused.to_string();
        for part in [
            &format!("raw/{name}"),
            &format!("bring {name} back"),
            "capstone ingest",
        ] {
            assert!(text.contains(part), "{part:?} is not in {text:?}");
        }
    }
}

/// Changes one thing in a manifest.
fn changes() -> Vec<fn(&mut Manifest)> {
    vec![
        |manifest| manifest.run_id = "bb".into(),
        |manifest| manifest.contract_version = "1.0.1".into(),
        |manifest| manifest.partition.program_year += 1,
        |manifest| manifest.publication = date(2025, 1, 30),
        |manifest| manifest.sources[1].read.rows += 1,
        |manifest| manifest.sources[0].accepted.cents -= 1,
        |manifest| manifest.sources[0].rejected.rows += 1,
        |manifest| manifest.sources[1].sha256.push('0'),
        |manifest| manifest.sources[1].layout.push('0'),
        |manifest| manifest.sources[0].drift.clear(),
        |manifest| drop(manifest.sources.pop()),
        |manifest| manifest.data[1].key.push('0'),
        |manifest| manifest.data[0].sha256.push('0'),
        |manifest| manifest.data[0].size += 1,
        |manifest| manifest.data[1].rows += 1,
        |manifest| manifest.data[1].cents += 1,
        |manifest| manifest.data.swap(0, 1),
        |manifest| drop(manifest.data.pop()),
        |manifest| manifest.rejected.push(file("staging/1", 1)),
        |manifest| manifest.rejected[0].rows += 1,
    ]
}

proptest! {
    #[test]
    fn the_same_run_deviates_in_nothing_and_any_change_is_found(
        chosen in prop::collection::btree_set(0..changes().len(), 0..3),
    ) {
        let (manifest, mut rebuilt) = (manifest("aa"), manifest("aa"));
        for at in chosen {
            // A change may undo another, or find nothing to change.
            if rebuilt.data.len() == 2 && rebuilt.sources.len() == 2 {
                changes()[at](&mut rebuilt);
            }
        }
        let found = deviations(&manifest, &rebuilt);
        prop_assert_eq!(found.is_empty(), rebuilt == manifest, "{:?}", found);
    }
}
