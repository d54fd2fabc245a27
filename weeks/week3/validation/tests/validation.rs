//! All questions together, on the reference: which are asked, and what follows.

use std::collections::BTreeMap;

use week1_schema::{Dataset, LayoutMap};
use week2_ingestion::{ChunkSpan, FileAudit, Position, RecordFault};
use week3_validation::solution::validate;
use week3_validation::{Check, Delivered, Flow, Limits, Verdict};

fn audit(name: &str, malformed: u64) -> FileAudit {
    FileAudit {
        name: name.into(),
        size: 1010,
        sha256: "ff".into(),
        header_bytes: 10,
        records: 100,
        lines: 101,
        blank_lines: 0,
        ends_without_newline: false,
        faults: BTreeMap::from([(RecordFault::OpenQuote, malformed)]),
        cents: 1,
        without_amount: malformed,
        partitions: BTreeMap::from([("2023|06/28/2024".into(), 100 - malformed)]),
        chunks: vec![ChunkSpan {
            start: Position {
                offset: 10,
                line: 2,
                record: 1,
            },
            length: 1000,
            records: 100,
        }],
    }
}

fn layout() -> LayoutMap {
    LayoutMap {
        dataset: Dataset::General,
        layout: "general_f_91".into(),
        fields: 91,
        source: vec![Some(0)],
        drift: vec![],
    }
}

fn delivered<'a>(audit: &'a FileAudit, layout: &'a LayoutMap) -> Delivered<'a> {
    Delivered {
        audit,
        layout,
        may_be_empty: false,
        has_amounts: true,
    }
}

#[test]
fn every_file_is_asked_every_question_and_they_come_by_name() {
    let (first, second, layout) = (audit("b.csv", 0), audit("a.csv", 1), layout());
    let files = [delivered(&first, &layout), delivered(&second, &layout)];
    let found = validate("r", &files, &Limits::default());
    let asked: Vec<_> = found
        .checks
        .iter()
        .map(|check| format!("{} {}", check.file, check.name))
        .collect();
    let names = [
        "layout",
        "columns",
        "has_records",
        "row_count",
        "complete",
        "structure",
        "amounts",
    ];
    let expected: Vec<_> = ["a.csv", "b.csv"]
        .iter()
        .flat_map(|file| names.map(|name| format!("{file} {name}")))
        .collect();
    assert_eq!(asked, expected);
    assert_eq!(found.verdict, Verdict::Warned);
    let flow = Flow {
        read: 200,
        valid: 199,
        rejected: 1,
        held: 0,
    };
    assert_eq!(found.flow, flow);
}

#[test]
fn one_bad_file_holds_the_delivery() {
    let (sound, bad, layout) = (audit("a.csv", 0), audit("b.csv", 50), layout());
    let files = [delivered(&sound, &layout), delivered(&bad, &layout)];
    let found = validate("r", &files, &Limits::default());
    assert_eq!(found.verdict, Verdict::Failed);
    assert_eq!(found.flow.held, 200);
}

#[test]
fn a_delivery_without_files_never_passes() {
    let found = validate("r", &[], &Limits::default());
    assert_eq!(found.verdict, Verdict::Failed);
}

#[test]
fn a_document_of_before_the_flow_was_kept_can_be_read() {
    let old = r#"{"run_id":"r","verdict":"passed","checks":[]}"#;
    let found: week3_validation::Validation = serde_json::from_str(old).unwrap();
    assert_eq!(found.flow, Flow::default());
}

#[test]
fn every_check_says_what_to_do_next() {
    let (audit, layout) = (audit("a.csv", 0), layout());
    let found = validate("r", &[delivered(&audit, &layout)], &Limits::default());
    let mut steps: Vec<_> = found.checks.iter().map(Check::next_step).collect();
    for step in &steps {
        assert!(step.chars().count() < 130, "two lines of a report: {step}");
    }
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps.len(), found.checks.len(), "each its own");
}
