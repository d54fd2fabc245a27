//! The sections about the data's way: accounts, files, quarantine, quality.

use minijinja::Value;
use serde::Serialize;

use super::{Drawing, safe};
use crate::parts::quality::show;
use crate::report::charts::{self, ratio};
use crate::report::data::{Account, FileRow, QualityRow, Reason, ReportData};
use crate::report::diagram::{self, Branch, Step};
use crate::report::{format, reasons};

/// The verdict over the whole page.
#[derive(Serialize)]
pub(super) struct Gate {
    class: &'static str,
    text: String,
}

/// The accounting identity over all files.
#[derive(Serialize)]
pub(super) struct Accounting {
    bar: Value,
    balances: bool,
    records: Terms,
    dollars: Terms,
}

/// The four terms of the identity.
#[derive(Serialize)]
struct Terms {
    read: String,
    accepted: String,
    rejected: String,
    superseded: String,
}

/// One reason for rejection.
#[derive(Serialize)]
pub(super) struct ReasonLine {
    code: String,
    meaning: String,
    bar: Value,
    records: String,
    dollars: String,
    example: String,
}

/// One source file.
#[derive(Serialize)]
pub(super) struct FileLine {
    name: String,
    about: String,
    drift: Option<String>,
    status: String,
    records: Option<Terms>,
    dollars: Option<Terms>,
    /// `None` for a file that was not read.
    balances: Option<bool>,
}

/// One quality result.
#[derive(Serialize)]
pub(super) struct RuleLine {
    rule: String,
    question: String,
    dimension: String,
    gates: bool,
    status: String,
    observed: String,
    expected: String,
    failing: String,
    detail: Option<String>,
}

fn tally(data: &ReportData, status: &str) -> usize {
    data.quality
        .iter()
        .filter(|row| row.status == status)
        .count()
}

fn kept_of_all(data: &ReportData) -> String {
    format!("{} of {} passed", tally(data, "passed"), data.quality.len())
}

pub(super) fn gate(data: &ReportData) -> Gate {
    let (warned, failed) = (tally(data, "warned"), tally(data, "failed"));
    let (class, text) = match (data.quality.len(), failed, warned) {
        (0, ..) => (
            "unknown",
            "The quality rules have not run on this data.".to_owned(),
        ),
        (_, 0, 0) => (
            "ok",
            format!("All {} quality rules passed.", data.quality.len()),
        ),
        (_, 0, _) => (
            "warn",
            format!(
                "Quality: {}, {warned} warned, none failed.",
                kept_of_all(data)
            ),
        ),
        _ => (
            "bad",
            format!(
                "Quality: {failed} failed, {warned} warned, {}.",
                kept_of_all(data)
            ),
        ),
    };
    Gate { class, text }
}

pub(super) fn accounting(data: &ReportData) -> Option<Accounting> {
    let (records, cents) = (data.records(), data.cents());
    data.files
        .iter()
        .any(|file| file.records.is_some())
        .then(|| Accounting {
            bar: safe(account_bar(records)),
            // Errors of opposite sign cancel in the sum, so each file has to balance.
            balances: data.files.iter().all(|file| balances(file) != Some(false)),
            records: terms(records, format::count),
            dollars: terms(cents, format::dollars),
        })
}

fn account_bar(account: Account) -> String {
    let parts = [
        ("accepted", ratio(account.accepted, account.read)),
        ("rejected", ratio(account.rejected, account.read)),
        ("superseded", ratio(account.superseded, account.read)),
    ];
    let title = format!(
        "Of {} records read, {} were accepted, {} rejected and {} superseded",
        format::count(account.read),
        format::count(account.accepted),
        format::count(account.rejected),
        format::count(account.superseded)
    );
    charts::stacked(&parts, &title)
}

fn terms(account: Account, show: fn(i64) -> String) -> Terms {
    Terms {
        read: show(account.read),
        accepted: show(account.accepted),
        rejected: show(account.rejected),
        superseded: show(account.superseded),
    }
}

fn balances(file: &FileRow) -> Option<bool> {
    match (file.records, file.cents) {
        (None, _) => None,
        (Some(records), cents) => Some(records.balances() && cents.is_none_or(Account::balances)),
    }
}

pub(super) fn diagram(data: &ReportData) -> Drawing {
    let steps = steps(data);
    Drawing {
        wide: safe(diagram::wide(&steps)),
        narrow: safe(diagram::narrow(&steps)),
    }
}

