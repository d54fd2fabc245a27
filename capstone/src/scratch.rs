//! Folders for the time of one run, and the end of those that a killed run left.
//!
//! A run holds a lock on a file in its folder, which the system releases however the run
//! ends. So whoever gets the lock of a folder that is not its own may remove the folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::TempDir;

const LOCK: &str = ".lock";

/// A folder that goes when it is dropped, or else when the next one is made beside it.
#[derive(Debug)]
pub struct Scratch {
    // Dropped first: an open file can't be removed everywhere.
    _lock: File,
    folder: TempDir,
}

impl Scratch {
    /// Makes a folder in `parent` whose name starts with `prefix`, and removes those of
    /// runs that were killed.
    pub fn new_in(parent: &Path, prefix: &str) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        sweep(parent, prefix)?;
        loop {
            let folder = TempDir::with_prefix_in(prefix, parent)?;
            let path = folder.path().join(LOCK);
            let lock = File::create(&path)?;
            // Another run may have swept between the two steps.
            let taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
            if !taken && path.exists() {
                return Ok(Self {
                    _lock: lock,
                    folder,
                });
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn sweep(parent: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        // No lock: somebody is making the folder, or removing it.
        let Ok(lock) = File::open(entry.path().join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            // Another sweeper may be faster.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_use_stays_and_one_that_a_killed_run_left_goes() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join("work-left");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join("half"), "x").unwrap();
        let other = parent.path().join("other-work");
        fs::create_dir(&other).unwrap();
        fs::write(other.join(LOCK), "").unwrap();

        let first = Scratch::new_in(parent.path(), "work-").unwrap();
        let second = Scratch::new_in(parent.path(), "work-").unwrap();
        assert!(!left.exists(), "nobody holds its lock");
        assert!(first.path().exists() && second.path().exists());
        assert!(other.exists(), "another purpose");
        drop((first, second));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
