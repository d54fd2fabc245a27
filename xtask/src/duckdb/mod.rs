//! DuckDB's shared library: found or fetched once, used by every cargo command.
//!
//! DuckDB compiled from source costs more than everything else together, so the
//! capstone links the ready-made library of one exact release. [`ways`] lists
//! where it can come from, [`search`] tries them in order, [`version`] checks
//! what came. The result is written to `.cargo/local.toml` ([`crate::local`]).
//! How binaries find the library at run time is the matter of `capstone/build.rs`.

mod platform;
mod search;
mod version;
mod ways;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Result;

use self::platform::{Platform, VERSION};
use self::search::Attempt;
use crate::local::{self, Choice};
use crate::workspace::Workspace;

/// The variable that the binding's build script reads.
const VARIABLE: &str = "DUCKDB_LIB_DIR";

/// What to say when there is no ready-made library.
const FROM_SOURCE: &str = "\
No ready-made DuckDB library was found. What you can do:
  - install npm, or get a network connection, and run `cargo xtask setup` again;
  - put the library of the official DuckDB 1.5.6 release in a folder, and
    `export DUCKDB_LIB_DIR=that/folder`;
  - compile it: `cargo xtask setup --from-source`. It needs a C++ compiler and
    20 to 35 CPU minutes, once for each target directory (10 to 20 minutes on 2
    cores), and every build that links it is slower.";

impl Choice {
    /// Makes a cargo command link DuckDB this way, whatever our own environment
    /// says: cargo gave us the values of the time when we were started.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        match self {
            Self::Library(directory) => {
                cargo.env(VARIABLE, directory);
                if cfg!(windows) {
                    cargo.env("PATH", with_folder(directory));
                }
            }
            Self::Source => {
                cargo.args(["--features", "capstone/bundled-duckdb"]);
            }
        }
    }
}

