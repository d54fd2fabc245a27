//! An update of the workbook merges cleanly: what learners edit, a release leaves alone.
//!
//! Whose a file is, [`lock::role`] says, as it does for the checker and for `reset`; the rest
//! of the learner's is [`PROGRESS`] and [`JOURNAL`]. Everything else is the release's. Two
//! repositories of this checkout's own files live through an update here, by git itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::civil::date;
use tempfile::TempDir;
use workbook::course::{BASE_TRACK, Course};
use workbook::facts::Kind;
use workbook::progress::{Outcome, Progress};
use workbook::{JOURNAL, PROGRESS};

use crate::check::record;
use crate::lock::{self, Role};
use crate::workspace::Workspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Git in `folder`, deaf to this machine's settings and to a hook that runs these tests.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name.starts_with("GIT_") && name != "GIT_EXEC_PATH"
    }) {
        git.env_remove(name);
    }
    git.current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", folder.join("no-such-settings"))
        .env("GIT_AUTHOR_DATE", "2026-11-21T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-11-21T00:00:00Z")
        .args([
            "-c",
            "user.name=Tester",
            "-c",
            "user.email=tester@example.org",
        ])
        .args(["-c", "core.autocrlf=false"]);
    git
}

fn ask(folder: &Path, arguments: &[&str]) -> Output {
    git(folder).args(arguments).output().expect("git was there")
}

/// What git prints; it must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = ask(folder, arguments);
    let (said, errors) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8_lossy(said).into_owned()
}

/// The files of this checkout as git has them; nothing, with a word, where that is not known.
fn tracked() -> Option<Vec<String>> {
    let git_is_here = git(root()).arg("--version").output().is_ok();
    let inside = git_is_here && ask(root(), &["rev-parse", "--git-dir"]).status.success();
    if !inside {
        eprintln!("SKIPPED: git is missing, or this is no clone, so no update was simulated");
        return None;
    }
    let listed = done(root(), &["ls-files", "-z"]);
    let files = listed.split('\0').filter(|name| !name.is_empty());
    Some(files.map(str::to_owned).collect())
}

/// Files that a release must not ship: the learner's own, whatever a checkpoint is called.
fn shipped(files: &[String]) -> Vec<&String> {
    let own = |file: &&String| {
        let first = file.split('/').next().unwrap_or_default();
        [PROGRESS, JOURNAL].contains(&first)
    };
    files.iter().filter(own).collect()
}

/// Whether a tracked file is one that a learner edits: by its place in its crate.
fn is_starter(file: &str) -> bool {
    let mut parts = file.splitn(4, '/');
    let place = [parts.next(), parts.next(), parts.next(), parts.next()];
    let [Some("weeks"), Some(week), Some(_), Some(inside)] = place else {
        return false;
    };
    week.starts_with("week") && lock::role(Path::new(inside)) == Some(Role::Starter)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn append(path: &Path, text: &str) {
    let mut bytes = read(path);
    bytes.extend_from_slice(text.as_bytes());
    write(path, &bytes);
}

/// A repository with the files that learners have to do with, and a learner's clone of it.
struct Two {
    _folder: TempDir,
    upstream: PathBuf,
    learner: PathBuf,
    /// What both began with, by path.
    files: Vec<String>,
}

impl Two {
    fn new(tracked: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (upstream, learner) = (folder.path().join("upstream"), folder.path().join("mine"));
        let relevant = |file: &&String| {
            ["weeks/", "book/src/", ".git", "README.md"]
                .iter()
                .any(|start| file.starts_with(start))
        };
        // A file that was just deleted is tracked still.
        let files: Vec<String> = tracked
            .iter()
            .filter(relevant)
            .filter(|file| root().join(file).is_file())
            .cloned()
            .collect();
        for file in &files {
            write(&upstream.join(file), &read(&root().join(file)));
        }
        done(&upstream, &["init", "--quiet", "--initial-branch=main"]);
        commit(&upstream, "Delivered");
        let names = [&upstream, &learner].map(|path| path.to_str().expect("Unicode"));
        done(
            folder.path(),
            &["clone", "--quiet", "--origin=upstream", names[0], names[1]],
        );
        Self {
            _folder: folder,
            upstream,
            learner,
            files,
        }
    }

    /// Solves every exercise, writes every record, notes every pass; what was written, by path.
    fn learn(&self) -> BTreeMap<String, Vec<u8>> {
        let mut mine = BTreeMap::new();
        for file in self.files.iter().filter(|file| is_starter(file)) {
            // Nothing of the starter stays: whatever a release changes in it is a conflict.
            mine.insert(file.clone(), format!("solved: {file}\n").into_bytes());
            let beside = Path::new(file).with_file_name("a_file_of_my_own.rs");
            mine.insert(shown(&beside), b"// a helper\n".to_vec());
        }
        let course = Course::load(&self.learner, BASE_TRACK).unwrap();
        let mut progress = Progress::load(&self.learner).unwrap();
        for unit in &course.checkpoints {
            for item in unit.facts.items.iter().filter(|_| unit.stands()) {
                progress.record(item, Outcome::Passed, date(2026, 12, 1));
                if item.kind == Kind::Record {
                    let path = record::path(Path::new(""), &item.id);
                    mine.insert(shown(&path), b"# Mine\n\n## Decision\nYes.\n".to_vec());
                }
            }
        }
        for path in ["posts/lake-1.md", "kept/2026-12-01T10-00-00/a.rs"] {
            mine.insert(format!("{JOURNAL}/{path}"), b"mine\n".to_vec());
        }
        for (file, bytes) in &mine {
            write(&self.learner.join(file), bytes);
        }
        progress.save().unwrap();
        mine.insert(PROGRESS.to_owned(), read(&self.learner.join(PROGRESS)));
        commit(&self.learner, "Nine weeks of work");
        mine
    }

    /// Changes every file that is not the learner's, and adds a checkpoint.
    fn release(&self) {
        for file in self.files.iter().filter(|file| !is_starter(file)) {
            append(&self.upstream.join(file), release_of(file));
        }
        let new = self.upstream.join("weeks/week9/new");
        for file in ["checkpoint.toml", "src/exercise.rs", "tests/graded/mod.rs"] {
            write(&new.join(file), b"# new\n");
        }
        commit(&self.upstream, "Release");
    }

    fn pull(&self) -> Output {
        let pull = ["pull", "--quiet", "--no-rebase", "--no-edit", "upstream"];
        git(&self.learner).args(pull).arg("main").output().unwrap()
    }
}

/// A line at the end of a file: an item and its hint, a graded test, a sentence.
fn release_of(file: &str) -> &'static str {
    match Path::new(file).extension().and_then(|end| end.to_str()) {
        Some("toml") if file.ends_with("checkpoint.toml") => {
            "\n[[item]]\nid = \"new\"\nhints = [\"a new question?\"]\n"
        }
        Some("rs") => "\n#[test]\nfn a_new_test() {}\n",
        _ => "\n# One sentence more.\n",
    }
}

