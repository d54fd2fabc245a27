//! The flow: how much of a delivery is valid, and where the rest goes.

use super::check;
use crate::{Check, Delivered, Flow, Limits, Verdict};

/// Checks `structure` and `amounts`, in this order: the share of malformed records, and of
/// whole records whose amount can't be read. None passes; up to the limit warns, the limit
/// included; more fails. A table without amounts passes `amounts`.
///
/// An audit counts a malformed record among those without an amount: it is not counted
/// again here.
pub fn check_flow(file: &Delivered<'_>, limits: &Limits) -> Vec<Check> {
    vec![
        check(file, "structure", structure(file, limits)),
        check(file, "amounts", amounts(file, limits)),
    ]
}

/// Where the records of a delivery go, given the verdict on it: a delivery that failed is
/// held as a whole; of another one the malformed records are rejected, one by one, and all
/// others are valid.
///
/// The sum holds of any audit, a damaged one included.
pub fn flow(files: &[Delivered<'_>], verdict: Verdict) -> Flow {
    let sum =
        |count: fn(&Delivered<'_>) -> u64| files.iter().map(count).fold(0, u64::saturating_add);
    let read = sum(|file| file.audit.records);
    if verdict == Verdict::Failed {
        return Flow {
            read,
            held: read,
            ..Flow::default()
        };
    }
    let rejected = sum(malformed).min(read);
    Flow {
        read,
        valid: read - rejected,
        rejected,
        held: 0,
    }
}

/// Records that have no structure.
fn malformed(file: &Delivered<'_>) -> u64 {
    let faults = file.audit.faults.values();
    faults.copied().fold(0, u64::saturating_add)
}

fn structure(file: &Delivered<'_>, limits: &Limits) -> (Verdict, String) {
    let (audit, faults) = (file.audit, malformed(file));
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
    let (audit, malformed) = (file.audit, malformed(file));
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
