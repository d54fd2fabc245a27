//! Build, test, publish: one transaction.
//!
//! Crash points: anywhere before the commit, the file keeps what it had. DuckDB's log makes
//! the commit itself atomic. The checkpoint after it only folds the log into the file.

use std::fmt;
use std::time::Instant;

use duckdb::{Connection, Transaction};
use serde::Serialize;
use week4_modeling::{Compilation, Compiled, DataTest, Materialization, Severity, relation};

use super::{LastLoad, LoadInput, QueryResult, WarehouseError, fingerprint, lake, query};
use crate::crash;

/// Failing rows that a report shows per test.
const SAMPLE_ROWS: usize = 3;

/// What a load is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The model or test.
    pub step: &'a str,
    /// Steps before it.
    pub done: usize,
    /// All steps.
    pub total: usize,
}

/// What a load built and found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadReport {
    /// False if a test of severity `error` failed: then the warehouse is as it was before.
    pub published: bool,
    /// In build order.
    pub models: Vec<ModelReport>,
    /// In the order in which they ran.
    pub tests: Vec<TestReport>,
}

impl LoadReport {
    /// The tests that found something, errors first.
    pub fn failures(&self) -> Vec<&TestReport> {
        let mut failures: Vec<_> = self.tests.iter().filter(|test| test.failures > 0).collect();
        failures.sort_by_key(|test| test.severity == Severity::Warn);
        failures
    }
}

/// One model that was built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelReport {
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: String,
    /// View or table.
    pub materialization: Materialization,
    /// None for a view: counting would run it.
    pub rows: Option<u64>,
    /// Wall time.
    pub seconds: f64,
}

/// One data test that was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestReport {
    /// Its name.
    pub name: String,
    /// Whether a failure stops the publication.
    pub severity: Severity,
    /// Rows that the test returned.
    pub failures: u64,
    /// The first of them; None if there is none.
    pub sample: Option<QueryResult>,
    /// Wall time.
    pub seconds: f64,
}

/// As a user reads it: the name and what it found.
impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows", self.name, self.failures)
    }
}

/// Counts steps for the caller's progress bar.
struct Steps<'a> {
    done: usize,
    total: usize,
    progress: &'a mut dyn FnMut(&Progress<'_>),
}

impl Steps<'_> {
    fn start(&mut self, step: &str) {
        (self.progress)(&Progress {
            step,
            done: self.done,
            total: self.total,
        });
        self.done += 1;
    }
}

