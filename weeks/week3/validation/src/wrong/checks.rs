//! Mistakes about what is asked of a file.

/// The lengths of the chunks add up, so they cover the file.
pub mod sum_of_lengths {
    pub use crate::solution::*;

    use crate::{Check, Delivered};

    /// Counts, wherever the chunks say that they start.
    pub fn check_counts(file: &Delivered<'_>) -> Vec<Check> {
        let mut audit = file.audit.clone();
        let (mut offset, mut record) = (audit.header_bytes, 1);
        for chunk in &mut audit.chunks {
            chunk.start.offset = offset;
            chunk.start.record = record;
            offset = offset.saturating_add(chunk.length);
            record = chunk.records.saturating_add(record);
        }
        let audit = &audit;
        crate::solution::check_counts(&Delivered { audit, ..*file })
    }
}

/// One line, one record: what `wc -l` says must be right.
pub mod lines_are_records {
    pub use crate::solution::*;

    use crate::{Check, Delivered, Verdict};

    /// Counts, and takes a newline inside quotes for a lost record.
    pub fn check_counts(file: &Delivered<'_>) -> Vec<Check> {
        let mut checks = crate::solution::check_counts(file);
        let audit = file.audit;
        let lines = audit.lines.saturating_sub(1);
        if lines != audit.records {
            checks[1].verdict = Verdict::Failed;
            checks[1].found = format!("{} records in {lines} lines", audit.records);
        }
        checks
    }
}

/// A header that is not the known one is an error.
pub mod drift_fails {
    pub use crate::solution::*;

    use crate::{Check, Delivered, Verdict};

    /// Checks the schema, and stops every delivery that departs from it.
    pub fn check_schema(file: &Delivered<'_>) -> Vec<Check> {
        let mut checks = crate::solution::check_schema(file);
        if checks[0].verdict == Verdict::Warned {
            checks[0].verdict = Verdict::Failed;
        }
        checks
    }
}

/// Positions that can be read are right.
pub mod bounds_only {
    pub use crate::solution::*;

    use crate::{Check, Delivered, Verdict};

    /// Checks the schema, and lets two columns share a field.
    pub fn check_schema(file: &Delivered<'_>) -> Vec<Check> {
        let mut checks = crate::solution::check_schema(file);
        let mut mapped = file.layout.source.iter().flatten();
        if mapped.all(|position| *position < file.layout.fields) {
            checks[1].verdict = Verdict::Passed;
        }
        checks
    }
}

/// A malformed record has no amount either, so it counts for both.
pub mod malformed_twice {
    pub use crate::solution::*;

    use crate::{Check, Delivered, Limits};

    /// Checks the flow, and counts malformed records again among the amounts.
    pub fn check_flow(file: &Delivered<'_>, limits: &Limits) -> Vec<Check> {
        let mut checks = crate::solution::check_flow(file, limits);
        let mut audit = file.audit.clone();
        audit.faults.clear();
        let audit = &audit;
        let of_all = crate::solution::check_flow(&Delivered { audit, ..*file }, limits);
        checks.truncate(1);
        checks.extend(of_all.into_iter().skip(1));
        checks
    }
}

/// A delivery that failed goes to the quarantine, with all its records.
pub mod everything_rejected {
    pub use crate::solution::*;

    use crate::{Delivered, Flow, Verdict};

    /// Sends the records of a delivery that failed where bad rows are.
    pub fn flow(files: &[Delivered<'_>], verdict: Verdict) -> Flow {
        let Flow {
            read,
            valid,
            rejected,
            held,
        } = crate::solution::flow(files, verdict);
        Flow {
            read,
            valid,
            rejected: rejected + held,
            held: 0,
        }
    }
}
