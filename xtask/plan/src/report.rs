//! The plan as it stands today: everything that a screen, a page or a program shows.

use jiff::civil::Date;
use serde::Serialize;
use workbook::course::Course;
use workbook::facts::Risk;
use workbook::progress::Progress;

use crate::advice;
use crate::calendar::{Calendar, CalendarError};
use crate::forecast::Forecast;
use crate::ledger::{Ledger, lateness};
use crate::schedule::Schedule;
use crate::settings::{Revision, Settings, SettingsError};
use crate::work::Work;
use crate::zones::{Mode, Zone, Zones};

/// All of it. Days are the learner's working days, shares go from 0 to 1.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The day that it is about.
    pub today: Date,
    /// The track's id.
    pub track: String,
    /// The track's title.
    pub title: String,
    /// When the plan that holds now starts.
    pub start: Date,
    /// The weeks of the track.
    pub weeks: Vec<Week>,
    /// Its checkpoints.
    pub units: Vec<Unit>,
    /// Place of the first checkpoint that is not finished.
    pub current: Option<usize>,
    /// Share of the plan that is done.
    pub done: f64,
    /// The buffer and what used it.
    pub ledger: Ledger,
    /// The buffer's lower and upper end, in days.
    pub buffer: [f64; 2],
    /// Share of the buffer used by share of the plan done; 1 keeps pace.
    pub burn: Option<f64>,
    /// The colour, where there is a buffer.
    pub zone: Option<Zone>,
    /// The boundaries that made it.
    pub mode: Mode,
    /// Last day of work by the plan that holds now.
    pub end: Date,
    /// Last day of its buffer, lower and upper end.
    pub buffer_end: [Date; 2],
    /// Last day of work by the first plan.
    pub baseline_end: Date,
    /// How often the plan was moved.
    pub moves: usize,
    /// When it will probably end.
    pub forecast: Forecast,
    /// Share of plan and of buffer, each time that a checkpoint was finished, and now.
    pub history: Vec<Point>,
    /// Share of the plan left at the end of each day on which something was done.
    pub burned: Vec<(Date, f64)>,
    /// What the first plan would have left at the end of each checkpoint's last day.
    pub ideal: Vec<(Date, f64)>,
    /// Hours of work a week: what the items plan for, and what the learner has.
    pub load: Load,
    /// Checkpoints that the track takes as done, and why.
    pub assumed: Vec<Assumed>,
    /// What is odd about the dates.
    pub notes: Vec<String>,
    /// One sentence.
    pub advice: String,
    /// Working days of the plan that holds now.
    #[serde(skip)]
    pub calendar: Calendar,
}

/// One week of the track.
#[derive(Debug, Clone, Serialize)]
pub struct Week {
    /// From 1.
    pub number: u8,
    /// A few words.
    pub title: String,
    /// Items done, and all.
    pub items: [usize; 2],
    /// Last day of its last checkpoint.
    pub due: Option<Date>,
}

/// One checkpoint of the track.
#[derive(Debug, Clone, Serialize)]
pub struct Unit {
    /// Such as `2.1`.
    pub number: String,
    /// The checkpoint that is finished in it.
    pub id: Option<String>,
    /// A few words.
    pub title: String,
    /// Its week.
    pub week: u8,
    /// Items done, and all; optional posts are none.
    pub items: [usize; 2],
    /// How many of them no check stands for.
    pub unchecked: usize,
    /// First and last day, by the plan that holds now.
    pub dates: Option<[Date; 2]>,
    /// The same by the first plan.
    pub baseline: Option<[Date; 2]>,
    /// When it was finished.
    pub finished: Option<Date>,
    /// Its buffer in days, from and to.
    pub buffer: Option<[f64; 2]>,
    /// Whether that is "at most".
    pub capped: bool,
    /// How likely it takes longer.
    pub risk: Option<Risk>,
    /// Minutes that its items plan for.
    pub planned_minutes: f64,
    /// Minutes measured and logged.
    pub spent_minutes: f64,
}

/// A point of the fever chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The day.
    pub date: Date,
    /// Share of the plan done.
    pub done: f64,
    /// Share of the buffer used; negative is ahead.
    pub used: f64,
    /// The checkpoint that was finished; none for today's point.
    pub number: Option<String>,
}

