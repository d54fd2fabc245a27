//! The plan as month sheets: which day is for which checkpoint, where the plan and its buffer
//! end, what was finished when, and the forecast's two dates.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{image, line, next_month, rectangle, text};
use crate::forecast::Forecast;
use crate::markup::long;
use crate::report::{Report, Unit};

/// Units that a day's cell is wide and high.
const CELL: f64 = 44.0;

/// Height of the month's name and the weekdays.
const HEAD: f64 = 44.0;

/// More sheets than this help nobody.
const MOST_MONTHS: usize = 24;

/// One picture for each month, so that a page can put them side by side or below each other.
pub fn calendar(report: &Report) -> String {
    let months = months(report);
    let mut html = String::from("<div class=\"plan-months\">\n");
    for first in months.iter().take(MOST_MONTHS) {
        html.push_str(&month(report, *first));
    }
    html.push_str("</div>\n");
    if months.len() > MOST_MONTHS {
        let last = months[months.len() - 1].strftime("%B %Y");
        let _ = writeln!(
            html,
            "<p class=\"plan-none\">The first {MOST_MONTHS} months; the plan goes on to {last}.</p>"
        );
    }
    html
}

/// The first of each month from the start to the last date that the report names.
fn months(report: &Report) -> Vec<Date> {
    let began = report.units.iter().filter_map(|unit| Some(unit.dates?[0]));
    let first = began.chain([report.start]).min().unwrap_or(report.start);
    let last = report
        .end
        .max(report.buffer_end[1])
        .max(report.forecast.likely);
    let mut months = vec![first.first_of_month()];
    loop {
        let next = next_month(months[months.len() - 1]);
        // A hundred years are enough for any loop.
        if next > last || months.len() > 1_200 {
            return months;
        }
        months.push(next);
    }
}

fn month(report: &Report, first: Date) -> String {
    let title = first.strftime("%B %Y").to_string();
    let mut body = text("plan-month", [2.0, 16.0], &title);
    for (column, name) in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        .iter()
        .enumerate()
    {
        let x = CELL * (column as f64 + 0.5);
        body.push_str(&text("plan-tick at-middle", [x, 36.0], name));
    }
    let days: Vec<Day> = first
        .series(1.day())
        .take(usize::from(first.days_in_month().unsigned_abs()))
        .map(|date| Day::of(report, date))
        .collect();
    let mut row = 0.0;
    for day in &days {
        let column = f64::from(day.date.weekday().to_monday_zero_offset());
        if column == 0.0 && day.date > first {
            row += 1.0;
        }
        body.push_str(&day.cell([column * CELL, HEAD + row * CELL]));
    }
    let size = [7.0 * CELL, HEAD + (row + 1.0) * CELL + 2.0];
    let id = first.strftime("plan-%Y-%m").to_string();
    image(&id, size, &title, &words(&days), &body)
}

