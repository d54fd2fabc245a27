//! `cargo xtask book`: `cargo run -p book`, which links mdBook, so that xtask need not.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Lets the book's own program take our place.
pub(crate) fn run(workspace: &Workspace, args: Vec<OsString>) -> Result<ExitCode> {
    let mut cargo = workspace.cargo();
    // Paths in the arguments are relative to where the user stands.
    cargo
        .current_dir(std::env::current_dir()?)
        .args(["run", "--quiet", "--package", "book", "--manifest-path"])
        .arg(workspace.root.join("Cargo.toml"))
        .arg("--")
        .args(args);
    process::replace(&mut cargo)
}
