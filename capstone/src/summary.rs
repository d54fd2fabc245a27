//! What is shown at the end: one document, as tables or as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use week3_orchestration::{PlannedYear, Report};
use week7_quality::Summary;
use week8_full_run::{Discrepancy, FileStatus};

use crate::accounts::FileState;
use crate::compare::Changes;
use crate::ingest::Problem;
use crate::warehouse::{ModelReport, QueryColumn, QueryResult};

/// What a command did and found.
#[derive(Debug, Default, Serialize)]
pub struct RunSummary {
    /// Synthetic or real.
    pub data: Option<String>,
    /// Where things are.
    pub places: BTreeMap<String, String>,
    /// The plan of a backfill, as it was shown before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlannedYear>,
    /// What became of each task of a backfill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<YearLine>,
    /// What became of each delivery that was looked at.
    pub deliveries: Vec<DeliveryLine>,
    /// Addresses whose file is in the lake already, by their server's word.
    pub unchanged: Vec<String>,
    /// How each committed publication differs from the one before it.
    pub changes: Vec<Changes>,
    /// What became of each file.
    pub files: Vec<FileLine>,
    /// Time by stage.
    pub stages: Vec<StageLine>,
    /// Models and data tests of the warehouse.
    pub warehouse: Option<WarehouseLine>,
    /// Quality rules by verdict.
    pub quality: Option<Summary>,
    /// Whether those verdicts were found by an earlier run, on the same star schema.
    pub quality_unchanged: bool,
    /// Quality rules that did not pass: rule, status, detail.
    pub quality_findings: Vec<String>,
    /// Sums that do not come out.
    pub discrepancies: Vec<Discrepancy>,
    /// Files and deliveries that could not be used.
    pub problems: Vec<Problem>,
}

/// One task of a backfill.
#[derive(Debug, Serialize)]
pub struct YearLine {
    /// The program year, or the stage behind all years, and what became of it.
    #[serde(flatten)]
    pub report: Report,
    /// The command that tries this year alone again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
}

/// One delivery.
#[derive(Debug, Serialize)]
pub struct DeliveryLine {
    /// Dataset.
    pub dataset: String,
    /// Program year.
    pub program_year: i16,
    /// Publication date.
    pub publication: String,
    /// Content id.
    pub run_id: String,
    /// `committed`, `unchanged` or `stopped`.
    pub outcome: String,
    /// Number of its commit.
    pub sequence: Option<u64>,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct FileLine {
    /// Name as delivered.
    pub file: String,
    /// Committed, superseded, archived or pending.
    pub status: FileStatus,
    /// Records read.
    pub read: u64,
    /// Records accepted.
    pub accepted: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Accepted amounts in cents.
    pub accepted_cents: i64,
    /// Amounts read, in cents.
    pub read_cents: i64,
    /// Size in bytes.
    pub bytes: u64,
    /// Rejected rows by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Drift of its header.
    pub drift: Vec<String>,
}

/// One stage.
#[derive(Debug, Serialize)]
pub struct StageLine {
    /// Its name.
    pub stage: &'static str,
    /// Wall time.
    pub seconds: f64,
    /// Source bytes that went through it, where that means something.
    pub bytes: Option<u64>,
}

/// What the load did.
#[derive(Debug, Serialize)]
pub struct WarehouseLine {
    /// Models built, with rows and seconds; none if it is unchanged.
    pub models: Vec<ModelReport>,
    /// Data tests run, now or when it was built.
    pub tests: usize,
    /// Tests that found something: name and rows.
    pub failures: Vec<String>,
    /// Whether it is the star schema of the lake's state.
    pub published: bool,
    /// Whether it was so already, so that nothing was built.
    pub unchanged: bool,
}

impl FileLine {
    /// A file's line, with the reasons of its run's audit.
    pub fn new(state: &FileState, reasons: BTreeMap<String, u64>) -> Self {
        let account = &state.account;
        Self {
            file: account.file.clone(),
            status: account.status,
            read: account.read.rows,
            accepted: account.accepted.rows,
            rejected: account.rejected.rows,
            accepted_cents: account.accepted.cents,
            read_cents: account.read.cents,
            bytes: state.size,
            reasons,
            drift: state.drift.clone(),
        }
    }
}

impl WarehouseLine {
    fn verdict(&self) -> String {
        if self.unchanged {
            return format!(
                "unchanged: built from the same commits, contract and models; {} data tests then",
                self.tests
            );
        }
        let state = if self.published {
            "published"
        } else {
            "NOT PUBLISHED, the old one stays"
        };
        let models = self.models.len();
        format!("{models} models, {} data tests: {state}", self.tests)
    }
}

impl RunSummary {
    /// Whether everything asked for was done.
    pub fn is_success(&self) -> bool {
        self.problems.is_empty()
            && self.discrepancies.is_empty()
            && self.quality.is_none_or(Summary::gate_open)
            && self
                .warehouse
                .as_ref()
                .is_none_or(|warehouse| warehouse.published)
    }

    /// As tables.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_files(&mut text);
        self.write_reasons(&mut text);
        self.write_stages(&mut text);
        self.write_years(&mut text);
        self.write_verdicts(&mut text);
        for (what, place) in &self.places {
            let _ = writeln!(text, "{what:<10} {place}");
        }
        for address in &self.unchanged {
            let _ = writeln!(text, "unchanged  {address}");
        }
        for problem in &self.problems {
            let _ = writeln!(text, "\nNOT DONE   {}: {}", problem.subject, problem.error);
        }
        text
    }

