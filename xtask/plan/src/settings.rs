//! `[plan]` in `progress.toml`: what the learner decided, and nothing that can be computed.

use jiff::civil::{Date, Weekday};
use toml_edit::{Array, ArrayOfTables, Item as Node, Table, value};
use workbook::progress::Progress;

use crate::calendar::{self, Calendar, CalendarError, Off};

/// The plan of a learner.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which track it is over.
    pub track: String,
    /// Name of the zone boundaries, where the learner chose some.
    pub zones: Option<String>,
    /// Newest last. The first one is the baseline, and stays.
    pub revisions: Vec<Revision>,
}

/// One planning: what was left when it was noted is spread from `on`.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The day on which it was decided.
    pub noted: Date,
    /// The day from which work counts.
    pub on: Date,
    /// Working days.
    pub calendar: Calendar,
    /// Hours of work on such a day, where the learner said.
    pub hours: Option<f64>,
}

/// Why the plan in `progress.toml` cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// A key is missing or is not what it should be.
    #[error(
        "`[plan]` in progress.toml: {0}. Mend it by hand or bring it back from git; it was not touched"
    )]
    Damaged(String),
}

impl Settings {
    /// Reads the plan, if there is one.
    ///
    /// # Errors
    /// It is damaged.
    pub fn read(progress: &Progress) -> Result<Option<Self>, SettingsError> {
        let Some(table) = progress.plan() else {
            return Ok(None);
        };
        let text = |key: &str| table.get(key).and_then(Node::as_str).map(str::to_owned);
        let track = text("track").ok_or_else(|| damaged("`track` is missing"))?;
        let revisions = table
            .get("revision")
            .and_then(Node::as_array_of_tables)
            .ok_or_else(|| damaged("there is no `[[plan.revision]]`"))?;
        let revisions: Vec<Revision> = revisions.iter().map(revision).collect::<Result<_, _>>()?;
        if revisions.is_empty() {
            return Err(damaged("there is no `[[plan.revision]]`"));
        }
        Ok(Some(Self {
            track,
            zones: text("zones"),
            revisions,
        }))
    }

    /// Puts the plan into the file in memory; saving is the caller's.
    pub fn write(&self, progress: &mut Progress) {
        let table = progress.plan_mut();
        table["track"] = value(&self.track);
        if let Some(zones) = &self.zones {
            table["zones"] = value(zones);
        }
        let mut revisions = ArrayOfTables::new();
        for revision in &self.revisions {
            revisions.push(as_table(revision));
        }
        table["revision"] = Node::ArrayOfTables(revisions);
    }

    /// The first plan, which every later one is compared with.
    pub fn baseline(&self) -> &Revision {
        &self.revisions[0]
    }

    /// The plan that holds now.
    pub fn now(&self) -> &Revision {
        &self.revisions[self.revisions.len() - 1]
    }
}

fn as_table(revision: &Revision) -> Table {
    let mut table = Table::new();
    table["noted"] = value(revision.noted.to_string());
    table["on"] = value(revision.on.to_string());
    let days = revision.calendar.days().iter();
    table["days"] = value(days.map(|day| calendar::short(*day)).collect::<Array>());
    if let Some(hours) = revision.hours {
        table["hours"] = value(hours);
    }
    let off: Array = revision.calendar.off().iter().map(Off::to_string).collect();
    if !off.is_empty() {
        table["off"] = value(off);
    }
    table
}

fn revision(table: &Table) -> Result<Revision, SettingsError> {
    let date = |key: &str| {
        let text = table.get(key).and_then(Node::as_str);
        let text = text.ok_or_else(|| damaged(&format!("`{key}` is missing")))?;
        calendar::date(text).map_err(|error| wrong(&error))
    };
    let texts = |key: &str| -> Vec<String> {
        let values = table
            .get(key)
            .and_then(Node::as_array)
            .into_iter()
            .flatten();
        let texts = values.filter_map(|value| value.as_str().map(str::to_owned));
        texts.collect()
    };
    let days: Result<Vec<Weekday>, _> = texts("days")
        .iter()
        .map(|day| calendar::weekday(day))
        .collect();
    let off: Result<Vec<Off>, _> = texts("off").iter().map(|off| off.parse()).collect();
    let calendar = days.and_then(|days| Calendar::new(days, off?));
    let hours = table.get("hours").and_then(|node| {
        let whole = node.as_integer().map(|hours| hours as f64);
        node.as_float().or(whole)
    });
    Ok(Revision {
        noted: date("noted")?,
        on: date("on")?,
        calendar: calendar.map_err(|error| wrong(&error))?,
        hours,
    })
}

fn wrong(error: &CalendarError) -> SettingsError {
    SettingsError::Damaged(error.to_string())
}

fn damaged(problem: &str) -> SettingsError {
    SettingsError::Damaged(problem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, Progress) {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("progress.toml"), text).unwrap();
        let progress = Progress::load(root.path()).unwrap();
        (root, progress)
    }

    fn settings() -> Settings {
        let calendar = Calendar::new(
            vec![Weekday::Saturday, Weekday::Monday],
            vec!["2026-12-24..2027-01-02".parse().unwrap()],
        );
        let revision = Revision {
            noted: calendar::date("2026-11-21").unwrap(),
            on: calendar::date("2026-11-30").unwrap(),
            calendar: calendar.unwrap(),
            hours: Some(2.0),
        };
        Settings {
            track: "base".to_owned(),
            zones: None,
            revisions: vec![
                revision.clone(),
                Revision {
                    hours: None,
                    ..revision
                },
            ],
        }
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_and_the_rest_of_the_file_stays() {
        let (root, mut progress) = written("# mine\nversion = 1\n[items.\"a/b\"]\nmood = 3\n");
        assert_eq!(Settings::read(&progress), Ok(None));
        settings().write(&mut progress);
        progress.save().unwrap();
        let text = std::fs::read_to_string(root.path().join("progress.toml")).unwrap();
        assert!(text.contains("mood = 3"), "{text}");
        assert!(text.contains("days = [\"mon\", \"sat\"]"), "{text}");
        let again = Progress::load(root.path()).unwrap();
        assert_eq!(Settings::read(&again), Ok(Some(settings())));
    }

    #[test]
    fn a_damaged_plan_is_said_in_words() {
        for (text, word) in [
            ("[plan]\n", "`track`"),
            ("[plan]\ntrack = \"base\"\n", "revision"),
            (
                "[plan]\ntrack = \"base\"\n[[plan.revision]]\non = \"2026-11-30\"\ndays = [\"mon\"]\n",
                "`noted`",
            ),
            (
                "[plan]\ntrack = \"base\"\n[[plan.revision]]\nnoted = \"2026-11-30\"\non = \"soon\"\ndays = [\"mon\"]\n",
                "`soon` is no date",
            ),
            (
                "[plan]\ntrack = \"base\"\n[[plan.revision]]\nnoted = \"2026-11-30\"\non = \"2026-11-30\"\ndays = []\n",
                "no working days",
            ),
        ] {
            let (_root, progress) = written(&format!("version = 1\n{text}"));
            let error = Settings::read(&progress).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
