//! On real files: Parquet written by DuckDB itself, shaped as the lake commits it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use duckdb::Connection;
use jiff::civil::date;
use tempfile::TempDir;
use week1_schema::Contract;
use week1_schema::solution::{CONTRACT_YAML, read_contract};
use week4_modeling::solution::{compile, embedded};
use week4_modeling::{Compilation, CompileOptions, ProjectFile, Severity};

use super::*;

/// A folder with committed files and a warehouse beside them.
struct Case {
    folder: TempDir,
    contract: Contract,
    general: Vec<DataFile>,
    runs: Vec<RunRow>,
}

impl Case {
    fn new() -> Self {
        let contract = read_contract(CONTRACT_YAML).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            contract,
            general: vec![],
            runs: vec![],
        }
    }

    fn warehouse(&self) -> PathBuf {
        self.folder.path().join("warehouse.duckdb")
    }

    /// Writes one Parquet file with these records, each a SQL list of `value as column`.
    fn parquet(&self, name: &str, rows: &[String]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let union = rows
            .iter()
            .map(|row| format!("select {row}"))
            .collect::<Vec<_>>();
        let union = union.join(" union all by name ");
        let copy = format!("copy ({union}) to '{}' (format parquet)", sql_path(&path));
        Connection::open_in_memory()
            .unwrap()
            .execute_batch(&copy)
            .unwrap();
        path
    }

    /// Commits a run of general payments with these record ids.
    fn commit(&mut self, year: i32, records: &[i64]) {
        let run_id = format!("run-{year}");
        let rows: Vec<_> = records.iter().map(|id| payment(*id, year)).collect();
        let name = format!("curated/dataset=general/program_year={year}/part-0.parquet");
        let path = self.parquet(&name, &rows);
        self.general.push(DataFile {
            path,
            run_id: run_id.clone(),
        });
        self.runs.push(RunRow {
            run_id,
            dataset: "general".into(),
            program_year: year,
            publication: date(2024, 6, 28),
            sequence: 1,
            contract_version: "1.0.0".into(),
            data_files: 1,
            data_bytes: 1000,
            records_accepted: i64::try_from(records.len()).unwrap(),
        });
    }

    fn input(&self) -> LoadInput<'_> {
        LoadInput {
            contract: &self.contract,
            general: self.general.clone(),
            ownership: vec![],
            removed: vec![],
            rejected: vec![],
            files: vec![],
            runs: self.runs.clone(),
            attempts: vec![],
            properties: vec![PropertyRow {
                name: "data_kind".into(),
                value: "synthetic".into(),
            }],
        }
    }

    fn open(&self) -> Warehouse {
        Warehouse::open(&self.warehouse(), &Settings::default()).unwrap()
    }

    fn load(&self) -> LoadReport {
        self.open()
            .load(&self.input(), &project(), &mut |_| ())
            .unwrap()
    }

    fn answer(&self, sql: &str) -> Vec<String> {
        answer(
            &Warehouse::open_read_only(&self.warehouse(), &Settings::default()).unwrap(),
            sql,
        )
    }
}

/// Rows as text, NULL as `-`.
fn answer(warehouse: &Warehouse, sql: &str) -> Vec<String> {
    let result = warehouse.query(sql).unwrap();
    let line = |row: &Vec<Option<String>>| {
        row.iter()
            .map(|cell| cell.as_deref().unwrap_or("-"))
            .collect::<Vec<_>>()
            .join("|")
    };
    result.rows.iter().map(line).collect()
}

fn sql_path(path: &Path) -> String {
    path.display().to_string().replace('\'', "''")
}

fn payment(record_id: i64, year: i32) -> String {
    format!(
        "{record_id}::bigint as record_id, {record_id}::bigint as record_number,
         date '2024-06-28' as payment_publication_date, date '{year}-03-01' as date_of_payment,
         12.50::decimal(14,2) as total_amount_of_payment_usdollars,
         'Covered Recipient Physician' as covered_recipient_type,
         '1001' as covered_recipient_profile_id, 'Ames' as covered_recipient_last_name,
         '100000000001' as applicable_manufacturer_or_applicable_gpo_making_payment_id,
         'Acme' as applicable_manufacturer_or_applicable_gpo_making_payment_name,
         'Food and Beverage' as nature_of_payment_or_transfer_of_value"
    )
}

