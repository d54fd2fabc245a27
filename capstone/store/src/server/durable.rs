//! Bytes and names that survive a power cut.
//!
//! A file system may keep a name and lose the bytes behind it, or the other way round,
//! unless both are forced to disk. Order, for every object: its bytes are forced before
//! its name appears, and its name, with those of the folders above it, before the request
//! is answered. So whoever writes a commit after the files that it lists finds, after any
//! power cut, a commit only with all its files.
//!
//! What is kept besides the bytes (see [`attributes`](super::attributes)) is not forced,
//! and removals are not either: an object may come back, or lose its recorded digest.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folders under one root.
#[derive(Debug)]
pub(super) struct Folders {
    root: PathBuf,
    /// Folders whose own names are on disk, by this process's doing: that one is there
    /// does not mean that whoever made it has come so far.
    forced: Mutex<HashSet<PathBuf>>,
}

impl Folders {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            forced: Mutex::default(),
        }
    }

    /// Makes a folder below the root unless it is there, and forces the names that lead to it.
    pub(super) fn make(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut at = folder;
        while at != self.root && !self.forced().contains(at) {
            let above = at.parent().unwrap_or(&self.root);
            force_names(above)?;
            self.forced().insert(at.to_owned());
            at = above;
        }
        Ok(())
    }

    /// Each critical section is one set operation.
    fn forced(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.forced.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forces a file's bytes, size and times to disk.
pub(super) fn force(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Forces the names in a folder to disk.
pub(super) fn force_names(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder can't be opened, and file systems keep their names in order.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
