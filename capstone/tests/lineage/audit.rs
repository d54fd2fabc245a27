//! The audit tables: what happened, for SQL.

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::story::first;
use crate::support::{Desk, Ended};

fn rows(desk: &Desk, sql: &str) -> Vec<Value> {
    let answer = desk
        .run(&["query", sql, "--json", "--lake", "lake"])
        .expect(0);
    answer.json()["rows"].as_array().unwrap().clone()
}

/// Every column of an answer that counts what is missing or too much.
#[track_caller]
fn assert_accounted_for(desk: &Desk) -> Vec<Value> {
    let rows = rows(desk, "every_row_accounted_for");
    for row in &rows {
        for (column, value) in row.as_object().unwrap() {
            if column.starts_with("missing_") || column.starts_with("stray_") {
                assert_eq!(value.as_f64(), Some(0.0), "{column}: {row:#}");
            }
        }
    }
    rows
}

/// A first publication, then its refresh, each with faults.
fn refreshed() -> Desk {
    let desk = Desk::new();
    let publications = vec![PublicationSpec::first(2023), PublicationSpec::refresh(2023)];
    let folder = desk.real(
        "both",
        &Spec::new(publications, 300, 5).with_faults(0.03, false),
    );
    for (name, stamp) in [("one", "P06282024"), ("two", "P01302025")] {
        std::fs::create_dir(desk.path(name)).unwrap();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let file = entry.file_name().to_string_lossy().into_owned();
            if file.contains(stamp) {
                std::fs::copy(entry.path(), desk.path(name).join(file)).unwrap();
            }
        }
    }
    desk.run(&["run", "--lake", "lake", "--source", "one"])
        .expect(0);
    desk.run(&["run", "--lake", "lake", "--source", "two"])
        .expect(0);
    desk
}

#[test]
fn superseded_runs_stay_in_the_books_and_everything_adds_up() {
    let desk = refreshed();
    let sql =
        "select sequence, is_current, supersedes, superseded_by, run_id, records_read, rows_curated
               from audit.runs where dataset = 'general' order by sequence";
    let runs = rows(&desk, sql);
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1]["supersedes"], runs[0]["run_id"]);
    assert_eq!(runs[0]["superseded_by"], runs[1]["run_id"]);
    assert_eq!(
        (&runs[0]["is_current"], &runs[1]["is_current"]),
        (&"false".into(), &"true".into())
    );
    assert!(runs[0]["supersedes"].is_null() && runs[1]["superseded_by"].is_null());
    let books = assert_accounted_for(&desk);
    let general = books
        .iter()
        .find(|row| row["dataset"] == "general")
        .unwrap();
    let number = |column: &str| general[column].as_i64().unwrap();
    assert_eq!(
        number("superseded"),
        runs[0]["records_read"].as_i64().unwrap()
    );
    assert!(number("rejected") > 0);
    // Rejects of both runs are counted, and those of the current one are there row by row.
    let counted = rows(
        &desk,
        "select count(distinct run_id) as runs, count(*) filter (where not is_current) as old
         from audit.rejects where dataset = 'general'",
    );
    assert_eq!(counted[0]["runs"], 2);
    assert!(counted[0]["old"].as_i64() > Some(0));
    let quarantined = "select count(*) as n from audit.rejected_records";
    assert_eq!(rows(&desk, quarantined)[0]["n"], number("rejected"));
}

