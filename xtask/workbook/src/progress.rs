//! `progress.toml`: the learner's own file, meant to be committed by them.
//!
//! What we do not know stays as it is: items of other versions or tracks, comments, keys.
//! A file that cannot be read is never written over.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use toml_edit::{DocumentMut, Item as Node, Table, value};

use crate::facts::Item;

/// The newest form of the file that we read and write.
pub const VERSION: i64 = 1;

/// Longer breaks between two checks are no work.
const IDLE_AFTER_MINUTES: i64 = 30;

const HEAD: &str = "# Your progress, written by `cargo xtask`. Commit it.\n\n";

/// The file in memory.
#[derive(Debug, Clone)]
pub struct Progress {
    path: PathBuf,
    document: DocumentMut,
}

/// Why progress cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// It is there and cannot be read.
    #[error("{0}: {1}. Mend it by hand or bring it back from git; it was not touched")]
    Unreadable(PathBuf, String),
    /// A newer workbook wrote it.
    #[error(
        "{0} was written by a newer workbook (version {1}, this one knows {VERSION}): \
         update the workbook; the file was not touched"
    )]
    Newer(PathBuf, i64),
    /// It cannot be written.
    #[error("cannot save {0}: {1}. What was found is shown, not kept")]
    Unwritable(PathBuf, std::io::Error),
}

/// What is known of one item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemProgress {
    /// When it passed for the first time.
    pub first_passed: Option<Date>,
    /// Whether it passed when it was last checked.
    pub passes: bool,
    /// How often it was checked until it first passed.
    pub attempts: i64,
    /// Minutes of work, breaks left out.
    pub minutes: f64,
    /// Hints that were shown.
    pub hints: i64,
    /// When it could not be checked for want of a tool.
    pub deferred: Option<Date>,
}

/// How a check of one item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It passes.
    Passed,
    /// It does not.
    Failed,
    /// It could not be tried: the learner's files do not compile. No attempt is counted.
    Broken,
    /// A tool is missing here.
    Deferred,
}

