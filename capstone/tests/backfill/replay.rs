//! `capstone replay`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::support::{Desk, Ended, files_below};

const FIRST: &str = "OP_DTL_GNRL_PGYR2023_P06282024.csv";

/// A lake with a year that was refreshed, so that there is a superseded run, and with
/// faults, so that there is a quarantine. Load and report are left out: nothing here asks them.
fn refreshed(desk: &Desk) {
    for (name, publication) in [
        ("first", PublicationSpec::first(2023)),
        ("second", PublicationSpec::refresh(2023)),
    ] {
        let spec = Spec::new(vec![publication], 300, 1).with_faults(0.02, false);
        let folder = desk.real(name, &spec);
        // Ten records, of which one is bad: too many for validation.
        let names = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        for ownership in names.filter(|path| path.to_string_lossy().contains("OWNRSHP")) {
            fs::remove_file(ownership).unwrap();
        }
        let ingest = ["ingest", "--lake", "lake", "--source", name];
        for stage in [
            &ingest[..],
            &["validate", "--lake", "lake"],
            &["transform", "--lake", "lake"],
        ] {
            desk.run(stage).expect(0);
        }
    }
}

fn bucket(desk: &Desk) -> PathBuf {
    desk.path("lake/s3/open-payments")
}

/// One commit of general payments, as a document.
fn commit(desk: &Desk, sequence: u64) -> Value {
    let key = format!("metadata/commits/general/2023/{sequence:020}.json");
    serde_json::from_slice(&fs::read(bucket(desk).join(key)).unwrap()).unwrap()
}

fn run_id(commit: &Value) -> &str {
    commit["run_id"].as_str().unwrap()
}

/// The paths of the files that a commit lists under a name.
fn listed(desk: &Desk, commit: &Value, list: &str) -> Vec<PathBuf> {
    let files = commit[list].as_array().unwrap().iter();
    let key = if list == "sources" { "raw_key" } else { "key" };
    files
        .map(|file| bucket(desk).join(file[key].as_str().unwrap()))
        .collect()
}

/// Everything in the lake but the history of attempts.
fn objects(desk: &Desk) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(&bucket(desk)).into_iter();
    let metadata = bucket(desk).join("metadata");
    let of_attempts = ["attempts", "lineage"].map(|folder| metadata.join(folder));
    let of_runs = files.filter(|path| !of_attempts.iter().any(|folder| path.starts_with(folder)));
    of_runs
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn replay(desk: &Desk, run_id: &str) -> Ended {
    desk.run(&["replay", run_id, "--lake", "lake"])
}

/// How each file was found, by the document of a replay.
fn conditions(replayed: &Value) -> BTreeMap<&str, &str> {
    let files = replayed["files"].as_array().unwrap().iter();
    files
        .map(|file| (file["key"].as_str().unwrap(), file["was"].as_str().unwrap()))
        .collect()
}

/// Other bytes of the same length.
fn damage(path: &PathBuf) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn files_that_are_missing_or_damaged_come_back_byte_for_byte_and_nothing_else_changes() {
    let desk = Desk::new();
    refreshed(&desk);
    let whole = objects(&desk);
    let newest = commit(&desk, 2);
    let data = listed(&desk, &newest, "data").remove(0);
    let quarantine = listed(&desk, &newest, "rejected").remove(0);
    let manifest = bucket(&desk).join(newest["manifest_key"].as_str().unwrap());

    replay(&desk, run_id(&newest))
        .expect(0)
        .says(&["rebuilt", "byte for byte"])
        .says(&["verified", "curated/"])
        .says(&["verified", "staging/rejected/"]);
    assert_eq!(objects(&desk), whole, "nothing was to be done");

    damage(&data);
    fs::remove_file(&quarantine).unwrap();
    fs::write(&manifest, "{").unwrap();
    let arguments = ["replay", run_id(&newest), "--lake", "lake", "--json"];
    let replayed = desk.run(&arguments).expect(0).json();
    let mut found = conditions(&replayed);
    found.retain(|_, was| *was != "sound");
    let key = |path: &PathBuf| {
        path.strip_prefix(bucket(&desk))
            .unwrap()
            .display()
            .to_string()
    };
    let expected = [
        (key(&data), "damaged"),
        (key(&quarantine), "missing"),
        (key(&manifest), "damaged"),
    ];
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(key, was)| (key.as_str(), *was))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(
        objects(&desk),
        whole,
        "no byte differs, and there is no new commit"
    );
    assert_eq!(desk.last_attempt("lake")["command"], "replay");
}