fn project() -> Compilation {
    compile(&embedded(), &CompileOptions::default()).unwrap()
}

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
fn the_views_have_the_columns_that_the_models_sources_file_declares() {
    let case = Case::new();
    case.load();
    let files = embedded();
    let yaml = files
        .iter()
        .find(|file| file.path.ends_with("__sources.yml"))
        .unwrap();
    let mut declared: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut table = "";
    for line in yaml.text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("- name: ") {
            table = name;
        } else if let Some(column) = line.strip_prefix("- {name: ") {
            let (name, rest) = column.split_once(", data_type: ").unwrap();
            let end = rest.find(|c| "}".contains(c)).unwrap();
            let kind = rest[..end]
                .split(", data_tests")
                .next()
                .unwrap()
                .trim_matches('"');
            declared
                .entry(table)
                .or_default()
                .push(format!("{name}|{kind}"));
        }
    }
    assert_eq!(declared.len(), 4);
    for (table, columns) in declared {
        let sql = format!("select column_name, lower(column_type) from (describe lake.{table})");
        assert_eq!(case.answer(&sql), columns, "{table}");
    }
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
        answer(&warehouse, "select value from lake.properties"),
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
            heard.push((step.done, step.total))
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
fn asking_before_the_first_load_says_what_to_run() {
    let case = Case::new();
    let error = Warehouse::open_read_only(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .ends_with("does not exist yet; run `capstone load` first"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_database_is_named_as_such() {
    let case = Case::new();
    fs::write(
        case.warehouse(),
        "a text file, long enough to be read as a header".repeat(200),
    )
    .unwrap();
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(matches!(error, WarehouseError::NotDuckDb { .. }), "{error}");
}

/// DuckDB's checksum of a header block: its first 8 bytes hold it, the rest is covered.
fn header_checksum(block: &[u8]) -> u64 {
    let words = block[8..].chunks_exact(8);
    let words = words.map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    words.fold(5381, |sum, word| {
        sum ^ word.wrapping_mul(0xbf58_476d_1ce4_e5b9)
    })
}

#[test]
fn a_file_of_a_newer_duckdb_is_named_as_such() {
    let case = Case::new();
    drop(case.open());
    let mut bytes = fs::read(case.warehouse()).unwrap();
    let header = &mut bytes[..4096];
    assert_eq!(
        header[..8],
        header_checksum(header).to_le_bytes(),
        "the header's own checksum"
    );
    // The storage version follows the checksum and the letters DUCK.
    header[12..20].copy_from_slice(&999_u64.to_le_bytes());
    let checksum = header_checksum(header);
    header[..8].copy_from_slice(&checksum.to_le_bytes());
    fs::write(case.warehouse(), bytes).unwrap();
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(matches!(error, WarehouseError::Newer { .. }), "{error}");
}

/// Run by the next test in a process of its own: holds the file until its input ends.
#[test]
fn holder() {
    let Ok(path) = std::env::var("WAREHOUSE_HOLDER") else {
        return;
    };
    let _warehouse = Warehouse::open(Path::new(&path), &Settings::default()).unwrap();
    fs::write(format!("{path}.held"), "").unwrap();
    std::io::Read::read(&mut std::io::stdin(), &mut [0]).unwrap();
}

#[test]
fn a_file_that_another_process_holds_is_named_with_that_process() {
    let case = Case::new();
    case.load();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "warehouse::tests::holder"])
        .env("WAREHOUSE_HOLDER", case.warehouse())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let held = case.folder.path().join("warehouse.duckdb.held");
    while !held.exists() && holder.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    drop(holder.stdin.take());
    holder.wait().unwrap();
    assert!(matches!(error, WarehouseError::Locked { .. }), "{error}");
    assert!(
        error.to_string().contains(&holder.id().to_string()),
        "{error}"
    );
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
    for analysis in week4_modeling::solution::analyses().unwrap() {
        let answer = case.open().query(&analysis.sql);
        answer.unwrap_or_else(|error| panic!("{}: {error}", analysis.name));
    }
}
