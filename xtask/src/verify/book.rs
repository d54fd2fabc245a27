//! The book step: every checkpoint's chapter is there, and the book builds, soon.
//!
//! The build itself stops at a fence without a label, an include or a link that leads nowhere, a
//! card that no chapter shows (`book/crate/preprocess.rs`, `book/crate/links.rs`). What readers
//! meet in a browser is asked by `book/tests/browser.rs`, in the step `tests`: not twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Verdict;
use crate::book;
use crate::workspace::Workspace;

/// How long a reader waits for a build when nothing must be compiled.
const BUDGET: Duration = Duration::from_secs(2);
/// Builds that are timed: a busy machine may slow one or two of them.
const TRIES: usize = 3;

/// Builds the book into a folder that is thrown away.
pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let missing = without_chapter(&workspace.root)?;
    if !missing.is_empty() {
        return Ok(Verdict::of_findings(&missing, "chapters missing"));
    }
    let program = book::program(workspace)?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut fastest = Duration::MAX;
    for _ in 0..TRIES {
        let started = Instant::now();
        let status = Command::new(&program)
            .args(["build", "--out"])
            .arg(folder.path().join("book"))
            .status()
            .context("cannot run the book's program")?;
        if !status.success() {
            return Ok(Verdict::of_status(false));
        }
        fastest = fastest.min(started.elapsed());
        if fastest <= BUDGET {
            break;
        }
    }
    Ok(Verdict {
        passed: fastest <= BUDGET,
        detail: format!(
            "a warm build takes {:.1} s (at most {}); Chromium reads it in the step `tests`",
            fastest.as_secs_f64(),
            BUDGET.as_secs()
        ),
    })
}

/// Checkpoint crates for which no chapter stands, and chapters that the summary does not name:
/// no reader finds those, and no build looks at their fences and links.
fn without_chapter(root: &Path) -> Result<Vec<String>> {
    let sources = root.join("book").join("src");
    let summary = std::fs::read_to_string(sources.join("SUMMARY.md"))
        .context("cannot read book/src/SUMMARY.md")?;
    let mut found = Vec::new();
    for name in crates(&root.join("weeks")) {
        if !sources.join(format!("{name}.md")).is_file() {
            found.push(format!(
                "weeks/{name} has no chapter: book/src/{name}.md is missing"
            ));
        }
    }
    let mut chapters = BTreeSet::new();
    markdown(&sources, &sources, &mut chapters);
    chapters.remove("SUMMARY.md");
    let lost = chapters
        .iter()
        .filter(|chapter| !summary.contains(&format!("]({chapter})")));
    found.extend(lost.map(|chapter| format!("book/src/SUMMARY.md does not name {chapter}")));
    Ok(found)
}

/// `week2/lake.md` for each chapter under `folder`, seen from `sources`.
fn markdown(folder: &Path, sources: &Path, chapters: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            markdown(&path, sources, chapters);
        } else if let Ok(relative) = path.strip_prefix(sources)
            && path.extension().is_some_and(|end| end == "md")
        {
            chapters.insert(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// `week2/lake` for each crate under `weeks`.
fn crates(weeks: &Path) -> BTreeSet<String> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    };
    let folders = names(weeks).into_iter().flat_map(|week| {
        let inside = names(&weeks.join(&week)).into_iter();
        inside.map(move |name| format!("{week}/{name}"))
    });
    folders
        .filter(|name| weeks.join(name).join("Cargo.toml").is_file())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_a_chapter_is_named_and_so_is_a_chapter_that_no_one_finds() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for name in ["week1/a", "week1/b", "week2/c"] {
            write(&format!("weeks/{name}/Cargo.toml"), "");
        }
        write("weeks/planned/d.toml", "");
        write("book/src/SUMMARY.md", "- [1.1 A](week1/a.md)\n");
        write("book/src/week1/a.md", "# A\n");
        write("book/src/week2/c.md", "# C\n");
        assert_eq!(
            without_chapter(root.path()).unwrap(),
            [
                "weeks/week1/b has no chapter: book/src/week1/b.md is missing",
                "book/src/SUMMARY.md does not name week2/c.md",
            ]
        );
    }

    #[test]
    fn every_crate_of_this_checkout_has_its_chapter() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert_eq!(without_chapter(root).unwrap(), Vec::<String>::new());
    }
}
