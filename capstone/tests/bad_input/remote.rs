//! Lakes behind an S3 service: wrong bucket, wrong keys, nobody there, somebody faster.

use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use fixtures::{PublicationSpec, Spec};

use crate::support::gate::{Gate, PATIENCE, Service, with_keys};
use crate::support::{Desk, Ended, Visible, commits, files_below, one_year, spawn, visible};

fn run(desk: &Desk, endpoint: &str, source: &str, warehouse: &str) -> Command {
    command(desk, "run", endpoint, source, warehouse)
}

fn command(desk: &Desk, name: &str, endpoint: &str, source: &str, warehouse: &str) -> Command {
    let arguments = [
        name,
        "--lake",
        "s3://my-lake/teams",
        "--source",
        source,
        "--endpoint",
        endpoint,
        "--warehouse",
        warehouse,
    ];
    with_keys(desk.capstone(&arguments), "right", "right")
}

#[test]
fn wrong_keys_are_an_error_that_names_the_endpoint_and_the_variable() {
    let desk = Desk::new();
    let service = Service::start(&desk.path("served"));
    let source = desk.real("real", &one_year(2023, 1));
    for (id, secret, said) in [
        ("wrong", "right", "AWS_ACCESS_KEY_ID"),
        ("right", "wrong", "AWS_SECRET_ACCESS_KEY"),
    ] {
        let command = run(
            &desk,
            &service.endpoint,
            source.to_str().unwrap(),
            "w.duckdb",
        );
        let mut command = with_keys(command, id, secret);
        let ended = Ended::of(command.output().unwrap()).expect(3);
        let ended = ended.says(&["error: ", &service.endpoint, said]);
        assert!(
            !ended.stderr.contains("trying again"),
            "wrong keys stay wrong: {ended:#?}"
        );
        assert!(!desk.path("served/my-lake").exists());
    }
}

#[test]
fn without_keys_the_error_says_how_to_give_them() {
    let desk = Desk::new();
    let service = Service::start(&desk.path("served"));
    let mut command = desk.capstone(&[
        "runs",
        "--lake",
        "s3://my-lake",
        "--endpoint",
        &service.endpoint,
    ]);
    // Not the keys of whoever runs this test.
    command.env("HOME", desk.path("home"));
    Ended::of(command.output().unwrap())
        .expect(3)
        .says(&["error: no AWS credentials"])
        .says(&["set AWS_ACCESS_KEY_ID", "AWS_PROFILE"]);
}

#[test]
fn a_stage_on_a_bucket_that_is_not_there_names_it() {
    let desk = Desk::new();
    let service = Service::start(&desk.path("served"));
    let load = desk.capstone(&[
        "load",
        "--lake",
        "s3://my-lkae",
        "--endpoint",
        &service.endpoint,
    ]);
    Ended::of(with_keys(load, "right", "right").output().unwrap())
        .expect(1)
        .says(&["error: there is no lake in s3://my-lkae", "`capstone run`"]);
    assert!(
        !desk.path("served/my-lkae").exists(),
        "it is not created by mistake"
    );
}

#[test]
fn an_endpoint_that_is_down_is_tried_again_and_then_named_within_seconds() {
    let desk = Desk::new();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let endpoint = format!("http://{port}");
    let source = desk.real("real", &one_year(2023, 1));
    let start = Instant::now();
    let mut command = run(&desk, &endpoint, source.to_str().unwrap(), "w.duckdb");
    let ended = Ended::of(command.output().unwrap()).expect(3);
    assert!(start.elapsed() < PATIENCE / 4, "{:?}", start.elapsed());
    assert_eq!(
        ended.stderr.matches("trying again").count(),
        4,
        "{ended:#?}"
    );
    ended.says(&["error: ", "can't reach", &endpoint, "Is it running"]);
}

