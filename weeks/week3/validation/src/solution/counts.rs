//! Row counts: is everything there, and does everything that counted agree?

use week2_ingestion::FileAudit;

use super::check;
use crate::{Check, Delivered, Verdict};

/// Checks `has_records`, `row_count` and `complete`, in this order.
///
/// - `has_records` fails for a file without records, unless it may be empty; then it warns.
/// - `row_count` fails unless the three counts of an audit agree to the record: the cutter's,
///   the sum over its chunks, and the sum over its partitions, in which malformed records do
///   not count. And where there are records the chunks must cover the file: from the header
///   to the last byte, each from where the one before ends, each beginning with the record
///   that comes next; with a line at least for the header, each record and each blank line.
/// - `complete` warns of a last line without an end: the delivery may be cut off there.
pub fn check_counts(file: &Delivered<'_>) -> Vec<Check> {
    vec![
        check(file, "has_records", has_records(file)),
        check(file, "row_count", row_count(file.audit)),
        check(file, "complete", complete(file.audit)),
    ]
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

/// Counts that different code made must tell one story.
fn row_count(audit: &FileAudit) -> (Verdict, String) {
    let by_chunk = sum(audit.chunks.iter().map(|chunk| chunk.records));
    let by_partition = sum(audit
        .partitions
        .values()
        .chain(audit.faults.values())
        .copied());
    let found = format!(
        "{} records, {by_chunk} in {} chunks, {by_partition} by partition, {} lines, {} bytes",
        audit.records,
        audit.chunks.len(),
        audit.lines,
        audit.size
    );
    let fewest_lines = sum([audit.records, audit.blank_lines, 1].into_iter());
    let disagreement = if by_chunk != audit.records || by_partition != audit.records {
        Some("the counts differ".to_owned())
    } else if audit.lines < fewest_lines {
        Some("fewer lines than records".to_owned())
    } else {
        gap(audit)
    };
    match disagreement {
        None => (Verdict::Passed, found),
        Some(what) => (Verdict::Failed, format!("{what}: {found}")),
    }
}

/// A damaged audit may say anything: no sum of it wraps around.
fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

/// The first byte or record that the chunks leave out, or have twice.
fn gap(audit: &FileAudit) -> Option<String> {
    if audit.records == 0 {
        return None;
    }
    let (mut offset, mut record) = (audit.header_bytes, 1_u64);
    for chunk in &audit.chunks {
        if (chunk.start.offset, chunk.start.record) != (offset, record) {
            return Some(format!(
                "a chunk starts at byte {} with record {}, where byte {offset} and record {record} come next",
                chunk.start.offset, chunk.start.record
            ));
        }
        offset = offset.saturating_add(chunk.length);
        record = record.saturating_add(chunk.records);
    }
    (offset != audit.size).then(|| format!("the chunks end at byte {offset}"))
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
