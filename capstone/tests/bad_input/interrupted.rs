//! Ctrl-C anywhere: the rerun gives what an undisturbed run gives. Sudden death has tests
//! of its own, in `tests/kill`.

use std::fs;

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