/// Two runs of one publication; the first stands before its first commit until the second
/// has committed. Gives how the first ended, and what the lake shows before and after.
fn overtaken(desk: &Desk, first: &str, second: &str) -> (Ended, Visible, Visible) {
    fs::create_dir_all(desk.path("served")).unwrap();
    let service = Service::start(&desk.path("served"));
    let gate = Gate::before("PUT /my-lake/teams/metadata/commits/", service.address);
    let held = spawn(&mut run(desk, &gate.endpoint, first, "first.duckdb"));
    gate.wait();
    let mut winner = run(desk, &service.endpoint, second, "second.duckdb");
    Ended::of(winner.output().unwrap()).expect(0);
    let bucket = desk.path("served/my-lake/teams");
    let before = visible(&bucket);
    gate.open();
    let ended = Ended::of(held.wait_with_output().unwrap());
    (ended, before, visible(&bucket))
}

#[test]
fn of_two_runs_of_the_same_files_the_later_finds_its_own_commit() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let source = source.to_str().unwrap();
    let (ended, before, after) = overtaken(&desk, source, source);
    ended.expect(0).says(&["general 2023", "commit 1"]);
    assert_eq!(commits(&after).len(), 2);
    assert_eq!(before, after);
}

#[test]
fn of_two_runs_of_different_files_one_wins_and_the_other_says_so() {
    let desk = Desk::new();
    let first = desk.real("first", &one_year(2023, 1));
    let second = desk.real("second", &one_year(2023, 2));
    let (ended, before, after) =
        overtaken(&desk, first.to_str().unwrap(), second.to_str().unwrap());
    ended.expect(1).says(&[
        "NOT DONE",
        "general 2023",
        "another run committed commit 1",
        "run again",
    ]);
    let general = "metadata/commits/general/2023/00000000000000000001.json";
    assert_eq!(
        before[general], after[general],
        "the winner's commit stands"
    );
}

/// Ingests two years; the file of the first one is damaged between its audit and its copy.
fn changed_in_between(damage: fn(&std::path::Path)) -> (Desk, Ended) {
    let desk = Desk::new();
    let publications = [2022, 2023].map(PublicationSpec::first);
    let spec = Spec::new(publications.into(), 300, 1);
    let source = desk.real("real", &spec);
    fs::create_dir_all(desk.path("served")).unwrap();
    let service = Service::start(&desk.path("served"));
    let gate = Gate::before(
        "HEAD /my-lake/teams/raw/dataset%3Dgeneral/program_year%3D2022/",
        service.address,
    );
    let files = source.to_str().unwrap();
    let mut ingest = command(&desk, "ingest", &gate.endpoint, files, "w.duckdb");
    let held = spawn(&mut ingest);
    gate.wait();
    damage(&source.join("OP_DTL_GNRL_PGYR2022_P06302023.csv"));
    gate.open();
    let ended = Ended::of(held.wait_with_output().unwrap());
    (desk, ended)
}

#[test]
fn a_file_that_changes_between_audit_and_copy_is_its_own_problem() {
    let damages: [fn(&std::path::Path); 4] = [
        |path| {
            let mut bytes = fs::read(path).unwrap();
            *bytes.last_mut().unwrap() = b' ';
            fs::write(path, bytes).unwrap();
        },
        |path| fs::write(path, "half").unwrap(),
        |path| fs::write(path, fs::read(path).unwrap().repeat(2)).unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for damage in damages {
        let (desk, ended) = changed_in_between(damage);
        ended.expect(1).says(&[
            "NOT DONE",
            "OP_DTL_GNRL_PGYR2022_P06302023.csv",
            "changed while it was ingested",
        ]);
        let ingested = desk.path("served/my-lake/teams/metadata/ingested");
        let mut partitions: Vec<_> = files_below(&ingested)
            .iter()
            .map(|path| path.parent().unwrap().strip_prefix(&ingested).unwrap())
            .map(|partition| partition.display().to_string())
            .collect();
        partitions.sort();
        assert_eq!(
            partitions,
            ["general/2023", "ownership/2022", "ownership/2023"]
        );
    }
}
