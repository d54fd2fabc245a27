//! The workbook's facts: what checker, planner and book all read, and nothing else knows.
//!
//! - [`facts`]: one checkpoint, as `checkpoint.toml` beside its crate says it
//! - [`track`]: a plan: weeks, their checkpoints, and the order of their items
//! - [`course`]: all checkpoints on disk and one track over them; finds what a learner names
//! - [`progress`]: `progress.toml`, the learner's own file
//! - [`coverage`]: which line of which plan is where
//! - [`html`]: a fact's text as HTML
//! - [`rules`]: what must hold of all of them together

pub mod course;
pub mod coverage;
pub mod facts;
pub mod html;
pub mod progress;
pub mod rules;
pub mod track;

use std::path::{Path, PathBuf};

/// The learner's progress, at the repository's root.
pub const PROGRESS: &str = "progress.toml";
/// The learner's records, posts and kept versions, at the repository's root.
pub const JOURNAL: &str = "journal";

/// A file of facts that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct BadFile {
    /// The file.
    pub path: String,
    /// What is wrong, with the line where there is one.
    pub problem: String,
}

impl BadFile {
    fn new(path: &Path, problem: &impl ToString) -> Self {
        Self {
            path: path.display().to_string(),
            problem: problem.to_string().trim_end().to_owned(),
        }
    }
}

/// Reads one TOML file of facts.
///
/// # Errors
/// It is missing, or does not say what it should; with the line.
pub fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, BadFile> {
    let text = std::fs::read_to_string(path).map_err(|error| BadFile::new(path, &error))?;
    toml_edit::de::from_str(&text).map_err(|error| BadFile::new(path, &error))
}

/// Files and folders directly in a folder, in name order; none where there is no folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
