//! Copies of a bucket's files on this machine. Each is named by its digest and can be
//! fetched again, so nothing is lost with one; of an embedded lake there are none.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use week2_lake::Commit;

use super::Cleanup;
use crate::lake::cached;

/// Removes old copies of files that no commit lists, and halves of copies.
pub(super) fn collect(
    cache: &Path,
    commits: &[Commit],
    written_before: Timestamp,
    cleanup: &mut Cleanup,
) -> anyhow::Result<()> {
    let needed: BTreeSet<PathBuf> = commits
        .iter()
        .flat_map(|commit| commit.manifest.data.iter().chain(&commit.manifest.rejected))
        .map(|file| cached(cache, file))
        .collect();
    for path in files_below(cache).with_context(|| cache.display().to_string())? {
        let name = path.display().to_string();
        if needed.contains(&path) {
            continue;
        }
        if !is_copy(&path) {
            cleanup.unknown.push(name);
            continue;
        }
        // It may have gone a moment ago: another one cleans, too.
        let Ok(about) = fs::metadata(&path) else {
            continue;
        };
        if Timestamp::try_from(about.modified()?)? > written_before {
            cleanup.young.add(about.len());
            continue;
        }
        cleanup.copies.add(name, about.len());
        if !cleanup.dry_run && fs::remove_file(&path).is_ok() {
            cleanup.copies.removed.add(about.len());
        }
    }
    Ok(())
}

/// `<SHA-256>.parquet`, or `.<id>.part` while it is being fetched.
fn is_copy(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(half) = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".part"))
    {
        return uuid::Uuid::parse_str(half).is_ok();
    }
    let digest = name.strip_suffix(".parquet").unwrap_or_default();
    digest.len() == 64 && is_hex(digest)
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
