//! `cargo xtask capstone`: `cargo run -p capstone`, set up first.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{duckdb, process};

/// Sees to DuckDB, then lets the capstone take our place.
pub(crate) fn run(workspace: &Workspace, args: Vec<OsString>) -> Result<ExitCode> {
    let Some(library) = duckdb::ensure(workspace)? else {
        return Ok(ExitCode::from(crate::ENVIRONMENT));
    };
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "capstone"]);
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
