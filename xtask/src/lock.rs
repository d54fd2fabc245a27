//! `weeks/delivered.lock`: the git blob ids of every starter and every graded test, as
//! delivered.
//!
//! With it, edited tests are noticed whatever the learner has committed since, and a starter
//! is found again in git's object store by its content alone: `reset` needs no tag, no
//! remote and no knowledge of branches. `cargo xtask verify --write-lock` writes it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use workbook::course::{Course, Unit};

use crate::workspace::Workspace;

const HEAD: &str = "# Git blob ids of starters and graded tests as delivered; `cargo xtask verify --write-lock` writes it.\n";

/// What a delivered file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the learner edits.
    Starter,
    /// What judges it.
    Graded,
}

/// A file's role by where it lies in its crate; none for files that are neither.
pub(crate) fn role(relative: &Path) -> Option<Role> {
    if relative.starts_with("tests/graded") {
        return Some(Role::Graded);
    }
    let starter = ["src/exercise.rs", "src/exercise", "exercise"];
    let is_starter = starter.iter().any(|place| relative.starts_with(place));
    is_starter.then_some(Role::Starter)
}

/// Delivered files, as paths from the root with `/`, and their blob ids.
pub(crate) type Lock = BTreeMap<String, String>;

/// Reads the lock.
pub(crate) fn read(workspace: &Workspace) -> Result<Lock> {
    let path = path(workspace);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| line.split_once("  "))
        .map(|(id, file)| (file.to_owned(), id.to_owned()))
        .collect())
}

/// Writes the lock over what is in the working tree.
pub(crate) fn write(workspace: &Workspace, course: &Course) -> Result<()> {
    let lines = now(workspace, course, None)?;
    let lines = lines
        .into_iter()
        .map(|(file, id)| format!("{id}  {file}\n"));
    let text: String = std::iter::once(HEAD.to_owned()).chain(lines).collect();
    std::fs::write(path(workspace), text).context("cannot write the lock")
}

/// What the working tree has: every file with that role, or with any.
pub(crate) fn now(workspace: &Workspace, course: &Course, wanted: Option<Role>) -> Result<Lock> {
    let mut files = Vec::new();
    for unit in course.checkpoints.iter().filter(|unit| unit.stands()) {
        files.extend(files_of(workspace, unit, wanted));
    }
    let ids = blob_ids(workspace, &files)?;
    Ok(files.into_iter().zip(ids).collect())
}

/// Graded tests that are not as delivered: edited, missing or added.
pub(crate) fn edited_tests(workspace: &Workspace, course: &Course) -> Result<Vec<String>> {
    let delivered = read(workspace)?;
    let now = now(workspace, course, Some(Role::Graded))?;
    let mut edited: Vec<String> = now
        .iter()
        .filter(|(file, id)| delivered.get(*file) != Some(id))
        .map(|(file, _)| file.clone())
        .collect();
    let gone = delivered
        .keys()
        .filter(|file| file.contains("/tests/graded/") && !now.contains_key(*file));
    edited.extend(gone.cloned());
    Ok(edited)
}

/// Whether files of a checkpoint, relative to its folder, are all as delivered. Without git
/// nobody knows, and they count as edited.
pub(crate) fn untouched(workspace: &Workspace, unit: &Unit, files: &[String]) -> bool {
    let Some(folder) = &unit.folder else {
        return false;
    };
    let files: Vec<String> = files
        .iter()
        .map(|file| shown(workspace, &folder.join(file)))
        .collect();
    let (Ok(delivered), Ok(ids)) = (read(workspace), blob_ids(workspace, &files)) else {
        return false;
    };
    let mut pairs = files.iter().zip(ids);
    !files.is_empty() && pairs.all(|(file, id)| delivered.get(file) == Some(&id))
}

/// The delivered content of a file, from git's object store.
pub(crate) fn delivered(workspace: &Workspace, id: &str) -> Result<Vec<u8>> {
    let output = git(workspace).args(["cat-file", "blob", id]).output();
    let output = output.context("git is needed to find the starter, and cannot be run")?;
    ensure!(
        output.status.success(),
        "git does not have the delivered version ({id}); is this a shallow copy or an unpacked archive? \
         A fresh clone beside it has every starter"
    );
    Ok(output.stdout)
}

/// The delivered starters of one checkpoint: paths from the root, and blob ids.
pub(crate) fn starters(workspace: &Workspace, unit: &Unit) -> Result<Vec<(String, String)>> {
    let folder = unit
        .folder
        .as_ref()
        .context("a planned checkpoint has no files")?;
    let prefix = format!("{}/", shown(workspace, folder));
    let starters = read(workspace)?.into_iter().filter(|(file, _)| {
        let relative = file.strip_prefix(&prefix);
        relative.is_some_and(|relative| role(Path::new(relative)) == Some(Role::Starter))
    });
    Ok(starters.collect())
}

/// Files of a checkpoint with that role, sorted.
pub(crate) fn files_of(workspace: &Workspace, unit: &Unit, wanted: Option<Role>) -> Vec<String> {
    let Some(folder) = &unit.folder else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for place in ["src", "exercise", "tests/graded"] {
        walk(&folder.join(place), &mut files);
    }
    let mut named: Vec<String> = files
        .iter()
        .filter(|file| {
            let found = file.strip_prefix(folder).ok().and_then(role);
            found.is_some() && (wanted.is_none() || found == wanted)
        })
        .map(|file| shown(workspace, file))
        .collect();
    named.sort();
    named
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What running a learner's Python or dbt leaves behind is not delivered.
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(['.', '_']) && path.is_dir() {
            continue;
        }
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// A path from the root, with `/` on every platform.
pub(crate) fn shown(workspace: &Workspace, path: &Path) -> String {
    let relative = path.strip_prefix(&workspace.root).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}

fn blob_ids(workspace: &Workspace, files: &[String]) -> Result<Vec<String>> {
    let mut child = git(workspace)
        .args(["hash-object", "--stdin-paths"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("git cannot be run")?;
    let mut input = child.stdin.take().context("stdin is piped")?;
    let names = files.join("\n") + "\n";
    if !files.is_empty() {
        input
            .write_all(names.as_bytes())
            .context("git does not listen")?;
    }
    drop(input);
    let output = child.wait_with_output().context("lost git")?;
    ensure!(output.status.success(), "git hash-object failed");
    let ids = String::from_utf8(output.stdout).context("git printed no text")?;
    Ok(ids.lines().map(str::to_owned).collect())
}

fn git(workspace: &Workspace) -> std::process::Command {
    let mut git = std::process::Command::new("git");
    git.current_dir(&workspace.root);
    git
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("weeks").join("delivered.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_role_by_its_place() {
        for (file, expected) in [
            ("src/exercise.rs", Some(Role::Starter)),
            ("src/exercise/retry.rs", Some(Role::Starter)),
            ("exercise/sql/01.sql", Some(Role::Starter)),
            ("tests/graded/retry.rs", Some(Role::Graded)),
            ("src/solution.rs", None),
            ("tests/solution.rs", None),
        ] {
            assert_eq!(role(Path::new(file)), expected, "{file}");
        }
    }
}
