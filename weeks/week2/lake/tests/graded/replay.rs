use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::{
    Account, CantReplay, Condition, DataFile, Held, Manifest, ReplayPlan, SourceFile, keys,
};

use super::subject::{deviations, plan_replay};
use crate::support::{Lake, law, partition, sha256};

const RUN: &str = "0123456789abcdef";
/// What was delivered. Lines that end with `ok` are rows, the others are rejected.
const DELIVERED: [(&str, &str); 2] = [("a.csv", "1,ok\n2,bad\n3,ok\n"), ("b.csv", "4,ok\n5,bad\n")];

fn account(bytes: &str) -> Account {
    let rows = bytes.lines().count();
    Account {
        rows: rows as u64,
        cents: i64::try_from(rows).unwrap() * 5,
    }
}

/// A run on files that were read from raw: its manifest, and the bytes it writes by key.
fn run(read: &[(String, String)]) -> (Manifest, Vec<(String, String)>) {
    let mut manifest = Manifest {
        run_id: RUN.into(),
        contract_version: "1.0.0".into(),
        partition: partition("general", 2023),
        publication: date(2024, 6, 28),
        sources: vec![],
        data: vec![],
        rejected: vec![],
    };
    let mut written = Vec::new();
    for (part, (raw_key, bytes)) in read.iter().enumerate() {
        let lines = |wanted: bool| {
            let lines = bytes.lines().filter(|line| line.ends_with("ok") == wanted);
            lines.map(|line| line.to_owned() + "\n").collect::<String>()
        };
        let (accepted, rejected) = (lines(true), lines(false));
        let mut file = |name: fn(&_, &str, usize, &str) -> String, bytes: &str| {
            let key = name(&manifest.partition, RUN, part, &sha256(bytes));
            written.push((key.clone(), bytes.to_owned()));
            let Account { rows, cents } = account(bytes);
            DataFile {
                key,
                size: bytes.len() as u64,
                sha256: sha256(bytes),
                rows,
                cents,
            }
        };
        let entries = (
            file(keys::rejected, &rejected),
            file(keys::curated, &accepted),
        );
        manifest.rejected.push(entries.0);
        manifest.data.push(entries.1);
        manifest.sources.push(SourceFile {
            name: raw_key.rsplit('/').next().unwrap().to_owned(),
            raw_key: raw_key.clone(),
            size: bytes.len() as u64,
            sha256: sha256(bytes),
            layout: "general_f_91".into(),
            drift: vec!["one column more".into()],
            read: account(bytes),
            accepted: account(&accepted),
            rejected: account(&rejected),
        });
    }
    (manifest, written)
}

fn raw_key(name: &str, bytes: &str) -> String {
    keys::raw(
        &partition("general", 2023),
        date(2024, 6, 28),
        &sha256(bytes),
        name,
    )
}

fn delivered() -> Vec<(String, String)> {
    let read = DELIVERED.iter();
    read.map(|(name, bytes)| (raw_key(name, bytes), (*bytes).to_owned()))
        .collect()
}

/// Neighbours in the same folders: a corrected delivery under the same name, a file that
/// came later, and what another run wrote.
fn strangers() -> Vec<(String, String)> {
    let corrected = "1,ok\n2,ok\n3,ok\n";
    let other_run = "f".repeat(16);
    vec![
        (raw_key("a.csv", corrected), corrected.to_owned()),
        (raw_key("c.csv", "6,ok\n"), "6,ok\n".to_owned()),
        (
            keys::curated(
                &partition("general", 2023),
                &other_run,
                0,
                &sha256("6,ok\n"),
            ),
            "6,ok\n".to_owned(),
        ),
    ]
}

fn manifest() -> Manifest {
    run(&delivered()).0
}

/// Everything of the run as it was written, and its neighbours.
fn whole_lake() -> Held {
    let (_, written) = run(&delivered());
    let objects = delivered().into_iter().chain(written).chain(strangers());
    objects.map(|(key, bytes)| (key, sha256(&bytes))).collect()
}

fn plan(held: &Held) -> ReplayPlan {
    plan_replay(&manifest(), held).expect("all raw objects are there as they were delivered")
}

