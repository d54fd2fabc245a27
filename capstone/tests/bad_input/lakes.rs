//! Lakes and warehouses that can't take what they are offered.

use std::fs;
use std::path::Path;

use fixtures::{PublicationSpec, Spec};
use serde_json::{Value, json};

use crate::support::{Desk, commits, files_below, one_year, spawn};

const SYNTHETIC: [&str; 7] = ["run", "--lake", "lake", "--years", "2023", "--rows", "100"];

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut document = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut document);
    fs::write(path, document.to_string()).unwrap();
}

#[test]
fn a_lake_of_a_newer_program_is_not_touched() {
    let desk = Desk::new();
    desk.run(&SYNTHETIC).expect(0);
    let bucket = desk.path("lake/s3/open-payments");
    edit(&bucket.join("metadata/lake.json"), |lake| {
        lake["format_version"] = json!(99);
    });
    let before = files_below(&bucket);
    for command in [
        &SYNTHETIC[..],
        &["validate", "--lake", "lake"],
        &["load", "--lake", "lake"],
        &["runs", "--lake", "lake"],
    ] {
        desk.run(command)
            .expect(3)
            .says(&["error: ", "format 99", "update the program"]);
    }
    assert_eq!(files_below(&bucket), before);
}

#[test]
fn a_commit_of_a_newer_program_is_not_read() {
    let desk = Desk::new();
    desk.run(&SYNTHETIC).expect(0);
    let commit = "metadata/commits/general/2023/00000000000000000001.json";
    let path = desk.path("lake/s3/open-payments").join(commit);
    edit(&path, |commit| commit["format_version"] = json!(99));
    desk.run(&["load", "--lake", "lake"]).expect(3).says(&[
        "error: ",
        commit,
        "format 99",
        "update the program",
    ]);
}

#[test]
fn a_commit_that_lists_a_file_outside_its_partition_is_not_read() {
    let desk = Desk::new();
    desk.run(&SYNTHETIC).expect(0);
    let commit = "metadata/commits/general/2023/00000000000000000001.json";
    let path = desk.path("lake/s3/open-payments").join(commit);
    edit(&path, |commit| {
        commit["data"][0]["key"] = json!("../../../../outside.parquet");
    });
    desk.run(&["load", "--lake", "lake"]).expect(3).says(&[
        "error: ",
        commit,
        "../../../../outside.parquet",
        "no run of its partition writes",
    ]);
}

#[test]
fn a_damaged_document_of_the_lake_is_named() {
    let desk = Desk::new();
    desk.run(&SYNTHETIC).expect(0);
    let path = desk.path("lake/s3/open-payments/metadata/lake.json");
    fs::write(path, "{").unwrap();
    desk.run(&["load", "--lake", "lake"]).expect(3).says(&[
        "error: ",
        "metadata/lake.json",
        "can't be read",
    ]);
}

#[test]
fn a_delivery_that_cannot_be_as_the_lake_describes_it_is_named_and_ingested_again() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let source = source.to_str().unwrap();
    let ingest = ["ingest", "--lake", "lake", "--source", source];
    let transform = || desk.run(&["transform", "--lake", "lake"]);
    desk.run(&ingest).expect(0);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let key = "metadata/ingested/general/2023/2024-06-28.json";
    let most = json!(u64::MAX);
    let nowhere = "chunk 1 is not where it can be";
    let changes = [
        (nowhere, "audit/chunks/0/records", most.clone()),
        (nowhere, "audit/chunks/0/length", most.clone()),
        (nowhere, "audit/chunks/0/start/record", most.clone()),
        (
            "its chunks are not the whole file",
            "audit/chunks",
            json!([]),
        ),
        ("no file has", "audit/size", most.clone()),
        ("no header has", "layout/fields", most),
        ("does not fit version", "layout/source/3", json!(91)),
        (
            "the layout map is of 1 columns",
            "layout/source",
            json!([0]),
        ),
    ];
    let path = desk.path("lake/s3/open-payments").join(key);
    let whole = fs::read(&path).unwrap();
    for (said, place, value) in changes {
        fs::write(&path, &whole).unwrap();
        edit(&path, |delivery| {
            *delivery.pointer_mut(&format!("/files/0/{place}")).unwrap() = value;
        });
        transform()
            .expect(3)
            .says(&["error: ", key, said, "ingest its files again"]);
    }
    // More records than there are, in a list that is in order: the bytes decide.
    fs::write(&path, &whole).unwrap();
    edit(&path, |delivery| {
        let audit = &mut delivery["files"][0]["audit"];
        let length = audit["chunks"][0]["length"].clone();
        audit["chunks"][0]["records"] = length.clone();
        audit["records"] = length;
    });
    transform()
        .expect(3)
        .says(&["error: ", "records expected, 300 found"]);
    assert_eq!(desk.visible("lake").len(), 0, "nothing was committed");
    desk.run(&ingest).expect(0);
    transform().expect(0);
    assert_eq!(commits(&desk.visible("lake")).len(), 2);
}

