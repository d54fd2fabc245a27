//! The days on which it will probably end.
//!
//! What is left takes the learner's own ratio of days gone to days planned, with
//! [`PLANS_OWN`] weeks added that went as planned: with little history it is nearly the
//! plan's, and later nearly their own. Each sample bends that ratio, less and less as
//! checkpoints are finished, and lets the risk of each checkpoint that is left strike or
//! not. Of all samples, half end by the first date, and four in five by the second.
//!
//! All samples draw the same numbers whatever happened, so two forecasts differ by what
//! happened and by nothing else; and more delay makes each of them longer.

use fastrand::Rng;
use jiff::civil::Date;
use serde::Serialize;
use workbook::facts::Risk;

use crate::calendar::CalendarError;
use crate::ledger::Ledger;
use crate::schedule::{last_day, whole};
use crate::settings::Settings;
use crate::work::{Piece, Work};

/// Weeks that count as gone as planned, whatever happened.
const PLANS_OWN: f64 = 2.0;

/// Nobody is taken to go on four times as fast as planned.
const SMALLEST_RATIO: f64 = 0.25;

/// How far one checkpoint's ratio is usually off, as a share. Ours: the plans name none.
const SPREAD: f64 = 0.4;

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
        let per_week = revision.calendar.per_week();
        let ratio = ratio(work, settings, ledger);
        let mut samples = samples(work, per_week, ratio);
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

/// Days gone by days planned, of what was done under the plan.
fn ratio(work: &Work, settings: &Settings, ledger: &Ledger) -> f64 {
    let done = work.done() - work.done_before(settings.baseline().noted);
    let late = ledger.used / settings.now().calendar.per_week();
    let planned = PLANS_OWN + done;
    ((planned + late) / planned).max(SMALLEST_RATIO)
}

/// Working days that are left, once for each sample.
fn samples(work: &Work, per_week: f64, ratio: f64) -> Vec<f64> {
    let mut random = Rng::with_seed(SEED);
    let finished = work
        .pieces
        .iter()
        .filter(|piece| piece.finished().is_some());
    // Two of the plan's weeks are four checkpoints.
    let spread = SPREAD / (2.0 * PLANS_OWN + finished.count() as f64).sqrt();
    let mut bend = 0.0;
    let sample = |number| {
        // Every other sample is the mirror of the one before: the middle is the plan's.
        bend = if number % 2 == 0 {
            normal(&mut random)
        } else {
            -bend
        };
        let pace = ratio * (spread * bend).exp();
        let pieces = work.pieces.iter();
        let days = pieces.map(|piece| {
            // Drawn for finished ones too, so that the others draw the same as before.
            let (strikes, size) = (random.f64(), random.f64());
            let left = 1.0 - piece.share_before(Date::MAX);
            left * (piece.weeks * per_week * pace + delay(piece, strikes, size))
        });
        days.sum()
    };
    (0..SAMPLES).map(sample).collect()
}

/// Days that a checkpoint's risk costs, if it strikes.
fn delay(piece: &Piece, strikes: f64, size: f64) -> f64 {
    let struck = piece.risk.is_some_and(|risk| strikes < likelihood(risk));
    match piece.allowance() {
        // Twice the buffer at worst, so that on average it costs what the plan gives.
        Some([low, high]) if struck => size * (low + high),
        _ => 0.0,
    }
}

/// Nearly normal, with mean 0 and deviation 1: twelve even ones, added up.
fn normal(random: &mut Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
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
