//! Questions and how their answers are shown.

use super::{Case, project};
use crate::warehouse::{AuditInput, Settings, Warehouse, WarehouseError};

#[test]
fn changing_statements_are_refused_when_asking() {
    let case = Case::new();
    case.load();
    let warehouse = Warehouse::open_read_only(&case.warehouse(), &Settings::default()).unwrap();
    for sql in [
        "create table t (n int)",
        "delete from lake.runs",
        "drop schema marts cascade",
    ] {
        let error = warehouse.query(sql).unwrap_err();
        assert!(
            matches!(error, WarehouseError::ReadOnly { .. }),
            "{sql}: {error}"
        );
    }
}

#[test]
fn an_answer_is_a_table_with_numbers_to_the_right() {
    let case = Case::new();
    let result = case
        .open()
        .query("select * from (values (1, 'a', 2.50, null), (20, 'long', 100.00, true)) t(n, name, usd, flag)")
        .unwrap();
    assert_eq!(
        result.to_text(),
        " n  name     usd  flag\n\
         --  ----  ------  ----\n \
          1  a       2.50  NULL\n\
         20  long  100.00  true\n"
    );
}

#[test]
fn an_answer_as_json_keeps_numbers_numbers_and_null_null() {
    let case = Case::new();
    let result = case
        .open()
        .query("select 3 as n, 2.50 as usd, sum(4) as s, 0.5::double as share, 'x' as name, null as nothing, date '2024-02-29' as day")
        .unwrap();
    let json = result.to_json();
    assert_eq!(
        json["rows"][0],
        serde_json::json!({
            "n": 3, "usd": 2.5, "s": 4, "share": 0.5, "name": "x", "nothing": null,
            "day": "2024-02-29"
        })
    );
    assert_eq!(json["columns"][1], "usd");
}

#[test]
fn any_type_and_statement_that_reads_can_be_shown() {
    let case = Case::new();
    let warehouse = case.open();
    for sql in [
        "select now() as t, interval 3 days as i, [1, 2] as l, {'a': 1} as s, uuid() as u, map {'k': 1} as m",
        "select timestamp '2024-01-01 10:00:00' as t, time '10:00:00' as c, 'x'::blob as b, 1::hugeint as h",
        "describe select 1 as n",
        "show all tables",
        "explain select 1",
        "select 1 as n where false",
    ] {
        let result = warehouse
            .query(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!result.columns.is_empty(), "{sql}");
    }
    let error = warehouse.query("select absent from nowhere").unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn every_analysis_answers_on_a_loaded_warehouse() {
    let mut case = Case::new();
    case.commit(2022, &[1, 2]);
    case.load();
    let history = AuditInput::default();
    case.open().refresh_audit(&history).unwrap();
    for analysis in project().analyses {
        let answer = case.open().query(&analysis.sql);
        answer.unwrap_or_else(|error| panic!("{}: {error}", analysis.name));
    }
}
