//! Stage *quality*: measures every rule on the warehouse and keeps the verdicts.
//!
//! The rules and the judging are `week7-quality`'s; this stage only runs queries.
//!
//! Invariants:
//! - Every rule leaves one row in `quality.results`. A query that can't run is a
//!   measurement of nothing, which never passes, and its error is the detail.
//! - Rules see the warehouse, never each other: the results are written at the
//!   end, in one transaction. A crash before it keeps the results of the last run.
//! - With the results stands what they were measured on: the star schema's fingerprint and
//!   the rules. Both as they were, there is nothing to measure.

use duckdb::{Connection, OptionalExt as _, params};
use serde::{Deserialize, Serialize};
use store::Digest;
use week7_quality::{Dimension, Rule, RuleSet, Severity, Status, Summary, Unit, Verdict};

use crate::crash;
use crate::parts::quality::{evaluate, summarise};

/// Rows that break a rule and are named in the detail; the others are counted.
const NAMED_ROWS: i64 = 3;

/// One row of `quality.results`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleResult {
    /// Id of the rule.
    pub rule: String,
    /// The question in words.
    pub question: String,
    /// What the rule is about.
    pub dimension: Dimension,
    /// What breaking it does.
    pub severity: Severity,
    /// The judgement.
    pub status: Status,
    /// How to show `observed`.
    pub unit: Unit,
    /// The number measured, if there was one.
    pub observed: Option<f64>,
    /// The bound in words.
    pub expected: String,
    /// Rows that break the rule, where the rule can name them.
    pub failing_rows: Option<i64>,
    /// The first rows that break it, or why nothing could be measured; `None` if it
    /// passed or the two numbers say it all.
    pub detail: Option<String>,
}

/// What the stage found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// One result per rule, in the order of the rules.
    pub results: Vec<RuleResult>,
    /// The results in numbers, and whether the gate is open.
    pub summary: Summary,
}

