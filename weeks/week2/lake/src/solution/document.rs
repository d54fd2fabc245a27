//! Whether a commit that was read can be relied on.
//!
//! A lake may be a bucket to which others can write. Readers join listed keys to local
//! folders and add up listed numbers, so both are checked once, where the commit is read.

use super::names::partition_path;
use crate::keys::{self, Kind};
use crate::{Commit, CommitError, DataFile, FORMAT_VERSION, Manifest};

/// Checks a commit that was read from `key`: its format, its place, and that it lists
/// nothing but files of its own partition.
pub fn check_commit(key: &str, commit: &Commit) -> Result<(), CommitError> {
    let found = commit.format_version;
    if found > FORMAT_VERSION {
        let known = FORMAT_VERSION;
        return Err(CommitError::Newer { found, known });
    }
    let manifest = &commit.manifest;
    if commit.sequence == 0 || keys::commit(&manifest.partition, commit.sequence) != key {
        return Err(CommitError::Misplaced {
            dataset: manifest.partition.dataset.clone(),
            program_year: manifest.partition.program_year,
            sequence: commit.sequence,
        });
    }
    check_files(manifest)?;
    if commit.manifest_key != keys::manifest(&manifest.partition, &manifest.run_id) {
        return Err(foreign(&commit.manifest_key));
    }
    adds_up(&manifest.data).and(adds_up(&manifest.rejected))
}

fn check_files(manifest: &Manifest) -> Result<(), CommitError> {
    let own = |key: &str, kind: Kind, prefix: String| {
        let is_own = key.starts_with(&prefix) && Kind::of(key) == Some(kind) && is_path(key);
        if is_own { Ok(()) } else { Err(foreign(key)) }
    };
    let path = partition_path(&manifest.partition);
    for source in &manifest.sources {
        let folder = format!("raw/{path}publication={}/", manifest.publication);
        own(&source.raw_key, Kind::Raw, folder)?;
        check_digest(&source.sha256)?;
    }
    for file in &manifest.data {
        own(&file.key, Kind::Data, format!("curated/{path}"))?;
        check_digest(&file.sha256)?;
    }
    for file in &manifest.rejected {
        let folder = format!("staging/rejected/{path}");
        own(&file.key, Kind::Quarantine, folder)?;
        check_digest(&file.sha256)?;
    }
    Ok(())
}

/// A path below a folder that stays there.
fn is_path(key: &str) -> bool {
    key.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn check_digest(digest: &str) -> Result<(), CommitError> {
    let hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digest.len() == 64 && digest.bytes().all(hex) {
        return Ok(());
    }
    Err(CommitError::Digest(digest.to_owned()))
}

/// Numbers that no data has would make every sum over partitions meaningless.
fn adds_up(files: &[DataFile]) -> Result<(), CommitError> {
    let rows = files
        .iter()
        .try_fold(0u64, |sum, file| sum.checked_add(file.rows));
    let cents = files
        .iter()
        .try_fold(0i64, |sum, file| sum.checked_add(file.cents));
    match (rows, cents) {
        (Some(_), Some(_)) => Ok(()),
        _ => Err(CommitError::Numbers),
    }
}

fn foreign(key: &str) -> CommitError {
    CommitError::Foreign(key.to_owned())
}
