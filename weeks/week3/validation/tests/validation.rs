//! Each check fails for what it names, and for nothing else.

use std::collections::BTreeMap;

use week1_schema::{Dataset, Drift, LayoutMap};
use week2_ingestion::{ChunkSpan, FileAudit, Position, RecordFault};
use week3_validation::solution::validate;
use week3_validation::{Delivered, Limits, Verdict};

fn audit() -> FileAudit {
    FileAudit {
        name: "a.csv".into(),
        size: 1010,
        sha256: "ff".into(),
        header_bytes: 10,
        records: 100,
        lines: 101,
        blank_lines: 0,
        ends_without_newline: false,
        faults: BTreeMap::new(),
        cents: 1,
        without_amount: 0,
        partitions: BTreeMap::new(),
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
        source: vec![],
        drift: vec![],
    }
}

/// The checks that did not pass, and the verdict of the whole.
fn verdicts(audit: &FileAudit, layout: &LayoutMap) -> (Vec<(String, Verdict)>, Verdict) {
    let file = Delivered {
        audit,
        layout,
        may_be_empty: false,
        has_amounts: true,
    };
    let validation = validate("r", &[file], &Limits::default());
    let bad = validation
        .checks
        .into_iter()
        .filter(|check| check.verdict != Verdict::Passed);
    (
        bad.map(|check| (check.name, check.verdict)).collect(),
        validation.verdict,
    )
}

fn only(name: &str, verdict: Verdict) -> (Vec<(String, Verdict)>, Verdict) {
    (vec![(name.to_owned(), verdict)], verdict)
}

#[test]
fn a_sound_file_passes_every_check() {
    assert_eq!(verdicts(&audit(), &layout()), (vec![], Verdict::Passed));
}

#[test]
fn drift_warns_and_names_itself() {
    let drift = vec![Drift::UnknownColumn {
        name: "New_Column".into(),
    }];
    assert_eq!(
        verdicts(&audit(), &LayoutMap { drift, ..layout() }),
        only("layout", Verdict::Warned)
    );
}

#[test]
fn counts_that_disagree_fail_even_if_one_record_is_missing() {
    let mut lost = audit();
    lost.chunks[0].records = 99;
    assert_eq!(
        verdicts(&lost, &layout()),
        only("row_count", Verdict::Failed)
    );
    let mut short = audit();
    short.lines = 100;
    assert_eq!(
        verdicts(&short, &layout()),
        only("row_count", Verdict::Failed)
    );
    let mut gap = audit();
    gap.chunks[0].length = 999;
    assert_eq!(
        verdicts(&gap, &layout()),
        only("row_count", Verdict::Failed)
    );
}

#[test]
fn a_little_dirt_warns_and_a_lot_fails() {
    let dirty = |faults| FileAudit {
        faults: BTreeMap::from([(RecordFault::TooFewFields, faults)]),
        without_amount: faults,
        ..audit()
    };
    assert_eq!(
        verdicts(&dirty(5), &layout()),
        only("structure", Verdict::Warned)
    );
    assert_eq!(
        verdicts(&dirty(6), &layout()),
        only("structure", Verdict::Failed)
    );
}

#[test]
fn unreadable_amounts_fail_on_their_own() {
    let wrong_column = FileAudit {
        without_amount: 100,
        ..audit()
    };
    assert_eq!(
        verdicts(&wrong_column, &layout()),
        only("amounts", Verdict::Failed)
    );
}

#[test]
fn a_cut_off_file_warns_and_an_empty_one_fails() {
    let cut = FileAudit {
        ends_without_newline: true,
        ..audit()
    };
    assert_eq!(verdicts(&cut, &layout()), only("complete", Verdict::Warned));
    let empty = FileAudit {
        records: 0,
        lines: 1,
        size: 10,
        chunks: vec![],
        ..audit()
    };
    assert_eq!(
        verdicts(&empty, &layout()),
        only("has_records", Verdict::Failed)
    );
}

#[test]
fn a_delivery_without_files_never_passes() {
    assert_eq!(
        validate("r", &[], &Limits::default()).verdict,
        Verdict::Failed
    );
}