impl Progress {
    /// Reads `progress.toml` in `root`; where there is none, nothing is done yet.
    ///
    /// # Errors
    /// The file is there and is damaged, or newer than we are.
    pub fn load(root: &Path) -> Result<Self, ProgressError> {
        let path = root.join(crate::PROGRESS);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                format!("{HEAD}version = {VERSION}\n")
            }
            Err(error) => return Err(ProgressError::Unreadable(path, error.to_string())),
        };
        let unreadable = |problem: String| ProgressError::Unreadable(path.clone(), problem);
        let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            unreadable(error.to_string().trim_end().to_owned())
        })?;
        match document.get("version").and_then(Node::as_integer) {
            Some(version) if version > VERSION => {
                return Err(ProgressError::Newer(path, version));
            }
            Some(_) => {}
            None => return Err(unreadable("it has no `version`".to_owned())),
        }
        for name in ["items", "checkpoints", "activity", "plan"] {
            if document
                .get(name)
                .is_some_and(|node| node.as_table().is_none())
            {
                return Err(unreadable(format!("`{name}` is no table")));
            }
        }
        Ok(Self { path, document })
    }

    /// The same file, read again.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn again(&self) -> Result<Self, ProgressError> {
        Self::load(self.path.parent().unwrap_or(Path::new("")))
    }

    /// Whether anything was ever noted.
    pub fn is_empty(&self) -> bool {
        self.document
            .get("items")
            .and_then(Node::as_table)
            .is_none_or(Table::is_empty)
    }

    /// What is known of an item, under its id or one that it had before.
    pub fn item(&self, item: &Item) -> ItemProgress {
        let mut ids = std::iter::once(&item.id).chain(&item.aliases);
        let table = ids.find_map(|id| self.table("items", id));
        table.map_or_else(ItemProgress::default, read_item)
    }

    /// Whether it passed once and was not seen failing since.
    pub fn done(&self, item: &Item) -> bool {
        self.item(item).passes
    }

    /// Notes the outcome of a check. `today` is the learner's own date.
    pub fn record(&mut self, item: &Item, outcome: Outcome, today: Date) {
        let known = self.item(item);
        if outcome == Outcome::Broken && known.first_passed.is_none() {
            return;
        }
        let table = self.entry("items", item);
        match outcome {
            Outcome::Passed => {
                if known.first_passed.is_none() {
                    table["first_passed"] = value(today.to_string());
                    table["attempts"] = value(known.attempts + 1);
                }
                table["passes"] = value(true);
                table.remove("deferred");
            }
            Outcome::Failed => {
                if known.first_passed.is_none() {
                    table["attempts"] = value(known.attempts + 1);
                }
                table["passes"] = value(false);
                table.remove("deferred");
            }
            Outcome::Broken => table["passes"] = value(false),
            Outcome::Deferred => table["deferred"] = value(today.to_string()),
        }
    }

    /// Notes that work went on: the time since the last note counts for `item`, unless it
    /// was a break or the clock was set back.
    pub fn work(&mut self, item: &Item, now: Timestamp) {
        let last = self
            .document
            .get("activity")
            .and_then(|node| node.get("last")?.as_str()?.parse::<Timestamp>().ok());
        let minutes = last.map_or(0.0, |last| minutes_between(last, now));
        let known = self.item(item).minutes;
        if minutes > 0.0 {
            let tenths = ((known + minutes) * 10.0).round() / 10.0;
            self.entry("items", item)["minutes"] = value(tenths);
        }
        let seconds = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let activity = subtable(self.document.as_table_mut(), "activity");
        activity["last"] = value(seconds.to_string());
    }

    /// Notes that one more hint was shown.
    pub fn hint_shown(&mut self, item: &Item) {
        let shown = self.item(item).hints + 1;
        self.entry("items", item)["hints"] = value(shown);
    }

    /// Notes a fact about a whole checkpoint, such as the day its solution was asked for.
    pub fn note(&mut self, checkpoint: &str, key: &str, text: &str) {
        let all = subtable(self.document.as_table_mut(), "checkpoints");
        all.set_implicit(true);
        subtable(all, checkpoint)[key] = value(text);
    }

    /// Minutes that the learner logged by hand for a checkpoint, on top of the measured ones;
    /// a correction may make them negative.
    pub fn logged_minutes(&self, checkpoint: &str) -> f64 {
        let table = self.table("checkpoints", checkpoint);
        table
            .and_then(|table| table.get("logged_minutes"))
            .and_then(number)
            .unwrap_or(0.0)
    }

    /// Sets what [`Self::logged_minutes`] tells.
    pub fn log_minutes(&mut self, checkpoint: &str, minutes: f64) {
        let all = subtable(self.document.as_table_mut(), "checkpoints");
        all.set_implicit(true);
        subtable(all, checkpoint)["logged_minutes"] = value(minutes);
    }

    /// The plan, as it stands in the file; the crate `plan` reads and writes it.
    pub fn plan(&self) -> Option<&Table> {
        self.document.get("plan")?.as_table()
    }

    /// The track that the learner planned with.
    pub fn track(&self) -> Option<&str> {
        self.plan()?.get("track")?.as_str()
    }

    /// See [`Self::plan`].
    pub fn plan_mut(&mut self) -> &mut Table {
        subtable(self.document.as_table_mut(), "plan")
    }

    /// A noted fact about a whole checkpoint.
    pub fn noted(&self, checkpoint: &str, key: &str) -> Option<&str> {
        self.table("checkpoints", checkpoint)?.get(key)?.as_str()
    }

    /// Writes the file, at once or not at all.
    ///
    /// # Errors
    /// The checkout is read-only, or the disk is full.
    pub fn save(&self) -> Result<(), ProgressError> {
        let unwritable = |error| ProgressError::Unwritable(self.path.clone(), error);
        let staged = self.path.with_extension("toml.new");
        let write = || {
            let mut file = std::fs::File::create(&staged)?;
            file.write_all(self.document.to_string().as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&staged, &self.path)
        };
        write().map_err(unwritable)
    }

    fn table(&self, group: &str, id: &str) -> Option<&Table> {
        self.document.get(group)?.get(id)?.as_table()
    }

    /// The item's table, under the id that it has in this file.
    fn entry(&mut self, group: &str, item: &Item) -> &mut Table {
        let known = item
            .aliases
            .iter()
            .find(|id| self.table(group, id).is_some());
        let id = match known {
            Some(id) if self.table(group, &item.id).is_none() => id.clone(),
            _ => item.id.clone(),
        };
        let group = subtable(self.document.as_table_mut(), group);
        group.set_implicit(true);
        subtable(group, &id)
    }
}

fn subtable<'a>(parent: &'a mut Table, name: &str) -> &'a mut Table {
    let node = parent.entry(name).or_insert_with(toml_edit::table);
    if node.as_table().is_none() {
        *node = toml_edit::table();
    }
    node.as_table_mut().expect("it was just made one")
}

fn read_item(table: &Table) -> ItemProgress {
    let date = |key| table.get(key).and_then(Node::as_str)?.parse().ok();
    let count = |key| table.get(key).and_then(Node::as_integer).unwrap_or(0);
    ItemProgress {
        first_passed: date("first_passed"),
        passes: table.get("passes").and_then(Node::as_bool) == Some(true),
        attempts: count("attempts"),
        minutes: table.get("minutes").and_then(number).unwrap_or(0.0),
        hints: count("hints"),
        deferred: date("deferred"),
    }
}

