//! Ctrl-C and sudden death, anywhere: the rerun gives what an undisturbed run gives.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

use fixtures::Spec;

use crate::support::gate::{Gate, Service, interrupt, wait_until, with_keys};
use crate::support::{Desk, Ended, Visible, commits, files_below, one_year, spawn, visible};

/// Enough to be at work for a while: what is interrupted has whole stages ahead of it.
const RUN: [&str; 7] = [
    "run",
    "--lake",
    "lake",
    "--years",
    "2022..2024",
    "--rows",
    "2000",
];

fn undisturbed(arguments: &[&str]) -> Visible {
    let desk = Desk::new();
    desk.run(arguments).expect(0);
    desk.visible("lake")
}

/// Starts [`RUN`], presses Ctrl-C when something is so, and runs it again.
fn interrupted_when(is_so: impl Fn(&Desk) -> bool) -> (Desk, Visible) {
    let desk = Desk::new();
    let run = desk.start(&RUN);
    wait_until("the state in which to interrupt", || is_so(&desk));
    interrupt(&run);
    Ended::of(run.wait_with_output().unwrap())
        .expect(130)
        .says(&["interrupted", "the same command goes on"]);
    let half = desk.visible("lake");
    desk.run(&RUN).expect(0);
    (desk, half)
}

#[test]
fn ctrl_c_at_any_stage_ends_with_130_and_the_rerun_is_as_if_nothing_had_been() {
    let whole = undisturbed(&RUN);
    let has = |path: &'static str| move |desk: &Desk| !files_below(&desk.path(path)).is_empty();
    for path in [
        "lake/source",
        "lake/s3/open-payments/raw",
        "lake/s3/open-payments/curated",
        "lake/warehouse.duckdb",
    ] {
        let at = format!("interrupted when {path} was there");
        let (desk, half) = interrupted_when(|desk| has(path)(desk) || desk.path(path).is_file());
        for (key, bytes) in &half {
            assert_eq!(
                whole.get(key),
                Some(bytes),
                "{at}: {key} was visible and is not whole"
            );
        }
        assert_eq!(desk.visible("lake"), whole, "{at}");
        let count = "select count(distinct program_year) as years from marts.fct_payments";
        assert_eq!(desk.number("lake", count), Some(3), "{at}");
        let left: Vec<_> = fs::read_dir(desk.path("lake/source"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with(".generating"))
            .collect();
        assert_eq!(
            left, [""; 0],
            "half-generated files are removed by the next run"
        );
    }
}

#[test]
fn ctrl_c_before_the_commit_leaves_nothing_visible_on_a_remote_lake() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let source = source.to_str().unwrap();
    let expected = {
        desk.run(&["run", "--lake", "lake", "--source", source])
            .expect(0);
        desk.visible("lake")
    };
    let bucket = desk.path("served/my-lake");
    fs::create_dir_all(desk.path("served")).unwrap();
    let service = Service::start(&desk.path("served"));
    for request in ["PUT /my-lake/curated/", "PUT /my-lake/metadata/commits/"] {
        let gate = Gate::before(request, service.address);
        let run = |endpoint: &str| {
            let arguments = ["run", "--lake", "s3://my-lake", "--source", source];
            let arguments = [&arguments[..], &["--endpoint", endpoint]].concat();
            with_keys(desk.capstone(&arguments), "right", "right")
        };
        let held = spawn(&mut run(&gate.endpoint));
        gate.wait();
        interrupt(&held);
        Ended::of(held.wait_with_output().unwrap()).expect(130);
        assert!(visible(&bucket).is_empty(), "{request}");
    }
    let run = [
        "run",
        "--lake",
        "s3://my-lake",
        "--source",
        source,
        "--endpoint",
    ];
    let mut run = desk.capstone(&[&run[..], &[&service.endpoint]].concat());
    run = with_keys(run, "right", "right");
    Ended::of(run.output().unwrap()).expect(0);
    assert_eq!(visible(&bucket), expected);
}

/// Ingest, validate, transform, each told to crash before a kind of write.
fn stages(desk: &Desk, source: &str, crash: &str) -> Vec<Output> {
    let stages = [
        &["ingest", "--lake", "lake", "--source", source][..],
        &["validate", "--lake", "lake"],
        &["transform", "--lake", "lake"],
    ];
    let run = |stage: &&[&str]| {
        let mut command = desk.capstone(stage);
        command.env("CAPSTONE_CRASH", crash).output().unwrap()
    };
    stages.iter().map(run).collect()
}

fn complete(desk: &Desk, source: &str) -> Visible {
    for output in stages(desk, source, "") {
        Ended::of(output).expect(0);
    }
    desk.visible("lake")
}

#[test]
fn death_before_any_kind_of_write_is_repaired_by_running_again() {
    let desk = Desk::new();
    let spec = Spec {
        ownership_rows: 200,
        ..one_year(2023, 1).with_faults(0.02, false)
    };
    let source = desk.real("real", &spec);
    let source = source.to_str().unwrap();
    let whole = complete(&desk, source);
    assert_eq!(commits(&whole).len(), 2);
    assert!(
        whole.keys().any(|key| key.starts_with("staging/")),
        "there is a quarantine"
    );
    for prefix in [
        "metadata/lake.json",
        "raw/",
        "metadata/ingested/ownership/",
        "metadata/validation/",
        "staging/",
        "curated/",
        "metadata/audit/",
        "metadata/manifests/",
        "metadata/commits/general/",
        "metadata/commits/ownership/",
    ] {
        let desk = Desk::new();
        let crashed = stages(&desk, source, &format!("kill {prefix}"));
        assert!(
            crashed
                .iter()
                .any(|output| output.status.signal().is_some()),
            "nobody died before {prefix}: {crashed:?}"
        );
        for (key, bytes) in desk.visible("lake") {
            assert_eq!(whole.get(&key), Some(&bytes), "{prefix}: {key}");
        }
        assert_eq!(complete(&desk, source), whole, "{prefix}");
    }
}
