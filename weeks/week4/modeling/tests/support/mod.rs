//! A small lake in DuckDB: tables with the columns that the project's sources file declares,
//! filled by hand, and a runner that executes what `compile` returns.

#![allow(dead_code, reason = "each test target uses its own part")]

use std::collections::BTreeMap;
use std::path::Path;

use duckdb::{Connection, params_from_iter};
use serde::Deserialize;
use week4_modeling::solution::{compile, embedded};
use week4_modeling::{Compilation, CompileOptions, DataTest};

#[derive(Deserialize)]
struct Sources {
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    name: String,
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    data_type: String,
}

/// A warehouse whose schemas `lake` and `audit` hold tables instead of views.
pub(crate) struct Lake {
    pub(crate) connection: Connection,
}

/// Column and value; the engine casts the text.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

impl Lake {
    pub(crate) fn in_memory() -> Self {
        Self::with(Connection::open_in_memory().unwrap())
    }

    pub(crate) fn at(path: &Path) -> Self {
        Self::with(Connection::open(path).unwrap())
    }

    fn with(connection: Connection) -> Self {
        for Source { name, tables } in sources() {
            let schema = format!("create schema {name}");
            connection.execute_batch(&schema).unwrap();
            for table in tables {
                let columns = table
                    .columns
                    .iter()
                    .map(|c| format!("{} {}", c.name, c.data_type));
                let columns = columns.collect::<Vec<_>>().join(", ");
                let create = format!("create table {name}.{} ({columns})", table.name);
                connection.execute_batch(&create).unwrap();
            }
        }
        Self { connection }
    }

    /// A plain meal for physician 1001, with what differs.
    pub(crate) fn payment(&self, record_id: i64, year: i32, fields: Fields<'_>) {
        let (id, day) = (record_id.to_string(), format!("{year}-03-01"));
        let (published, program_year) = (format!("{}-06-30", year + 1), year.to_string());
        let run = format!("general-{year}");
        let mut row = BTreeMap::from([
            ("record_id", id.as_str()),
            ("record_number", &id),
            ("run_id", &run),
            ("program_year", &program_year),
            ("payment_publication_date", &published),
            ("change_type", "NEW"),
            ("covered_recipient_type", "Covered Recipient Physician"),
            ("covered_recipient_profile_id", "1001"),
            ("covered_recipient_first_name", "Ada"),
            ("covered_recipient_last_name", "Ames"),
            ("covered_recipient_primary_type_1", "Medical Doctor"),
            (
                "covered_recipient_specialty_1",
                "Allopathic & Osteopathic Physicians|Surgery",
            ),
            ("recipient_city", "Salem"),
            ("recipient_state", "OR"),
            ("recipient_zip_code", "97301-1234"),
            ("recipient_country", "United States"),
            (
                "submitting_applicable_manufacturer_or_applicable_gpo_name",
                "Acme Holding",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_id",
                "100000000001",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_name",
                "Acme",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_state",
                "NJ",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_country",
                "United States",
            ),
            ("date_of_payment", &day),
            ("total_amount_of_payment_usdollars", "10.00"),
            ("number_of_payments_included_in_total_amount", "1"),
            (
                "form_of_payment_or_transfer_of_value",
                "In-kind items and services",
            ),
            (
                "nature_of_payment_or_transfer_of_value",
                "Food and Beverage",
            ),
            (
                "third_party_payment_recipient_indicator",
                "No Third Party Payment",
            ),
            ("dispute_status_for_publication", "No"),
        ]);
        row.extend(fields.iter().copied());
        self.insert("general_payments", &row);
    }