/// A lake with the run and its neighbours.
fn lake() -> Lake {
    let lake = Lake::new();
    let (_, written) = run(&delivered());
    for (key, bytes) in delivered().into_iter().chain(written).chain(strangers()) {
        lake.put(&key, &bytes);
    }
    lake
}

#[test]
fn over_s3_a_run_is_rebuilt_from_its_manifest_and_only_what_is_broken_is_written() {
    let (lake, manifest) = (lake(), manifest());
    let (gone, hurt) = (&manifest.data[0].key, &manifest.rejected[1].key);
    lake.remove(gone);
    lake.put(hurt, "5,BAD\n");
    let before = lake.list();

    let plan = plan_replay(&manifest, &lake.held())
        .expect("all raw objects are there as they were delivered");
    let read: Vec<_> = plan
        .read
        .iter()
        .map(|key| (key.clone(), lake.get(key)))
        .collect();
    let (rebuilt, bytes) = run(&read);
    let differs = deviations(&manifest, &rebuilt);
    assert!(
        differs.is_empty(),
        "the run was rebuilt from {:?}, and differs: {differs:?}",
        plan.read
    );
    for checked in plan
        .files
        .iter()
        .filter(|file| file.condition != Condition::Sound)
    {
        let (key, bytes) = bytes
            .iter()
            .find(|(key, _)| *key == checked.file.key)
            .unwrap();
        lake.put(key, bytes);
    }

    assert_eq!(
        lake.held(),
        whole_lake(),
        "every object as it was, neighbours included"
    );
    let after = lake.list();
    for object in before.iter().filter(|object| object.key != *hurt) {
        assert!(
            after.contains(object),
            "{} was sound, and was written again",
            object.key
        );
    }
}

#[test]
fn over_s3_a_raw_object_that_is_damaged_or_gone_is_named_and_nothing_is_planned() {
    let (lake, manifest) = (lake(), manifest());
    let (first, second) = (&manifest.sources[0], &manifest.sources[1]);
    let same_length = "1,ok\n2,bad\n3,OK\n";
    lake.damage(&first.raw_key, same_length);
    let damaged = CantReplay::RawDamaged {
        key: first.raw_key.clone(),
        name: "a.csv".into(),
        expected: first.sha256.clone(),
        found: sha256(same_length),
    };
    let refused = plan_replay(&manifest, &lake.held());
    assert_eq!(refused, Err(vec![damaged.clone()]), "a.csv is damaged");

    lake.remove(&second.raw_key);
    let missing = CantReplay::RawMissing {
        key: second.raw_key.clone(),
        name: "b.csv".into(),
    };
    assert_eq!(
        plan_replay(&manifest, &lake.held()),
        Err(vec![damaged, missing]),
        "a.csv is damaged, b.csv is gone: whoever repairs them wants to know both"
    );
}

#[test]
fn what_else_stands_in_the_folders_of_a_run_is_neither_read_nor_restored() {
    let plan = plan(&whole_lake());
    let expected: Vec<_> = delivered().into_iter().map(|(key, _)| key).collect();
    assert_eq!(plan.read, expected, "the manifest's files, in its order");
    let (_, written) = run(&delivered());
    let mut own: Vec<_> = written.into_iter().map(|(key, _)| key).collect();
    let mut found: Vec<_> = plan
        .files
        .into_iter()
        .map(|checked| checked.file.key)
        .collect();
    own.sort();
    found.sort();
    assert_eq!(found, own, "the run's own files, and no neighbour's");
}

#[test]
fn a_raw_object_is_judged_by_its_bytes_and_every_fault_is_named() {
    let (manifest, mut held) = (manifest(), whole_lake());
    let (first, second) = (&manifest.sources[0], &manifest.sources[1]);
    held.insert(second.raw_key.clone(), sha256("4,OK\n5,bad\n"));
    let damaged = CantReplay::RawDamaged {
        key: second.raw_key.clone(),
        name: "b.csv".into(),
        expected: second.sha256.clone(),
        found: sha256("4,OK\n5,bad\n"),
    };
    let refused = plan_replay(&manifest, &held);
    assert_eq!(refused, Err(vec![damaged.clone()]), "b.csv has other bytes");
    held.remove(&first.raw_key);
    let missing = CantReplay::RawMissing {
        key: first.raw_key.clone(),
        name: "a.csv".into(),
    };
    assert_eq!(
        plan_replay(&manifest, &held),
        Err(vec![missing, damaged]),
        "a.csv is gone too; the order is the manifest's"
    );
}

