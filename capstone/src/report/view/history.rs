//! What was tried and what is committed.

use serde::Serialize;

use super::pipeline::counted;
use crate::report::data::{Attempt, ReportData, Run};
use crate::report::format;

/// One try.
#[derive(Serialize)]
pub(super) struct AttemptLine {
    id: String,
    command: String,
    started_at: String,
    duration: String,
    outcome: String,
    error: Option<String>,
    files: String,
    read: String,
    accepted: String,
    rejected: String,
}

/// One committed run.
#[derive(Serialize)]
pub(super) struct RunLine {
    id: String,
    short_id: String,
    dataset: String,
    program_year: i32,
    publication: String,
    sequence: i64,
    contract_version: String,
    files: String,
    records: String,
}

pub(super) fn attempts(data: &ReportData) -> Vec<AttemptLine> {
    let number = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), format::count);
    let line = |attempt: &Attempt| AttemptLine {
        id: attempt.id.clone(),
        command: attempt.command.clone(),
        started_at: attempt.started_at.clone().unwrap_or_else(|| "–".to_owned()),
        duration: attempt
            .seconds
            .map_or_else(|| "–".to_owned(), format::duration),
        outcome: attempt.outcome.clone(),
        error: attempt.error.clone(),
        files: number(attempt.files),
        read: number(attempt.records_read),
        accepted: number(attempt.records_accepted),
        rejected: number(attempt.records_rejected),
    };
    data.attempts.iter().map(line).collect()
}

pub(super) fn runs(data: &ReportData) -> Vec<RunLine> {
    let line = |run: &Run| RunLine {
        id: run.id.clone(),
        short_id: format::short_id(&run.id),
        dataset: run.dataset.clone(),
        program_year: run.program_year,
        publication: run.publication.clone().unwrap_or_else(|| "–".to_owned()),
        sequence: run.sequence,
        contract_version: run
            .contract_version
            .clone()
            .unwrap_or_else(|| "–".to_owned()),
        files: format!(
            "{}, {}",
            counted(usize::try_from(run.data_files).unwrap_or(0), "file"),
            format::bytes(run.data_bytes)
        ),
        records: format::count(run.records_accepted),
    };
    data.runs.iter().map(line).collect()
}
