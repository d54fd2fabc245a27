//! Words that must not stand in the repository: folders of one machine, and the
//! hosts of package registries (everyone has their own mirror, set up by
//! themselves). `Cargo.lock` is cargo's text, not ours.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// Where homes and work folders start. Written in pieces: this file is read too.
const MACHINE_FOLDERS: [&str; 5] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Us", "ers"),
];

/// Package registries and their download hosts.
const REGISTRY_HOSTS: [&str; 7] = [
    concat!("crates", ".io"),
    concat!("npm", "js.org"),
    concat!("npm", "js.com"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("proxy.go", "lang.org"),
    concat!("registry.terra", "form.io"),
];

/// Every place in a tracked file that names one: `file:line: what`.
pub(crate) fn findings(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in tracked_files(&workspace.root)? {
        // A binary file, or one that is tracked and just deleted, has no words.
        let Ok(text) = std::fs::read_to_string(workspace.root.join(&name)) else {
            continue;
        };
        found.extend(in_text(&text).map(|(line, word)| format!("{name}:{line}: {word}")));
    }
    Ok(found)
}

fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context("cannot run git")?;
    ensure!(output.status.success(), "git ls-files failed");
    let names = String::from_utf8(output.stdout).context("a file name is not Unicode")?;
    let names = names.split('\0').filter(|name| !name.is_empty());
    Ok(names
        .filter(|name| !name.ends_with("Cargo.lock"))
        .map(str::to_owned)
        .collect())
}

/// Line numbers, from 1, with the word that stands there.
fn in_text(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let folders = MACHINE_FOLDERS
            .into_iter()
            .filter(|folder| starts_a_path(line, folder));
        let hosts = REGISTRY_HOSTS
            .into_iter()
            .filter(|host| line.contains(host));
        folders.chain(hosts).map(move |word| (index + 1, word))
    })
}

/// Whether a folder stands at the start of a path: not within a longer one, or a URL.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "._-~*})>/".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(usize, &'static str)> {
        in_text(text).collect()
    }

    #[test]
    fn a_machine_folder_is_found_with_its_line() {
        let text = format!("first\nread \"{}bob/file\"\n", MACHINE_FOLDERS[1]);
        assert_eq!(words(&text), [(2, MACHINE_FOLDERS[1])]);
    }

    #[test]
    fn a_path_below_something_else_is_no_machine_folder() {
        let home = MACHINE_FOLDERS[1];
        for text in ["$HOME{}", "site.example{}", "../shared{}", "${ROOT}{}"] {
            assert_eq!(words(&text.replace("{}", home)), [], "{text}");
        }
    }

    #[test]
    fn a_registry_host_is_found_anywhere_in_a_line() {
        let text = format!(
            "see https://{}/x and {}",
            REGISTRY_HOSTS[0], REGISTRY_HOSTS[3]
        );
        assert_eq!(
            words(&text),
            [(1, REGISTRY_HOSTS[0]), (1, REGISTRY_HOSTS[3])]
        );
    }
}
