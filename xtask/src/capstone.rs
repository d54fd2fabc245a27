//! `cargo xtask capstone`: `cargo run -p capstone`, set up first.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use workbook::course::Unit;

use crate::learner::Learner;
use crate::workspace::Workspace;
use crate::{duckdb, process};

/// Sees to DuckDB, then lets the capstone take our place.
pub(crate) fn run(workspace: &Workspace, args: Vec<OsString>) -> Result<ExitCode> {
    let Some(library) = duckdb::ensure(workspace)? else {
        return Ok(ExitCode::from(crate::ENVIRONMENT));
    };
    let (mine, args) = split_mine(args);
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "capstone"]);
    if mine {
        let features = learners_parts(workspace)?;
        let Some(features) = features else {
            return Ok(ExitCode::from(crate::NOT_YET));
        };
        cargo.arg("--features").arg(features);
    }
    library.apply(&mut cargo);
    // Paths in the arguments are relative to where the user stands.
    cargo
        .current_dir(std::env::current_dir()?)
        .arg("--manifest-path")
        .arg(workspace.root.join("Cargo.toml"))
        .arg("--")
        .args(with_subcommand(args));
    process::replace(&mut cargo)
}

/// Takes our own `--mine` out of the capstone's arguments; it stands before the subcommand.
fn split_mine(mut args: Vec<OsString>) -> (bool, Vec<OsString>) {
    let mine = args.first().is_some_and(|first| first == "--mine");
    if mine {
        args.remove(0);
    }
    (mine, args)
}

/// The features that swap in the learner's parts: one for each checkpoint whose graded tests
/// passed when last checked. Says which; `None`, with a word, if there are none.
fn learners_parts(workspace: &Workspace) -> Result<Option<String>> {
    let learner = Learner::open(workspace)?;
    let passed: Vec<&Unit> = learner
        .course
        .checkpoints
        .iter()
        .filter(|unit| unit.stands() && learner.code_passed(unit))
        .collect();
    if passed.is_empty() {
        eprintln!(
            "None of your parts has passed yet, so there is nothing to swap in: `cargo xtask check`.\n\
             `cargo xtask capstone` runs the pipeline on the reference's parts."
        );
        return Ok(None);
    }
    let names: Vec<String> = passed.iter().map(|unit| unit.heading()).collect();
    eprintln!(
        "Your parts: {}. The rest is the reference's.",
        names.join(", ")
    );
    let features: Vec<String> = passed
        .iter()
        .map(|unit| format!("capstone/mine-{}", unit.facts.id))
        .collect();
    Ok(Some(features.join(",")))
}

/// `run` is meant where no subcommand is named: `--rows 5` is `run --rows 5`.
/// Questions about the capstone itself go to the capstone itself.
fn with_subcommand(mut args: Vec<OsString>) -> Vec<OsString> {
    let about_itself = ["-h", "--help", "-V", "--version"];
    let names_one = args.first().is_some_and(|first| {
        let first = first.to_string_lossy();
        !first.starts_with('-') || about_itself.contains(&first.as_ref())
    });
    if !names_one {
        args.insert(0, "run".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(args: &[&str]) -> Vec<String> {
        let args = args.iter().map(OsString::from).collect();
        with_subcommand(args)
            .into_iter()
            .map(|arg| arg.into_string().expect("Unicode in, Unicode out"))
            .collect()
    }

    #[test]
    fn mine_is_ours_and_the_rest_the_capstones() {
        let args = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
        let expected = (true, args(&["run", "--rows", "5"]));
        assert_eq!(
            split_mine(args(&["--mine", "run", "--rows", "5"])),
            expected
        );
        assert_eq!(
            split_mine(args(&["query", "x"])),
            (false, args(&["query", "x"]))
        );
    }

    #[test]
    fn run_is_the_default() {
        assert_eq!(mapped(&[]), ["run"]);
        let flags = mapped(&["--source", "dir", "--json"]);
        assert_eq!(flags, ["run", "--source", "dir", "--json"]);
    }

    #[test]
    fn a_subcommand_and_its_arguments_pass_through() {
        assert_eq!(mapped(&["query", "SELECT -1"]), ["query", "SELECT -1"]);
        assert_eq!(mapped(&["run", "--rows", "5"]), ["run", "--rows", "5"]);
    }

    #[test]
    fn help_and_version_are_the_capstones_own() {
        assert_eq!(mapped(&["--help"]), ["--help"]);
        assert_eq!(mapped(&["-V"]), ["-V"]);
    }
}
