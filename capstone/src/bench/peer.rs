//! Where a peer writes, the same for all of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders of one peer's output. They are there, and empty, before it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerFiles {
    folder: PathBuf,
    program_year: i16,
}

impl PeerFiles {
    /// The folders of a delivery below `folder`.
    pub fn new(folder: &Path, program_year: i16) -> Self {
        Self {
            folder: folder.to_owned(),
            program_year,
        }
    }

    /// Makes the folders, or makes them empty again.
    pub fn clear(&self) -> io::Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        let folders = [
            self.accepted(),
            self.records(),
            self.lines(),
            self.scratch(),
        ];
        folders.iter().try_for_each(fs::create_dir_all)
    }

    /// For what does not outlive the run.
    pub fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    /// Typed rows, all columns of the contract but the partition's.
    pub fn accepted(&self) -> PathBuf {
        let year = format!("program_year={}", self.program_year);
        self.folder.join("curated").join(year)
    }

    /// Records with a value that breaks the contract: `reasons`, `fields`.
    pub fn records(&self) -> PathBuf {
        self.folder.join("rejected").join("records")
    }

    /// Lines that are no records: `reason`, `byte_start`, `line`.
    pub fn lines(&self) -> PathBuf {
        self.folder.join("rejected").join("lines")
    }
}

/// Every Parquet file of a folder, as a pattern.
pub(super) fn parquet(folder: &Path) -> String {
    folder.join("*.parquet").to_string_lossy().into_owned()
}
