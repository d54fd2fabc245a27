//! The drill as a user does it: `CAPSTONE_FAULTS` on the shipped binary.

use fixtures::Spec;

use crate::support::gate::{Service, with_keys};
use crate::support::{Desk, Ended, one_year, visible};

const PAYMENTS: &str =
    "select count(*) as payments, sum(amount_usd)::varchar as dollars from marts.fct_payments";

#[test]
fn a_drill_on_the_shipped_program_changes_nothing_but_the_time_it_takes() {
    let desk = Desk::new();
    let spec = Spec {
        ownership_rows: 200,
        ..one_year(2023, 1).with_faults(0.02, false)
    };
    let source = desk.real("real", &spec);
    let source = source.to_str().unwrap();
    let run = |lake| ["run", "--lake", lake, "--source", source];
    desk.run(&run("calm")).expect(0);
    let mut drill = desk.capstone(&run("rough"));
    let ended = Ended::of(
        drill
            .env("CAPSTONE_FAULTS", "seed=7,rate=0.1")
            .output()
            .unwrap(),
    );
    ended
        .expect(0)
        .says(&["drill:", "requests to the lake failed on purpose", "seed 7"]);
    assert_eq!(desk.visible("rough"), desk.visible("calm"));
    let payments = |lake| {
        desk.run(&["query", PAYMENTS, "--json", "--lake", lake])
            .expect(0)
            .stdout
    };
    assert_eq!(payments("rough"), payments("calm"));
}

#[test]
fn a_remote_lake_survives_the_same_drill() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let source = source.to_str().unwrap();
    desk.run(&["run", "--lake", "calm", "--source", source])
        .expect(0);
    std::fs::create_dir_all(desk.path("served")).unwrap();
    let service = Service::start(&desk.path("served"));
    let run = [
        "run",
        "--lake",
        "s3://my-lake",
        "--source",
        source,
        "--endpoint",
        &service.endpoint,
    ];
    let run = [&run[..], &["--lake-faults", "seed=1,rate=0.1"]].concat();
    let mut run = with_keys(desk.capstone(&run), "right", "right");
    Ended::of(run.output().unwrap())
        .expect(0)
        .says(&["drill:", "seed 1"]);
    assert_eq!(visible(&desk.path("served/my-lake")), desk.visible("calm"));
}

#[test]
fn a_drill_that_nothing_survives_ends_with_a_clear_error_and_the_next_run_goes_on() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let run = [
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    let all = [&run[..], &["--lake-faults", "rate=1,kinds=lost-reply"]].concat();
    desk.run(&all)
        .expect(3)
        .says(&["error:", "broke", "the answer was lost"]);
    assert!(desk.visible("lake").is_empty());
    desk.run(&run).expect(0);
}

#[test]
fn a_drill_that_makes_no_sense_is_refused_before_anything_happens() {
    let desk = Desk::new();
    let ended = desk.run(&["run", "--lake", "lake", "--lake-faults", "rate=7"]);
    ended.expect(2).says(&[
        "\"rate=7\" is no share from 0 to 1",
        "write seed=7,rate=0.1",
    ]);
    assert!(!desk.path("lake").exists());
}
