//! Exercise: where the evidence of a run is, and which of it a commit needs.

use crate::{Commit, Partition};

/// Rows and cents of one run by file. It belongs to the run, not to the attempt: a rerun
/// writes the same bytes in the same place.
pub fn audit_key(partition: &Partition, run_id: &str) -> String {
    todo!("where the audit of run {run_id} of {partition:?} is")
}

/// One try, successful or not. Each has its own record: the second try of a run leaves
/// that of the first.
pub fn attempt_key(attempt_id: &str) -> String {
    todo!("where the record of attempt {attempt_id} is")
}

/// Every object that a commit needs, in any order: the files that it lists (typed rows,
/// quarantine, and the delivered ones that both were made from), and what vouches for
/// them: manifest (where the commit says that it is), audit, verdicts, and the commit
/// itself. Attempts are not among them: no commit names one.
///
/// An older commit needs its own just as much: history and replay read them.
pub fn keys_needed_by(commit: &Commit) -> Vec<String> {
    todo!("every object that {commit:?} needs")
}
