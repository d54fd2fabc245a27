//! How late it is, and which buffer pays for that.
//!
//! Lateness is the working days gone by, less the planned days of the work done; parts of a
//! day do not count. A day is gone when it is over, or when a checkpoint was finished on it.
//! What a checkpoint adds to it comes out of its own buffer first, then out of what all the
//! others have; what it takes away goes back.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use crate::schedule::EPSILON;
use crate::settings::{Revision, Settings};
use crate::work::{Piece, Work};

/// The account of the buffer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ledger {
    /// Finished checkpoints in the order in which they were finished, then the open one.
    pub entries: Vec<Entry>,
    /// Working days of buffer used; negative means ahead of the plan.
    pub used: f64,
    /// Working days of buffer, by its lower end.
    pub size: f64,
}

/// What one checkpoint did to the buffer, in working days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its number in the track.
    pub number: String,
    /// Place in the order of the work.
    #[serde(skip)]
    pub place: usize,
    /// When it was finished; the open one has none.
    pub finished: Option<Date>,
    /// Days that the plan has for it.
    pub planned: f64,
    /// Days later than planned, by its own doing; negative is earlier.
    pub late: f64,
    /// Out of its own buffer.
    pub own: f64,
    /// Out of the others'.
    pub shared: f64,
    /// Given back.
    pub returned: f64,
    /// Share of the plan that was done by then, from 0 to 1.
    pub done: f64,
    /// Days of buffer used by then, all in all.
    pub used: f64,
}

impl Ledger {
    /// Keeps the account up to `today`.
    pub fn of(work: &Work, settings: &Settings, today: Date) -> Self {
        let began = settings.baseline().noted;
        let mut finished: Vec<(Date, usize, &Piece)> = work
            .pieces
            .iter()
            .enumerate()
            .filter_map(|(place, piece)| Some((piece.finished()?, place, piece)))
            .filter(|(date, ..)| *date >= began)
            .collect();
        finished.sort_by_key(|(date, place, _)| (*date, *place));
        let mut entries = Vec::new();
        let mut used = 0.0;
        for (at, (date, place, piece)) in finished.iter().enumerate() {
            // Of several on one day, the last one bears what the day brought.
            let shares_its_day = finished.get(at + 1).is_some_and(|next| next.0 == *date);
            let now = if shares_its_day {
                used
            } else {
                lateness(work, settings, day_after(*date), day_after(*date))
            };
            let mut entry = entry(work, settings, *place, piece, now - used);
            entry.finished = Some(*date);
            entry.done = work.done_before(day_after(*date)) / work.weeks();
            entry.used = now;
            used = now;
            entries.push(entry);
        }
        let last = finished.last().map(|(date, ..)| day_after(*date));
        let open = work
            .pieces
            .iter()
            .position(|piece| piece.finished().is_none());
        if let Some(place) = open {
            let gone = last.map_or(today, |last| last.max(today));
            let now = lateness(work, settings, gone, Date::MAX);
            let mut entry = entry(work, settings, place, &work.pieces[place], now - used);
            entry.done = work.done() / work.weeks();
            entry.used = now;
            used = now;
            entries.push(entry);
        }
        Self {
            entries,
            used,
            size: work.buffer()[0],
        }
    }

    /// Days of buffer that are left.
    pub fn left(&self) -> f64 {
        self.size - self.used.max(0.0)
    }

    /// Share of the buffer that is used; none where a track gives no buffer.
    pub fn share(&self) -> Option<f64> {
        (self.size > 0.0).then(|| self.used / self.size)
    }

    /// What a checkpoint did to the buffer.
    pub fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.place == place)
    }
}

fn entry(work: &Work, settings: &Settings, place: usize, piece: &Piece, late: f64) -> Entry {
    let own = piece.allowance().map_or(0.0, |[low, _]| low);
    let own = late.clamp(0.0, own);
    Entry {
        number: piece.number.clone(),
        place,
        finished: None,
        planned: planned_days(work, settings, place),
        late,
        own,
        shared: late.max(0.0) - own,
        returned: (-late).max(0.0),
        done: 0.0,
        used: 0.0,
    }
}

/// Days that the plan which holds now has for a checkpoint.
fn planned_days(work: &Work, settings: &Settings, place: usize) -> f64 {
    work.pieces[place].weeks * settings.now().calendar.per_week()
}

/// Whole days behind the plan, when the days before `gone` are over and the work done before
/// `done` counts.
pub(crate) fn lateness(work: &Work, settings: &Settings, gone: Date, done: Date) -> f64 {
    let (mut late, mut from) = (0.0, None::<&Revision>);
    for revision in &settings.revisions {
        if from.is_some() && revision.noted >= gone {
            break;
        }
        if let Some(before) = from {
            late += since(work, before, revision.noted, revision.noted);
        }
        from = Some(revision);
    }
    late + from.map_or(0.0, |revision| since(work, revision, gone, done))
}

/// The same, since one revision.
fn since(work: &Work, revision: &Revision, gone: Date, done: Date) -> f64 {
    let days = revision.calendar.between(revision.on, gone) as f64;
    let weeks = work.done_before(done) - work.done_before(revision.noted);
    whole(days - weeks * revision.calendar.per_week())
}

/// Parts of a day do not count, in either direction.
fn whole(days: f64) -> f64 {
    let whole = (days.abs() + EPSILON).floor();
    if days < 0.0 && whole > 0.0 {
        -whole
    } else {
        whole
    }
}

/// The day after; the last one there is stays.
pub(crate) fn day_after(date: Date) -> Date {
    date.saturating_add(1.day())
}
