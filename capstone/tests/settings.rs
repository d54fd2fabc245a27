//! Who says how the pipeline runs: files, environment, flags, against the shipped program.
#![cfg(unix)]

#[allow(dead_code, reason = "each test program uses a part of it")]
mod support;

use serde_json::Value;

use crate::support::gate::Service;
use crate::support::{Desk, Ended};

const ENDPOINT: &str = "http://127.0.0.1:9";

/// Value of a setting, and who said it.
fn setting(ended: &Ended, key: &str) -> (Option<String>, Option<String>) {
    let document: Value = ended.json();
    let lines = document["settings"].as_array().unwrap();
    let line = lines.iter().find(|line| line["key"] == key).unwrap();
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    (text("value"), text("from"))
}

#[track_caller]
fn assert_says(ended: &Ended, key: &str, value: &str, from: &str) {
    let expected = (Some(value.to_owned()), Some(from.to_owned()));
    assert_eq!(setting(ended, key), expected, "{key}");
}

#[test]
fn the_nearest_layer_wins() {
    let desk = Desk::new();
    desk.write(
        "open-payments.toml",
        "[lake]\nplace = \"of-the-file\"\n[run]\nthreads = 2\n[warehouse]\nwait = \"5s\"\n",
    );
    desk.write(".env", "CAPSTONE_LAKE=of-the-env-file\nCAPSTONE_WAIT=6s\n");
    let mut command = desk.capstone(&["settings", "--json", "--threads", "7"]);
    command.env("CAPSTONE_WAIT", "7s").env("RUST_LOG", "");
    let ended = Ended::of(command.output().unwrap()).expect(0);
    assert_says(&ended, "lake.place", "of-the-env-file", ".env");
    assert_says(&ended, "warehouse.wait", "7s", "environment");
    assert_says(&ended, "run.threads", "7", "flag");
    assert_says(&ended, "log.format", "text", "default");
    assert_eq!(setting(&ended, "log.filter"), (None, None));
}

#[test]
fn the_lake_of_the_env_file_is_the_one_that_is_used() {
    let desk = Desk::new();
    desk.write(".env", "CAPSTONE_LAKE='my lake'\nPOSTGRES_PASSWORD=x\n");
    desk.run(&["generate", "--years", "2023", "--rows", "10"])
        .expect(0);
    assert!(desk.path("my lake/source").is_dir());
    desk.run(&[
        "generate", "--years", "2023", "--rows", "10", "--lake", "other",
    ])
    .expect(0);
    assert!(desk.path("other/source").is_dir());
}

#[test]
fn no_secret_is_shown_wherever_it_comes_from() {
    let desk = Desk::new();
    desk.write(
        ".env",
        "AWS_ACCESS_KEY_ID=hunter2\nAWS_SECRET_ACCESS_KEY=hunter2\nOPENLINEAGE_API_KEY=hunter2\n",
    );
    let mut command = desk.capstone(&["settings", "--lake", "s3://my-lake"]);
    command.env("OPENLINEAGE_URL", "http://me:hunter2@marquez:5000");
    let ended = Ended::of(command.output().unwrap()).expect(0);
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
    assert!(ended.stdout.contains("http://***@marquez:5000"));
    assert_eq!(ended.stdout.matches("*** ").count(), 3, "{}", ended.stdout);
}

#[test]
fn settings_that_make_no_sense_are_an_error_of_usage_and_told_at_once() {
    let desk = Desk::new();
    desk.write(
        "open-payments.toml",
        "[aws]\nsecret_access_key = \"hunter2\"\n[lake]\nplaice = \"x\"\n",
    );
    let ended = desk.run(&["runs"]).expect(2);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    ended.says(&["aws.secret_access_key is a secret", "is lake.place meant?"]);
    desk.write(
        "open-payments.toml",
        "[run]\nthreads = \"many\"\n\nwait = \"soon\n",
    );
    desk.run(&["runs"])
        .expect(2)
        .says(&["open-payments.toml, line 4"]);
    desk.write(
        "open-payments.toml",
        "[run]\nthreads = \"many\"\n[warehouse]\nwait = \"60\"\n",
    );
    desk.run(&["runs"]).expect(2).says(&[
        "run.threads in open-payments.toml says \"many\"",
        "warehouse.wait in",
    ]);
    desk.write(
        "open-payments.toml",
        "[lake]\nplace = \"s3://Bad_Bucket\"\n",
    );
    desk.run(&["runs"])
        .expect(2)
        .says(&["lake.place (open-payments.toml)", "lower-case"]);
    desk.write("open-payments.toml", "");
    desk.write(".env", "A=1\nPASSWORD=hunter2 x\n");
    let ended = desk.run(&["runs"]).expect(2);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    ended.says(&[".env, line 2", "PASSWORD", "single quotes"]);
    let mut command = desk.capstone(&["runs"]);
    desk.write(".env", "");
    command.env("CAPSTONE_TREADS", "2");
    let ended = Ended::of(command.output().unwrap()).expect(2);
    ended.says(&[
        "CAPSTONE_TREADS in environment",
        "is CAPSTONE_THREADS meant?",
    ]);
}

#[test]
fn settings_that_cannot_be_read_are_an_error_of_the_environment() {
    let desk = Desk::new();
    desk.write(".env/file", "");
    desk.run(&["runs"])
        .expect(3)
        .says(&["the settings in .env"]);
}

#[test]
fn credentials_of_the_env_file_open_a_bucket() {
    let desk = Desk::new();
    let service = Service::start(&desk.path("served"));
    let place = ["--lake", "s3://my-lake", "--endpoint", &service.endpoint];
    let runs = |desk: &Desk| desk.run(&[&["runs"][..], &place].concat());
    desk.write(
        ".env",
        "AWS_REGION=us-east-1\nAWS_ACCESS_KEY_ID=right\nAWS_SECRET_ACCESS_KEY=right\n",
    );
    runs(&desk)
        .expect(1)
        .says(&["there is no lake in s3://my-lake"]);
    desk.write(".env", "AWS_ACCESS_KEY_ID=right\n");
    runs(&desk)
        .expect(2)
        .says(&["AWS_SECRET_ACCESS_KEY is missing in .env"]);
}

#[test]
fn half_a_credential_does_not_disturb_a_lake_that_needs_none() {
    let desk = Desk::new();
    desk.write(".env", "AWS_ACCESS_KEY_ID=right\n");
    desk.run(&["runs", "--endpoint", ENDPOINT])
        .expect(1)
        .says(&["there is no lake"]);
}
