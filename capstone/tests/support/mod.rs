//! Drives the real binary in a folder of its own, and looks at what it leaves.

#[cfg(unix)]
pub(crate) mod gate;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;
use tempfile::TempDir;

/// The folder in which the program is called.
pub(crate) struct Desk(TempDir);

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Committed bytes by key: the commits themselves and every file that they list.
pub(crate) type Visible = BTreeMap<String, Vec<u8>>;

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A folder with CMS files and nothing that says they are synthetic.
    pub(crate) fn real(&self, name: &str, spec: &Spec) -> PathBuf {
        let folder = self.path(name);
        fixtures::generate(spec, &folder).unwrap();
        fs::remove_file(folder.join(fixtures::LEDGER)).unwrap();
        folder
    }

    /// A file with these bytes.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, with nothing of the developer's environment that it listens to.
    pub(crate) fn capstone(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("capstone"));
        command.current_dir(self.0.path()).args(arguments);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["AWS_", "RUST_", "OPENLINEAGE_", "CAPSTONE_"]
                .iter()
                .any(|own| text.starts_with(own))
            {
                command.env_remove(name);
            }
        }
        // Whoever panics here must not show a backtrace even to those who like them.
        command.env("RUST_BACKTRACE", "1");
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.capstone(arguments).output().unwrap())
    }

    /// Starts the program and lets it work.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        spawn(&mut self.capstone(arguments))
    }

    /// What readers of the embedded lake in this folder see.
    pub(crate) fn visible(&self, lake: &str) -> Visible {
        visible(&self.path(lake).join("s3/open-payments"))
    }

    /// The one number that a query gives.
    pub(crate) fn number(&self, lake: &str, sql: &str) -> Option<i64> {
        let answer = self.run(&["query", sql, "--json", "--lake", lake]);
        let answer = answer.expect(0).json();
        answer["rows"][0]
            .as_object()
            .and_then(|row| row.values().next()?.as_i64())
    }

    /// Payments in the warehouse.
    pub(crate) fn payments(&self, lake: &str) -> Option<i64> {
        self.number(lake, "select count(*) from marts.fct_payments")
    }

    /// The last attempt in a lake's history: how it ended, and why.
    pub(crate) fn last_attempt(&self, lake: &str) -> Value {
        let history = self.run(&["runs", "--json", "--lake", lake]);
        history.expect(0).json()["attempts"]
            .as_array()
            .and_then(|attempts| attempts.last().cloned())
            .unwrap()
    }
}

pub(crate) fn spawn(command: &mut Command) -> Child {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(Stdio::null()).spawn().unwrap()
}

/// One publication: a few hundred general records and ten of ownership.
pub(crate) fn one_year(program_year: i16, seed: u64) -> Spec {
    Spec::new(vec![PublicationSpec::first(program_year)], 300, seed)
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let ended = Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        for panic in ["panicked at", "stack backtrace", "RUST_BACKTRACE"] {
            assert!(!ended.stderr.contains(panic), "a panic: {ended:#?}");
        }
        ended
    }

    /// The exit code is this one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Every part stands in what a user reads, on one line.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        let mut lines = self.stdout.lines().chain(self.stderr.lines());
        let found = lines.any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "no line has {parts:?}: {self:#?}");
        self
    }

    /// Standard output is one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// What readers of a lake see whose objects are in this folder.
pub(crate) fn visible(bucket: &Path) -> Visible {
    let mut seen = Visible::new();
    for path in files_below(&bucket.join("metadata/commits")) {
        let bytes = fs::read(&path).unwrap();
        let commit: Value = serde_json::from_slice(&bytes).unwrap();
        for list in ["data", "rejected"] {
            for file in commit[list].as_array().unwrap() {
                let key = file["key"].as_str().unwrap();
                seen.insert(key.to_owned(), fs::read(bucket.join(key)).unwrap());
            }
        }
        for source in commit["sources"].as_array().unwrap() {
            let key = source["raw_key"].as_str().unwrap();
            seen.insert(key.to_owned(), fs::read(bucket.join(key)).unwrap());
        }
        let key = path.strip_prefix(bucket).unwrap().display().to_string();
        seen.insert(key, bytes);
    }
    seen
}

/// Every file in a folder and the folders in it; none if there is no such folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_below(folder)));
    files
}

/// The keys of the commits.
pub(crate) fn commits(visible: &Visible) -> Vec<&str> {
    let keys = visible.keys().map(String::as_str);
    keys.filter(|key| key.starts_with("metadata/commits/"))
        .collect()
}
