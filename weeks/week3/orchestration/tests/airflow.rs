//! The DAG file in a real Airflow: where the variable `AIRFLOW` names its executable.
//!
//! The grader passes the reference, refuses the starter, and reports each mistake of
//! `wrong/dags.toml` for what it is. Then Airflow runs the reference.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const DAG: &str = "dags/ingest_open_payments.py";

/// The Python beside the executable; `None`, and a word about it, where there is none.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("AIRFLOW")
        .map(PathBuf::from)
        .and_then(|airflow| Some(airflow.parent()?.join("python")))
        .filter(|python| python.exists());
    if python.is_none() {
        let line = "SKIPPED: DAG files: AIRFLOW names no airflow executable\n";
        // Past the test's capture: whoever reads the output is to know.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    python
}

/// Exit code and output of a script of `tests/`.
fn run(python: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(python)
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.code(), text)
}

#[test]
fn the_grader_passes_the_reference_and_reports_every_mistake_for_what_it_is() {
    let Some(python) = python() else { return };
    let reference = format!("solution/{DAG}");
    let words = [
        "tests/wrong_dags.py",
        "tests/grade_dag.py",
        &reference,
        "wrong/dags.toml",
    ];
    let (code, text) = run(&python, &words);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn the_starter_can_be_imported_and_is_not_there_yet() {
    let Some(python) = python() else { return };
    let (code, text) = run(&python, &["tests/grade_dag.py", &format!("exercise/{DAG}")]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.lines().count() > 5, "{text}");
    assert!(text.contains("has no deadline"), "{text}");
    assert!(!text.contains("Error"), "{text}");
}

#[test]
fn a_file_that_is_no_dag_is_a_sentence_with_its_line() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.py");
    let path = file.display().to_string();
    for (content, part) in [
        (
            "import airflow\n\nnowhere()\n",
            "broken.py, line 3: NameError",
        ),
        ("def (\n", "line 1: SyntaxError"),
        ("import airflow\n", "has no DAG called"),
    ] {
        std::fs::write(&file, content).unwrap();
        let (code, text) = run(&python, &["tests/grade_dag.py", &path]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(part) && text.lines().count() == 1, "{text}");
    }
    let (code, text) = run(&python, &["tests/grade_dag.py", "nowhere.py"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.starts_with("There is no file"), "{text}");
}

#[test]
fn airflow_runs_the_reference() {
    let Some(python) = python() else { return };
    let (code, text) = run(&python, &["tests/run_dag.py", &format!("solution/{DAG}")]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
#[ignore = "minutes: two runs in Airflow for each mistake"]
fn every_mistake_that_only_a_run_shows_is_reported_for_what_it_is() {
    let Some(python) = python() else { return };
    let reference = format!("solution/{DAG}");
    let words = [
        "tests/wrong_dags.py",
        "tests/grade_dag.py",
        &reference,
        "wrong/dags.toml",
        "tests/run_dag.py",
    ];
    let (code, text) = run(&python, &words);
    assert_eq!(code, Some(0), "{text}");
}