/// Why the stage could not finish.
#[derive(Debug, thiserror::Error)]
pub enum QualityError {
    /// The warehouse refuses to keep the results: read-only, locked or full.
    #[error("the quality results can't be stored in the warehouse: {0}")]
    Store(#[from] duckdb::Error),
}

/// What rules are measured on, as one text: a star schema and the rules themselves.
/// `None` if the star schema has no fingerprint; such a subject is never met again.
pub fn subject(built_from: Option<&str>, rules: &str) -> Option<String> {
    let built_from = built_from?;
    let subject = format!("{TABLE}\n{built_from}\n{rules}");
    Some(Digest::of(subject.as_bytes()).to_string())
}

/// The report of the last run, if it was about the same subject.
pub fn last(
    conn: &Connection,
    subject: Option<&str>,
) -> Result<Option<QualityReport>, QualityError> {
    const MEASURED: &str = "select count(*) from information_schema.tables \
                            where table_schema = 'quality' and table_name = 'last_run'";
    let measured: i64 = conn.query_row(MEASURED, [], |row| row.get(0))?;
    let Some(subject) = subject.filter(|_| measured > 0) else {
        return Ok(None);
    };
    let report: Option<String> = conn
        .query_row(
            "select report from quality.last_run where subject = ?",
            [subject],
            |row| row.get(0),
        )
        .optional()?;
    // One that can't be read is measured again.
    Ok(report.and_then(|report| serde_json::from_str(&report).ok()))
}

/// Measures and judges all rules, and replaces the results of the last run.
pub fn run(
    conn: &Connection,
    rules: &RuleSet,
    subject: Option<&str>,
) -> Result<QualityReport, QualityError> {
    let judged: Vec<(Verdict, RuleResult)> =
        rules.rules.iter().map(|rule| judge(conn, rule)).collect();
    let summary = summarise(judged.iter().map(|(verdict, _)| verdict));
    let results: Vec<RuleResult> = judged.into_iter().map(|(_, result)| result).collect();
    let report = QualityReport { results, summary };
    store(conn, &report, subject)?;
    Ok(report)
}

fn judge(conn: &Connection, rule: &Rule) -> (Verdict, RuleResult) {
    let measured = measure(conn, rule);
    let verdict = evaluate(rule, measured.as_ref().ok().copied().flatten());
    let failing = rule.failing.as_deref().map(|sql| failing_rows(conn, sql));
    let kept = verdict.status == Status::Passed;
    let result = RuleResult {
        rule: rule.id.clone(),
        question: rule.question.clone(),
        dimension: rule.dimension,
        severity: rule.severity,
        status: verdict.status,
        unit: rule.unit,
        observed: verdict.observed,
        expected: verdict.expected.clone(),
        failing_rows: failing
            .as_ref()
            .and_then(|found| found.as_ref().ok().map(|rows| rows.count)),
        detail: if kept {
            None
        } else {
            detail(&verdict, measured.err(), failing)
        },
    };
    (verdict, result)
}

/// The rule's number. A scalar subquery lets DuckDB itself refuse a second row
/// or column, and makes no row a `NULL`.
fn measure(conn: &Connection, rule: &Rule) -> duckdb::Result<Option<f64>> {
    let sql = format!("select cast((\n{}\n) as double)", rule.sql);
    conn.query_row(&sql, [], |row| row.get(0))
}

struct FailingRows {
    count: i64,
    first: Vec<String>,
}

fn failing_rows(conn: &Connection, sql: &str) -> duckdb::Result<FailingRows> {
    let count = conn.query_row(&format!("select count(*) from (\n{sql}\n)"), [], |row| {
        row.get(0)
    })?;
    let named = format!(
        "select cast(columns(*) as varchar) from (\n{sql}\n) order by 1 limit {NAMED_ROWS}"
    );
    let first = conn
        .prepare(&named)?
        .query_map([], |row| row.get::<_, Option<String>>(0))?
        .map(|text| Ok(text?.unwrap_or_else(|| "a row without a name".to_owned())))
        .collect::<duckdb::Result<_>>()?;
    Ok(FailingRows { count, first })
}

/// What `observed` and `expected` do not say already.
fn detail(
    verdict: &Verdict,
    error: Option<duckdb::Error>,
    failing: Option<duckdb::Result<FailingRows>>,
) -> Option<String> {
    let unmeasured = verdict
        .reason
        .clone()
        .filter(|_| verdict.observed.is_none());
    let rows = match failing {
        Some(Ok(rows)) if rows.count > 0 => Some(named(&rows)),
        Some(Err(error)) => Some(format!("the rows can't be named: {}", first_line(&error))),
        _ => None,
    };
    let parts = [unmeasured, error.map(|error| first_line(&error)), rows];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn named(rows: &FailingRows) -> String {
    let more = rows.count - i64::try_from(rows.first.len()).unwrap_or(rows.count);
    let first = rows.first.join("; ");
    if more > 0 {
        format!("{first}; and {more} more")
    } else {
        first
    }
}

/// DuckDB's errors go on with a drawing of the query.
fn first_line(error: &duckdb::Error) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

const TABLE: &str = "
create schema if not exists quality;
create or replace table quality.results (
    rule varchar not null,
    dimension varchar not null,
    severity varchar not null,
    status varchar not null,
    observed double,
    expected varchar not null,
    failing_rows bigint,
    detail varchar,
    question varchar not null,
    unit varchar not null,
    position integer not null
);
create or replace table quality.last_run (subject varchar not null, report varchar not null);
";

fn store(
    conn: &Connection,
    report: &QualityReport,
    subject: Option<&str>,
) -> Result<(), QualityError> {
    let transaction = conn.unchecked_transaction()?;
    transaction.execute_batch(TABLE)?;
    let mut insert = transaction
        .prepare("insert into quality.results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (position, result) in (0_i32..).zip(&report.results) {
        insert.execute(params![
            result.rule,
            result.dimension.as_str(),
            result.severity.as_str(),
            result.status.as_str(),
            result.observed,
            result.expected,
            result.failing_rows,
            result.detail,
            result.question,
            result.unit.as_str(),
            position,
        ])?;
    }
    drop(insert);
    // What could not be measured is tried again.
    let measured = report
        .results
        .iter()
        .all(|result| result.observed.is_some());
    if let Some(subject) = subject.filter(|_| measured) {
        let report = serde_json::to_string(report).expect("a plain struct");
        let insert = "insert into quality.last_run values (?, ?)";
        transaction.execute(insert, [subject, &report])?;
    }
    let commit = || transaction.commit();
    Ok(crash::named(
        "warehouse",
        "commit of quality results",
        commit,
    )?)
}

#[cfg(test)]
mod tests;
