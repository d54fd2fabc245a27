//! Which checkpoint is planned for which days.

use jiff::civil::Date;

use crate::calendar::CalendarError;
use crate::settings::Revision;
use crate::work::Work;

/// Room for rounding when parts of days are added up.
pub(crate) const EPSILON: f64 = 1e-6;

/// Dates for what was left when a revision was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// First and last day of each checkpoint, in the order of the work; none for what was
    /// done already.
    pub dates: Vec<Option<[Date; 2]>>,
    /// The last day of work.
    pub end: Date,
    /// The last day of the buffer: its lower end, and its upper one.
    pub buffer_end: [Date; 2],
}

impl Schedule {
    /// Spreads the work over the working days of `revision`. `gone` days of the buffer were
    /// used before.
    ///
    /// # Errors
    /// Days off leave no day to work on.
    pub fn of(work: &Work, revision: &Revision, gone: f64) -> Result<Self, CalendarError> {
        let Revision {
            noted,
            on,
            calendar,
            ..
        } = revision;
        let mut at = 0.0;
        let mut dates = Vec::new();
        for piece in &work.pieces {
            let left = piece.weeks * (1.0 - piece.share_before(*noted)) * calendar.per_week();
            if left < EPSILON {
                dates.push(None);
                continue;
            }
            let first = calendar.nth(*on, whole(at + EPSILON))?;
            at += left;
            let last = calendar.nth(*on, last_day(at))?;
            dates.push(Some([first, last]));
        }
        let end = |days: f64| calendar.nth(*on, last_day(days));
        let buffer = work.buffer().map(|days| (days - gone.max(0.0)).max(0.0));
        Ok(Self {
            dates,
            end: end(at)?,
            buffer_end: [end(at + buffer[0])?, end(at + buffer[1])?],
        })
    }
}

/// Number of the day on which so many days of work end: 2½ days end on day 2, the third.
pub(crate) fn last_day(days: f64) -> usize {
    whole((days - EPSILON).ceil()).saturating_sub(1)
}

/// The whole part of a number of days or samples; 0 for a negative one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and not negative"
)]
pub(crate) fn whole(number: f64) -> usize {
    number.clamp(0.0, 1e9) as usize
}
