//! The name of every object. Locked by a test: a changed name is a new lake format.

use jiff::civil::Date;

use crate::Partition;

/// What the lake is.
pub const IDENTITY: &str = "metadata/lake.json";

/// A delivered file, under the name it was delivered by. Other bytes under the same name
/// stand in another folder, so nothing in raw is ever overwritten.
pub fn raw(partition: &Partition, publication: Date, sha256: &str, name: &str) -> String {
    format!(
        "raw/{}/publication={publication}/{}/{name}",
        hive(partition),
        &sha256[..8]
    )
}

/// A curated Parquet file, named by its content.
pub fn curated(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    format!(
        "curated/{}/{}-part-{part:05}-{}.parquet",
        hive(partition),
        &run_id[..8],
        &sha256[..8]
    )
}

/// A quarantine Parquet file, named by its content.
pub fn rejected(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    format!(
        "staging/rejected/{}/{}-part-{part:05}-{}.parquet",
        hive(partition),
        &run_id[..8],
        &sha256[..8]
    )
}

/// What was delivered for a publication: its files and their audits. A delivery that
/// comes again with other bytes replaces it; the bytes of both stay in raw.
pub fn ingested(partition: &Partition, publication: Date) -> String {
    format!(
        "metadata/ingested/{}/{}/{publication}.json",
        partition.dataset, partition.program_year
    )
}

/// The verdicts on one run.
pub fn validation(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/validation/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// Rows and cents of one run by file.
pub fn audit(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/audit/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// Everything one run wrote.
pub fn manifest(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/manifests/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// All commits of a partition.
pub fn commits(partition: &Partition) -> String {
    format!(
        "metadata/commits/{}/{}/",
        partition.dataset, partition.program_year
    )
}

/// One commit. Twenty digits, so that names sort as numbers do.
pub fn commit(partition: &Partition, sequence: u64) -> String {
    format!("{}{sequence:020}.json", commits(partition))
}

/// One try, successful or not.
pub fn attempt(attempt_id: &str) -> String {
    format!("metadata/attempts/{attempt_id}.json")
}

/// Results of the quality rules of one attempt.
pub fn quality(attempt_id: &str) -> String {
    format!("metadata/quality/{attempt_id}.json")
}

fn hive(partition: &Partition) -> String {
    format!(
        "dataset={}/program_year={}",
        partition.dataset, partition.program_year
    )
}