/// Hours of work a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Load {
    /// What the items of a week plan for, on average.
    pub planned: f64,
    /// What the learner has, where they said.
    pub own: Option<f64>,
}

/// A checkpoint that the reference stands in for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Its title.
    pub title: String,
    /// What the track does not ask.
    pub why: String,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The plan is damaged.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// It has no days.
    #[error("`[plan]` in progress.toml: {0}")]
    Calendar(#[from] CalendarError),
    /// It names other boundaries than there are.
    #[error("`[plan]` in progress.toml names the zones `{0}`; there are {1}")]
    Zones(String, String),
    /// It is over another track.
    #[error("progress.toml has a plan over the track `{0}`, and this is `{1}`")]
    Track(String, String),
}

impl Report {
    /// Puts everything together for `today`; none where the learner has no plan.
    ///
    /// # Errors
    /// The plan in `progress.toml` cannot be used.
    pub fn of(
        course: &Course,
        progress: &Progress,
        zones: &Zones,
        today: Date,
    ) -> Result<Option<Self>, ReportError> {
        let Some(settings) = Settings::read(progress)? else {
            return Ok(None);
        };
        if settings.track != course.track.id {
            let other = course.track.id.clone();
            return Err(ReportError::Track(settings.track, other));
        }
        let mode = zones.mode(settings.zones.as_deref()).ok_or_else(|| {
            let names: Vec<&str> = zones.modes.iter().map(|mode| mode.name.as_str()).collect();
            ReportError::Zones(settings.zones.clone().unwrap_or_default(), names.join(", "))
        })?;
        let work = Work::of(course, progress);
        let parts = Parts {
            course,
            work: &work,
            settings: &settings,
        };
        Ok(Some(parts.report(mode.clone(), today)?))
    }
}

/// What a report is made of.
struct Parts<'a> {
    course: &'a Course,
    work: &'a Work,
    settings: &'a Settings,
}

