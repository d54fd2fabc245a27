//! What slow probes found before: Airflow needs seconds to read a DAG, and a check of
//! unchanged files should take none.
//!
//! Keyed by the probe's program, arguments, and every file of the checkpoint that is not
//! Rust. The notes lie under `target/` and may be deleted at any time.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::probe::Found;

/// Quicker probes are run each time.
const WORTH_IT: Duration = Duration::from_millis(100);

const WAY_OUT: &str = "(as last time, for no file has changed; `check --again` tries it afresh)";

/// The notes of one checkout.
pub(super) struct Remembered {
    path: PathBuf,
}

/// One note.
#[derive(Serialize, Deserialize)]
struct Note {
    key: u64,
    found: Found,
}

type Notes = BTreeMap<String, Note>;

impl Remembered {
    /// Of the checkout at `root`.
    pub(super) fn open(root: &Path) -> Self {
        Self {
            path: root.join("target").join("probes.json"),
        }
    }

    /// What the probe `name` found when everything was as it is now.
    pub(super) fn find(&self, name: &str, key: u64) -> Option<Found> {
        let note = self.notes().remove(name).filter(|note| note.key == key)?;
        Some(match note.found {
            Found::NotYet(message) => Found::NotYet(format!("{message}\n{WAY_OUT}")),
            found => found,
        })
    }

    /// Notes what a probe found, if it took long enough. A folder that cannot be written
    /// costs time, and nothing else.
    pub(super) fn note(&self, name: &str, key: u64, found: &Found, took: Duration) {
        if took < WORTH_IT || matches!(found, Found::NotHere(_)) {
            return;
        }
        let mut notes = self.notes();
        let found = found.clone();
        notes.insert(name.to_owned(), Note { key, found });
        if let Ok(text) = serde_json::to_string(&notes) {
            let _ = self.path.parent().map(std::fs::create_dir_all);
            let _ = std::fs::write(&self.path, text);
        }
    }

    /// Makes every probe run the next time.
    pub(super) fn forget(&self) {
        let _ = std::fs::remove_file(&self.path);
    }

    fn notes(&self) -> Notes {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// A number that changes when the command or a file under `folder` does.
pub(super) fn key(command: &[String], folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    command.hash(&mut hasher);
    add(folder, &mut hasher);
    hasher.finish()
}

fn add(folder: &Path, hasher: &mut DefaultHasher) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        // Python writes its caches while the probe runs, and Rust is judged by tests.
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        if path.ends_with("__pycache__") || is_rust {
            continue;
        }
        path.hash(hasher);
        if path.is_dir() {
            add(&path, hasher);
        } else {
            std::fs::read(&path).ok().hash(hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: Duration = Duration::from_secs(5);

    fn checkpoint() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("exercise")).expect("a folder");
        std::fs::write(folder.path().join("exercise/dag.py"), "a = 1").expect("a file");
        folder
    }

    #[test]
    fn what_was_found_holds_until_a_file_or_the_command_changes() {
        let folder = checkpoint();
        let command = ["python".to_owned(), "grade.py".to_owned()];
        let before = key(&command, folder.path());
        assert_eq!(key(&command, folder.path()), before);
        assert_ne!(key(&command[..1], folder.path()), before);
        std::fs::write(folder.path().join("exercise/dag.py"), "a = 2").expect("a file");
        let edited = key(&command, folder.path());
        assert_ne!(edited, before);
        std::fs::write(folder.path().join("exercise/new.py"), "").expect("a file");
        assert_ne!(key(&command, folder.path()), edited);
    }

    #[test]
    fn pythons_caches_and_rust_are_no_change() {
        let folder = checkpoint();
        let before = key(&[], folder.path());
        std::fs::create_dir(folder.path().join("__pycache__")).expect("a folder");
        std::fs::write(folder.path().join("__pycache__/dag.pyc"), "x").expect("a file");
        std::fs::write(folder.path().join("exercise/runner.rs"), "x").expect("a file");
        assert_eq!(key(&[], folder.path()), before);
    }

    #[test]
    fn only_slow_probes_that_ran_are_remembered() {
        let root = tempfile::tempdir().expect("a folder");
        let remembered = Remembered::open(root.path());
        remembered.note("quick", 1, &Found::Passed, Duration::from_millis(99));
        remembered.note("missing", 1, &Found::NotHere("airflow".to_owned()), SLOW);
        remembered.note("slow", 1, &Found::NotYet("no DAG".to_owned()), SLOW);
        assert_eq!(remembered.find("quick", 1), None);
        assert_eq!(remembered.find("missing", 1), None);
        let Some(Found::NotYet(message)) = remembered.find("slow", 1) else {
            panic!("it was noted");
        };
        assert!(message.starts_with("no DAG\n"), "{message}");
        assert!(message.contains("--again"), "{message}");
        assert_eq!(remembered.find("slow", 2), None);
    }

    #[test]
    fn damaged_notes_are_no_notes() {
        let root = tempfile::tempdir().expect("a folder");
        let remembered = Remembered::open(root.path());
        remembered.note("slow", 1, &Found::Passed, SLOW);
        std::fs::write(root.path().join("target/probes.json"), "{").expect("a file");
        assert_eq!(remembered.find("slow", 1), None);
    }
}
