//! The work of a track, and how much of it was done when.
//!
//! Measured in weeks of the track: a week's checkpoints share it equally, and a
//! checkpoint's items share that by their minutes.

use jiff::civil::Date;
use workbook::course::{Course, Unit};
use workbook::facts::{Item, Risk};
use workbook::progress::Progress;
use workbook::track;

/// All of a track.
#[derive(Debug, Clone)]
pub struct Work {
    /// Checkpoints, in the track's order.
    pub pieces: Vec<Piece>,
}

/// One checkpoint of the track.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Such as `2.1`.
    pub number: String,
    /// The checkpoint that is finished in it, if there is one.
    pub id: Option<String>,
    /// A few words.
    pub title: String,
    /// From 1.
    pub week: u8,
    /// Which share of its week it has.
    pub weeks: f64,
    /// In working days, from and to; none where the track gives none.
    pub buffer: Option<[f64; 2]>,
    /// How likely it takes longer.
    pub risk: Option<Risk>,
    /// In the order of work; optional posts are none.
    pub tasks: Vec<Task>,
    /// Minutes that its items plan for.
    pub planned_minutes: f64,
    /// Minutes that were measured and logged.
    pub spent_minutes: f64,
}

/// One item.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its share of the checkpoint's work.
    pub weight: f64,
    /// When it was done; deferred counts.
    pub settled: Option<Date>,
    /// Whether no check stands for it.
    pub planned: bool,
}

impl Work {
    /// Puts a track and what the learner has done of it together.
    pub fn of(course: &Course, progress: &Progress) -> Self {
        let weeks = course.track.weeks.iter();
        let pieces = weeks.flat_map(|week| {
            let share = 1.0 / week.units.len().max(1) as f64;
            let pieces = week.units.iter();
            pieces.map(move |unit| piece(course, progress, week.number, share, unit))
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    /// Weeks of work, all in all.
    pub fn weeks(&self) -> f64 {
        self.pieces.iter().map(|piece| piece.weeks).sum()
    }

    /// Weeks of work that were done before this day began.
    pub fn done_before(&self, date: Date) -> f64 {
        let pieces = self.pieces.iter();
        pieces
            .map(|piece| piece.weeks * piece.share_before(date))
            .sum()
    }

    /// Weeks of work that are done.
    pub fn done(&self) -> f64 {
        self.done_before(Date::MAX)
    }

    /// The first checkpoint with something left to do.
    pub fn current(&self) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.finished().is_none())
    }

    /// The newest date on which something was done.
    pub fn newest(&self) -> Option<Date> {
        let tasks = self.pieces.iter().flat_map(|piece| &piece.tasks);
        tasks.filter_map(|task| task.settled).max()
    }

    /// Own buffers of all checkpoints, added up: lower and upper end, in working days.
    pub fn buffer(&self) -> [f64; 2] {
        let buffers = self.pieces.iter().filter_map(Piece::allowance);
        buffers.fold([0.0, 0.0], |sum, [low, high]| [sum[0] + low, sum[1] + high])
    }
}

impl Piece {
    /// Which share of its work was done before this day began.
    pub fn share_before(&self, date: Date) -> f64 {
        let all: f64 = self.tasks.iter().map(|task| task.weight).sum();
        let settled = self
            .tasks
            .iter()
            .filter(|task| task.settled.is_some_and(|settled| settled < date));
        let done: f64 = settled.map(|task| task.weight).sum();
        if all == 0.0 { 0.0 } else { done / all }
    }

    /// When the last of its items was done, if none is left.
    pub fn finished(&self) -> Option<Date> {
        let dates: Option<Vec<Date>> = self.tasks.iter().map(|task| task.settled).collect();
        dates?.into_iter().max()
    }

    /// Items done, and all.
    pub fn counts(&self) -> [usize; 2] {
        let done = self.tasks.iter().filter(|task| task.settled.is_some());
        [done.count(), self.tasks.len()]
    }

    /// Its own buffer as the sums count it: "half a day at most" is half a day.
    pub fn allowance(&self) -> Option<[f64; 2]> {
        self.buffer.map(allowance)
    }

    /// Whether its buffer is a cap: at most so much, and better none.
    pub fn is_capped(&self) -> bool {
        self.buffer
            .is_some_and(|[low, high]| low == 0.0 && high > 0.0)
    }
}

/// A buffer as the sums count it: one that begins at nothing is "at most", and counts whole.
pub(crate) fn allowance([low, high]: [f64; 2]) -> [f64; 2] {
    [if low == 0.0 { high } else { low }, high]
}

fn piece(course: &Course, progress: &Progress, week: u8, weeks: f64, unit: &track::Unit) -> Piece {
    let id = unit.id.as_deref();
    let checkpoint = id.and_then(|id| by_id(course, id));
    let facts = checkpoint.map(|found| &found.facts);
    let items: Vec<(&String, Option<(&Unit, &Item)>)> =
        unit.items.iter().map(|id| (id, item(course, id))).collect();
    let minutes = |found: &Option<(&Unit, &Item)>| found.map(|(_, item)| f64::from(item.minutes));
    let known: Vec<f64> = items
        .iter()
        .filter_map(|(_, found)| minutes(found))
        .collect();
    let planned_minutes: f64 = known.iter().sum();
    // An item that says no minutes weighs what the others weigh on average.
    let usual = if planned_minutes > 0.0 {
        planned_minutes / known.len() as f64
    } else {
        1.0
    };
    let measured = items.iter().filter_map(|(_, found)| *found);
    let measured: f64 = measured.map(|(_, item)| progress.item(item).minutes).sum();
    let logged = id.map_or(0.0, |id| progress.logged_minutes(id));
    Piece {
        number: unit.number.clone(),
        id: unit.id.clone(),
        title: unit
            .title
            .clone()
            .or_else(|| facts.map(|facts| facts.title.clone()))
            .unwrap_or_default(),
        week,
        weeks,
        buffer: facts.and_then(|facts| facts.buffer_days),
        risk: facts.map(|facts| facts.risk),
        tasks: items
            .iter()
            .map(|(id, found)| task(course, progress, id, *found, usual))
            .collect(),
        planned_minutes,
        spent_minutes: (measured + logged).max(0.0),
    }
}

fn task(
    course: &Course,
    progress: &Progress,
    id: &str,
    found: Option<(&Unit, &Item)>,
    usual: f64,
) -> Task {
    let Some((unit, item)) = found else {
        let own = course.item_of_id(id).map(|own| progress.item(&own));
        let known = own.unwrap_or_default();
        return Task {
            weight: usual,
            settled: known
                .passes
                .then_some(known.first_passed.unwrap_or(Date::MIN)),
            planned: true,
        };
    };
    let known = progress.item(item);
    let own = if known.passes {
        Some(known.first_passed.unwrap_or(Date::MIN))
    } else {
        known.deferred
    };
    let caught_up = progress.noted(&unit.facts.id, "caught_up");
    Task {
        weight: f64::from(item.minutes.max(1)),
        settled: own.or_else(|| Some(caught_up?.parse().unwrap_or(Date::MIN))),
        planned: item.kind == workbook::facts::Kind::Planned,
    }
}

fn by_id<'a>(course: &'a Course, id: &str) -> Option<&'a Unit> {
    course.checkpoints.iter().find(|unit| unit.facts.id == id)
}

fn item<'a>(course: &'a Course, id: &str) -> Option<(&'a Unit, &'a Item)> {
    let mut units = course.checkpoints.iter();
    units.find_map(|unit| Some((unit, unit.facts.item(id)?)))
}