#[test]
fn real_and_synthetic_files_never_meet_in_a_lake() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let real = [
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    desk.run(&SYNTHETIC).expect(0);
    let before = desk.visible("lake");
    desk.run(&real).expect(2).says(&[
        "error: ",
        "holds synthetic data",
        "source is real",
        "--lake",
    ]);
    assert_eq!(desk.visible("lake"), before);

    let desk = Desk::new();
    desk.run(&real).expect(0);
    let before = desk.visible("lake");
    desk.run(&SYNTHETIC)
        .expect(2)
        .says(&["error: ", "holds real data", "source is synthetic"]);
    assert_eq!(desk.visible("lake"), before);
    assert!(!desk.path("lake/source").exists(), "nothing was generated");
}

#[test]
fn real_and_synthetic_files_do_not_lie_in_one_folder() {
    let desk = Desk::new();
    let real = desk.real("mine", &one_year(2023, 1));
    let name = "OP_DTL_GNRL_PGYR2023_P06282024.csv";
    let before = fs::read(real.join(name)).unwrap();
    let generate = ["generate", "--years", "2023", "--rows", "100", "--out"];
    desk.run(&[&generate[..], &["mine"]].concat())
        .expect(2)
        .says(&["error: ", "is not a generated file", "another folder"]);
    assert_eq!(
        fs::read(real.join(name)).unwrap(),
        before,
        "nothing is overwritten"
    );

    desk.run(&[&generate[..], &["made"]].concat()).expect(0);
    fs::copy(real.join(name), desk.path("made/mine.csv")).unwrap();
    desk.run(&["run", "--lake", "lake", "--source", "made"])
        .expect(2)
        .says(&["error: ", "mine.csv", "lies among generated files"]);
    assert!(!desk.path("lake").exists());
}

#[test]
fn a_lake_that_is_a_file_is_an_error_of_the_environment() {
    let desk = Desk::new();
    desk.write("lake", "not a folder");
    for command in [&SYNTHETIC[..], &["load", "--lake", "lake"]] {
        desk.run(command)
            .expect(3)
            .says(&["error: ", "lake", "Not a directory"]);
    }
    assert_eq!(
        fs::read_to_string(desk.path("lake")).unwrap(),
        "not a folder"
    );
}

#[test]
fn a_warehouse_in_use_is_an_error_and_the_commits_stand() {
    let desk = Desk::new();
    desk.run(&SYNTHETIC).expect(0);
    let path = desk.path("lake/warehouse.duckdb");
    let other = duckdb::Connection::open(&path).unwrap();
    let publications = vec![PublicationSpec::first(2023), PublicationSpec::first(2024)];
    let source = desk.real("real", &Spec::new(publications, 100, 1));
    let source = source.to_str().unwrap();
    for command in [
        &["load", "--lake", "lake"][..],
        &["quality", "--lake", "lake"],
        &["query", "select 1", "--lake", "lake"],
        &[
            "run",
            "--source",
            source,
            "--lake",
            "real",
            "--warehouse",
            path.to_str().unwrap(),
        ],
    ] {
        desk.run(&[command, &["--wait", "0s"]].concat())
            .expect(3)
            .says(&[
                "error: ",
                "warehouse.duckdb",
                "in use by another process",
                &format!("(PID {})", std::process::id()),
                "--warehouse",
            ]);
    }
    drop(other);
    assert_eq!(commits(&desk.visible("real")).len(), 4);
    desk.run(&["load", "--lake", "real"]).expect(0);
    assert_eq!(desk.payments("lake"), Some(100));
}

#[test]
fn two_runs_at_once_wait_for_each_other_and_agree() {
    let desk = Desk::new();
    // Both generate into the same folder, too.
    let both = [
        spawn(&mut desk.capstone(&SYNTHETIC)),
        spawn(&mut desk.capstone(&SYNTHETIC)),
    ];
    for child in both {
        crate::support::Ended::of(child.wait_with_output().unwrap()).expect(0);
    }
    let alone = Desk::new();
    alone.run(&SYNTHETIC).expect(0);
    assert_eq!(desk.visible("lake"), alone.visible("lake"));
    desk.run(&SYNTHETIC)
        .expect(0)
        .says(&["unchanged as commit 1"]);
    assert_eq!(desk.visible("lake"), alone.visible("lake"));
}
