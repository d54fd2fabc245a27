//! Where the evidence of a run is, and which of it a commit needs.

use crate::{Commit, Partition, keys};

/// Rows and cents of one run by file. It belongs to the run, not to the attempt: a rerun
/// writes the same bytes in the same place.
pub fn audit_key(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/audit/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// One try, successful or not. Each has its own record: the second try of a run leaves
/// that of the first.
pub fn attempt_key(attempt_id: &str) -> String {
    format!("metadata/attempts/{attempt_id}.json")
}

/// Every object that a commit needs, in any order: the files that it lists (typed rows,
/// quarantine, and the delivered ones that both were made from), and what vouches for
/// them: manifest (where the commit says that it is), audit, verdicts, and the commit
/// itself. Attempts are not among them: no commit names one.
///
/// An older commit needs its own just as much: history and replay read them.
pub fn keys_needed_by(commit: &Commit) -> Vec<String> {
    let manifest = &commit.manifest;
    let (partition, run_id) = (&manifest.partition, &manifest.run_id);
    let files = manifest.data.iter().chain(&manifest.rejected);
    let raw = manifest.sources.iter().map(|source| &source.raw_key);
    files
        .map(|file| &file.key)
        .chain(raw)
        .chain([&commit.manifest_key])
        .cloned()
        .chain([
            keys::commit(partition, commit.sequence),
            audit_key(partition, run_id),
            keys::validation(partition, run_id),
        ])
        .collect()
}
