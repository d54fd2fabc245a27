//! A learner over the real facts, in a folder of their own.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use plan::calendar::{Calendar, date, weekday};
use plan::report::Report;
use plan::settings::{Revision, Settings};
use plan::zones::Zones;
use workbook::course::Course;
use workbook::progress::{Outcome, Progress};

pub(crate) fn on(text: &str) -> Date {
    date(text).unwrap()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Their course, plan and progress.
pub(crate) struct Learner {
    course: Course,
    progress: Progress,
    settings: Settings,
    _folder: tempfile::TempDir,
}

impl Learner {
    /// Begins the track with a plan that was noted on its first day.
    pub(crate) fn starting(track: &str, start: &str, days: &str, off: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let days = days.split(',').map(|day| weekday(day).unwrap()).collect();
        let off = off.iter().map(|off| off.parse().unwrap()).collect();
        let revision = Revision {
            noted: on(start),
            on: on(start),
            calendar: Calendar::new(days, off).unwrap(),
            hours: Some(2.0),
        };
        let learner = Self {
            course: Course::load(&root(), track).unwrap(),
            progress: Progress::load(folder.path()).unwrap(),
            settings: Settings {
                track: track.to_owned(),
                zones: None,
                revisions: vec![revision],
            },
            _folder: folder,
        };
        assert_eq!(learner.course.track.id, track);
        learner
    }

    /// The issue's own example: five days a week from 30 November 2026, Christmas off.
    pub(crate) fn usual() -> Self {
        let off = ["2026-12-24..2027-01-02"];
        Self::starting("base", "2026-11-30", "mon,tue,wed,thu,sat", &off)
    }

    /// Passes every item of a checkpoint on one day.
    pub(crate) fn finishes(mut self, id: &str, day: &str) -> Self {
        let mut units = self.course.checkpoints.iter();
        let unit = units.find(|unit| unit.facts.id == id).unwrap();
        for item in &unit.facts.items {
            self.progress.record(item, Outcome::Passed, on(day));
        }
        self
    }

    /// Gives the rest new dates.
    pub(crate) fn moves(mut self, noted: &str, start: &str) -> Self {
        let revision = Revision {
            noted: on(noted),
            on: on(start),
            ..self.settings.now().clone()
        };
        self.settings.revisions.push(revision);
        self
    }

    pub(crate) fn report(mut self, today: &str) -> Report {
        self.settings.write(&mut self.progress);
        let zones = Zones::load(&root()).unwrap();
        let report = Report::of(&self.course, &self.progress, &zones, on(today));
        report.unwrap().expect("there is a plan")
    }
}

/// Four weeks in: on time, late, very late, early, and a holiday.
pub(crate) fn late() -> Report {
    let learner = Learner::usual()
        .finishes("environment", "2026-12-01")
        .finishes("schema", "2026-12-05")
        .finishes("ingestion", "2026-12-12")
        .finishes("lake", "2026-12-17")
        .finishes("orchestration", "2027-01-11")
        .finishes("validation", "2027-01-14");
    learner.report("2027-01-18")
}

/// Before anything is done.
pub(crate) fn fresh() -> Report {
    Learner::usual().report("2026-11-30")
}

/// The ids of all checkpoints of the base track, in its order.
pub(crate) fn ids() -> Vec<String> {
    let course = Course::load(&root(), "base").unwrap();
    let units = course.checkpoints.iter();
    units.map(|unit| unit.facts.id.clone()).collect()
}

/// Everything done, one checkpoint every third day, more than a year's end away.
pub(crate) fn done() -> Report {
    let mut day = on("2026-12-01");
    let mut learner = Learner::usual();
    for id in ids() {
        learner = learner.finishes(&id, &day.to_string());
        day = day.checked_add(jiff::Span::new().days(3)).unwrap();
    }
    learner.report("2027-03-01")
}
