use proptest::prelude::*;
use week2_lake::{MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, PartPolicy, Sending, TooLarge};

use super::subject::plan_parts;
use crate::support::law;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn policy(threshold_bytes: u64, part_bytes: u64) -> PartPolicy {
    PartPolicy {
        threshold_bytes,
        part_bytes,
    }
}

/// Threshold and parts of 16 MiB.
fn usual() -> PartPolicy {
    policy(16 * MIB, 16 * MIB)
}

/// Part size and number of parts.
fn parts(size: u64, policy: PartPolicy) -> (u64, u64) {
    match plan_parts(size, policy) {
        Ok(Sending::Parts { part_bytes, parts }) => (part_bytes, parts),
        other => panic!("{size} bytes under {policy:?} go in parts, not {other:?}"),
    }
}

#[track_caller]
fn goes_in(size: u64, policy: PartPolicy, expected: (u64, u64), why: &str) {
    let found = parts(size, policy);
    assert_eq!(
        found, expected,
        "size and number of the parts of {size} bytes under {policy:?}: {why}"
    );
}

#[track_caller]
fn goes_whole(size: u64, policy: PartPolicy, why: &str) {
    let found = plan_parts(size, policy);
    assert_eq!(
        found,
        Ok(Sending::Whole),
        "{size} bytes under {policy:?}: {why}"
    );
}

#[test]
fn a_small_file_goes_whole_and_the_threshold_itself_in_parts() {
    for size in [0, 1, 16 * MIB - 1] {
        goes_whole(size, usual(), "below the threshold");
    }
    goes_in(16 * MIB, usual(), (16 * MIB, 1), "the threshold itself");
    goes_in(16 * MIB + 1, usual(), (16 * MIB, 2), "the last has a byte");
    let always = policy(0, 16 * MIB);
    goes_whole(
        0,
        always,
        "an upload has a part, and an empty file has none",
    );
}

#[test]
fn a_file_that_is_too_large_for_one_request_goes_in_parts_whatever_the_threshold() {
    let never = policy(u64::MAX, GIB);
    goes_whole(5 * GIB, never, "one request takes 5 GiB");
    goes_in(5 * GIB + 1, never, (GIB, 6), "one request takes 5 GiB");
}

#[test]
fn parts_are_never_below_5_mib_nor_above_5_gib() {
    let small = policy(0, MIB);
    let why = "S3 answers EntityTooSmall when an upload of 1 MiB parts is completed";
    goes_in(100 * MIB, small, (5 * MIB, 20), why);
    let large = policy(0, 6 * GIB);
    goes_in(12 * GIB, large, (5 * GIB, 3), "S3 takes parts up to 5 GiB");
    let usual = policy(0, 16 * MIB);
    goes_in(3 * MIB, usual, (16 * MIB, 1), "the last part may be small");
}

#[test]
fn a_huge_file_has_larger_parts_and_not_more_than_ten_thousand() {
    let (part_bytes, parts) = parts(1024 * GIB, usual());
    assert!(
        parts <= 10_000,
        "1 TiB in parts of {part_bytes} bytes is {parts} parts"
    );
    // 2^40 / 10,000, rounded up.
    let needed = 109_951_163;
    assert!(
        (needed..needed + MIB).contains(&part_bytes),
        "1 TiB needs parts of {needed} bytes, and has {part_bytes}"
    );
}

#[test]
fn what_no_ten_thousand_parts_can_hold_is_refused() {
    let most = MAX_PARTS * MAX_PART_BYTES;
    goes_in(most, usual(), (5 * GIB, 10_000), "that is the most");
    for size in [most + 1, u64::MAX] {
        let found = plan_parts(size, usual());
        assert_eq!(found, Err(TooLarge { size }), "the most is {most} bytes");
    }
}

#[test]
fn s3_takes_every_plan_and_the_policy_is_kept_where_it_can_be() {
    let values = (
        prop_oneof![0..100 * MIB, 0..MAX_PARTS * MAX_PART_BYTES],
        prop_oneof![0..100 * MIB, 0..10 * GIB],
        prop_oneof![0..100 * MIB, 0..10 * GIB],
    );
    law(values, &|(size, threshold_bytes, wanted)| {
        let policy = policy(threshold_bytes, wanted);
        let wanted = wanted.clamp(MIN_PART_BYTES, MAX_PART_BYTES);
        match plan_parts(size, policy) {
            Ok(Sending::Whole) => prop_assert!(
                size == 0 || (size < threshold_bytes && size <= MAX_PART_BYTES),
                "{} bytes go whole under {:?}",
                size,
                policy
            ),
            Ok(Sending::Parts { part_bytes, parts }) => {
                prop_assert!(
                    size > 0 && (size >= threshold_bytes || size > MAX_PART_BYTES),
                    "{} bytes go in parts under {:?}",
                    size,
                    policy
                );
                prop_assert!((1..=MAX_PARTS).contains(&parts), "{} parts", parts);
                prop_assert!(
                    (MIN_PART_BYTES..=MAX_PART_BYTES).contains(&part_bytes),
                    "parts of {} bytes: S3 takes 5 MiB to 5 GiB",
                    part_bytes
                );
                let before_last = (parts - 1) * part_bytes;
                prop_assert!(
                    before_last < size && size - before_last <= part_bytes,
                    "{} parts of {} bytes are not {} bytes",
                    parts,
                    part_bytes,
                    size
                );
                let needed = size.div_ceil(MAX_PARTS);
                if needed <= wanted {
                    prop_assert_eq!(part_bytes, wanted, "the policy's size would do");
                } else {
                    prop_assert!(
                        (needed..needed + MIB).contains(&part_bytes),
                        "parts of {} bytes are needed, not of {}",
                        needed,
                        part_bytes
                    );
                }
            }
            Err(error) => prop_assert!(false, "{} bytes fit: {}", size, error),
        }
        Ok(())
    });
}
