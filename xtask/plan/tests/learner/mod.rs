//! A learner who checks in: the base track with its real weeks, risks and buffers, and four
//! items of half an hour in each checkpoint, so that the figures can be followed by hand.

use std::path::Path;

use jiff::civil::Date;
use plan::calendar::{self, Calendar, Off};
use plan::report::Report;
use plan::settings::{Revision, Settings};
use plan::zones::Zones;
use tempfile::TempDir;
use workbook::course::Course;
use workbook::facts::{Item, Kind};
use workbook::progress::{Outcome, Progress};
use workbook::track::PlannedItem;

/// Items of each checkpoint.
pub(crate) const ITEMS: usize = 4;

/// A learner, a course, and a folder for `progress.toml`.
pub(crate) struct Learner {
    pub(crate) course: Course,
    pub(crate) progress: Progress,
    pub(crate) zones: Zones,
    _folder: TempDir,
}

/// Reads `2026-11-30`.
pub(crate) fn on(text: &str) -> Date {
    calendar::date(text).unwrap()
}

/// The repository.
fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Learner {
    /// Starts the plan of the issue: five days a week, from a Monday on, two weeks off.
    pub(crate) fn with_job() -> Self {
        let mut learner = Self::without_plan("base");
        learner.plan(
            "2026-11-21",
            "2026-11-30",
            "mon,tue,wed,thu,sat",
            &["2026-12-24..2027-01-02"],
        );
        learner
    }

    /// The course and nothing done.
    pub(crate) fn without_plan(track: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut course = Course::load(&root(), track).unwrap();
        for unit in course
            .track
            .weeks
            .iter_mut()
            .flat_map(|week| &mut week.units)
        {
            unit.items = (1..=ITEMS)
                .map(|at| format!("{}/{at}", unit.number))
                .collect();
            let id = unit.id.as_deref();
            let found = course
                .checkpoints
                .iter_mut()
                .find(|found| Some(found.facts.id.as_str()) == id);
            if let Some(found) = found {
                found.facts.items = unit.items.iter().map(|id| item(id)).collect();
            }
        }
        Self {
            progress: Progress::load(folder.path()).unwrap(),
            zones: Zones::load(&root()).unwrap(),
            course,
            _folder: folder,
        }
    }

    /// Plans, or moves the plan that is there.
    pub(crate) fn plan(&mut self, noted: &str, first: &str, days: &str, off: &[&str]) {
        let days = days.split(',').map(|day| calendar::weekday(day).unwrap());
        let off: Vec<Off> = off.iter().map(|off| off.parse().unwrap()).collect();
        let revision = Revision {
            noted: on(noted),
            on: on(first),
            calendar: Calendar::new(days.collect(), off).unwrap(),
            hours: None,
        };
        let mut settings = Settings::read(&self.progress).unwrap().unwrap_or(Settings {
            track: self.course.track.id.clone(),
            zones: None,
            revisions: Vec::new(),
        });
        settings.revisions.push(revision);
        settings.write(&mut self.progress);
    }

    /// Passes the first `count` items of a checkpoint on that day.
    pub(crate) fn passes(&mut self, number: &str, count: usize, date: Date) {
        for at in 1..=count {
            let item = item(&format!("{number}/{at}"));
            self.progress.record(&item, Outcome::Passed, date);
        }
    }

    /// Finishes a checkpoint.
    pub(crate) fn finishes(&mut self, number: &str, date: Date) {
        self.passes(number, ITEMS, date);
    }

    /// What the learner sees on that day.
    pub(crate) fn looks(&self, date: Date) -> Report {
        Report::of(&self.course, &self.progress, &self.zones, date)
            .unwrap()
            .expect("there is a plan")
    }

    /// Finishes the first checkpoints, each so many working days after its planned last day.
    pub(crate) fn finishes_late(&mut self, late: &[i32]) {
        let report = self.looks(on("2026-11-30"));
        for (unit, late) in report.units.iter().zip(late) {
            let [_, last] = unit.dates.unwrap();
            let date = shifted(&report.calendar, last, *late);
            self.finishes(&unit.number, date);
        }
    }
}

/// So many working days later, or earlier.
pub(crate) fn shifted(calendar: &Calendar, date: Date, by: i32) -> Date {
    let mut date = date;
    for _ in 0..by.abs() {
        loop {
            date = if by > 0 {
                date.tomorrow().unwrap()
            } else {
                date.yesterday().unwrap()
            };
            if calendar.works_on(date) {
                break;
            }
        }
    }
    date
}

fn item(id: &str) -> Item {
    let planned = PlannedItem {
        id: id.to_owned(),
        title: id.to_owned(),
        reason: String::new(),
    };
    Item {
        kind: Kind::Attest,
        minutes: 30,
        reason: None,
        ..planned.as_item()
    }
}
