//! Excerpts of real files: every row is accounted for, and none is rejected that a
//! domain expert would keep. Runs where `OPEN_PAYMENTS_SAMPLES` names the folder.

use std::io::{self, Write as _};
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("OPEN_PAYMENTS_SAMPLES").map(PathBuf::from);
    if folder.is_none() {
        // Not `println!`: the harness keeps the output of a passing test to itself.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: real files: OPEN_PAYMENTS_SAMPLES is not set"
        );
    }
    folder
}

/// The summary of a run, with its exit code.
fn run(source: &std::path::Path, lake: &std::path::Path) -> (Value, Option<i32>) {
    let mut command = Command::cargo_bin("capstone").unwrap();
    let command = command
        .arg("run")
        .arg("--json")
        .arg("--source")
        .arg(source)
        .arg("--lake")
        .arg(lake);
    let output = command.output().unwrap();
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        output.status.code(),
    )
}

#[test]
fn real_rows_are_accepted_older_publications_superseded_and_research_archived() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (summary, code) = run(&samples, folder.path());
    assert_eq!(code, Some(0), "{summary:#}");
    assert_eq!(summary["data"], "real");
    assert_eq!(summary["problems"], serde_json::json!([]));
    assert_eq!(summary["discrepancies"], serde_json::json!([]));
    let files = summary["files"].as_array().unwrap();
    for file in files {
        let count = |name: &str| file[name].as_u64().unwrap();
        let expected = if file["status"] == "committed" {
            count("read")
        } else {
            0
        };
        assert_eq!(
            count("accepted"),
            expected,
            "sane rows are accepted: {file:#}"
        );
        assert_eq!(count("rejected"), 0, "{file:#}");
    }
    let rows = |status: &str| -> u64 {
        files
            .iter()
            .filter(|file| file["status"] == status)
            .map(|file| file["read"].as_u64().unwrap())
            .sum()
    };
    assert_eq!(rows("committed"), 1_000 + 2 + 319 + 271 + 3_293);
    assert_eq!(
        rows("superseded"),
        1 + 1,
        "the first publications of 2013 and 2018"
    );
    assert_eq!(rows("archived"), 1_794, "research is not modelled yet");
}

#[test]
fn a_second_run_over_the_same_files_changes_nothing() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = run(&samples, folder.path());
    let (second, code) = run(&samples, folder.path());
    assert_eq!(code, Some(0));
    assert_eq!(first["files"], second["files"]);
    let outcomes = |summary: &Value| -> Vec<String> {
        let deliveries = summary["deliveries"].as_array().unwrap();
        deliveries
            .iter()
            .map(|line| line["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(outcomes(&first), vec!["committed"; 5]);
    assert_eq!(outcomes(&second), vec!["unchanged"; 5]);
}
