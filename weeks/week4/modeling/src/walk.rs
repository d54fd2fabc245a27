//! Which files of a dbt project are its text. Shared by the library and by `build.rs`,
//! which embeds the reference project with the same rule.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders that dbt writes into, and hidden ones.
fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "target" | "logs" | "dbt_packages")
}

fn is_text(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "sql" || extension == "yml")
}

/// Every SQL and YAML file under `root`, sorted by path, so that the result is the same on
/// every machine.
pub(crate) fn project_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if is_skipped(&entry.file_name().to_string_lossy()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if is_text(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The path from the root, with `/` between the parts on every platform.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
