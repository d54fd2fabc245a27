//! A star schema that is what a load would build is left as it is.

use jiff::Timestamp;
use week4_modeling::solution::{compile, embedded};
use week4_modeling::{Compilation, CompileOptions, ProjectFile};

use super::{Case, project};
use crate::warehouse::{AttemptRow, DataFile, LastLoad, LoadInput};

fn attempt(id: &str) -> AttemptRow {
    AttemptRow {
        attempt_id: id.into(),
        command: "run".into(),
        started_at: Timestamp::UNIX_EPOCH,
        ended_at: None,
        outcome: "running".into(),
        error: None,
        files: 0,
        records_read: 0,
        records_accepted: 0,
        records_rejected: 0,
    }
}

fn refresh(case: &Case, input: &LoadInput<'_>, project: &Compilation) -> Option<LastLoad> {
    case.open().refresh(input, project).unwrap()
}

/// The reference project with one more test, or one that is never passed.
fn project_with(test: &str) -> Compilation {
    let mut files = embedded();
    files.push(ProjectFile {
        path: "tests/assert_one_more.sql".into(),
        text: test.into(),
    });
    compile(&files, &CompileOptions::default()).unwrap()
}

#[test]
fn only_the_attempts_are_written_again() {
    let mut case = Case::new();
    case.commit(2023, &[1]);
    assert_eq!(
        refresh(&case, &case.input(), &project()),
        None,
        "no file yet"
    );
    let report = case.load();
    let input = LoadInput {
        attempts: vec![attempt("a"), attempt("b")],
        ..case.input()
    };
    let last = refresh(&case, &input, &project()).unwrap();
    assert_eq!(last.models, report.models.len());
    assert_eq!(last.tests, report.tests.len());
    assert_eq!(case.answer("select count(*) from lake.attempts"), ["2"]);
    assert_eq!(
        case.answer("select count(*) from marts.fct_payments"),
        ["1"]
    );
}

#[test]
fn whatever_the_models_are_built_from_is_noticed() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    case.load();
    let same = case.input();
    assert!(refresh(&case, &same, &project()).is_some());
    assert_eq!(
        refresh(&case, &same, &project_with("select 1 where false")),
        None
    );
    let mut moved = case.input();
    moved.general[0].path.set_file_name("moved.parquet");
    assert_eq!(refresh(&case, &moved, &project()), None, "a file");
    let mut again = case.input();
    again.runs[0].sequence = 2;
    assert_eq!(refresh(&case, &again, &project()), None, "a commit");
    let mut compared = case.input();
    compared.tombstones = vec![DataFile {
        path: "stones.parquet".into(),
        run_id: "a".into(),
    }];
    assert_eq!(refresh(&case, &compared, &project()), None, "tombstones");
    let mut contract = case.contract.clone();
    contract.tables[0].columns.pop();
    let other = LoadInput {
        contract: &contract,
        ..case.input()
    };
    assert_eq!(refresh(&case, &other, &project()), None, "the contract");
}

#[test]
fn a_load_that_was_not_published_leaves_the_fingerprint_of_what_is_there() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    case.load();
    let before = case.input();
    let (general, runs) = (before.general, before.runs);
    case.commit(2023, &[2]);
    let refused = project_with("select 1");
    let report = case
        .open()
        .load(&case.input(), &refused, &mut |_| ())
        .unwrap();
    assert!(!report.published);
    assert_eq!(refresh(&case, &case.input(), &refused), None);
    assert_eq!(refresh(&case, &case.input(), &project()), None);
    let before = LoadInput {
        general,
        runs,
        ..case.input()
    };
    assert!(refresh(&case, &before, &project()).is_some());
}
