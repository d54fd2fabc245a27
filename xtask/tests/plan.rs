//! `cargo xtask plan` and `status` as a learner types them, in a folder with facts alone.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::str::contains;

/// A checkout of facts: no crate, nothing to build.
struct Checkout {
    folder: tempfile::TempDir,
}

impl Checkout {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let weeks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weeks");
        copy(&weeks, &folder.path().join("weeks"));
        fs::create_dir(folder.path().join("xtask")).unwrap();
        Self { folder }
    }

    fn run(&self, line: &str) -> assert_cmd::assert::Assert {
        // What cargo sets for a program that it runs: where the checkout is.
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(line.split_whitespace())
            .env("CARGO_PKG_NAME", "xtask")
            .env("CARGO_MANIFEST_DIR", self.folder.path().join("xtask"))
            .assert()
    }

    fn progress(&self) -> PathBuf {
        self.folder.path().join("progress.toml")
    }

    fn started() -> Self {
        let checkout = Self::new();
        checkout
            .run("plan start --on 2091-01-01 --days mon,tue,thu --hours 2 --off 2091-02-01..2091-02-07")
            .success();
        checkout
    }
}

/// Facts and tracks, nothing else.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else if path.extension().is_some_and(|end| end == "toml") {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[test]
fn a_plan_that_cannot_be_is_refused_in_words_and_nothing_is_written() {
    let checkout = Checkout::new();
    for (line, words) in [
        ("--on 2001-01-01 --days mon", "lies before today"),
        ("--on soon --days mon", "`soon` is no date"),
        ("--on 2091-02-29 --days mon", "is no date"),
        ("--on 2091-01-01", "no working days"),
        (
            "--on 2091-01-01 --days mon,funday",
            "`funday` is no weekday",
        ),
        (
            "--on 2091-01-01 --days mon --off 2091-02-07..2091-02-01",
            "end before they begin",
        ),
        (
            "--on 2091-01-01 --days mon --off 2090-01-01..2150-01-01",
            "leave no working day",
        ),
        ("--on 2091-01-01 --days mon --hours 0", "no 0 hours"),
        (
            "--on 2091-01-01 --days mon --track spark",
            "no track `spark`",
        ),
        ("--on 2091-01-01 --days mon --zones rainbow", "`rainbow`"),
    ] {
        checkout
            .run(&format!("plan start {line}"))
            .code(2)
            .stderr(contains(words));
        assert!(!checkout.progress().exists(), "{line}");
    }
}

#[test]
fn a_first_day_in_the_past_is_taken_when_it_is_meant() {
    let checkout = Checkout::new();
    checkout
        .run("plan start --on 2026-11-02 --days mon,tue --past")
        .success()
        .stdout(contains("Hardened ingestion"));
}

#[test]
fn a_second_start_a_move_into_the_past_and_a_move_of_nothing_are_refused() {
    let empty = Checkout::new();
    empty
        .run("plan move --days sat")
        .code(2)
        .stderr(contains("no plan to move"));
    empty.run("plan").code(2).stderr(contains("no plan yet"));
    let checkout = Checkout::started();
    let before = fs::read_to_string(checkout.progress()).unwrap();
    checkout
        .run("plan start --on 2092-01-01 --days mon")
        .code(2)
        .stderr(contains("plan move"));
    checkout
        .run("plan move --on 2001-01-01")
        .code(2)
        .stderr(contains("lies before today"));
    assert_eq!(fs::read_to_string(checkout.progress()).unwrap(), before);
}

#[test]
fn a_move_keeps_the_first_plan_and_the_days_off() {
    let checkout = Checkout::started();
    checkout
        .run("plan move --on 2091-03-01 --off 2091-04-01")
        .success()
        .stdout(contains("by the first plan"));
    let text = fs::read_to_string(checkout.progress()).unwrap();
    assert!(text.contains("on = \"2091-01-01\""), "{text}");
    assert!(
        text.contains("off = [\"2091-02-01..2091-02-07\", \"2091-04-01\"]"),
        "{text}"
    );
}

