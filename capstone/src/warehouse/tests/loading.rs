//! Build, test, publish.

use week4_modeling::solution::{compile, embedded};
use week4_modeling::{Compilation, CompileOptions, ProjectFile, Severity};

use super::{Case, answer, project};
use crate::warehouse::{Settings, TestReport, Warehouse};

/// The reference project with one more file.
fn project_with(path: &str, text: &str) -> Compilation {
    let mut files = embedded();
    files.push(ProjectFile {
        path: path.into(),
        text: text.into(),
    });
    compile(&files, &CompileOptions::default()).unwrap()
}

#[test]
fn committed_files_become_a_star_schema() {
    let mut case = Case::new();
    case.commit(2022, &[1, 2]);
    case.commit(2023, &[3]);
    let report = case.load();
    assert!(report.published);
    assert_eq!(report.failures(), Vec::<&TestReport>::new());
    let fact = report
        .models
        .iter()
        .find(|model| model.name == "fct_payments")
        .unwrap();
    assert_eq!((fact.schema.as_str(), fact.rows), ("marts", Some(3)));
    assert_eq!(
        case.answer(
            "select record_id, program_year, recipient_key, amount_usd, run_id
             from marts.fct_payments order by record_id"
        ),
        [
            "1|2022|1001@2022|12.50|run-2022",
            "2|2022|1001@2022|12.50|run-2022",
            "3|2023|1001@2022|12.50|run-2023",
        ]
    );
}

#[test]
fn a_second_load_replaces_the_first_and_leaves_other_schemas_alone() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    case.load();
    let warehouse = case.open();
    warehouse
        .connection
        .execute_batch("create schema quality; create table quality.results as select 1 as n")
        .unwrap();
    drop(warehouse);
    case.commit(2023, &[2, 3]);
    case.load();
    assert_eq!(
        case.answer("select count(*) from marts.fct_payments"),
        ["3"]
    );
    assert_eq!(case.answer("select n from quality.results"), ["1"]);
}

#[test]
fn a_load_that_fails_leaves_the_previous_marts_readable() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    case.load();
    case.commit(2023, &[2]);
    let broken = project_with(
        "models/marts/zz.sql",
        "select absent from {{ ref('fct_payments') }}",
    );
    let error = case
        .open()
        .load(&case.input(), &broken, &mut |_| ())
        .unwrap_err();
    assert!(error.to_string().starts_with("load, model zz: "), "{error}");
    assert_eq!(
        case.answer("select count(*) from marts.fct_payments"),
        ["1"]
    );
    assert_eq!(case.answer("select count(*) from lake.runs"), ["1"]);
}

#[test]
fn a_failing_data_test_stops_the_publication_and_shows_the_rows() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    case.load();
    case.commit(2023, &[2, 2]);
    let report = case.load();
    assert!(!report.published);
    let failure = report.failures()[0];
    assert_eq!(
        (failure.name.as_str(), failure.severity, failure.failures),
        ("assert_fct_payments_is_unique", Severity::Error, 1)
    );
    let sample = failure.sample.as_ref().unwrap();
    assert_eq!(
        sample.rows,
        [["2023", "2", "2"].map(|cell| Some(cell.to_owned()))]
    );
    assert_eq!(
        case.answer("select count(*) from marts.fct_payments"),
        ["1"]
    );
}

#[test]
fn a_failing_warning_publishes_and_is_reported() {
    let mut case = Case::new();
    case.commit(2022, &[1]);
    let odd = project_with(
        "tests/odd.sql",
        "{{ config(severity='warn') }} select 1 as n",
    );
    let report = case.open().load(&case.input(), &odd, &mut |_| ()).unwrap();
    assert!(report.published);
    assert_eq!(
        report
            .failures()
            .iter()
            .map(|test| test.name.as_str())
            .collect::<Vec<_>>(),
        ["odd"]
    );
}

#[test]
fn progress_counts_every_step_once() {
    let case = Case::new();
    let mut heard = Vec::new();
    let report = case
        .open()
        .load(&case.input(), &project(), &mut |step| {
            heard.push((step.done, step.total));
        })
        .unwrap();
    let total = 1 + report.models.len() + report.tests.len();
    assert_eq!(
        heard,
        (0..total).map(|done| (done, total)).collect::<Vec<_>>()
    );
}

#[test]
fn the_content_does_not_depend_on_the_number_of_threads() {
    let mut case = Case::new();
    case.commit(2022, &(0..3000).collect::<Vec<_>>());
    let content = |threads| {
        let path = case.folder.path().join(format!("{threads}.duckdb"));
        let settings = Settings {
            threads,
            ..Settings::default()
        };
        let mut warehouse = Warehouse::open(&path, &settings).unwrap();
        warehouse
            .load(&case.input(), &project(), &mut |_| ())
            .unwrap();
        answer(&warehouse, "select * from marts.fct_payments")
    };
    assert_eq!(content(1), content(4));
}