    fn write_files(&self, text: &mut String) {
        if self.files.is_empty() {
            return;
        }
        let rows = self.files.iter().map(|file| {
            vec![
                file.file.clone(),
                file.status.as_str().to_owned(),
                thousands(file.read),
                thousands(file.accepted),
                thousands(file.rejected),
                dollars(if file.status == FileStatus::Committed {
                    file.accepted_cents
                } else {
                    file.read_cents
                }),
            ]
        });
        let heads = ["file", "status", "read", "accepted", "rejected", "dollars"];
        table(text, &heads, 2, rows);
    }

    fn write_reasons(&self, text: &mut String) {
        for file in self.files.iter().filter(|file| !file.reasons.is_empty()) {
            let _ = writeln!(text, "\nrejected in {}", file.file);
            for (reason, rows) in &file.reasons {
                let _ = writeln!(text, "{:>10}  {reason}", thousands(*rows));
            }
        }
    }

    fn write_stages(&self, text: &mut String) {
        if self.stages.is_empty() {
            return;
        }
        text.push('\n');
        let rows = self.stages.iter().map(|stage| {
            let rate = stage.bytes.filter(|_| stage.seconds > 0.0);
            let rate = rate.map(|bytes| format!("{:.0}", bytes as f64 / 1e6 / stage.seconds));
            vec![
                stage.stage.to_owned(),
                format!("{:.1}", stage.seconds),
                rate.unwrap_or_default(),
            ]
        });
        table(text, &["stage", "seconds", "MB/s"], 1, rows);
    }

    fn write_years(&self, text: &mut String) {
        if !self.years.is_empty() {
            text.push('\n');
        }
        for line in &self.years {
            let Report { task, outcome } = &line.report;
            let _ = writeln!(text, "{task:<10} {outcome}");
        }
        for again in self.years.iter().filter_map(|line| line.again.as_ref()) {
            let _ = writeln!(text, "{:<10} {again}", "again");
        }
    }

    fn write_verdicts(&self, text: &mut String) {
        text.push('\n');
        for line in &self.deliveries {
            let sequence = line
                .sequence
                .map(|number| format!(" as commit {number}"))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "{:<10} {} {}, published {}: {}{sequence}",
                "delivery", line.dataset, line.program_year, line.publication, line.outcome
            );
        }
        for changes in &self.changes {
            let _ = writeln!(text, "{:<10} {}", "changes", sentence(changes));
        }
        if let Some(warehouse) = &self.warehouse {
            let _ = writeln!(text, "{:<10} {}", "warehouse", warehouse.verdict());
            for failure in &warehouse.failures {
                let _ = writeln!(text, "{:<10} {failure}", "");
            }
        }
        if let Some(quality) = &self.quality {
            let unchanged = if self.quality_unchanged {
                ": unchanged"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "{:<10} {} rules passed, {} warned, {} failed{unchanged}",
                "quality", quality.passed, quality.warned, quality.failed
            );
            for finding in &self.quality_findings {
                let _ = writeln!(text, "{:<10} {finding}", "");
            }
        }
        for discrepancy in &self.discrepancies {
            let _ = writeln!(text, "{:<10} {discrepancy}", "MISSING");
        }
        if let Some(data) = &self.data {
            let _ = writeln!(text, "{:<10} {data}", "data");
        }
    }
}

/// Such as `general 2023, 2025-01-30 against 2024-06-28: +120 added, 45 changed, 12 removed
/// (12 explained)`. Quarantine is named apart: it takes records away and gives them back
/// without CMS having changed anything.
pub fn sentence(changes: &Changes) -> String {
    let (of, partition) = (&changes.summary, &changes.partition);
    let mut text = format!(
        "{} {}, {} against {}: +{} added, {} changed, {} removed ({} explained",
        partition.dataset,
        partition.program_year,
        changes.after.publication,
        changes.before.publication,
        thousands(of.added.rows - changes.recovered),
        thousands(of.changed_to.rows),
        thousands(changes.explained + changes.unexplained),
        thousands(changes.explained),
    );
    if changes.unexplained > 0 {
        let _ = write!(text, ", {} unexplained", thousands(changes.unexplained));
    }
    text.push(')');
    for (rows, what) in [
        (changes.quarantined, "into quarantine"),
        (changes.recovered, "out of quarantine"),
        (changes.contradictions, "named as removed and still there"),
    ] {
        if rows > 0 {
            let _ = write!(text, ", {} {what}", thousands(rows));
        }
    }
    text
}

/// Columns from `numbers` on are right-aligned.
fn table(
    text: &mut String,
    heads: &[&str],
    numbers: usize,
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let columns = heads.iter().enumerate().map(|(index, head)| QueryColumn {
        name: (*head).to_owned(),
        is_numeric: index >= numbers,
    });
    let rows = rows
        .into_iter()
        .map(|row| row.into_iter().map(Some).collect());
    let result = QueryResult {
        columns: columns.collect(),
        rows: rows.collect(),
    };
    text.push_str(&result.to_text());
}

/// `1234567` as `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

/// Cents as dollars.
pub(crate) fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!(
        "{sign}{}.{:02}",
        thousands(cents.unsigned_abs() / 100),
        cents.unsigned_abs() % 100
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([0, 5, -123_456].map(dollars), ["0.00", "0.05", "-1,234.56"]);
    }
}
