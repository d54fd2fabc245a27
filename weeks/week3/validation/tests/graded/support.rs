// A sound file, and what can be done to it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use week1_schema::{Dataset, LayoutMap};
use week2_ingestion::{ChunkSpan, FileAudit, Position};
use week3_validation::{Check, Delivered, Verdict};

/// So many cases, unless the environment says otherwise; nothing is left in the folder.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig { cases, ..config },
    }
}

pub(super) const HEADER: u64 = 10;

/// One file with chunks of so many records, each of ten bytes and one line.
pub(super) fn audit_of(name: &str, chunks: &[u64]) -> FileAudit {
    let mut next = Position {
        offset: HEADER,
        line: 2,
        record: 1,
    };
    let spans = chunks.iter().map(|records| {
        let span = ChunkSpan {
            start: next,
            length: records * 10,
            records: *records,
        };
        next = Position {
            offset: next.offset + records * 10,
            line: next.line + records,
            record: next.record + records,
        };
        span
    });
    let chunks = spans.collect();
    let records = next.record - 1;
    FileAudit {
        name: name.into(),
        size: next.offset,
        sha256: "ff".into(),
        header_bytes: HEADER,
        records,
        lines: records + 1,
        blank_lines: 0,
        ends_without_newline: false,
        faults: BTreeMap::new(),
        cents: 1,
        without_amount: 0,
        partitions: BTreeMap::from([("2023|06/28/2024".into(), records)]),
        chunks,
    }
}

/// 100 records in two chunks.
pub(super) fn audit() -> FileAudit {
    audit_of("a.csv", &[60, 40])
}

pub(super) fn layout() -> LayoutMap {
    LayoutMap {
        dataset: Dataset::General,
        layout: "general_f_91".into(),
        fields: 91,
        source: vec![Some(0), None, Some(90), Some(7)],
        drift: vec![],
    }
}

pub(super) fn delivered<'a>(audit: &'a FileAudit, layout: &'a LayoutMap) -> Delivered<'a> {
    Delivered {
        audit,
        layout,
        may_be_empty: false,
        has_amounts: true,
    }
}

pub(super) fn check(file: &str, name: &str, verdict: Verdict, found: &str) -> Check {
    Check {
        name: name.into(),
        file: file.into(),
        verdict,
        found: found.into(),
    }
}

/// The checks with these names, in this order; those that did not pass are these.
#[track_caller]
pub(super) fn only(checks: &[Check], names: &[&str], bad: &[(&str, Verdict)]) {
    let asked: Vec<_> = checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(asked, names, "the checks that were made");
    let not_passed = checks
        .iter()
        .filter(|check| check.verdict != Verdict::Passed);
    let found: Vec<_> = not_passed
        .map(|check| (check.name.as_str(), check.verdict))
        .collect();
    assert_eq!(found, bad, "what did not pass, of {checks:#?}");
}
