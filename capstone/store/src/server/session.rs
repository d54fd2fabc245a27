//! A private folder for files that are not objects yet.
//!
//! Layout: `<root>/.s3/staging/<id>.lock` and `<root>/.s3/staging/<id>/`. The
//! lock file is created and locked before the folder appears, and the operating
//! system frees the lock when the process ends, however it ends. So a folder whose lock
//! can be taken belongs to nobody, and the next process removes it: no clock, no
//! process ids, and never a file of a living process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// This process's (more exactly: this service's) staging folder.
#[derive(Debug)]
pub(super) struct Session {
    folder: PathBuf,
    lock_path: PathBuf,
    /// Held until the session is dropped.
    _lock: File,
    next: AtomicU64,
}

impl Session {
    /// Opens a new session under `staging` and removes those of dead processes.
    pub(super) fn open(staging: &Path) -> io::Result<Self> {
        fs::create_dir_all(staging)?;
        sweep(staging)?;
        // A name of its own for ever: a name used twice could be swept away alive.
        let folder = staging.join(uuid::Uuid::new_v4().to_string());
        let lock_path = lock_of(&folder);
        let lock = File::create_new(&lock_path)?;
        // Without locks (some network mounts) nothing is swept, and all else works.
        let _ = lock.try_lock();
        fs::create_dir(&folder)?;
        Ok(Self {
            folder,
            lock_path,
            _lock: lock,
            next: AtomicU64::new(0),
        })
    }

    /// A new empty file, removed when the value is dropped.
    pub(super) fn stage(&self) -> io::Result<Staged> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(number.to_string());
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Staged { file, path })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Best effort: what stays is swept by the next process.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// A file on its way to becoming an object.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Absent after a rename; after a hard link the object keeps its own name.
        let _ = fs::remove_file(&self.path);
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}

fn sweep(staging: &Path) -> io::Result<()> {
    for entry in fs::read_dir(staging)? {
        let folder = entry?.path();
        if folder.is_dir() && is_dead(&lock_of(&folder)) {
            // Another process may be sweeping the same folder.
            let _ = fs::remove_dir_all(&folder);
            let _ = fs::remove_file(lock_of(&folder));
        }
    }
    Ok(())
}

fn is_dead(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_session_removes_the_dead_and_spares_the_living() {
        let root = tempfile::tempdir().unwrap();
        let living = Session::open(root.path()).unwrap();
        let kept = living.stage().unwrap();
        let dead = root.path().join("dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("0"), "half an object").unwrap();
        fs::write(lock_of(&dead), "").unwrap();

        let _new = Session::open(root.path()).unwrap();

        assert!(!dead.exists() && !lock_of(&dead).exists());
        assert!(kept.path.exists());
    }

    #[test]
    fn a_session_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let session = Session::open(root.path()).unwrap();
        let staged = session.stage().unwrap();
        drop(staged);
        drop(session);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