#[test]
fn time_is_added_and_corrected() {
    let checkout = Checkout::started();
    checkout
        .run("plan log 2.1 --minutes 90")
        .success()
        .stdout(contains("90 minutes"));
    checkout
        .run("plan log ingestion --minutes 30")
        .success()
        .stdout(contains("120 minutes"));
    checkout
        .run("plan log 2.1 --total 45")
        .success()
        .stdout(contains("45 minutes"));
    checkout
        .run("plan log week2 --minutes 5")
        .code(2)
        .stderr(contains("name one checkpoint"));
    checkout.run("plan log 2.1").code(2);
}

#[test]
fn a_plan_over_a_track_that_is_not_there_is_said_and_kept() {
    let checkout = Checkout::started();
    let text = fs::read_to_string(checkout.progress()).unwrap();
    let text = text.replace("track = \"base\"", "track = \"spark\"");
    fs::write(checkout.progress(), &text).unwrap();
    checkout
        .run("status")
        .code(2)
        .stderr(contains("no track `spark`; there are base, dbt-bruin"));
    assert_eq!(fs::read_to_string(checkout.progress()).unwrap(), text);
}

#[test]
fn a_program_reads_everything() {
    let checkout = Checkout::started();
    let out = checkout.run("status --json").success();
    let document: serde_json::Value = serde_json::from_slice(&out.get_output().stdout).unwrap();
    assert_eq!(document["plan"]["units"].as_array().unwrap().len(), 18);
    assert_eq!(document["plan"]["buffer"], serde_json::json!([18.5, 22.5]));
    assert_eq!(document["checkpoints"].as_array().unwrap().len(), 18);
    let without = Checkout::new().run("status --json").success();
    let document: serde_json::Value = serde_json::from_slice(&without.get_output().stdout).unwrap();
    assert!(document["plan"].is_null());
}

#[test]
fn a_page_and_a_calendar_are_written_where_they_are_asked_for() {
    let checkout = Checkout::started();
    let page = checkout.folder.path().join("deep/plan.html");
    let line = format!("status --html {} --ics", page.display());
    checkout.run(&line).success().stdout(contains("plan.html"));
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .to_lowercase()
            .starts_with("<!doctype html>")
    );
    let dates = fs::read_to_string(checkout.folder.path().join("target/plan.ics")).unwrap();
    assert!(dates.starts_with("BEGIN:VCALENDAR\r\n"), "{dates}");
    let without = Checkout::new();
    without
        .run("status --html")
        .code(2)
        .stderr(contains("no plan to draw"));
}

#[test]
fn another_track_can_be_looked_at_until_there_is_a_plan_over_one() {
    let checkout = Checkout::new();
    let other = "status --track dbt-bruin";
    checkout
        .run(other)
        .success()
        .stdout(contains("A pipeline in Bruin"));
    let checkout = Checkout::started();
    checkout.run("status --track base").success();
    checkout
        .run(other)
        .code(2)
        .stderr(contains("a plan over the track `base`"));
}

#[test]
fn the_second_track_says_what_it_assumes_and_takes_a_word_for_its_own_items() {
    let checkout = Checkout::new();
    checkout
        .run("plan start --on 2091-01-01 --days mon,tue --track dbt-bruin")
        .success()
        .stdout(contains("0/2     no buffer given, no check stands yet"))
        .stdout(contains("taken as done: "));
    checkout
        .run("done bruin/pipeline")
        .success()
        .stdout(contains("your word is taken"));
    let out = checkout.run("status --json").success();
    let document: serde_json::Value = serde_json::from_slice(&out.get_output().stdout).unwrap();
    let units = document["plan"]["units"].as_array().unwrap();
    let bruin = units.iter().find(|unit| unit["number"] == "5.1").unwrap();
    assert_eq!(bruin["items"][0], 1);
}
