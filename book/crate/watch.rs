//! Tells that a source has changed, by looking: a few hundred files, twice a second.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// When every source was last written, and how long it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// Looks at the book's sources, the facts, the progress, and the included files.
    pub fn take(root: &Path, included: &[PathBuf]) -> Self {
        let mut seen = BTreeMap::new();
        for folder in ["book/src", "book/assets", "weeks"] {
            let mut files = std::collections::BTreeSet::new();
            // A folder that vanishes while we look is a change too.
            let _ = crate::links::walk(&root.join(folder), &mut files);
            for file in files {
                note(&mut seen, root.join(folder).join(file));
            }
        }
        note(&mut seen, root.join("book/book.toml"));
        note(&mut seen, root.join("progress.toml"));
        for path in included {
            note(&mut seen, path.clone());
        }
        Self(seen)
    }
}

fn note(seen: &mut BTreeMap<PathBuf, (Option<SystemTime>, u64)>, path: PathBuf) {
    if let Ok(data) = path.metadata() {
        seen.insert(path, (data.modified().ok(), data.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_facts_and_included_files_count() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(&path, path.display().to_string()).expect("writable");
        };
        let included = [root.path().join("capstone/a.rs")];
        let take = || Snapshot::take(root.path(), &included);
        let mut before = take();
        for path in [
            "progress.toml",
            "weeks/w/a/checkpoint.toml",
            "book/src/a.md",
            "capstone/a.rs",
        ] {
            write(path);
            let after = take();
            assert_ne!(before, after, "{path}");
            assert_eq!(after, take(), "nothing changed since");
            before = after;
        }
    }
}