#[test]
fn a_superseded_run_is_replayed_by_a_beginning_of_its_id_and_the_newest_is_not_touched() {
    let desk = Desk::new();
    refreshed(&desk);
    let whole = objects(&desk);
    let (old, newest) = (commit(&desk, 1), commit(&desk, 2));
    for path in [listed(&desk, &old, "data"), listed(&desk, &old, "rejected")].concat() {
        fs::remove_file(path).unwrap();
    }
    // A fault of the newest run is none of the old one's business.
    let other = listed(&desk, &newest, "data").remove(0);
    damage(&other);
    replay(&desk, &run_id(&old)[..12])
        .expect(0)
        .says(&[
            "run ",
            run_id(&old),
            "commit 1",
            "superseded, the newest is 2",
        ])
        .says(&["restored", "curated/", "was missing"]);
    let mut found = objects(&desk);
    assert_ne!(found[&other], whole[&other], "still damaged");
    found.insert(other.clone(), whole[&other].clone());
    assert_eq!(found, whole);
}

#[test]
fn raw_that_is_damaged_or_gone_is_refused_by_name_and_nothing_is_written() {
    let desk = Desk::new();
    refreshed(&desk);
    let old = commit(&desk, 1);
    let raw = listed(&desk, &old, "sources").remove(0);
    let sound = fs::read(&raw).unwrap();
    let data = listed(&desk, &old, "data").remove(0);
    fs::remove_file(&data).unwrap();
    let refused = |said: &str| {
        let before = objects(&desk);
        let ended = replay(&desk, run_id(&old)).expect(1);
        ended.says(&["error: ", FIRST, said, "`capstone ingest --source`"]);
        assert_eq!(objects(&desk), before);
    };
    for at in [10, sound.len() / 2] {
        // In the header, where no layout is recognised any more; and in a record.
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&raw, bytes).unwrap();
        refused("is damaged");
    }
    fs::write(&raw, [&sound[..], b"\n"].concat()).unwrap();
    refused("is damaged");
    fs::write(&raw, &sound[..sound.len() - 1]).unwrap();
    refused("is damaged");
    fs::remove_file(&raw).unwrap();
    refused("is not in the lake any more");

    // The way out that the message names.
    desk.run(&["ingest", "--lake", "lake", "--source", "first"])
        .expect(0);
    assert_eq!(fs::read(&raw).unwrap(), sound);
    replay(&desk, run_id(&old)).expect(0);
    assert!(data.exists());
}

/// A commit as if its run had another id: its files are named by the first eight digits.
fn renamed(commit: &Value, id: &str) -> String {
    let old = run_id(commit);
    let text = commit.to_string().replace(old, id);
    text.replace(&old[..8], &id[..8])
}

#[test]
fn a_run_of_another_contract_or_output_schema_is_refused_with_what_to_do() {
    let desk = Desk::new();
    refreshed(&desk);
    let path = bucket(&desk).join("metadata/commits/general/2023/00000000000000000001.json");
    let old = commit(&desk, 1);
    let mut stated = old.clone();
    stated["contract_version"] = "0.9.0".into();
    fs::write(&path, stated.to_string()).unwrap();
    replay(&desk, run_id(&old))
        .expect(1)
        .says(&["error: ", "contract 0.9.0", "`capstone run`"]);
    fs::write(&path, renamed(&old, &"0".repeat(32))).unwrap();
    replay(&desk, "0000").expect(1).says(&[
        "error: ",
        "does not follow from its manifest",
        "output schema",
    ]);
}

#[test]
fn a_run_that_comes_out_otherwise_changes_nothing() {
    let desk = Desk::new();
    refreshed(&desk);
    let path = bucket(&desk).join("metadata/commits/general/2023/00000000000000000001.json");
    let mut stated = commit(&desk, 1);
    let rows = stated["data"][0]["rows"].as_u64().unwrap();
    stated["data"][0]["rows"] = (rows + 1).into();
    fs::write(&path, stated.to_string()).unwrap();
    fs::remove_file(listed(&desk, &stated, "data").remove(0)).unwrap();
    let before = objects(&desk);
    replay(&desk, run_id(&stated)).expect(1).says(&[
        "error: ",
        "does not come out as it was committed",
        "nothing was changed",
    ]);
    assert_eq!(objects(&desk), before);
}

#[test]
fn a_name_that_no_run_or_two_have_suggests_those_that_there_are() {
    let desk = Desk::new();
    refreshed(&desk);
    let (old, newest) = (commit(&desk, 1), commit(&desk, 2));
    let mistyped = format!("{}zz", &run_id(&old)[..10]);
    replay(&desk, &mistyped).expect(2).says(&[
        "error: ",
        &mistyped,
        "did you mean",
        run_id(&old),
        "`capstone runs`",
    ]);
    // Two runs whose ids begin alike.
    let path = bucket(&desk).join("metadata/commits/general/2023/00000000000000000001.json");
    let alike = format!("{}{}", &run_id(&newest)[..8], &run_id(&old)[8..]);
    fs::write(&path, renamed(&old, &alike)).unwrap();
    replay(&desk, &run_id(&newest)[..8]).expect(2).says(&[
        "error: ",
        "2 runs",
        run_id(&newest),
        "2024-06-28",
        "2025-01-30",
    ]);
    desk.run(&["replay", "aa", "--lake", "none"])
        .expect(1)
        .says(&["error: there is no lake in none"]);
}