#[test]
fn files_are_sound_missing_or_damaged_and_the_quarantine_comes_first() {
    let (manifest, mut held) = (manifest(), whole_lake());
    held.remove(&manifest.rejected[0].key);
    held.insert(manifest.data[1].key.clone(), sha256("4,OK\n"));
    let found: Vec<_> = plan(&held)
        .files
        .into_iter()
        .map(|checked| (checked.file, checked.condition))
        .collect();
    let file = |list: &[DataFile], at: usize| list[at].clone();
    assert_eq!(
        found,
        [
            (file(&manifest.rejected, 0), Condition::Missing),
            (file(&manifest.rejected, 1), Condition::Sound),
            (file(&manifest.data, 0), Condition::Sound),
            (file(&manifest.data, 1), Condition::Damaged),
        ]
    );
}

/// Changes one thing in a manifest; gives what a deviation is to name.
type Change = fn(&mut Manifest) -> String;

fn changes() -> Vec<Change> {
    vec![
        |run| {
            run.run_id = "bb".into();
            "the run".into()
        },
        |run| {
            run.contract_version = "1.0.1".into();
            "the run".into()
        },
        |run| {
            run.partition.program_year += 1;
            "the run".into()
        },
        |run| {
            run.publication = date(2025, 1, 30);
            "the run".into()
        },
        |run| {
            run.sources[1].read.rows += 1;
            "b.csv".into()
        },
        |run| {
            run.sources[0].accepted.cents -= 1;
            "a.csv".into()
        },
        |run| {
            run.sources[0].sha256 = sha256("other");
            "a.csv".into()
        },
        |run| {
            run.sources[1].layout.push('0');
            "b.csv".into()
        },
        |run| {
            run.sources[0].drift.clear();
            "a.csv".into()
        },
        |run| run.sources.pop().unwrap().name,
        |run| {
            run.data[0].sha256 = sha256("other");
            run.data[0].key.clone()
        },
        |run| {
            run.data[0].size += 1;
            run.data[0].key.clone()
        },
        |run| {
            run.data[1].rows += 1;
            run.data[1].key.clone()
        },
        |run| {
            run.data[1].cents += 1;
            run.data[1].key.clone()
        },
        |run| run.data.pop().unwrap().key,
        |run| {
            run.rejected[0].rows += 1;
            run.rejected[0].key.clone()
        },
        |run| {
            let more = DataFile {
                key: "staging/more".into(),
                ..run.rejected[0].clone()
            };
            run.rejected.push(more);
            "staging/more".into()
        },
    ]
}

#[test]
fn files_in_another_order_are_two_deviations() {
    let (manifest, mut rebuilt) = (manifest(), manifest());
    rebuilt.data.swap(0, 1);
    let found = deviations(&manifest, &rebuilt);
    let found: Vec<_> = found
        .iter()
        .map(|deviation| deviation.what.as_str())
        .collect();
    assert_eq!(
        found,
        [&manifest.data[0].key, &manifest.data[1].key],
        "the two data files have changed places, and both places differ"
    );
}

#[test]
fn the_same_run_deviates_in_nothing() {
    let found = deviations(&manifest(), &manifest());
    assert_eq!(found, [], "both sides are the same manifest");
}

#[test]
fn any_change_of_a_rebuilt_run_is_found_and_named() {
    let values = 0..changes().len();
    law(values, &|at| {
        let (manifest, mut rebuilt) = (manifest(), manifest());
        let expected = changes()[at](&mut rebuilt);
        let found = deviations(&manifest, &rebuilt);
        let named: Vec<_> = found
            .iter()
            .map(|deviation| deviation.what.as_str())
            .collect();
        prop_assert_eq!(named, [expected.as_str()], "{:?}", found);
        prop_assert_ne!(
            &found[0].expected,
            &found[0].found,
            "both sides read the same"
        );
        Ok(())
    });
}
