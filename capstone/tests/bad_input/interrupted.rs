//! Ctrl-C and sudden death, anywhere: the rerun gives what an undisturbed run gives.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use crate::support::gate::{Gate, Service, interrupt, wait_until, with_keys};
use crate::support::{Desk, Ended, Visible, files_below, one_year, spawn, visible};

/// Enough to be at work for a while: what is interrupted has whole stages ahead of it.
const RUN: [&str; 7] = [
    "run",
    "--lake",
    "lake",
    "--years",
    "2022..2024",
    "--rows",
    "5000",
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
        let at = desk_path(path);
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
        desk.run(&["query", count, "--lake", "lake"])
            .expect(0)
            .says(&["3"]);
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

fn desk_path(path: &str) -> String {
    format!("interrupted when {path} was there")
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

#[test]
fn death_before_any_kind_of_write_is_repaired_by_running_again() {
    let source = Desk::new();
    let spec = one_year(2023, 1).with_faults(0.05, false);
    let source = source.real("real", &spec);
    let source = source.to_str().unwrap();
    let stages = [
        &["ingest", "--lake", "lake", "--source", source][..],
        &["validate", "--lake", "lake"],
        &["transform", "--lake", "lake"],
    ];
    let all = |desk: &Desk, crash: &str| {
        let last = stages.map(|stage| {
            let mut command = desk.capstone(stage);
            command.env("CAPSTONE_CRASH", crash).output().unwrap()
        });
        last.map(|output| output.status)
    };
    let whole = Desk::new();
    assert!(
        all(&whole, "")
            .iter()
            .all(std::process::ExitStatus::success)
    );
    let whole = whole.visible("lake");
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
        let died = all(&desk, &format!("kill {prefix}"));
        assert!(
            died.iter().any(|status| status.signal().is_some()),
            "nobody died before {prefix}: {died:?}"
        );
        for (key, bytes) in desk.visible("lake") {
            assert_eq!(whole.get(&key), Some(&bytes), "{prefix}: {key}");
        }
        let again = all(&desk, "");
        assert!(
            again.iter().all(std::process::ExitStatus::success),
            "{prefix}: {again:?}"
        );
        assert_eq!(desk.visible("lake"), whole, "{prefix}");
    }
}
