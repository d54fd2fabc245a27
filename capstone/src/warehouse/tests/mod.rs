//! On real files: Parquet written by DuckDB itself, shaped as the lake commits it.

mod asking;
mod lake;
mod loading;
mod opening;
mod unchanged;

use std::fs;
use std::path::{Path, PathBuf};

use duckdb::Connection;
use jiff::civil::date;
use tempfile::TempDir;
use week1_schema::Contract;
use week1_schema::solution::{CONTRACT_YAML, read_contract};
use week4_modeling::solution::{compile, embedded};
use week4_modeling::{Compilation, CompileOptions};

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
            tombstones: vec![],
            rejected: vec![],
            files: vec![],
            runs: self.runs.clone(),
            changes: vec![],
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
