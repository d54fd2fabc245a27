//! The learner's working days.
//!
//! Dates are civil dates of the learner's own place: no time zone and no daylight saving
//! comes near them.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// Nobody plans further than this ahead; a search ends here.
const HORIZON_DAYS: i32 = 366 * 20;

/// Which days are worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    days: Vec<Weekday>,
    off: Vec<Off>,
}

/// Days off, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Off {
    first: Date,
    last: Date,
}

/// Why a calendar cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No such weekday.
    #[error("`{0}` is no weekday: write mon, tue, wed, thu, fri, sat or sun")]
    Weekday(String),
    /// Nothing to work on.
    #[error("there are no working days: name at least one, such as `--days mon,wed,sat`")]
    NoDays,
    /// No such date.
    #[error("`{0}` is no date: write it as 2026-11-30")]
    Date(String),
    /// It ends before it begins.
    #[error("the days off `{0}` end before they begin")]
    Backwards(String),
    /// Nothing is left within reach.
    #[error("days off leave no working day within twenty years of {0}")]
    NeverAgain(Date),
}

impl Calendar {
    /// Working weekdays, and days off among them.
    ///
    /// # Errors
    /// No weekday is named.
    pub fn new(mut days: Vec<Weekday>, off: Vec<Off>) -> Result<Self, CalendarError> {
        days.sort_by_key(|day| day.to_monday_zero_offset());
        days.dedup();
        if days.is_empty() {
            return Err(CalendarError::NoDays);
        }
        Ok(Self { days, off })
    }

    /// Working days in a week without days off.
    pub fn per_week(&self) -> f64 {
        self.days.len() as f64
    }

    /// The working weekdays, Monday first.
    pub fn days(&self) -> &[Weekday] {
        &self.days
    }

    /// The days off.
    pub fn off(&self) -> &[Off] {
        &self.off
    }

    /// Whether the learner means to work on this day.
    pub fn works_on(&self, date: Date) -> bool {
        self.days.contains(&date.weekday()) && !self.off.iter().any(|off| off.holds(date))
    }

    /// Working days from `start` up to and without `end`; 0 if that lies before.
    pub fn between(&self, start: Date, end: Date) -> usize {
        let days = start.series(1.day()).take_while(|date| *date < end);
        days.filter(|date| self.works_on(*date)).count()
    }

    /// The working day of this number, counted from `start`: 0 is `start` itself, or the
    /// first working day after it.
    ///
    /// # Errors
    /// Days off leave none.
    pub fn nth(&self, start: Date, number: usize) -> Result<Date, CalendarError> {
        let days = start.series(1.day()).take(HORIZON_DAYS as usize);
        let mut working = days.filter(|date| self.works_on(*date));
        working.nth(number).ok_or(CalendarError::NeverAgain(start))
    }
}

impl Off {
    /// Whether this day is one of them.
    pub fn holds(&self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
    }
}

/// `2026-12-24..2027-01-02`, or one date.
impl FromStr for Off {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (first, last) = (date(first)?, date(last.trim_start_matches('='))?);
        if last < first {
            return Err(CalendarError::Backwards(text.to_owned()));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for Off {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(f, "{}", self.first);
        }
        write!(f, "{}..{}", self.first, self.last)
    }
}

/// Reads `2026-11-30`.
///
/// # Errors
/// It is something else.
pub fn date(text: &str) -> Result<Date, CalendarError> {
    let text = text.trim();
    text.parse()
        .map_err(|_| CalendarError::Date(text.to_owned()))
}

/// Reads `mon`, or `Monday`.
///
/// # Errors
/// It is something else.
pub fn weekday(text: &str) -> Result<Weekday, CalendarError> {
    let lower = text.trim().to_lowercase();
    let days = Weekday::Monday.cycle_forward().take(7);
    let mut found = days.filter(|day| {
        let name = short(*day);
        lower == name || (lower.len() > name.len() && long(*day).starts_with(&lower))
    });
    found
        .next()
        .ok_or_else(|| CalendarError::Weekday(text.trim().to_owned()))
}

/// `mon`.
pub fn short(day: Weekday) -> &'static str {
    &long(day)[..3]
}

fn long(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(days: &str, off: &[&str]) -> Calendar {
        let days = days.split(',').map(|day| weekday(day).unwrap()).collect();
        let off = off.iter().map(|off| off.parse().unwrap()).collect();
        Calendar::new(days, off).unwrap()
    }

    fn on(text: &str) -> Date {
        date(text).unwrap()
    }

    #[test]
    fn working_days_skip_weekends_and_days_off() {
        let calendar = calendar("mon,tue,wed,thu,sat", &["2026-12-24..2027-01-02"]);
        // Monday to Thursday and Saturday, then the holiday from Thursday on.
        assert_eq!(calendar.between(on("2026-12-14"), on("2026-12-21")), 5);
        assert_eq!(calendar.between(on("2026-12-21"), on("2027-01-04")), 3);
        assert_eq!(
            calendar.nth(on("2026-12-21"), 3).unwrap(),
            on("2027-01-04"),
            "the first working day after the holiday"
        );
    }

    #[test]
    fn a_start_on_a_day_off_is_the_next_working_day() {
        let calendar = calendar("mon", &[]);
        assert_eq!(calendar.nth(on("2026-12-01"), 0).unwrap(), on("2026-12-07"));
        assert_eq!(calendar.between(on("2026-12-01"), on("2026-12-07")), 0);
    }

    #[test]
    fn counting_and_finding_are_each_others_inverse_over_leap_days_and_years_ends() {
        let calendar = calendar("tue,fri,sun", &["2028-02-25..2028-03-03", "2027-12-31"]);
        let start = on("2027-12-26");
        for number in 0..40 {
            let found = calendar.nth(start, number).unwrap();
            assert!(calendar.works_on(found));
            assert_eq!(calendar.between(start, found), number);
        }
    }

    #[test]
    fn the_last_sunday_of_march_is_a_day_like_any_other() {
        let calendar = calendar("sat,sun,mon", &[]);
        assert_eq!(calendar.between(on("2027-03-27"), on("2027-03-30")), 3);
        assert_eq!(calendar.between(on("2027-10-30"), on("2027-11-02")), 3);
    }

    #[test]
    fn an_end_before_the_start_holds_no_days() {
        let calendar = calendar("mon,tue", &[]);
        assert_eq!(calendar.between(on("2026-12-08"), on("2026-12-01")), 0);
    }

    #[test]
    fn weekdays_are_read_short_or_long() {
        for text in ["wed", "Wed", " wednesday", "weds"] {
            let read = weekday(text);
            assert_eq!(read.is_ok(), text != "weds", "{text}");
        }
        assert!(weekday("we").is_err());
        assert_eq!(
            weekday("someday").unwrap_err(),
            CalendarError::Weekday("someday".to_owned())
        );
    }

    #[test]
    fn what_is_no_calendar_is_said() {
        assert_eq!(Calendar::new(vec![], vec![]), Err(CalendarError::NoDays));
        assert!(matches!(
            "2026-12-24..2026-12-01".parse::<Off>(),
            Err(CalendarError::Backwards(_))
        ));
        assert!(matches!(
            "2026-02-29".parse::<Off>(),
            Err(CalendarError::Date(_))
        ));
        let endless = calendar("mon", &["2026-01-01..2099-01-01"]);
        assert_eq!(
            endless.nth(on("2026-12-01"), 0),
            Err(CalendarError::NeverAgain(on("2026-12-01")))
        );
    }
}
