//! Schema `lake`: the views and tables that the models read.

use std::collections::BTreeMap;

use jiff::civil::date;
use week4_modeling::solution::embedded;

use super::{Case, answer, payment, project};
use crate::warehouse::{AttemptRow, AuditInput, DataFile, FileRow, RunRow};

#[test]
fn a_lake_without_files_gives_empty_typed_views() {
    let case = Case::new();
    assert!(case.load().published);
    assert_eq!(
        case.answer("select count(*) from lake.general_payments"),
        ["0"]
    );
    let types = case.answer(
        "select column_name, column_type from (describe lake.general_payments) where column_name in
         ('program_year', 'total_amount_of_payment_usdollars', 'record_id', 'run_id') order by 1",
    );
    assert_eq!(
        types,
        [
            "program_year|INTEGER",
            "record_id|BIGINT",
            "run_id|VARCHAR",
            "total_amount_of_payment_usdollars|DECIMAL(14,2)",
        ]
    );
}

#[test]
fn schemas_have_the_columns_that_the_models_sources_files_declare() {
    let case = Case::new();
    case.load();
    case.open().refresh_audit(&AuditInput::default()).unwrap();
    let files = [
        ("lake", "_open_payments__sources.yml", 6),
        ("audit", "_audit__sources.yml", 6),
    ];
    for (schema, file, tables) in files {
        let declared = declared(file);
        assert_eq!(declared.len(), tables, "{schema}");
        for (table, columns) in declared {
            let sql =
                format!("select column_name, lower(column_type) from (describe {schema}.{table})");
            assert_eq!(case.answer(&sql), columns, "{schema}.{table}");
        }
    }
}

/// Columns and types by table, from a file of the project.
fn declared(file: &str) -> BTreeMap<String, Vec<String>> {
    let files = embedded();
    let yaml = files.iter().find(|found| found.path.ends_with(file));
    let yaml = yaml.unwrap();
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = "";
    for line in yaml.text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("- name: ") {
            table = name;
        } else if let Some(column) = line.strip_prefix("- {name: ") {
            let (name, rest) = column.split_once(", data_type: ").unwrap();
            let end = rest.find('}').unwrap();
            let kind = rest[..end].split(", data_tests").next().unwrap();
            let column = format!("{name}|{}", kind.trim_matches('"'));
            declared.entry(table.to_owned()).or_default().push(column);
        }
    }
    declared
}

#[test]
fn metadata_rows_arrive_with_lists_dates_and_nulls() {
    let case = Case::new();
    let mut input = case.input();
    input.files = vec![FileRow {
        file_name: "it's.csv".into(),
        dataset: "research".into(),
        layout: "research_f_252".into(),
        program_year: 2023,
        publication: date(2024, 6, 28),
        run_id: None,
        status: "archived".into(),
        size_bytes: 1 << 40,
        sha256: "00ff".into(),
        drift: vec!["reordered".into(), "unknown column x".into()],
        records_read: 1,
        records_accepted: 0,
        records_rejected: 0,
        records_superseded: 0,
        cents_read: i64::MAX,
        cents_accepted: 0,
        cents_rejected: -5,
        cents_superseded: 0,
    }];
    input.attempts = vec![AttemptRow {
        attempt_id: "0193".into(),
        command: "run".into(),
        started_at: "2024-07-01T10:00:00.25Z".parse().unwrap(),
        ended_at: None,
        outcome: "running".into(),
        error: None,
        files: 1,
        records_read: 0,
        records_accepted: 0,
        records_rejected: 0,
    }];
    let mut warehouse = case.open();
    warehouse.load(&input, &project(), &mut |_| ()).unwrap();
    assert_eq!(
        answer(
            &warehouse,
            "select file_name, publication, run_id, drift, size_bytes, cents_read, cents_rejected from lake.files"
        ),
        [
            "it's.csv|2024-06-28|-|[reordered, unknown column x]|1099511627776|9223372036854775807|-5"
        ]
    );
    assert_eq!(
        answer(
            &warehouse,
            "select started_at, ended_at, error from lake.attempts"
        ),
        ["2024-07-01T10:00:00.250|-|-"]
    );
    assert_eq!(
        answer(
            &warehouse,
            "select value from lake.properties where name = 'data_kind'"
        ),
        ["synthetic"]
    );
}

#[test]
fn quarantined_records_keep_their_reasons_as_a_list() {
    let case = Case::new();
    let mut input = case.input();
    let row =
        "'r1' as run_id, 'general' as dataset, 2023::integer as program_year, 'a.csv' as file_name,
               7::bigint as record_number, 8::bigint as line, 100::bigint as byte_start,
               200::bigint as byte_end, ['too_few_fields', 'missing_value:record_id'] as reasons,
               null::bigint as amount_cents, 'x,y' as raw";
    input.rejected = vec![case.parquet("rejected/part.parquet", &[row.to_owned()])];
    let mut warehouse = case.open();
    warehouse.load(&input, &project(), &mut |_| ()).unwrap();
    assert_eq!(
        answer(
            &warehouse,
            "select unnest(reasons) as reason, record_number, amount_cents from lake.rejected_records"
        ),
        ["too_few_fields|7|-", "missing_value:record_id|7|-"]
    );
}

#[test]
fn a_folder_with_signs_that_globs_and_sql_know_still_loads() {
    let mut case = Case::new();
    let name = "it's [a] *lake*/program_year=2023/part.parquet";
    let path = case.parquet(name, &[payment(1, 2023)]);
    case.commit(2022, &[9]);
    case.general.push(DataFile {
        path,
        run_id: "r'1".into(),
    });
    case.runs.push(RunRow {
        run_id: "r'1".into(),
        program_year: 2023,
        records_accepted: 1,
        ..case.runs[0].clone()
    });
    assert!(case.load().published);
    assert_eq!(
        case.answer("select run_id from marts.fct_payments order by 1"),
        ["r'1", "run-2022"]
    );
}