fn commit(folder: &Path, message: &str) {
    done(folder, &["add", "--all"]);
    done(folder, &["commit", "--quiet", "--message", message]);
    let left = done(folder, &["status", "--porcelain", "--ignored"]);
    assert_eq!(left, "", "git ignores what should be committed");
}

/// With `/` on every platform, as git has it.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[test]
fn an_update_merges_cleanly_and_leaves_the_learners_files_as_they_are() {
    let Some(tracked) = tracked() else { return };
    let two = Two::new(&tracked);
    let mine = two.learn();
    assert!(
        mine.len() > 50,
        "only {} files are the learner's",
        mine.len()
    );
    two.release();
    let pulled = two.pull();
    let said = String::from_utf8_lossy(&pulled.stderr);
    assert!(pulled.status.success(), "the update does not merge: {said}");
    assert_eq!(done(&two.learner, &["status", "--porcelain"]), "");
    for (file, bytes) in &mine {
        assert_eq!(&read(&two.learner.join(file)), bytes, "{file} is another");
    }
    for file in two.files.iter().filter(|file| !is_starter(file)) {
        let (new, got) = (two.upstream.join(file), two.learner.join(file));
        assert_eq!(read(&got), read(&new), "the release's {file} did not come");
    }
}

#[test]
fn a_release_that_ships_a_learners_file_or_rewrites_a_starter_is_a_conflict() {
    let Some(tracked) = tracked() else { return };
    let starter = tracked.iter().find(|file| is_starter(file)).unwrap();
    let two = Two::new(&tracked);
    two.learn();
    for file in [PROGRESS, &format!("{JOURNAL}/posts/lake-1.md"), starter] {
        write(&two.upstream.join(file), b"the release's\n");
        commit(&two.upstream, "A release that should not be");
        assert!(!two.pull().status.success(), "{file} merged");
        done(&two.learner, &["merge", "--abort"]);
        done(&two.upstream, &["reset", "--quiet", "--hard", "HEAD~1"]);
    }
}

/// In a learner's own copy this fails, as the rest of `verify` does on solved exercises.
#[test]
fn no_file_of_the_learners_is_shipped() {
    let Some(tracked) = tracked() else { return };
    assert_eq!(shipped(&tracked), Vec::<&String>::new());
    let bad = [PROGRESS, "journal/x.md", "weeks/journal.md"].map(str::to_owned);
    assert_eq!(shipped(&bad), [&bad[0], &bad[1]]);
}

/// Whatever an item says to edit is the learner's: no release rewrites it, and `reset` knows it.
#[test]
fn what_an_item_says_to_edit_is_a_starter() {
    let course = Course::load(root(), BASE_TRACK).unwrap();
    let workspace = Workspace {
        root: root().to_owned(),
        cache: PathBuf::new(),
    };
    let mut others = Vec::new();
    for unit in &course.checkpoints {
        let starters = lock::files_of(&workspace, unit, Some(Role::Starter));
        for item in &unit.facts.items {
            let folder = unit.folder.iter();
            let files = folder.flat_map(|folder| item.files.iter().map(|file| folder.join(file)));
            for file in files.map(|path| lock::shown(&workspace, &path)) {
                let inside = format!("{file}/");
                let known = |starter: &String| *starter == file || starter.starts_with(&inside);
                if !starters.iter().any(known) {
                    others.push(format!("{}: {file}", item.id));
                }
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
