// How much may be bad, and where records go.

use std::collections::BTreeMap;

use proptest::prelude::*;
use week2_ingestion::{FileAudit, RecordFault};
use week3_validation::{Delivered, Flow, Limits, Verdict};

use super::subject::{check_flow, flow};
use super::support::{audit, audit_of, cases, delivered, layout, only};

const NAMES: &[&str] = &["structure", "amounts"];

#[track_caller]
fn finds(audit: &FileAudit, bad: &[(&str, Verdict)]) {
    let layout = layout();
    let limits = Limits::default();
    only(&check_flow(&delivered(audit, &layout), &limits), NAMES, bad);
}

/// 100 records, so many of them malformed, so many more without an amount.
fn dirty(malformed: u64, unreadable: u64) -> FileAudit {
    FileAudit {
        faults: BTreeMap::from([(RecordFault::TooFewFields, malformed)]),
        without_amount: malformed + unreadable,
        ..audit()
    }
}

#[test]
fn a_little_dirt_warns_and_a_lot_fails() {
    finds(&audit(), &[]);
    finds(&dirty(1, 0), &[("structure", Verdict::Warned)]);
    finds(&dirty(5, 0), &[("structure", Verdict::Warned)]);
    finds(&dirty(6, 0), &[("structure", Verdict::Failed)]);
}

#[test]
fn every_kind_of_malformed_record_counts_and_is_named() {
    let faults = [
        (RecordFault::TooFewFields, 2),
        (RecordFault::OpenQuote, 2),
        (RecordFault::InvalidUtf8, 2),
    ];
    let audit = FileAudit {
        faults: faults.into(),
        without_amount: 6,
        ..audit()
    };
    finds(&audit, &[("structure", Verdict::Failed)]);
    let layout = layout();
    let found = &check_flow(&delivered(&audit, &layout), &Limits::default())[0].found;
    for (fault, _) in faults {
        let code = fault.code();
        assert!(found.contains(code), "{code} is not in {found:?}");
    }
}

#[test]
fn unreadable_amounts_fail_on_their_own() {
    finds(&dirty(0, 5), &[("amounts", Verdict::Warned)]);
    finds(&dirty(0, 100), &[("amounts", Verdict::Failed)]);
}

#[test]
fn a_malformed_record_is_not_without_an_amount_once_more() {
    let both = [("structure", Verdict::Warned), ("amounts", Verdict::Warned)];
    finds(&dirty(4, 4), &both);
    // 95 records are whole: 5 % of them are 4.75.
    let both = [("structure", Verdict::Warned), ("amounts", Verdict::Failed)];
    finds(&dirty(5, 5), &both);
}

#[test]
fn a_table_without_amounts_has_none_that_could_be_wrong() {
    let (audit, layout) = (dirty(0, 100), layout());
    let file = Delivered {
        has_amounts: false,
        ..delivered(&audit, &layout)
    };
    only(&check_flow(&file, &Limits::default()), NAMES, &[]);
}

#[test]
fn limits_are_parameters() {
    let (audit, layout) = (dirty(30, 0), layout());
    let file = delivered(&audit, &layout);
    let limits = Limits {
        most_malformed: 0.3,
        ..Limits::default()
    };
    let warned = [("structure", Verdict::Warned)];
    only(&check_flow(&file, &limits), NAMES, &warned);
    let none = Limits {
        most_malformed: 0.0,
        ..limits
    };
    let failed = [("structure", Verdict::Failed)];
    only(&check_flow(&file, &none), NAMES, &failed);
}

#[test]
fn malformed_records_are_rejected_one_by_one_and_the_others_go_on() {
    let layout = layout();
    let (first, second) = (dirty(3, 2), audit_of("b.csv", &[50]));
    let files = [delivered(&first, &layout), delivered(&second, &layout)];
    let expected = Flow {
        read: 150,
        valid: 147,
        rejected: 3,
        held: 0,
    };
    for verdict in [Verdict::Passed, Verdict::Warned] {
        assert_eq!(flow(&files, verdict), expected, "{verdict}");
    }
}

#[test]
fn of_a_delivery_that_failed_nothing_goes_on_and_nothing_is_rejected() {
    let layout = layout();
    let (first, second) = (dirty(90, 0), audit_of("b.csv", &[50]));
    let files = [delivered(&first, &layout), delivered(&second, &layout)];
    let expected = Flow {
        read: 150,
        held: 150,
        ..Flow::default()
    };
    assert_eq!(flow(&files, Verdict::Failed), expected);
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Passed),
        Just(Verdict::Warned),
        Just(Verdict::Failed)
    ]
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_record_that_was_read_goes_somewhere(
        files in prop::collection::vec((0..200_u64, 0..250_u64), 0..4),
        verdict in verdict(),
    ) {
        // Some audits are damaged: more malformed records than records.
        let audits: Vec<FileAudit> = files
            .iter()
            .map(|(records, malformed)| FileAudit {
                faults: BTreeMap::from([(RecordFault::OpenQuote, *malformed)]),
                ..audit_of("a.csv", &[*records])
            })
            .collect();
        let layout = layout();
        let files: Vec<_> = audits.iter().map(|audit| delivered(audit, &layout)).collect();
        let Flow { read, valid, rejected, held } = flow(&files, verdict);
        prop_assert_eq!(read, audits.iter().map(|audit| audit.records).sum::<u64>());
        prop_assert_eq!(read, valid + rejected + held, "read = valid + rejected + held");
        if verdict == Verdict::Failed {
            prop_assert_eq!(held, read, "a failed delivery is held as a whole");
        } else {
            prop_assert_eq!(held, 0);
        }
    }
}
