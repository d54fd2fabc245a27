//! `cargo xtask book`: the crate `book`, which links mdBook, so that xtask need not.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// Lets the book's own program take our place.
pub(crate) fn run(workspace: &Workspace, args: Vec<OsString>) -> Result<ExitCode> {
    // Paths in the arguments are relative to where the user stands, and so is it.
    process::replace(Command::new(program(workspace)?).args(args))
}

/// Compiles the book's program and says where it is.
///
/// The capstone is selected too, though nothing of it is built: cargo compiles a dependency
/// with the features that the selected packages ask for, and `cargo run -p book` alone would
/// compile a dozen of them, and what stands on these, a second time.
pub(crate) fn program(workspace: &Workspace) -> Result<PathBuf> {
    let output = workspace
        .cargo()
        .args(["build", "--quiet", "--package", "capstone"])
        .args(["--package", "book", "--bin", "book"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo; is it on the PATH? https://rustup.rs installs it")?;
    ensure!(
        output.status.success(),
        "the book's program does not compile"
    );
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut programs = messages.lines().filter_map(executable);
    programs.next().context("cargo built no program `book`")
}

/// The program that one of cargo's messages names.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let named = message["target"]["name"] == "book";
    named.then(|| message["executable"].as_str().map(PathBuf::from))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_told_from_the_library_of_the_same_name() {
        let library = r#"{"reason":"compiler-artifact","target":{"name":"book","kind":["lib"]},"executable":null}"#;
        let program = r#"{"reason":"compiler-artifact","target":{"name":"book","kind":["bin"]},"executable":"x/book"}"#;
        let other = r#"{"reason":"compiler-artifact","target":{"name":"capstone"},"executable":"x/capstone"}"#;
        assert_eq!(executable(library), None);
        assert_eq!(executable(program), Some(PathBuf::from("x/book")));
        assert_eq!(executable(other), None);
        assert_eq!(executable("warning: no JSON"), None);
    }
}