    /// An interest of physician 1001 in company 1, with what differs.
    pub(crate) fn interest(&self, record_id: i64, year: i32, fields: Fields<'_>) {
        let (id, program_year) = (record_id.to_string(), year.to_string());
        let (published, run) = (format!("{}-06-30", year + 1), format!("ownership-{year}"));
        let mut row = BTreeMap::from([
            ("record_id", id.as_str()),
            ("record_number", &id),
            ("run_id", &run),
            ("program_year", &program_year),
            ("payment_publication_date", &published),
            ("physician_profile_id", "1001"),
            ("physician_first_name", "Ada"),
            ("physician_last_name", "Ames"),
            ("physician_primary_type", "Medical Doctor"),
            (
                "physician_specialty",
                "Allopathic & Osteopathic Physicians|Surgery",
            ),
            ("recipient_city", "Salem"),
            ("recipient_state", "OR"),
            ("recipient_zip_code", "97301"),
            ("recipient_country", "United States"),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_id",
                "100000000001",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_name",
                "Acme",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_state",
                "NJ",
            ),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_country",
                "United States",
            ),
            ("total_amount_invested_usdollars", "0.00"),
            ("value_of_interest", "500.00"),
            (
                "interest_held_by_physician_or_an_immediate_family_member",
                "Physician Covered Recipient",
            ),
            ("dispute_status_for_publication", "No"),
        ]);
        row.extend(fields.iter().copied());
        self.insert("ownership_interests", &row);
    }

    /// An empty text is NULL, as in the lake.
    pub(crate) fn insert(&self, table: &str, row: &BTreeMap<&str, &str>) {
        let columns = row.keys().copied().collect::<Vec<_>>().join(", ");
        let marks = vec!["nullif(?, '')"; row.len()].join(", ");
        let sql = format!("insert into lake.{table} ({columns}) values ({marks})");
        self.connection
            .execute(&sql, params_from_iter(row.values()))
            .unwrap();
    }

    /// Enters the runs that the rows so far belong to.
    pub(crate) fn commit_runs(&self) {
        for (dataset, table) in [
            ("general", "general_payments"),
            ("ownership", "ownership_interests"),
        ] {
            let sql = format!(
                "insert into lake.runs by name select run_id, '{dataset}' as dataset, program_year, \
                 max(payment_publication_date) as publication, count(*) as records_accepted \
                 from lake.{table} group by run_id, program_year"
            );
            self.connection.execute_batch(&sql).unwrap();
        }
    }

    /// Executes the reference project's models; the result says what was compiled.
    pub(crate) fn build(&self) -> Compilation {
        self.commit_runs();
        let compilation = compile(&embedded(), &CompileOptions::default()).unwrap();
        self.execute(&compilation);
        compilation
    }

    pub(crate) fn execute(&self, compilation: &Compilation) {
        for schema in compilation.schemas() {
            let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
            self.connection.execute_batch(&sql).unwrap();
        }
        for model in &compilation.models {
            let built = self.connection.execute_batch(&model.create_statement());
            built.unwrap_or_else(|error| panic!("{}: {error}\n{}", model.name, model.sql));
        }
    }

    /// The tests that find something, with their number of failures.
    pub(crate) fn failing<'c>(&self, compilation: &'c Compilation) -> Vec<(&'c DataTest, i64)> {
        let failures = compilation.all_tests().map(|test| {
            let sql = format!("select count(*) from ({})", test.sql);
            (
                test,
                self.connection
                    .query_row(&sql, [], |row| row.get(0))
                    .unwrap(),
            )
        });
        failures.filter(|(_, count)| *count > 0).collect()
    }

    /// Every value as text, NULL as `-`, columns joined by `|`.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let sql = format!(
            "select concat_ws('|', *columns(*)) from
             (select coalesce(columns(*)::varchar, '-') from ({sql}))"
        );
        let mut statement = self.connection.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// What the capstone puts into the warehouse before the models run, schema by schema.
fn sources() -> Vec<Source> {
    let files = embedded();
    let declared = files
        .iter()
        .filter(|file| file.path.ends_with("__sources.yml"));
    declared
        .flat_map(|file| {
            let sources: Sources = serde_saphyr::from_str(&file.text).unwrap();
            sources.sources
        })
        .collect()
}