pub(super) fn load(
    connection: &mut Connection,
    input: &LoadInput<'_>,
    project: &Compilation,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> Result<LoadReport, WarehouseError> {
    let total = 1 + project.models.len() + project.all_tests().count();
    let mut steps = Steps {
        done: 0,
        total,
        progress,
    };
    let transaction = connection
        .transaction()
        .map_err(WarehouseError::load("begin"))?;
    steps.start("lake");
    recreate_schemas(&transaction, project)?;
    lake::create(&transaction, input)?;
    let models = build_models(&transaction, project, &mut steps)?;
    let tests = run_tests(&transaction, project, &mut steps)?;
    let report = LoadReport {
        published: !tests.iter().any(stops_publication),
        models,
        tests,
    };
    if report.published {
        let built_from = fingerprint::of(input, project)?;
        fingerprint::store(&transaction, &built_from, &LastLoad::of(&report))?;
        commit("commit of the load", transaction)?;
        checkpoint(connection)?;
    } else {
        transaction
            .rollback()
            .map_err(WarehouseError::load("roll back"))?;
    }
    Ok(report)
}

/// Does no more than keep the attempts fresh, if the star schema is the one that a load
/// would build: then what the load that built it said. `None` if it is not.
pub(super) fn refresh(
    connection: &mut Connection,
    input: &LoadInput<'_>,
    project: &Compilation,
) -> Result<Option<LastLoad>, WarehouseError> {
    let built_from = fingerprint::stored(connection)?;
    if built_from != Some(fingerprint::of(input, project)?) {
        return Ok(None);
    }
    let Some(last) = fingerprint::last_load(connection)? else {
        return Ok(None);
    };
    let transaction = connection
        .transaction()
        .map_err(WarehouseError::load("begin"))?;
    lake::replace_history(&transaction, input)?;
    commit("commit of the attempts", transaction)?;
    checkpoint(connection)?;
    Ok(Some(last))
}

fn commit(what: &str, transaction: Transaction<'_>) -> Result<(), WarehouseError> {
    crash::named("warehouse", what, || transaction.commit()).map_err(WarehouseError::load("commit"))
}

fn checkpoint(connection: &Connection) -> Result<(), WarehouseError> {
    let checkpoint = || connection.execute_batch("checkpoint");
    crash::named("warehouse", "checkpoint", checkpoint).map_err(WarehouseError::load("checkpoint"))
}

fn stops_publication(test: &TestReport) -> bool {
    test.severity == Severity::Error && test.failures > 0
}

/// Nothing of the last load remains, so a model that left the project, or became a view,
/// needs no special case.
fn recreate_schemas(
    transaction: &Transaction<'_>,
    project: &Compilation,
) -> Result<(), WarehouseError> {
    let mut schemas = project.schemas();
    schemas.insert("lake");
    for schema in schemas {
        let name = format!("\"{}\"", schema.replace('"', "\"\""));
        let sql = format!("drop schema if exists {name} cascade; create schema {name}");
        transaction
            .execute_batch(&sql)
            .map_err(WarehouseError::load(&format!("schema {schema}")))?;
    }
    Ok(())
}

fn build_models(
    transaction: &Transaction<'_>,
    project: &Compilation,
    steps: &mut Steps<'_>,
) -> Result<Vec<ModelReport>, WarehouseError> {
    let mut reports = Vec::with_capacity(project.models.len());
    for model in &project.models {
        steps.start(&model.name);
        let report = build_model(transaction, model);
        let named = WarehouseError::load(&format!("model {}", model.name));
        reports.push(report.map_err(named)?);
    }
    Ok(reports)
}

fn build_model(transaction: &Transaction<'_>, model: &Compiled) -> duckdb::Result<ModelReport> {
    let start = Instant::now();
    transaction.execute_batch(&model.create_statement())?;
    let rows = match model.materialization {
        Materialization::View => None,
        Materialization::Table => Some(count(transaction, &relation(&model.schema, &model.name))?),
    };
    Ok(ModelReport {
        name: model.name.clone(),
        schema: model.schema.clone(),
        materialization: model.materialization,
        rows,
        seconds: start.elapsed().as_secs_f64(),
    })
}

fn run_tests(
    transaction: &Transaction<'_>,
    project: &Compilation,
    steps: &mut Steps<'_>,
) -> Result<Vec<TestReport>, WarehouseError> {
    let mut reports = Vec::new();
    for test in project.all_tests() {
        steps.start(&test.name);
        let report = run_test(transaction, test);
        let named = WarehouseError::load(&format!("test {}", test.name));
        reports.push(report.map_err(named)?);
    }
    Ok(reports)
}

fn run_test(transaction: &Transaction<'_>, test: &DataTest) -> duckdb::Result<TestReport> {
    let start = Instant::now();
    let failures = count(transaction, &format!("(\n{}\n)", test.sql))?;
    let sample = (failures > 0)
        .then(|| sample(transaction, test))
        .transpose()?;
    Ok(TestReport {
        name: test.name.clone(),
        severity: test.severity,
        failures,
        sample,
        seconds: start.elapsed().as_secs_f64(),
    })
}

fn sample(transaction: &Transaction<'_>, test: &DataTest) -> duckdb::Result<QueryResult> {
    query::run(
        transaction,
        &format!("select * from (\n{}\n) limit {SAMPLE_ROWS}", test.sql),
    )
}

fn count(transaction: &Transaction<'_>, from: &str) -> duckdb::Result<u64> {
    transaction.query_row(&format!("select count(*) from {from}"), [], |row| {
        row.get(0)
    })
}