fn step(name: &'static str, checkpoint: &'static str, figure: String) -> Step {
    Step {
        name,
        checkpoint,
        figure,
        branch: None,
    }
}

fn steps(data: &ReportData) -> Vec<Step> {
    let account = data.records();
    let size = data.files.iter().map(|file| file.bytes).sum();
    let parquet: i64 = data.runs.iter().map(|run| run.data_files).sum();
    let layouts: std::collections::BTreeSet<_> = data
        .files
        .iter()
        .filter_map(|file| file.layout.as_ref())
        .collect();
    let quarantine = Branch {
        name: "Quarantine",
        checkpoint: "5.1",
        figure: format!("{} rejected", format::short_count(account.rejected)),
        class: "bad",
    };
    let quality = Branch {
        name: "Quality",
        checkpoint: "7.1",
        figure: kept_of_all(data),
        class: gate(data).class,
    };
    vec![
        step("Source", "", counted(data.files.len(), "file")),
        step("Raw zone", "2.2", format::bytes(size)),
        step(
            "Chunks",
            "2.1",
            format!("{} read", format::short_count(account.read)),
        ),
        step("Validation", "3.2", counted(layouts.len(), "layout")),
        Step {
            branch: Some(quarantine),
            ..step(
                "Typed rows",
                "5.1",
                format!("{} accepted", format::short_count(account.accepted)),
            )
        },
        step(
            "Curated",
            "5.1",
            format!("{} Parquet", format::short_count(parquet)),
        ),
        step("Commit", "2.2", counted(data.runs.len(), "run")),
        Step {
            branch: Some(quality),
            ..step(
                "Star schema",
                "4.2",
                format!(
                    "{} facts",
                    format::short_count(data.headline.records + data.headline.interests)
                ),
            )
        },
        step("Report", "", "this page".to_owned()),
    ]
}

pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

pub(super) fn quarantine(data: &ReportData) -> Vec<ReasonLine> {
    let largest = data
        .quarantine
        .iter()
        .map(|reason| reason.records)
        .max()
        .unwrap_or(0);
    let line = |reason: &Reason| {
        let records = format::count(reason.records);
        let title = format!("{}: {records} records", reason.code);
        ReasonLine {
            code: reason.code.clone(),
            meaning: reasons::meaning(&reason.code),
            bar: safe(charts::bar(ratio(reason.records, largest), &title)),
            records,
            dollars: format::short_dollars(reason.cents),
            example: place(reason),
        }
    };
    data.quarantine.iter().map(line).collect()
}

fn place(reason: &Reason) -> String {
    let record = format!(
        "{}, record {}",
        reason.example_file,
        format::count(reason.example_record)
    );
    reason.example_line.map_or(record.clone(), |line| {
        format!("{record}, line {}", format::count(line))
    })
}

pub(super) fn files(data: &ReportData) -> Vec<FileLine> {
    let line = |file: &FileRow| {
        let about = [
            Some(file.dataset.clone()),
            file.layout.clone(),
            file.publication
                .as_ref()
                .map(|date| format!("published {date}")),
            Some(format::bytes(file.bytes)),
        ];
        FileLine {
            name: file.name.clone(),
            about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            drift: file.drift.clone(),
            status: file.status.clone(),
            records: file.records.map(|account| terms(account, format::count)),
            dollars: file
                .cents
                .filter(|_| file.dataset != "removed")
                .map(|account| terms(account, format::short_dollars)),
            balances: balances(file),
        }
    };
    data.files.iter().map(line).collect()
}

/// The rules that did not pass, failures first, and those that did.
pub(super) fn rules(data: &ReportData) -> (Vec<RuleLine>, Vec<RuleLine>) {
    let lines = |status: &str| {
        data.quality
            .iter()
            .filter(|row| row.status == status)
            .map(rule_line)
            .collect()
    };
    let mut broken: Vec<RuleLine> = lines("failed");
    broken.extend::<Vec<RuleLine>>(lines("warned"));
    (broken, lines("passed"))
}

fn rule_line(row: &QualityRow) -> RuleLine {
    RuleLine {
        rule: row.rule.clone(),
        question: row.question.clone(),
        dimension: row.dimension.clone(),
        gates: row.severity == "fail",
        status: row.status.clone(),
        observed: row
            .observed
            .map_or_else(|| "nothing".to_owned(), |value| show(value, row.unit)),
        expected: row.expected.clone(),
        failing: row
            .failing_rows
            .map_or_else(|| "–".to_owned(), format::count),
        detail: row.detail.clone(),
    }
}
