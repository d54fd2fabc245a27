//! How a [`Report`] is put together.

use jiff::civil::Date;
use workbook::course::Course;

use crate::advice;
use crate::calendar::CalendarError;
use crate::forecast::Forecast;
use crate::ledger::{Ledger, day_after, lateness};
use crate::report::{Assumed, Load, Point, Report, Unit, Week};
use crate::schedule::Schedule;
use crate::settings::{Revision, Settings};
use crate::work::Work;
use crate::zones::Mode;

/// What a report is made of.
pub(crate) struct Parts<'a> {
    /// The track and its checkpoints.
    pub(crate) course: &'a Course,
    /// What was done when.
    pub(crate) work: &'a Work,
    /// What the learner decided.
    pub(crate) settings: &'a Settings,
}

impl Parts<'_> {
    /// The report for the day that `clock` says.
    ///
    /// # Errors
    /// Days off leave no day to work on.
    pub(crate) fn report(&self, mode: Mode, clock: Date) -> Result<Report, CalendarError> {
        let (work, settings) = (self.work, self.settings);
        let (today, notes) = self.today(clock);
        let ledger = Ledger::of(work, settings, today);
        let schedule = self.schedule(settings.now())?;
        let baseline = self.schedule(settings.baseline())?;
        let forecast = Forecast::of(work, settings, &ledger, today)?;
        // An empty sum is -0.
        let done = work.done() / work.weeks() + 0.0;
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
            at_first: 1.0 - work.done_before(settings.baseline().noted) / work.weeks(),
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
        // Revisions noted on that day or later do not bear on it.
        let gone = lateness(self.work, self.settings, revision.noted, revision.noted);
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
            let done = self.work.done_before(day_after(date));
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
