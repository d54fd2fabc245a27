//! What the checker looks at itself, and where it finds tools.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use workbook::course::Unit;

use crate::check::probe::{Found, ran};
use crate::engines;
use crate::workspace::Workspace;

type Builtin = fn(&Workspace, &Unit) -> Result<Found>;

/// How long a builtin's programs may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Every builtin probe, by name.
const ALL: &[(&str, Builtin)] = &[
    ("git-history", git_history),
    ("ignore-rules", ignore_rules),
    ("postgres", crate::services::probe),
];

/// The builtin probe of that name.
pub(crate) fn find(name: &str) -> Option<Builtin> {
    let found = ALL.iter().find(|(other, _)| *other == name);
    found.map(|(_, builtin)| *builtin)
}

/// Where a tool is: the variable of its name in capitals, our own installation, or the PATH.
pub(crate) fn tool(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(name.to_uppercase().replace('-', "_")) {
        return Some(PathBuf::from(path));
    }
    if let Some(ours) = engines::installed(workspace, name) {
        return Some(ours);
    }
    let folders = std::env::var_os("PATH")?;
    let names = [name.to_owned(), format!("{name}.exe")];
    std::env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
}

/// A program of a probe: a tool's name, `{airflow}` for the same, or `{airflow_python}` for
/// the Python that a tool of that language runs on.
pub(crate) fn program(workspace: &Workspace, word: &str) -> Option<PathBuf> {
    let name = word.trim_start_matches('{').trim_end_matches('}');
    match name.strip_suffix("_python") {
        Some(name) => {
            let beside = tool(workspace, name)?.with_file_name(if cfg!(windows) {
                "python.exe"
            } else {
                "python"
            });
            Some(beside).filter(|path| path.is_file())
        }
        None => tool(workspace, name),
    }
}

/// A commit of the learner's own: by the author that git would use now.
fn git_history(workspace: &Workspace, _: &Unit) -> Result<Found> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(&workspace.root);
        ran(&mut git, LIMIT)
    };
    let Some(email) = git(&["config", "user.email"])? else {
        return Ok(Found::NotHere("git".to_owned()));
    };
    if !email.success || email.output.is_empty() {
        return Ok(Found::NotYet(
            "git does not know you: `git config user.email you@example.org`".to_owned(),
        ));
    }
    let author = format!("--author={}", email.output);
    let log = git(&[
        "log",
        "--fixed-strings",
        &author,
        "--format=%h",
        "--max-count=1",
    ])?;
    let committed = log.is_some_and(|log| log.success && !log.output.is_empty());
    Ok(if committed {
        Found::Passed
    } else {
        Found::NotYet(format!(
            "no commit by {} yet: `git commit` your first change",
            email.output
        ))
    })
}

/// Secrets, lakes and builds are ignored, and none is tracked.
fn ignore_rules(workspace: &Workspace, _: &Unit) -> Result<Found> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(&workspace.root);
        ran(&mut git, LIMIT)
    };
    let never = [
        ".env",
        "terraform/envs/dev/.env",
        ".lake/x",
        ".data/x",
        "target/x",
    ];
    for path in never {
        let Some(ignored) = git(&["check-ignore", "--quiet", "--no-index", path])? else {
            return Ok(Found::NotHere("git".to_owned()));
        };
        if !ignored.success {
            return Ok(Found::NotYet(format!(
                "git would commit `{path}`: add it to .gitignore"
            )));
        }
    }
    let tracked = git(&["ls-files", ":(glob)**/.env", ".lake", ".data", "target"])?;
    let tracked = tracked.map(|ran| ran.output).unwrap_or_default();
    Ok(if tracked.is_empty() {
        Found::Passed
    } else {
        Found::NotYet(format!(
            "git tracks {}: `git rm --cached` it",
            tracked.replace('\n', ", ")
        ))
    })
}
