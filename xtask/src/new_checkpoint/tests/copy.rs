//! A copy of this checkout in a temporary folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use tempfile::TempDir;
use toml_edit::{DocumentMut, value};
use workbook::course::{BASE_TRACK, Course};

use crate::new_checkpoint::{Args, run};
use crate::workspace::Workspace;

/// What the command reads and writes: text files of these folders, and these files.
const NEEDED: [&str; 5] = [
    "weeks",
    "book/src",
    "Cargo.toml",
    "capstone/Cargo.toml",
    "capstone/src/parts.rs",
];

/// A copy of this checkout, as far as the command has to do with it.
pub(super) struct Trial {
    _folder: TempDir,
    pub(super) workspace: Workspace,
}

impl Trial {
    /// With these checkpoints planned and without a crate, whatever they are by now.
    pub(super) fn new(planned: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for name in NEEDED {
            copy(&from.join(name), &folder.path().join(name));
        }
        for name in planned {
            take_back(folder.path(), name);
        }
        let workspace = Workspace {
            root: folder.path().to_owned(),
            cache: folder.path().join("cache"),
        };
        Self {
            _folder: folder,
            workspace,
        }
    }

    pub(super) fn make(&self, name: &str, args: &[&str]) -> Result<ExitCode> {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let words = ["x", name].into_iter().chain(args.iter().copied());
        let line = <Line as clap::Parser>::parse_from(words);
        run(&self.workspace, &line.args)
    }

    pub(super) fn course(&self) -> Course {
        Course::load(&self.workspace.root, BASE_TRACK).unwrap()
    }

    /// Every file but those that a build of the copy would leave, by path.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        read(&self.workspace.root, &mut files);
        files
    }
}

/// Copies text files; what Python, dbt or a build left behind is none of it.
fn copy(from: &Path, to: &Path) {
    let name = from.file_name().unwrap().to_string_lossy().into_owned();
    if from.is_dir() && name != "target" && !name.starts_with(['.', '_']) {
        for entry in std::fs::read_dir(from).unwrap().flatten() {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else if let Ok(text) = std::fs::read_to_string(from) {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
    }
}

fn read(folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(&path, files);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            files.insert(path, text);
        }
    }
}

/// Puts a checkpoint of the copy back to where it was before anybody built it.
fn take_back(root: &Path, name: &str) {
    let (week, id) = name.split_once('/').unwrap();
    let folder = root.join("weeks").join(name);
    let planned = root.join(format!("weeks/planned/{id}.toml"));
    if let Ok(facts) = std::fs::read_to_string(folder.join("checkpoint.toml")) {
        std::fs::write(&planned, without_items(&facts)).unwrap();
    }
    assert!(planned.is_file(), "{name} is no checkpoint");
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let chapter = root.join(format!("book/src/{name}.md"));
    std::fs::write(
        chapter,
        format!("# Title\n\nAn outline.\n\n{{{{#card {id}}}}}\n"),
    )
    .unwrap();
    let names = [
        format!("{week}-{id}"),
        format!("{week}_{}", id.replace('-', "_")),
    ];
    for file in ["Cargo.toml", "capstone/Cargo.toml", "capstone/src/parts.rs"] {
        let path = root.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let speaks_of_it = |line: &&str| names.iter().any(|name| line.contains(name));
        let lines = text.lines().filter(|line| !speaks_of_it(line));
        let text: Vec<&str> = lines.collect();
        std::fs::write(path, text.join("\n") + "\n").unwrap();
    }
}

/// The facts with every item planned again.
fn without_items(facts: &str) -> String {
    let mut facts: DocumentMut = facts.parse().unwrap();
    for gone in ["wrong", "quiz"] {
        facts.remove(gone);
    }
    let items = facts["item"].as_array_of_tables_mut().unwrap();
    for item in items.iter_mut() {
        for gone in ["tests", "files", "hints", "probe", "record"] {
            item.remove(gone);
        }
        item["kind"] = value("planned");
        item["reason"] = value("not yet");
    }
    facts.to_string()
}