fn number(node: &Node) -> Option<f64> {
    node.as_float()
        .or_else(|| node.as_integer().map(|whole| whole as f64))
}

fn minutes_between(last: Timestamp, now: Timestamp) -> f64 {
    let seconds = now.as_second() - last.as_second();
    if (0..=IDLE_AFTER_MINUTES * 60).contains(&seconds) {
        seconds as f64 / 60.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn item(id: &str, aliases: &[&str]) -> Item {
        let aliases: Vec<String> = aliases.iter().map(|alias| format!("\"{alias}\"")).collect();
        let text = format!(
            "id = \"{id}\"\naliases = [{}]\nkind = \"attest\"\npart = \"core\"\ntitle = \"\"\nminutes = 1\ntask = \"\"",
            aliases.join(",")
        );
        toml_edit::de::from_str(&text).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_noted_is_there_after_a_reload() {
        let root = tempfile::tempdir().unwrap();
        let retry = item("ingestion/retry", &[]);
        let mut progress = Progress::load(root.path()).unwrap();
        assert!(progress.is_empty());
        progress.record(&retry, Outcome::Failed, date(2026, 12, 1));
        progress.record(&retry, Outcome::Passed, date(2026, 12, 2));
        progress.record(&retry, Outcome::Passed, date(2026, 12, 9));
        progress.save().unwrap();
        let found = Progress::load(root.path()).unwrap().item(&retry);
        assert_eq!(found.first_passed, Some(date(2026, 12, 2)));
        assert_eq!((found.attempts, found.passes), (2, true));
    }

    #[test]
    fn a_regression_keeps_the_first_pass_but_is_not_done() {
        let root = tempfile::tempdir().unwrap();
        let retry = item("ingestion/retry", &[]);
        let mut progress = Progress::load(root.path()).unwrap();
        progress.record(&retry, Outcome::Passed, date(2026, 12, 2));
        progress.record(&retry, Outcome::Failed, date(2026, 12, 3));
        assert!(!progress.done(&retry));
        assert_eq!(progress.item(&retry).first_passed, Some(date(2026, 12, 2)));
    }

    #[test]
    fn a_file_that_does_not_compile_is_no_attempt_but_no_pass_either() {
        let root = tempfile::tempdir().unwrap();
        let retry = item("ingestion/retry", &[]);
        let mut progress = Progress::load(root.path()).unwrap();
        progress.record(&retry, Outcome::Broken, date(2026, 12, 1));
        assert!(progress.is_empty());
        progress.record(&retry, Outcome::Passed, date(2026, 12, 2));
        progress.record(&retry, Outcome::Broken, date(2026, 12, 3));
        assert!(!progress.done(&retry));
        assert_eq!(progress.item(&retry).attempts, 1);
    }

    #[test]
    fn what_we_do_not_know_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("progress.toml");
        let text =
            "# mine\nversion = 1\n\n[items.\"future/item\"]\npasses = true\nmood = \"good\"\n";
        std::fs::write(&path, text).unwrap();
        let mut progress = Progress::load(root.path()).unwrap();
        progress.record(&item("a/b", &[]), Outcome::Passed, date(2026, 12, 2));
        progress.save().unwrap();
        let saved = std::fs::read_to_string(&path).unwrap();
        assert!(saved.starts_with(text), "{saved}");
        assert!(saved.contains("[items.\"a/b\"]"), "{saved}");
    }

    #[test]
    fn a_renamed_item_keeps_its_progress() {
        let root = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(root.path()).unwrap();
        progress.record(&item("a/old", &[]), Outcome::Passed, date(2026, 12, 2));
        let renamed = item("a/new", &["a/old"]);
        assert!(progress.done(&renamed));
        progress.record(&renamed, Outcome::Failed, date(2026, 12, 3));
        assert!(!progress.done(&renamed));
    }

    #[test]
    fn a_damaged_or_newer_file_is_refused_and_left_as_it_is() {
        for text in [
            "version = ",
            "version = 2\n",
            "items = 3\nversion = 1",
            "x = 1",
        ] {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join("progress.toml");
            std::fs::write(&path, text).unwrap();
            assert!(Progress::load(root.path()).is_err(), "{text}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn breaks_and_a_clock_set_back_are_no_work() {
        let root = tempfile::tempdir().unwrap();
        let retry = item("ingestion/retry", &[]);
        let mut progress = Progress::load(root.path()).unwrap();
        for now in [
            "2026-12-01T09:00:00Z",
            "2026-12-01T09:12:00Z", // 12 minutes
            "2026-12-01T12:00:00Z", // lunch
            "2026-12-01T11:00:00Z", // set back
            "2026-12-01T11:03:30Z", // 3.5 minutes
        ] {
            progress.work(&retry, at(now));
        }
        assert!((progress.item(&retry).minutes - 15.5).abs() < 1e-9);
    }
}