impl Parts<'_> {
    fn report(&self, mode: Mode, clock: Date) -> Result<Report, CalendarError> {
        let (work, settings) = (self.work, self.settings);
        let (today, notes) = self.today(clock);
        let ledger = Ledger::of(work, settings, today);
        let schedule = self.schedule(settings.now())?;
        let baseline = self.schedule(settings.baseline())?;
        let forecast = Forecast::of(work, settings, &ledger, today)?;
        let done = work.done() / work.weeks();
        let share = ledger.share();
        let units = self.units(&schedule, &baseline);
        let mut report = Report {
            today,
            track: self.course.track.id.clone(),
            title: self.course.track.title.clone(),
            start: settings.now().on,
            weeks: self.weeks(&units),
            units,
            current: work
                .pieces
                .iter()
                .position(|piece| piece.finished().is_none()),
            done,
            buffer: work.buffer(),
            burn: share.filter(|_| done > 0.0).map(|share| share / done),
            zone: share.map(|share| mode.zone(done, share)),
            mode,
            end: schedule.end,
            buffer_end: schedule.buffer_end,
            baseline_end: baseline.end,
            moves: settings.revisions.len() - 1,
            forecast,
            history: history(&ledger, today),
            burned: self.burned(),
            ideal: self.ideal(&baseline),
            load: self.load(),
            assumed: self.assumed(),
            notes,
            advice: String::new(),
            calendar: settings.now().calendar.clone(),
            ledger,
        };
        report.advice = advice::sentence(&report);
        Ok(report)
    }

    /// A clock that was set back does not undo what was done.
    fn today(&self, clock: Date) -> (Date, Vec<String>) {
        let newest = self.work.newest().into_iter();
        let noted = self
            .settings
            .revisions
            .iter()
            .map(|revision| revision.noted);
        match newest.chain(noted).max().filter(|newest| *newest > clock) {
            Some(newest) => {
                let note = format!(
                    "this machine's clock says {clock}, and progress.toml has {newest} in it: \
                     counted as of {newest}"
                );
                (newest, vec![note])
            }
            None => (clock, Vec::new()),
        }
    }

    fn schedule(&self, revision: &Revision) -> Result<Schedule, CalendarError> {
        let noted = revision.noted;
        let before = Settings {
            revisions: {
                let all = self.settings.revisions.iter();
                all.take_while(|other| *other != revision)
                    .cloned()
                    .collect()
            },
            ..self.settings.clone()
        };
        let gone = if before.revisions.is_empty() {
            0.0
        } else {
            lateness(self.work, &before, noted, noted)
        };
        Schedule::of(self.work, revision, gone)
    }

    fn units(&self, schedule: &Schedule, baseline: &Schedule) -> Vec<Unit> {
        let pieces = self.work.pieces.iter().enumerate();
        let units = pieces.map(|(place, piece)| Unit {
            number: piece.number.clone(),
            id: piece.id.clone(),
            title: piece.title.clone(),
            week: piece.week,
            items: piece.counts(),
            unchecked: piece.tasks.iter().filter(|task| task.planned).count(),
            dates: schedule.dates[place].or(baseline.dates[place]),
            baseline: baseline.dates[place],
            finished: piece.finished(),
            buffer: piece.buffer,
            capped: piece.is_capped(),
            risk: piece.risk,
            planned_minutes: piece.planned_minutes,
            spent_minutes: piece.spent_minutes,
        });
        units.collect()
    }

    fn weeks(&self, units: &[Unit]) -> Vec<Week> {
        let weeks = self.course.track.weeks.iter();
        let weeks = weeks.map(|week| {
            let own = units.iter().filter(|unit| unit.week == week.number);
            let sum = |at: usize| own.clone().map(|unit| unit.items[at]).sum();
            Week {
                number: week.number,
                title: week.title.clone(),
                items: [sum(0), sum(1)],
                due: own.clone().filter_map(|unit| Some(unit.dates?[1])).max(),
            }
        });
        weeks.collect()
    }

    fn burned(&self) -> Vec<(Date, f64)> {
        let tasks = self.work.pieces.iter().flat_map(|piece| &piece.tasks);
        let began = self.settings.baseline().noted;
        let mut dates: Vec<Date> = tasks
            .filter_map(|task| task.settled)
            .filter(|date| *date >= began)
            .collect();
        dates.sort_unstable();
        dates.dedup();
        let left = |date: Date| {
            let done = self.work.done_before(crate::ledger::day_after(date));
            1.0 - done / self.work.weeks()
        };
        dates.into_iter().map(|date| (date, left(date))).collect()
    }

    fn ideal(&self, baseline: &Schedule) -> Vec<(Date, f64)> {
        let noted = self.settings.baseline().noted;
        let mut left = self.work.weeks() - self.work.done_before(noted);
        let mut points = Vec::new();
        for (piece, dates) in self.work.pieces.iter().zip(&baseline.dates) {
            let Some([_, last]) = dates else { continue };
            left -= piece.weeks * (1.0 - piece.share_before(noted));
            points.push((*last, (left / self.work.weeks()).max(0.0)));
        }
        points
    }

    fn load(&self) -> Load {
        let revision = self.settings.now();
        let minutes: f64 = self
            .work
            .pieces
            .iter()
            .map(|piece| piece.planned_minutes)
            .sum();
        Load {
            planned: minutes / 60.0 / self.work.weeks(),
            own: revision
                .hours
                .map(|hours| hours * revision.calendar.per_week()),
        }
    }

    fn assumed(&self) -> Vec<Assumed> {
        let units = &self.course.checkpoints;
        let assumed = self.course.track.assumed.iter();
        let assumed = assumed.map(|assumed| {
            let unit = units
                .iter()
                .find(|unit| unit.facts.id == assumed.checkpoint);
            Assumed {
                title: unit
                    .map_or(&assumed.checkpoint, |unit| &unit.facts.title)
                    .clone(),
                why: assumed.why.clone(),
            }
        });
        assumed.collect()
    }
}

fn history(ledger: &Ledger, today: Date) -> Vec<Point> {
    let size = ledger.size;
    let entries = ledger.entries.iter().filter(|_| size > 0.0);
    let points = entries.map(|entry| Point {
        date: entry.finished.unwrap_or(today),
        done: entry.done,
        used: entry.used / size,
        number: entry.finished.map(|_| entry.number.clone()),
    });
    points.collect()
}
