//! The reference: reading rules, judging measurements, summing up.

use serde::Deserialize;

use crate::{
    Bound, Dimension, Rule, RuleProblem, RuleSet, RulesError, Severity, Status, Summary, Unit,
    Verdict,
};

/// The rules that the capstone runs on.
pub const RULES_YAML: &str = include_str!("../solution/rules.yaml");

/// A rule as the file spells it, before its bound is known to make sense.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    question: String,
    dimension: Dimension,
    severity: Severity,
    #[serde(default)]
    unit: Unit,
    sql: String,
    min: Option<f64>,
    max: Option<f64>,
    equals: Option<f64>,
    failing: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<Entry>,
}

/// Reads a file of rules and checks each of them.
pub fn parse(yaml: &str) -> Result<RuleSet, RulesError> {
    let file: File =
        serde_saphyr::from_str(yaml).map_err(|error| RulesError::Syntax(error.to_string()))?;
    if file.rules.is_empty() {
        return Err(RulesError::Empty);
    }
    let problems = problems_in(&file.rules);
    if !problems.is_empty() {
        return Err(RulesError::Invalid(problems));
    }
    Ok(RuleSet {
        rules: file.rules.into_iter().map(rule_of).collect(),
    })
}

fn rule_of(entry: Entry) -> Rule {
    let bound = bound_of(&entry);
    Rule {
        id: entry.id,
        question: entry.question.trim().to_owned(),
        dimension: entry.dimension,
        severity: entry.severity,
        unit: entry.unit,
        sql: entry.sql,
        bound,
        failing: entry.failing,
    }
}

fn bound_of(entry: &Entry) -> Bound {
    Bound {
        min: entry.equals.or(entry.min),
        max: entry.equals.or(entry.max),
    }
}

fn problems_in(entries: &[Entry]) -> Vec<RuleProblem> {
    let mut problems = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let repeated = entries[..index]
            .iter()
            .any(|earlier| earlier.id == entry.id);
        let found = [
            repeated.then(|| "an earlier rule has the same id".to_owned()),
            id_problem(&entry.id),
            question_problem(&entry.question),
            bound_problem(entry),
            query_problem("sql", &entry.sql),
            entry
                .failing
                .as_deref()
                .and_then(|sql| query_problem("failing", sql)),
        ];
        let rule = if entry.id.is_empty() {
            format!("#{}", index + 1)
        } else {
            entry.id.clone()
        };
        problems.extend(found.into_iter().flatten().map(|problem| RuleProblem {
            rule: rule.clone(),
            problem,
        }));
    }
    problems
}

fn id_problem(id: &str) -> Option<String> {
    let slug = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (!slug).then(|| "the id is not lower snake case".to_owned())
}

fn question_problem(question: &str) -> Option<String> {
    (!question.trim().ends_with('?')).then(|| "the question does not end with `?`".to_owned())
}

fn bound_problem(entry: &Entry) -> Option<String> {
    let (min, max, equals) = (entry.min, entry.max, entry.equals);
    if [min, max, equals]
        .into_iter()
        .flatten()
        .any(|end| !end.is_finite())
    {
        return Some("a bound is not a finite number".to_owned());
    }
    match (min, max, equals) {
        (None, None, None) => Some("it has no bound: give min, max or equals".to_owned()),
        (None, None, Some(_)) => None,
        (_, _, Some(_)) => Some("equals stands beside min or max".to_owned()),
        (Some(min), Some(max), None) if min > max => Some(format!(
            "min {min} is above max {max}, so nothing could pass"
        )),
        _ => None,
    }
}

/// A rule reads; one that writes would change what the next rule measures.
fn query_problem(name: &str, sql: &str) -> Option<String> {
    let sql = sql.trim();
    let first = sql
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !matches!(first.as_str(), "select" | "with") {
        return Some(format!("{name} does not start with select or with"));
    }
    sql.contains(';')
        .then(|| format!("{name} has a semicolon: one query per rule, without one"))
}

/// Judges one measurement. `None` stands for SQL's `NULL`, for no row, and for a
/// query that failed.
pub fn evaluate(rule: &Rule, observed: Option<f64>) -> Verdict {
    let observed = observed.filter(|value| value.is_finite());
    let expected = describe(rule.bound, rule.unit);
    let reason = match observed {
        None => Some("nothing could be measured, and nothing never passes".to_owned()),
        Some(value) if within(rule.bound, value) => None,
        Some(value) => Some(format!(
            "observed {}, expected {expected}",
            show(value, rule.unit)
        )),
    };
    Verdict {
        rule: rule.id.clone(),
        dimension: rule.dimension,
        severity: rule.severity,
        status: status_of(rule.severity, reason.is_none()),
        observed,
        expected,
        reason,
    }
}

fn within(bound: Bound, value: f64) -> bool {
    bound.min.is_none_or(|min| value >= min) && bound.max.is_none_or(|max| value <= max)
}

const fn status_of(severity: Severity, kept: bool) -> Status {
    match (kept, severity) {
        (true, _) => Status::Passed,
        (false, Severity::Warn) => Status::Warned,
        (false, Severity::Fail) => Status::Failed,
    }
}

/// The bound in words: `0`, `at most 1 %`, `at least 1`, `60 % to 98 %`.
pub fn describe(bound: Bound, unit: Unit) -> String {
    match (bound.min, bound.max) {
        (Some(min), Some(max)) if min >= max => show(min, unit),
        (Some(min), Some(max)) => format!("{} to {}", show(min, unit), show(max, unit)),
        (Some(min), None) => format!("at least {}", show(min, unit)),
        (None, Some(max)) => format!("at most {}", show(max, unit)),
        (None, None) => "anything".to_owned(),
    }
}

/// A measurement as text: `1,234`, `0.25 %`, `$1,234.50`.
pub fn show(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Count => grouped(value, 0),
        Unit::Share => format!("{} %", significant(value * 100.0)),
        Unit::Cents if value < 0.0 => format!("-${}", grouped(-value / 100.0, 2)),
        Unit::Cents => format!("${}", grouped(value / 100.0, 2)),
    }
}

/// Up to four decimals, without trailing zeros; something is never shown as nothing.
fn significant(value: f64) -> String {
    if value > 0.0 && value < 0.000_1 {
        return "under 0.0001".to_owned();
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn grouped(value: f64, decimals: usize) -> String {
    // A count with a fraction is a mistake in the query; hiding it would hide the mistake.
    let decimals = if decimals == 0 && value.fract() != 0.0 {
        4
    } else {
        decimals
    };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Counts the verdicts by status.
pub fn summarise<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Summary {
    let mut summary = Summary::default();
    for verdict in verdicts {
        match verdict.status {
            Status::Passed => summary.passed += 1,
            Status::Warned => summary.warned += 1,
            Status::Failed => summary.failed += 1,
        }
    }
    summary
}
