//! The plan as it stands today: everything that a screen, a page or a program shows.

use jiff::civil::Date;
use serde::Serialize;
use workbook::course::Course;
use workbook::facts::Risk;
use workbook::progress::Progress;

use crate::calendar::{Calendar, CalendarError};
use crate::forecast::Forecast;
use crate::ledger::Ledger;
use crate::make::Parts;
use crate::settings::{Settings, SettingsError};
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
    /// Share of the plan that was left when the first plan was made.
    pub at_first: f64,
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
