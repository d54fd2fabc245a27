//! Where things are: the checkout, the cache, the target directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// Folder name under the user's cache directory.
const CACHE_NAME: &str = "open-payments-workbook";

/// The checkout and the folders that belong to it.
pub(crate) struct Workspace {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// What may be deleted at any time, shared by all checkouts.
    pub(crate) cache: PathBuf,
}

impl Workspace {
    /// Finds the checkout that cargo runs this program for; without cargo, the one that it
    /// was compiled in. They differ where checkouts share a target directory, or one moved.
    pub(crate) fn open() -> Result<Self> {
        let folder = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) if std::env::var_os("CARGO_PKG_NAME").is_some_and(|n| n == "xtask") => {
                PathBuf::from(folder)
            }
            _ => PathBuf::from(env!("CARGO_MANIFEST_DIR")),
        };
        let root = folder
            .parent()
            .context("the xtask crate has no parent folder")?;
        Ok(Self {
            root: root.to_owned(),
            cache: cache_directory(&|name| std::env::var_os(name))?,
        })
    }

    /// What set-up found on this machine.
    pub(crate) fn local_config(&self) -> PathBuf {
        self.root.join(".cargo").join("local.toml")
    }

    /// The cargo that started us, to be run in the checkout as if from a shell.
    pub(crate) fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(describes_us) {
                command.env_remove(name);
            }
        }
        command
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target_directory(&self) -> Result<PathBuf> {
        let output = self
            .cargo()
            .args(["metadata", "--format-version=1", "--no-deps"])
            .output()
            .context("cannot run cargo")?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")?;
        let directory = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names no target directory")?;
        Ok(PathBuf::from(directory))
    }
}

/// Whether cargo set a variable to describe the xtask package to us. Build
/// scripts watch some of these (ring's: `CARGO_MANIFEST_DIR`): passed on, they
/// would compile whatever depends on them, DuckDB's binding too, each time that
/// `cargo xtask` and plain cargo take turns.
fn describes_us(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

/// The user's cache folder, by each platform's custom.
fn cache_directory(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let base = match variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA")) {
        Some(directory) => PathBuf::from(directory),
        None => variable("HOME")
            .map(|home| Path::new(&home).join(".cache"))
            .context("neither XDG_CACHE_HOME nor HOME is set, so there is no cache folder")?,
    };
    Ok(base.join(CACHE_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache_with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        cache_directory(&lookup).ok()
    }

    #[test]
    fn the_cache_lies_under_home_unless_the_user_named_another_place() {
        let home = cache_with(&[("HOME", "h")]);
        assert_eq!(home, Some(PathBuf::from("h/.cache/open-payments-workbook")));
        let named = cache_with(&[("HOME", "h"), ("XDG_CACHE_HOME", "x")]);
        assert_eq!(named, Some(PathBuf::from("x/open-payments-workbook")));
    }

    #[test]
    fn children_do_not_hear_of_our_package_but_of_the_users_settings() {
        assert!(describes_us("CARGO_MANIFEST_DIR"));
        assert!(describes_us("CARGO_PKG_VERSION"));
        assert!(!describes_us("CARGO_TARGET_DIR"));
        assert!(!describes_us("CARGO_HOME"));
    }

    #[test]
    fn a_machine_without_a_home_is_an_error_not_the_current_folder() {
        assert_eq!(cache_with(&[]), None);
    }
}
