//! Where Postgres' programs are: Debian, for one, keeps the server's off the PATH.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Folders of installations that carry their version in the name, below `/`.
const VERSIONED: &[(&str, &str, &str)] = &[
    // Parent, what the name starts with, the folder of programs in it.
    ("usr/lib/postgresql", "", "bin"),
    ("usr", "pgsql-", "bin"),
    ("opt/homebrew/opt", "postgresql@", "bin"),
    ("usr/local/opt", "postgresql@", "bin"),
    ("Program Files/PostgreSQL", "", "bin"),
];

/// Folders without a version.
const PLAIN: &[&str] = &[
    "opt/homebrew/opt/libpq/bin",
    "usr/local/opt/libpq/bin",
    "Applications/Postgres.app/Contents/Versions/latest/bin",
];

/// Where to look, first place first.
#[derive(Debug)]
pub(crate) struct Programs {
    folders: Vec<PathBuf>,
}

impl Programs {
    /// `POSTGRES_BIN`, the PATH, then where installers put them, the newest first.
    pub(crate) fn here() -> Self {
        let root = if cfg!(windows) { r"C:\" } else { "/" };
        Self::at(&|name| std::env::var_os(name), Path::new(root))
    }

    fn at(variable: &dyn Fn(&str) -> Option<OsString>, root: &Path) -> Self {
        let mut folders: Vec<PathBuf> = variable("POSTGRES_BIN")
            .into_iter()
            .map(Into::into)
            .collect();
        folders.extend(std::env::split_paths(&variable("PATH").unwrap_or_default()));
        for (parent, prefix, programs) in VERSIONED {
            let parent = root.join(parent);
            let entries = std::fs::read_dir(&parent).into_iter().flatten().flatten();
            let mut versions: Vec<(u32, PathBuf)> = entries
                .filter_map(|entry| {
                    let name = entry.file_name().into_string().ok()?;
                    let version = name.strip_prefix(prefix)?.split('.').next()?;
                    Some((version.parse().ok()?, entry.path().join(programs)))
                })
                .collect();
            versions.sort();
            folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
        }
        folders.extend(PLAIN.iter().map(|folder| root.join(folder)));
        Self { folders }
    }

    /// A program by its name.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        self.folders.iter().find_map(|folder| program(folder, name))
    }

    /// The folder that has all of a server's programs. A lone link to one of them, as on
    /// some PATHs, leads to it.
    pub(crate) fn server(&self) -> Option<PathBuf> {
        let is_server = |folder: &PathBuf| {
            ["initdb", "pg_ctl", "postgres"]
                .iter()
                .all(|name| program(folder, name).is_some())
        };
        self.folders.iter().find_map(|folder| {
            let initdb = program(folder, "initdb")?;
            let behind = initdb.canonicalize().ok();
            let behind = behind.and_then(|path| path.parent().map(Path::to_owned));
            Some(folder.clone())
                .filter(is_server)
                .or_else(|| behind.filter(is_server))
        })
    }
}

fn program(folder: &Path, name: &str) -> Option<PathBuf> {
    let names = [name.to_owned(), format!("{name}.exe")];
    let mut paths = names.iter().map(|name| folder.join(name));
    paths.find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(root: &Path, folder: &str, programs: &[&str]) {
        let folder = root.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        for program in programs {
            std::fs::write(folder.join(program), "").unwrap();
        }
    }

    const SERVER: &[&str] = &["initdb", "pg_ctl", "postgres", "psql"];

    #[test]
    fn the_newest_installation_is_taken_by_number_and_not_by_letter() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17"] {
            install(
                root.path(),
                &format!("usr/lib/postgresql/{version}/bin"),
                SERVER,
            );
        }
        let found = Programs::at(&|_| None, root.path()).server();
        assert_eq!(found, Some(root.path().join("usr/lib/postgresql/17/bin")));
    }

    #[test]
    fn what_the_user_names_comes_first() {
        let root = tempfile::tempdir().unwrap();
        install(root.path(), "usr/lib/postgresql/17/bin", SERVER);
        install(root.path(), "mine", SERVER);
        let mine = root.path().join("mine");
        let variable = |name: &str| (name == "POSTGRES_BIN").then(|| mine.clone().into_os_string());
        assert_eq!(
            Programs::at(&variable, root.path()).server(),
            Some(mine.clone())
        );
    }

    #[test]
    fn a_client_alone_is_no_server() {
        let root = tempfile::tempdir().unwrap();
        install(
            root.path(),
            "opt/homebrew/opt/libpq/bin",
            &["psql", "initdb"],
        );
        let programs = Programs::at(&|_| None, root.path());
        assert_eq!(programs.server(), None);
        assert!(programs.find("psql").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_lone_link_leads_to_its_installation() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        install(&root, "opt/pg/bin", SERVER);
        install(&root, "links", &[]);
        let links = root.join("links");
        std::os::unix::fs::symlink(root.join("opt/pg/bin/initdb"), links.join("initdb")).unwrap();
        let variable = |name: &str| (name == "PATH").then(|| links.clone().into_os_string());
        let found = Programs::at(&variable, &root).server();
        assert_eq!(found, Some(root.join("opt/pg/bin")));
    }
}
