//! What is watched, and whether it changed.
//!
//! Files are looked at, some dozens of them several times a second. The systems' own events
//! would save next to nothing, and miss what happens on network drives and in some
//! containers; an editor that saves by rename and a file that is gone for a moment look
//! different in each. What counts is whether the files differ from the last look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use workbook::course::Unit;

/// The folders of a checkpoint that a learner works in; some of them need not exist.
pub(crate) fn places(root: &Path, unit: &Unit) -> Vec<PathBuf> {
    let folder = unit.folder.iter();
    let mut places: Vec<PathBuf> = folder
        .flat_map(|folder| ["src", "exercise", "tests/graded"].map(|place| folder.join(place)))
        .collect();
    places.push(root.join(workbook::JOURNAL));
    places
}

/// Files by path, with what tells one version from another.
pub(crate) type Look = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Looks at every file under some folders.
pub(crate) fn look(places: &[PathBuf]) -> Look {
    let mut found = Look::new();
    for place in places {
        walk(place, &mut found);
    }
    found
}

/// The first file that differs between two looks.
pub(crate) fn changed<'a>(before: &'a Look, now: &'a Look) -> Option<&'a Path> {
    let differs = |(path, known): &(&'a PathBuf, _)| before.get(*path) != Some(*known);
    let new = now.iter().find(differs);
    let gone = || before.iter().find(|(path, _)| !now.contains_key(*path));
    new.or_else(gone).map(|(path, _)| path.as_path())
}

/// A file or folder that vanishes meanwhile is not there: the next look finds out.
fn walk(folder: &Path, found: &mut Look) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if passing(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = entry.path();
        match std::fs::metadata(&path) {
            Ok(known) if known.is_dir() => walk(&path, found),
            Ok(known) => {
                found.insert(path, (known.modified().ok(), known.len()));
            }
            Err(_) => {}
        }
    }
}

/// Names that editors and interpreters leave for a while.
fn passing(name: &str) -> bool {
    let backups = ["~", ".tmp", ".orig"];
    let backup = backups.iter().any(|end| name.ends_with(end));
    // vim tries whether it may write here by making a file of this name.
    let probe = name == "4913";
    name.starts_with(['.', '#']) || name.starts_with("__") || backup || probe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn an_edit_a_deletion_and_a_new_file_are_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("deep/a.rs"), folder.path().join("b.rs"));
        write(&a, "1");
        let places = [folder.path().to_owned(), folder.path().join("missing")];
        let first = look(&places);
        assert_eq!(changed(&first, &look(&places)), None);
        write(&a, "22");
        let second = look(&places);
        assert_eq!(changed(&first, &second), Some(a.as_path()), "an edit");
        write(&b, "");
        let third = look(&places);
        assert_eq!(changed(&second, &third), Some(b.as_path()), "a new file");
        std::fs::remove_file(&a).unwrap();
        assert_eq!(
            changed(&third, &look(&places)),
            Some(a.as_path()),
            "a deletion"
        );
    }

    #[test]
    fn a_save_by_rename_is_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let (file, staged) = (folder.path().join("a.rs"), folder.path().join(".a.rs.new"));
        write(&file, "1");
        let places = [folder.path().to_owned()];
        let before = look(&places);
        write(&staged, "22");
        assert_eq!(
            before,
            look(&places),
            "what an editor stages is not looked at"
        );
        std::fs::rename(&staged, &file).unwrap();
        assert_ne!(before, look(&places));
    }

    #[test]
    fn what_editors_and_interpreters_leave_is_no_change() {
        let folder = tempfile::tempdir().unwrap();
        let places = [folder.path().to_owned()];
        for name in [".a.rs.swp", "a.rs~", "#a.rs#", "4913", "__pycache__/a.pyc"] {
            write(&folder.path().join(name), "x");
        }
        assert_eq!(look(&places), Look::new());
    }
}