#[test]
fn two_runs_are_compared_on_the_command_line_and_in_sql() {
    let desk = refreshed();
    let sql = "select run_id as id from audit.runs where dataset = 'general' order by sequence";
    let ids: Vec<String> = rows(&desk, sql)
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let compare = [
        "runs",
        "--compare",
        &ids[0][..10],
        &ids[1],
        "--lake",
        "lake",
    ];
    let text = desk.run(&compare).expect(0);
    let text = text
        .says(&["before", "general 2023 of 2024-06-28", &ids[0]])
        .says(&["after", "general 2023 of 2025-01-30", &ids[1]])
        .says(&["file", "removed: ", "P06282024"]);
    let json = desk
        .run(&[&compare[..], &["--json"]].concat())
        .expect(0)
        .json();
    let read = &json["accounts"][0];
    let sum = |id: &str| {
        let sql = format!("select records_read as n from audit.runs where run_id = '{id}'");
        rows(&desk, &sql)[0]["n"].as_i64().unwrap()
    };
    assert_eq!(read["what"], "read");
    assert_eq!(read["rows"], sum(&ids[1]) - sum(&ids[0]), "{}", text.stdout);
    // The analysis finds the same rejects that changed.
    let reasons = json["reasons"].as_array().unwrap();
    let changed: Vec<_> = rows(&desk, "run_comparison")
        .into_iter()
        .filter(|row| row["dataset"] == "general")
        .filter(|row| row["measure"].as_str().unwrap().starts_with("rejected: "))
        .collect();
    assert!(!reasons.is_empty());
    assert_eq!(changed.len(), reasons.len());
    for reason in reasons {
        let name = format!("rejected: {}", reason["reason"].as_str().unwrap());
        let row = changed
            .iter()
            .find(|row| row["measure"] == name.as_str())
            .unwrap();
        let delta = reason["after"].as_i64().unwrap() - reason["before"].as_i64().unwrap();
        assert_eq!(row["change"].as_f64(), Some(delta as f64), "{name}");
    }
    desk.run(&["runs", "--compare", &ids[0], &ids[0], "--lake", "lake"])
        .expect(0)
        .says(&["nothing changed"]);
    desk.run(&["runs", "--compare", "zzz", &ids[0], "--lake", "lake"])
        .expect(2)
        .says(&["\"zzz\" is the start of no single run id", &ids[0]]);
    let other = "select run_id as id from audit.runs where dataset = 'ownership'";
    let other = rows(&desk, other)[0]["id"].as_str().unwrap().to_owned();
    desk.run(&["runs", "--compare", &ids[0], &other, "--lake", "lake"])
        .expect(2)
        .says(&["nothing to compare"]);
}

#[test]
fn a_delivery_that_was_stopped_can_be_looked_into_before_anything_was_loaded() {
    let desk = Desk::new();
    let source = desk.real("good", &first(1));
    let general = std::fs::read_dir(&source)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let general = general
        .into_iter()
        .find(|path| path.to_string_lossy().contains("GNRL"))
        .unwrap();
    // Every third record loses its end.
    let text = std::fs::read_to_string(&general).unwrap();
    let broken: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            if number % 3 == 1 {
                line.chars().take(40).collect()
            } else {
                line.to_owned()
            }
        })
        .collect();
    std::fs::write(&general, broken.join("\r\n")).unwrap();
    let run = |stage: &[&str]| desk.run(&[stage, &["--lake", "lake"]].concat());
    run(&["ingest", "--source", source.to_str().unwrap()]).expect(0);
    run(&["validate"]).expect(1);
    let sql = "select file_name, name, status, detail from audit.checks where status = 'failed'";
    let failed = rows(&desk, sql);
    assert!(!failed.is_empty());
    assert!(failed[0]["file_name"].as_str().unwrap().contains("GNRL"));
    let sql = "select status, records_read from audit.files where dataset = 'general'";
    assert_eq!(rows(&desk, sql)[0]["status"], "pending");
    let sql = "select outcome, error from audit.attempts order by started_at desc limit 1";
    assert_eq!(rows(&desk, sql)[0]["outcome"], "failed");
    run(&["query", "select count(*) from marts.fct_payments"])
        .expect(1)
        .says(&["there is no star schema yet", "`capstone load`"]);
}

#[test]
fn the_tables_are_fresh_after_every_command_and_quality_has_a_history() {
    let desk = refreshed();
    let sql = "select count(*) filter (where outcome = 'succeeded') as done, count(*) as all from audit.attempts";
    let before = &rows(&desk, sql)[0];
    assert_eq!((&before["done"], &before["all"]), (&2.into(), &2.into()));
    desk.run(&["report", "--lake", "lake"]).expect(0);
    assert_eq!(rows(&desk, sql)[0]["done"], 3);
    let sql = "select count(distinct attempt_id) as attempts, count(distinct name) as rules,
               count(*) filter (where checked_at is null or expected is null) as vague
               from audit.checks where source = 'quality'";
    let history = &rows(&desk, sql)[0];
    assert_eq!(history["attempts"], 2);
    assert_eq!(history["vague"], 0);
    assert!(history["rules"].as_i64() > Some(30));
    rows(&desk, "quality_over_time");
    let sql = "select count(*) as n from duckdb_columns() where schema_name = 'audit'
               and table_name <> 'rejected_records' and comment is null";
    assert_eq!(
        rows(&desk, sql)[0]["n"],
        0,
        "a column does not say what it is"
    );
}

#[test]
fn audit_tables_that_can_not_be_written_are_said_and_fail_nothing() {
    let desk = Desk::new();
    let source = desk.real("good", &first(1));
    let text = "this is no warehouse";
    let path = desk.write("elsewhere.duckdb", text);
    let arguments = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
        "--warehouse",
        path.to_str().unwrap(),
    ];
    let ended: Ended = desk.run(&arguments).expect(0);
    ended.says(&[
        "the audit tables are those of the last command",
        "no DuckDB file",
    ]);
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}
