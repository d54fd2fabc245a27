//! The days on which it will probably end.
//!
//! For each checkpoint that is left, a sample draws how many times its planned days it will
//! take: one of the learner's own ratios of actual to planned days, or one of
//! [`PLANS_OWN`] that say 1. The more is finished, the more the own ones weigh. Then the
//! checkpoint's risk may strike, and cost days of its own. Of all samples, half end by the
//! first date, and four in five by the second.
//!
//! All samples draw the same numbers whatever happened, so two forecasts differ by what
//! happened and by nothing else.

use fastrand::Rng;
use jiff::civil::Date;
use serde::Serialize;
use workbook::facts::Risk;

use crate::calendar::CalendarError;
use crate::ledger::Ledger;
use crate::schedule::{last_day, whole};
use crate::settings::Settings;
use crate::work::{Piece, Work};

/// Ratios of 1 among the learner's own: the weight of the plan.
const PLANS_OWN: usize = 4;

/// Below this, a checkpoint was finished beside another one, and says nothing of its own.
const SMALLEST_RATIO: f64 = 0.25;

const SAMPLES: usize = 4_000;
const SEED: u64 = 2_026;

/// When the work will be done, as far as anybody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Half of all samples end by then.
    pub half: Date,
    /// Four in five do.
    pub likely: Date,
}

/// What one sample draws for one checkpoint.
struct Draw {
    /// Which ratio.
    ratio: f64,
    /// Whether the risk strikes.
    strikes: f64,
    /// How hard.
    size: f64,
}

impl Forecast {
    /// Looks ahead from `today`.
    ///
    /// # Errors
    /// Days off leave no day to work on.
    pub fn of(
        work: &Work,
        settings: &Settings,
        ledger: &Ledger,
        today: Date,
    ) -> Result<Self, CalendarError> {
        let finished: Option<Vec<Date>> = work.pieces.iter().map(Piece::finished).collect();
        if let Some(last) = finished.and_then(|dates| dates.into_iter().max()) {
            return Ok(Self {
                half: last,
                likely: last,
            });
        }
        let revision = settings.now();
        let from = today.max(revision.on);
        let mut samples = samples(work, revision.calendar.per_week(), &ratios(ledger));
        samples.sort_by(f64::total_cmp);
        let end = |share: f64| {
            let place = whole((samples.len() as f64 * share).ceil());
            let days = samples[place.clamp(1, samples.len()) - 1];
            revision.calendar.nth(from, last_day(days))
        };
        Ok(Self {
            half: end(0.5)?,
            likely: end(0.8)?,
        })
    }
}

/// Actual days by planned days, of what was finished, and the plan's own; smallest first.
fn ratios(ledger: &Ledger) -> Vec<f64> {
    let finished = ledger
        .entries
        .iter()
        .filter(|entry| entry.finished.is_some());
    let own = finished
        .filter(|entry| entry.planned > 0.0)
        .map(|entry| ((entry.planned + entry.late) / entry.planned).max(SMALLEST_RATIO));
    let mut ratios: Vec<f64> = own.chain([1.0; PLANS_OWN]).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

/// Working days that are left, once for each sample.
fn samples(work: &Work, per_week: f64, ratios: &[f64]) -> Vec<f64> {
    let mut random = Rng::with_seed(SEED);
    let sample = |_| {
        let pieces = work.pieces.iter();
        let days = pieces.map(|piece| {
            // Drawn for finished ones too, so that the others draw the same as before.
            let draw = Draw {
                ratio: random.f64(),
                strikes: random.f64(),
                size: random.f64(),
            };
            left(piece, per_week, ratios, &draw)
        });
        days.sum()
    };
    (0..SAMPLES).map(sample).collect()
}

/// Working days that one checkpoint still takes.
fn left(piece: &Piece, per_week: f64, ratios: &[f64], draw: &Draw) -> f64 {
    let share = 1.0 - piece.share_before(Date::MAX);
    let place = whole(draw.ratio * ratios.len() as f64);
    let ratio = ratios[place.min(ratios.len() - 1)];
    let struck = piece
        .risk
        .is_some_and(|risk| draw.strikes < likelihood(risk));
    let delay = match piece.allowance() {
        // Twice the buffer at worst, so that on average it costs what the plan gives.
        Some([low, high]) if struck => draw.size * (low + high),
        _ => 0.0,
    };
    share * (piece.weeks * per_week * ratio + delay)
}

/// How often a plan's word for risk comes true. Ours: the plans name no figure.
fn likelihood(risk: Risk) -> f64 {
    match risk {
        Risk::Low => 0.1,
        Risk::LowMedium => 0.2,
        Risk::Medium => 0.3,
        Risk::MediumHigh => 0.4,
        Risk::High => 0.5,
    }
}
