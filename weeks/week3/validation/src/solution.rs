//! The reference.

use week2_ingestion::FileAudit;

use crate::{Check, Delivered, Limits, Validation, Verdict};

/// Asks every question of every file.
pub fn validate(run_id: &str, files: &[Delivered<'_>], limits: &Limits) -> Validation {
    let checks: Vec<Check> = files
        .iter()
        .flat_map(|file| check_file(file, limits))
        .collect();
    let verdict = checks
        .iter()
        .map(|check| check.verdict)
        .max()
        .unwrap_or(Verdict::Failed);
    Validation {
        run_id: run_id.to_owned(),
        verdict,
        checks,
    }
}

fn check_file(file: &Delivered<'_>, limits: &Limits) -> Vec<Check> {
    let answers = [
        ("layout", layout(file)),
        ("has_records", has_records(file)),
        ("row_count", row_count(file.audit)),
        ("complete", complete(file.audit)),
        ("structure", structure(file.audit, limits)),
        ("amounts", amounts(file, limits)),
    ];
    let check = |(name, (verdict, found)): (&str, (Verdict, String))| Check {
        name: name.to_owned(),
        file: file.audit.name.clone(),
        verdict,
        found,
    };
    answers.into_iter().map(check).collect()
}

fn layout(file: &Delivered<'_>) -> (Verdict, String) {
    let layout = file.layout;
    if layout.drift.is_empty() {
        return (
            Verdict::Passed,
            format!("{}, {} columns", layout.layout, layout.fields),
        );
    }
    let drift: Vec<String> = layout.drift.iter().map(ToString::to_string).collect();
    (
        Verdict::Warned,
        format!("near {}, with drift: {}", layout.layout, drift.join("; ")),
    )
}

fn has_records(file: &Delivered<'_>) -> (Verdict, String) {
    match file.audit.records {
        0 if file.may_be_empty => (Verdict::Warned, "a header and no records".to_owned()),
        0 => (
            Verdict::Failed,
            "a header and no records: a publication is never empty".to_owned(),
        ),
        records => (Verdict::Passed, format!("{records} records")),
    }
}

/// Three counts that different code made must tell one story: records one by one,
/// records by chunk, and physical lines, of which each record, blank line and the header
/// takes at least one.
fn row_count(audit: &FileAudit) -> (Verdict, String) {
    let by_chunk: u64 = audit.chunks.iter().map(|chunk| chunk.records).sum();
    let fewest_lines = audit.records + audit.blank_lines + 1;
    let bytes: u64 =
        audit.header_bytes + audit.chunks.iter().map(|chunk| chunk.length).sum::<u64>();
    let found = format!(
        "{} records, {by_chunk} in {} chunks, {} lines, {bytes} of {} bytes",
        audit.records,
        audit.chunks.len(),
        audit.lines,
        audit.size
    );
    let agree = by_chunk == audit.records
        && audit.lines >= fewest_lines
        && (bytes == audit.size || audit.records == 0);
    (
        if agree {
            Verdict::Passed
        } else {
            Verdict::Failed
        },
        found,
    )
}

fn complete(audit: &FileAudit) -> (Verdict, String) {
    if audit.ends_without_newline {
        (
            Verdict::Warned,
            "the last line has no line end: the delivery may be cut off".to_owned(),
        )
    } else {
        (Verdict::Passed, "ends with a line end".to_owned())
    }
}

fn structure(audit: &FileAudit, limits: &Limits) -> (Verdict, String) {
    let faults: u64 = audit.faults.values().sum();
    let kinds: Vec<String> = audit
        .faults
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let found = match faults {
        0 => "every record has the header's number of fields".to_owned(),
        _ => format!(
            "{faults} of {} records are malformed: {}",
            audit.records,
            kinds.join(", ")
        ),
    };
    (judge(faults, audit.records, limits.most_malformed), found)
}

fn amounts(file: &Delivered<'_>, limits: &Limits) -> (Verdict, String) {
    if !file.has_amounts {
        return (
            Verdict::Passed,
            "this table has no amounts to add up".to_owned(),
        );
    }
    let audit = file.audit;
    let malformed: u64 = audit.faults.values().sum();
    let unreadable = audit.without_amount.saturating_sub(malformed);
    let whole = audit.records.saturating_sub(malformed);
    let found = format!("{unreadable} of {whole} whole records have no readable amount");
    (judge(unreadable, whole, limits.most_without_amount), found)
}

fn judge(bad: u64, all: u64, most: f64) -> Verdict {
    if bad == 0 {
        Verdict::Passed
    } else if bad as f64 > most * all as f64 {
        Verdict::Failed
    } else {
        Verdict::Warned
    }
}
