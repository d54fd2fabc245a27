//! Which attempts still live, told by locks that the system releases.
//!
//! An attempt holds a lock on a file of its own, `attempts/<id>` in the lake's folder, from
//! before it is written to the history until after its last word there; then it removes the
//! file. However a process ends, the system releases its lock. So a file without a lock
//! tells of an attempt that ended without a word, and the next attempt writes that down.
//!
//! A lake in a bucket has this folder on each machine that works on it, so only the machine
//! on which an attempt died can tell: until its next attempt, others see `running`. Where
//! the file system has no locks, nothing is said to be dead.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The lock of a living attempt; released and removed when it is dropped.
#[derive(Debug)]
pub struct Alive {
    path: PathBuf,
    _lock: File,
}

/// An attempt that ended without a word. While it is held, nobody else finds it.
#[derive(Debug)]
pub struct Dead {
    /// Id of the attempt.
    pub attempt_id: String,
    path: PathBuf,
    _lock: File,
}

impl Alive {
    /// Says that this attempt lives.
    pub fn claim(folder: &Path, attempt_id: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(attempt_id);
        loop {
            let lock = File::create(&path)?;
            // Another attempt may look for the dead between the two steps. Without locks
            // everybody seems to live, and all else works.
            let taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
            if !taken && path.exists() {
                return Ok(Self { path, _lock: lock });
            }
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // What stays is found by the next attempt.
        let _ = fs::remove_file(&self.path);
    }
}

impl Dead {
    /// Forgets it: the history knows by now.
    pub fn bury(self) {
        // What stays is found again, and the history has the same to say.
        let _ = fs::remove_file(&self.path);
    }
}

/// The attempts in `folder` that ended without a word.
pub fn dead(folder: &Path) -> io::Result<Vec<Dead>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut dead = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(lock) = File::open(entry.path()) else {
            // It ended well a moment ago.
            continue;
        };
        match lock.try_lock() {
            Ok(()) => dead.push(Dead {
                attempt_id: entry.file_name().to_string_lossy().into_owned(),
                path: entry.path(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
    Ok(dead)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(dead: &[Dead]) -> Vec<&str> {
        dead.iter().map(|dead| dead.attempt_id.as_str()).collect()
    }

    #[test]
    fn who_left_a_file_without_a_lock_is_dead_until_buried() {
        let folder = tempfile::tempdir().unwrap();
        let attempts = folder.path().join("attempts");
        assert!(dead(&attempts).unwrap().is_empty(), "there is no folder");
        let alive = Alive::claim(&attempts, "alive").unwrap();
        fs::write(attempts.join("killed"), "").unwrap();
        let found = dead(&attempts).unwrap();
        assert_eq!(ids(&found), ["killed"]);
        assert!(dead(&attempts).unwrap().is_empty(), "somebody sees to it");
        drop(found);
        for found in dead(&attempts).unwrap() {
            found.bury();
        }
        drop(alive);
        assert_eq!(fs::read_dir(&attempts).unwrap().count(), 0);
    }
}
