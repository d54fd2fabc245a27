//! The promise that nothing is compiled twice for the two README commands.
//!
//! Cargo compiles a dependency with the features that the *selected* packages
//! ask for. Running the capstone selects one package, testing selects all: if a
//! test dependency asks for a feature more, a heavy crate is compiled again.
//! The remedy is to name that feature in `[workspace.dependencies]`.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::workspace::Workspace;

/// Dependencies that `cargo run -p capstone`, or the book's build, compiles otherwise than
/// `cargo test --workspace`: `name version|features`.
pub(crate) fn compiled_twice(workspace: &Workspace) -> Result<Vec<String>> {
    let together = tree(workspace, &["--workspace", "--edges", "normal,build,dev"])?;
    let mut found = Vec::new();
    // As `crate::capstone` and `crate::book` select them.
    for packages in [&["capstone"][..], &["capstone", "book"]] {
        let mut arguments = vec!["--edges", "normal,build"];
        for package in packages {
            arguments.extend(["--package", package]);
        }
        found.extend(missing(&tree(workspace, &arguments)?, &together));
    }
    found.sort();
    found.dedup();
    // Our own crates differ on purpose: alone without exercises, together with them.
    let root = workspace.root.display().to_string();
    found.retain(|line| !line.contains(&root));
    Ok(found)
}

fn tree(workspace: &Workspace, arguments: &[&str]) -> Result<String> {
    let output = workspace
        .cargo()
        .args(["tree", "--prefix=none", "--format={p}|{f}"])
        .args(arguments)
        .output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree failed: {errors}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Lines of the first tree that the second has not.
fn missing(alone: &str, together: &str) -> Vec<String> {
    let together: BTreeSet<_> = together.lines().map(package).collect();
    let alone: BTreeSet<_> = alone.lines().map(package).collect();
    alone
        .difference(&together)
        .map(|line| (*line).to_owned())
        .collect()
}

/// A tree's line without the mark of a subtree that was shown before.
fn package(line: &str) -> &str {
    line.trim_end_matches(" (*)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_with_the_same_features_is_compiled_once() {
        let alone = "capstone v0.1.0|\npolars v1|parquet\npolars v1|parquet (*)\n";
        let together = "polars v1|parquet\ncapstone v0.1.0|\nproptest v1|std\n";
        assert_eq!(missing(alone, together), Vec::<String>::new());
    }

    #[test]
    fn a_feature_that_only_the_tests_ask_for_is_found() {
        let alone = "rustix v1|std\n";
        let together = "rustix v1|fs,std\n";
        assert_eq!(missing(alone, together), ["rustix v1|std"]);
    }
}