/// What a day is, by the plan that holds now.
struct Day<'a> {
    date: Date,
    /// Checkpoints that it is planned for, with their places in the track.
    units: Vec<(usize, &'a Unit)>,
    /// Those that were finished on it.
    finished: Vec<&'a Unit>,
    kind: Kind,
    buffer: Buffer,
    /// Of the forecast's dates, which one it is.
    forecast: Option<&'static str>,
    is_end: bool,
    is_today: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Working,
    /// A working weekday within the plan that is taken off.
    Off,
    /// No working weekday, or off before or after the plan.
    Idle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Buffer {
    None,
    /// Of both ends.
    Lower,
    /// Of the upper end alone.
    Upper,
}

impl<'a> Day<'a> {
    fn of(report: &'a Report, date: Date) -> Self {
        let works = report.calendar.works_on(date);
        let units = report.units.iter().enumerate();
        // A finished checkpoint may have the dates of an older plan, with other working days:
        // its first and last day are shown in any case.
        let planned = units.filter(|(_, unit)| {
            unit.dates.is_some_and(|dates| {
                let [first, last] = dates;
                (first..=last).contains(&date) && (works || dates.contains(&date))
            })
        });
        let done = report
            .units
            .iter()
            .filter(|unit| unit.finished == Some(date));
        let given = report.ledger.size > 0.0 && works && date > report.end;
        let buffer = match report.buffer_end {
            [low, _] if given && date <= low => Buffer::Lower,
            [_, high] if given && date <= high => Buffer::Upper,
            _ => Buffer::None,
        };
        let weekday = report.calendar.days().contains(&date.weekday());
        let ends = report.end.max(report.buffer_end[1]);
        let forecast = match report.forecast {
            _ if report.current.is_none() => None,
            Forecast { likely, .. } if date == likely => Some("80 %"),
            Forecast { half, .. } if date == half => Some("50 %"),
            _ => None,
        };
        let kind = if works {
            Kind::Working
        } else if weekday && (report.start..=ends).contains(&date) {
            Kind::Off
        } else {
            Kind::Idle
        };
        Self {
            date,
            units: planned.collect(),
            finished: done.collect(),
            kind,
            buffer,
            forecast,
            is_end: date == report.end,
            is_today: date == report.today,
        }
    }

    /// Checkpoints that begin on it.
    fn begun(&self) -> Vec<&str> {
        let begun = self
            .units
            .iter()
            .filter(|(_, unit)| unit.dates.is_some_and(|[first, _]| first == self.date));
        begun.map(|(_, unit)| unit.number.as_str()).collect()
    }

    fn cell(&self, [x, y]: [f64; 2]) -> String {
        let (left, top, size) = (x + 1.0, y + 1.0, CELL - 2.0);
        let mut cell = String::new();
        let strip = size / self.units.len().max(1) as f64;
        for (at, (place, _)) in self.units.iter().enumerate() {
            let shade = ["plan-even", "plan-odd"][place % 2];
            let corner = [left + strip * at as f64, top];
            cell.push_str(&rectangle(shade, corner, [strip, size]));
        }
        let frame = match (self.buffer, self.kind) {
            (Buffer::Lower, _) => "plan-buffer",
            (Buffer::Upper, _) => "plan-more",
            (Buffer::None, Kind::Working) => "plan-day",
            (Buffer::None, _) => "plan-idle",
        };
        cell.push_str(&rectangle(frame, [left, top], [size, size]));
        if self.kind == Kind::Off {
            // Up to the word.
            let end = [left + size * 0.55, top + size * 0.45];
            cell.push_str(&line("plan-off", [left, top + size], end));
        }
        if self.is_end {
            cell.push_str(&rectangle(
                "plan-end",
                [left + 1.5, top + 1.5],
                [size - 3.0, size - 3.0],
            ));
        }
        if self.is_today {
            cell.push_str(&rectangle(
                "plan-now-day",
                [left + 1.0, top + 1.0],
                [size - 2.0, size - 2.0],
            ));
        }
        cell.push_str(&self.labels([left, top]));
        cell
    }

    /// The number above, below it what the day means.
    fn labels(&self, [left, top]: [f64; 2]) -> String {
        let class = if self.kind == Kind::Working {
            "plan-date"
        } else {
            "plan-date plan-idle-date"
        };
        let mut labels = text(
            class,
            [left + 4.0, top + 13.0],
            &self.date.day().to_string(),
        );
        let corner = match (self.is_end, self.kind) {
            (true, _) => "end",
            (false, Kind::Off) => "off",
            _ => "",
        };
        if !corner.is_empty() {
            let place = [left + CELL - 6.0, top + 13.0];
            labels.push_str(&text("plan-small at-end", place, corner));
        }
        // Two lines have room below the number.
        for (at, (class, words)) in self.lines().iter().take(2).enumerate() {
            let place = [left + 4.0, top + 25.0 + 12.0 * at as f64];
            labels.push_str(&text(class, place, words));
        }
        labels
    }

    /// What there is to say, most important first.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let begun = self.begun();
        if let [one, rest @ ..] = begun.as_slice() {
            lines.push(("plan-begin", and_more(one, rest.len())));
        }
        if let [one, rest @ ..] = self.finished.as_slice() {
            let words = and_more(&format!("✓{}", one.number), rest.len());
            lines.push(("plan-small", words));
        }
        let forecast = self.forecast.map(str::to_owned);
        lines.extend(forecast.map(|words| ("plan-small", words)));
        if self.is_today {
            lines.push(("plan-small", "today".to_owned()));
        }
        match self.buffer {
            Buffer::Lower => lines.push(("plan-small", "buffer".to_owned())),
            Buffer::Upper => lines.push(("plan-small", "upper".to_owned())),
            Buffer::None => {}
        }
        lines
    }
}

/// `1.1`, or `1.1+2`.
fn and_more(one: &str, more: usize) -> String {
    match more {
        0 => one.to_owned(),
        more => format!("{one}+{more}"),
    }
}

/// A month's content as sentences.
fn words(days: &[Day]) -> String {
    let mut words: Vec<String> = Vec::new();
    let day = |date: Date| date.strftime("%A %-d").to_string();
    for at in days {
        for begun in at.begun() {
            words.push(format!("{begun} begins on {}.", day(at.date)));
        }
        for unit in &at.finished {
            words.push(format!("{} was finished on {}.", unit.number, day(at.date)));
        }
        if at.is_today {
            words.push(format!("Today is {}.", day(at.date)));
        }
        if let Some(odds) = at.forecast {
            words.push(format!("Finished by {}: {odds}.", day(at.date)));
        }
        if at.is_end {
            words.push(format!("The plan ends on {}.", long(at.date)));
        }
    }
    let planned = days.iter().filter(|day| !day.units.is_empty()).count();
    words.push(format!("{planned} days of the plan."));
    for (kind, name) in [
        (Buffer::Lower, "days of buffer"),
        (Buffer::Upper, "more days up to the buffer's upper end"),
    ] {
        let count = days.iter().filter(|day| day.buffer == kind).count();
        if count > 0 {
            words.push(format!("{count} {name}."));
        }
    }
    let off: Vec<String> = days
        .iter()
        .filter(|day| day.kind == Kind::Off)
        .map(|day| day.date.day().to_string())
        .collect();
    if !off.is_empty() {
        words.push(format!("Off: {}.", off.join(", ")));
    }
    words.join(" ")
}
