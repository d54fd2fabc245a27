//! `cargo xtask example`: an example of a checkpoint's crate, such as `drill` of 1.2.
//!
//! `cargo run --example` alone would select one package, and cargo compiles dependencies with
//! the features that the selected packages ask for: DuckDB's binding and Arrow once more, three
//! CPU minutes. With the check's selection nothing heavy is compiled again.

use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use workbook::course::Course;

use crate::check::build;
use crate::learner::{Learner, Usage};
use crate::workspace::Workspace;
use crate::{duckdb, process};

/// What `example` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask example drill 4                     your fourth query of 1.2\n  \
    cargo xtask example look sample .data/layouts   files of several layouts"
)]
pub(crate) struct Args {
    /// Its name; nothing lists them.
    name: Option<String>,
    /// Passed on as they are.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// An example, and the crate that it belongs to.
#[derive(Debug, PartialEq, Eq)]
struct Example {
    name: String,
    package: String,
    checkpoint: String,
}

/// Compiles an example and lets it take our place.
pub(crate) fn run(workspace: &Workspace, args: Args) -> Result<ExitCode> {
    let known = all(&Learner::open(workspace)?.course);
    let Some(name) = args.name else {
        for example in known {
            println!("{:<8} {}", example.name, example.checkpoint);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(example) = known.iter().find(|example| example.name == name) else {
        let names: Vec<&str> = known.iter().map(|example| example.name.as_str()).collect();
        bail!(Usage(format!(
            "there is no example `{name}`; there are: {}",
            names.join(", ")
        )));
    };
    let Some(library) = duckdb::ensure(workspace)? else {
        return Ok(ExitCode::from(crate::ENVIRONMENT));
    };
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = ["debug", "examples", &file]
        .iter()
        .fold(workspace.target_directory()?, |path, part| path.join(part));
    if !program.exists() {
        eprintln!("compiling {name}: the first time takes a minute or more, later ones seconds");
    }
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--example", &name]);
    build::select(&mut cargo, &[&example.package]);
    library.apply(&mut cargo);
    let built = cargo.stdin(Stdio::null()).status();
    if !built.context("cannot run cargo")?.success() {
        return Ok(ExitCode::from(crate::NOT_YET));
    }
    process::replace(Command::new(program).args(args.args))
}

/// Every example of a checkpoint, by its file.
fn all(course: &Course) -> Vec<Example> {
    let mut found = Vec::new();
    for unit in &course.checkpoints {
        let (Some(folder), Some(package)) = (&unit.folder, &unit.package) else {
            continue;
        };
        let entries = std::fs::read_dir(folder.join("examples"));
        for entry in entries.into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            if let (Some(name), Some("rs")) = (name, path.extension().and_then(|e| e.to_str())) {
                found.push(Example {
                    name: name.to_owned(),
                    package: package.clone(),
                    checkpoint: unit.heading(),
                });
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_a_name_of_its_own() {
        let workspace = Workspace::open().expect("the checkout");
        let found = all(&Learner::open(&workspace).expect("the facts").course);
        let drill = found.iter().find(|example| example.name == "drill");
        assert_eq!(
            drill.map(|example| example.package.as_str()),
            Some("week1-schema"),
            "{found:?}"
        );
        for pair in found.windows(2) {
            assert_ne!(pair[0].name, pair[1].name, "one of them cannot be called");
        }
    }
}