/// `PATH` with a folder in front: Windows looks for libraries there.
fn with_folder(directory: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(directory.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

/// `cargo xtask setup`: tells everything that it tries.
pub(crate) fn setup(workspace: &Workspace) -> Result<ExitCode> {
    println!(
        "Looking for DuckDB {}, in this order:",
        version::show(VERSION)
    );
    for way in ways::all(workspace, None) {
        println!("  {:<18} {}", way.name, way.cost);
    }
    println!("\nTried:");
    let found = find(workspace, &mut |attempt| println!("{}", attempt.line()))?;
    let Some(directory) = found else {
        println!("{FROM_SOURCE}");
        return Ok(ExitCode::from(crate::ENVIRONMENT));
    };
    println!("Written to .cargo/local.toml; cargo commands use it from now on.");
    warn_of_other(std::env::var_os(VARIABLE).map(PathBuf::from), &directory);
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask setup --from-source`
pub(crate) fn choose_source(workspace: &Workspace) -> Result<ExitCode> {
    local::write(&workspace.local_config(), Some(&Choice::Source))?;
    println!(
        "From now on `cargo xtask` compiles DuckDB with the capstone: 20 to 35 CPU minutes, once\n\
         for each target directory. Plain cargo commands need `--features bundled-duckdb`.\n\
         `cargo xtask setup` goes back to a ready-made library."
    );
    Ok(ExitCode::SUCCESS)
}

/// What a command needs before it builds: the choice that stands if it still
/// holds, else a search that reports. `None` when there is no library: the
/// reasons have been told.
pub(crate) fn ensure(workspace: &Workspace) -> Result<Option<Choice>> {
    if local::read(&workspace.local_config())? == Some(Choice::Source) {
        return Ok(Some(Choice::Source));
    }
    let mut all_as_it_was = true;
    let found = find(workspace, &mut |attempt| {
        if all_as_it_was && attempt.outcome.is_err() {
            eprintln!("Looking for DuckDB {} (once) ...", version::show(VERSION));
            all_as_it_was = false;
        }
        if !all_as_it_was {
            eprintln!("{}", attempt.line());
        }
    })?;
    if found.is_none() {
        eprintln!("{FROM_SOURCE}");
    }
    Ok(found.map(Choice::Library))
}

/// Searches, and remembers the result.
fn find(workspace: &Workspace, progress: &mut dyn FnMut(&Attempt)) -> Result<Option<PathBuf>> {
    let file = workspace.local_config();
    let existing = existing(&file, std::env::var_os(VARIABLE).map(PathBuf::from))?;
    let ways = ways::all(workspace, existing);
    let found = search::first_that_works(&ways, &check, progress);
    if let Some(directory) = &found {
        local::write(&file, Some(&Choice::Library(directory.clone())))?;
    }
    Ok(found)
}

/// The folder that the environment names, else the one found last time.
fn existing(file: &Path, variable: Option<PathBuf>) -> Result<Option<PathBuf>> {
    let earlier = match local::read(file)? {
        Some(Choice::Library(directory)) => Some(directory),
        _ => None,
    };
    Ok(variable.or(earlier))
}

/// Whether a folder holds what linking needs, of the right release.
fn check(directory: &Path) -> Result<(), String> {
    let files = Platform::HOST.files();
    let missing = files.iter().find(|name| !directory.join(name).is_file());
    if let Some(name) = missing {
        return Err(format!("no {name} in {}", directory.display()));
    }
    let library = directory.join(files[0]);
    let bytes = fs::read(&library)
        .map_err(|error| format!("cannot read {}: {error}", library.display()))?;
    match version::highest_release(&bytes) {
        Some(VERSION) => Ok(()),
        Some(other) => Err(format!(
            "{} is DuckDB {}",
            library.display(),
            version::show(other)
        )),
        None => Err(format!("{} names no DuckDB release", library.display())),
    }
}

/// A variable that the user exported beats `.cargo/local.toml` in plain cargo commands.
fn warn_of_other(variable: Option<PathBuf>, found: &Path) {
    let other = variable.filter(|directory| directory != found);
    if let Some(directory) = other {
        println!(
            "If your shell exports DUCKDB_LIB_DIR={}, unset it: plain cargo commands would use it.",
            directory.display()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(library: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in Platform::HOST.files() {
            fs::write(folder.path().join(name), library).expect("writable");
        }
        folder
    }

    #[test]
    fn only_the_exact_release_passes() {
        let right = folder_with(b"\0v1.5.5\0v1.5.6\0");
        assert_eq!(check(right.path()), Ok(()));
        let newer = folder_with(b"\0v1.5.6\0v2.0.0\0");
        let message = check(newer.path()).expect_err("2.0.0 cannot share files with 1.5.6");
        assert!(message.ends_with("is DuckDB 2.0.0"), "{message}");
        let unknown = folder_with(b"not a library");
        let message = check(unknown.path()).expect_err("no version in it");
        assert!(message.ends_with("names no DuckDB release"), "{message}");
    }

    #[test]
    fn a_folder_without_the_library_says_what_is_missing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let message = check(folder.path()).expect_err("it is empty");
        let expected = format!("no {} in", Platform::HOST.files()[0]);
        assert!(message.starts_with(&expected), "{message}");
    }

    #[test]
    fn the_environment_comes_before_what_was_found_last_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("local.toml");
        assert_eq!(existing(&file, None).expect("no file"), None);
        let earlier = PathBuf::from("earlier");
        local::write(&file, Some(&Choice::Library(earlier.clone()))).expect("writable");
        assert_eq!(existing(&file, None).expect("readable"), Some(earlier));
        let named = existing(&file, Some(PathBuf::from("named"))).expect("readable");
        assert_eq!(named, Some(PathBuf::from("named")));
    }

    #[test]
    fn each_choice_reaches_the_cargo_command() {
        let mut cargo = Command::new("cargo");
        Choice::Library(PathBuf::from("here")).apply(&mut cargo);
        let variables: Vec<_> = cargo.get_envs().collect();
        assert!(variables.contains(&(VARIABLE.as_ref(), Some("here".as_ref()))));
        let mut cargo = Command::new("cargo");
        Choice::Source.apply(&mut cargo);
        let arguments: Vec<_> = cargo.get_args().collect();
        assert_eq!(arguments, ["--features", "capstone/bundled-duckdb"]);
    }
}
