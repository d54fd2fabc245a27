// Row counts by three ways, and what else must be whole.

use proptest::prelude::*;
use week2_ingestion::{FileAudit, RecordFault};
use week3_validation::{Delivered, Verdict};

use super::subject::check_counts;
use super::support::{audit, audit_of, cases, delivered, layout, only};

const NAMES: &[&str] = &["has_records", "row_count", "complete"];

#[track_caller]
fn finds(audit: &FileAudit, bad: &[(&str, Verdict)]) {
    let layout = layout();
    only(&check_counts(&delivered(audit, &layout)), NAMES, bad);
}

const DISAGREE: &[(&str, Verdict)] = &[("row_count", Verdict::Failed)];

#[test]
fn a_sound_file_passes() {
    finds(&audit(), &[]);
}

#[test]
fn malformed_records_stand_in_no_partition_and_are_counted_all_the_same() {
    let mut dirty = audit();
    dirty.faults.insert(RecordFault::TooFewFields, 3);
    dirty.faults.insert(RecordFault::OpenQuote, 1);
    for count in dirty.partitions.values_mut() {
        *count -= 4;
    }
    finds(&dirty, &[]);
}

#[test]
fn newlines_inside_quotes_and_blank_lines_are_no_records() {
    let mut long = audit();
    long.lines += 7;
    finds(&long, &[]);
    long.blank_lines = 7;
    finds(&long, &[]);
}

#[test]
fn one_record_that_a_chunk_lost_fails() {
    let mut lost = audit();
    lost.chunks[1].records -= 1;
    finds(&lost, DISAGREE);
}

#[test]
fn one_record_that_no_partition_has_fails() {
    let mut lost = audit();
    for count in lost.partitions.values_mut() {
        *count -= 1;
    }
    finds(&lost, DISAGREE);
}

#[test]
fn one_record_that_the_cutter_has_twice_fails() {
    let mut twice = audit();
    twice.records += 1;
    twice.lines += 1;
    finds(&twice, DISAGREE);
}

#[test]
fn fewer_lines_than_records_fail() {
    let mut short = audit();
    short.lines -= 1;
    finds(&short, DISAGREE);
    let mut blank = audit();
    blank.blank_lines = 1;
    finds(&blank, DISAGREE);
}

#[test]
fn bytes_that_no_chunk_has_fail() {
    let mut cut = audit();
    cut.chunks[1].length -= 1;
    finds(&cut, DISAGREE);
    let mut late = audit();
    late.header_bytes -= 1;
    finds(&late, DISAGREE);
}

#[test]
fn a_gap_that_an_overlap_makes_up_for_fails() {
    // The sum of the lengths is right.
    let mut shifted = audit_of("a.csv", &[30, 30, 40]);
    shifted.chunks[1].start.offset += 10;
    finds(&shifted, DISAGREE);
    let mut renumbered = audit_of("a.csv", &[30, 30, 40]);
    renumbered.chunks[2].start.record += 1;
    finds(&renumbered, DISAGREE);
}

#[test]
fn a_check_says_what_it_counted() {
    let mut lost = audit();
    lost.chunks[1].records -= 1;
    let layout = layout();
    let checks = check_counts(&delivered(&lost, &layout));
    for number in ["100", "99"] {
        let found = &checks[1].found;
        assert!(found.contains(number), "{number} is not in {found:?}");
    }
    assert_eq!(checks[1].file, "a.csv");
}

#[test]
fn a_file_without_records_fails_unless_it_may_be_empty() {
    let empty = audit_of("a.csv", &[]);
    let empty = FileAudit {
        partitions: [].into(),
        ..empty
    };
    finds(&empty, &[("has_records", Verdict::Failed)]);
    let layout = layout();
    let may_be = Delivered {
        may_be_empty: true,
        ..delivered(&empty, &layout)
    };
    let warned = [("has_records", Verdict::Warned)];
    only(&check_counts(&may_be), NAMES, &warned);
}

#[test]
fn a_last_line_without_an_end_warns() {
    let cut = FileAudit {
        ends_without_newline: true,
        ..audit()
    };
    finds(&cut, &[("complete", Verdict::Warned)]);
}

#[test]
fn a_damaged_audit_fails_and_does_not_overflow() {
    let mut damaged = audit();
    damaged.chunks[0].records = u64::MAX;
    damaged.chunks[1].length = u64::MAX;
    damaged.blank_lines = u64::MAX;
    damaged.faults.insert(RecordFault::OpenQuote, u64::MAX);
    finds(&damaged, DISAGREE);
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn chunks_of_any_size_agree_until_one_number_is_off(
        chunks in prop::collection::vec(1..50_u64, 1..6),
        at in any::<prop::sample::Index>(),
        kind in 0..5,
    ) {
        let sound = audit_of("a.csv", &chunks);
        let layout = layout();
        let verdict = |audit: &FileAudit| check_counts(&delivered(audit, &layout))[1].verdict;
        prop_assert_eq!(verdict(&sound), Verdict::Passed, "{:?}", &sound);
        let mut off = sound.clone();
        let chunk = at.get_mut(&mut off.chunks);
        match kind {
            0 => chunk.records += 1,
            1 => chunk.length += 1,
            2 => chunk.start.offset += 1,
            3 => off.size += 1,
            _ => off.records += 1,
        }
        prop_assert_eq!(verdict(&off), Verdict::Failed, "{:?}", off);
    }
}
