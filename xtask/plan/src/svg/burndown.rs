//! The burn-down: how much of the plan is left, day by day, against the first plan; below it
//! the plan, its buffer and the forecast on the same time axis.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{WIDTH, days_between, image, line, next_month, path, rectangle, text};
use crate::ledger::day_after;
use crate::markup::{long, percent};
use crate::report::Report;

const HEIGHT: f64 = 372.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 428.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 230.0;

/// Units from one bar below the chart to the next.
const LANE: f64 = 36.0;

/// The chart.
pub fn burndown(report: &Report) -> String {
    let time = Time::of(report);
    let mut body = axes(&time);
    body.push_str(&lanes(report, &time));
    body.push_str(&path("plan-ideal", &ideal(report, &time)));
    body.push_str(&path("plan-path", &burned(report, &time)));
    let now = time.x(report.today) + time.day() / 2.0;
    body.push_str(&line("plan-now-line", [now, TOP - 4.0], [now, BOTTOM]));
    let (class, x) = if now > f64::midpoint(LEFT, RIGHT) {
        ("plan-label plan-now at-end", now - 4.0)
    } else {
        ("plan-label plan-now", now + 4.0)
    };
    body.push_str(&text(class, [x, TOP - 6.0], "today"));
    image(
        "plan-burndown",
        [WIDTH, HEIGHT],
        "Burn-down: share of the plan left, day by day, against the first plan",
        &words(report),
        &body,
    )
}

/// The time axis.
struct Time {
    first: Date,
    /// The day after the last one.
    end: Date,
}

impl Time {
    fn of(report: &Report) -> Self {
        let began = report
            .units
            .iter()
            .filter_map(|unit| Some(unit.baseline?[0]));
        let worked = report.burned.iter().map(|(date, _)| *date);
        let ends = [
            report.end,
            report.baseline_end,
            report.buffer_end[1],
            report.forecast.likely,
        ];
        let running = report.current.is_some().then_some(report.today);
        let first = began
            .chain(worked.clone())
            .chain([report.start, report.today]);
        let last = ends.into_iter().chain(worked).chain(running);
        let first = first.min().unwrap_or(report.start);
        let last = last.max().unwrap_or(report.end);
        Self {
            first,
            end: day_after(last.max(first)),
        }
    }

    /// The beginning of a day.
    fn x(&self, date: Date) -> f64 {
        let share = days_between(self.first, date) / days_between(self.first, self.end).max(1.0);
        LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0)
    }

    /// The end of a day.
    fn after(&self, date: Date) -> f64 {
        self.x(day_after(date))
    }

    /// Width of one day.
    fn day(&self) -> f64 {
        self.after(self.first) - LEFT
    }
}

fn y(left: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * left.clamp(0.0, 1.0)
}

/// From everything on the first day to nothing on the last.
fn ideal(report: &Report, time: &Time) -> Vec<[f64; 2]> {
    let first = report.units.iter().find_map(|unit| unit.baseline);
    let start = first.map(|[first, _]| [time.x(first), y(report.at_first)]);
    let points = report.ideal.iter();
    let points = points.map(|(date, left)| [time.after(*date), y(*left)]);
    start.into_iter().chain(points).collect()
}

/// Level until a day on which something was done, and down over that day.
fn burned(report: &Report, time: &Time) -> Vec<[f64; 2]> {
    let mut left = report.at_first;
    let mut points = vec![[time.x(report.start.min(time.first)), y(left)]];
    for (date, after) in &report.burned {
        points.push([time.x(*date), y(left)]);
        points.push([time.after(*date), y(*after)]);
        left = *after;
    }
    if report.current.is_some() {
        let now = time.x(report.today) + time.day() / 2.0;
        let reached = points.last().map_or(LEFT, |[x, _]| *x);
        points.push([now.max(reached), y(left)]);
    }
    points
}

fn axes(time: &Time) -> String {
    let floor = BOTTOM + 3.0 * LANE + 22.0;
    let mut body = String::new();
    for left in [0.0, 0.25, 0.5, 0.75, 1.0] {
        body.push_str(&line("plan-grid", [LEFT, y(left)], [RIGHT, y(left)]));
        let place = [LEFT - 5.0, y(left) + 4.0];
        body.push_str(&text("plan-tick at-end", place, &percent(left)));
    }
    let middle = f64::midpoint(TOP, BOTTOM);
    let _ = writeln!(
        body,
        "<text class=\"plan-tick at-middle\" transform=\"translate(10 {middle:.1}) rotate(-90)\">share of the plan left</text>"
    );
    let mut month = time.first.first_of_month();
    let mut free = LEFT - 20.0;
    while month < time.end {
        let x = time.x(month.max(time.first));
        if month >= time.first {
            body.push_str(&line("plan-grid", [x, TOP], [x, floor]));
        }
        let form = if month.month() == 1 { "%b %Y" } else { "%b" };
        let words = month.strftime(form).to_string();
        let width = 8.0 * words.len() as f64;
        let room = time.x(next_month(month).min(time.end)) - x;
        if x >= free && room >= width / 2.0 {
            body.push_str(&text("plan-tick", [x + 3.0, BOTTOM + 14.0], &words));
            free = x + width + 8.0;
        }
        if next_month(month) == month {
            break;
        }
        month = next_month(month);
    }
    body.push_str(&line("plan-axis", [LEFT, BOTTOM], [RIGHT, BOTTOM]));
    body.push_str(&line("plan-axis", [LEFT, TOP], [LEFT, BOTTOM]));
    body
}

/// The bars below the chart: dates that are close to each other keep their own line of words.
fn lanes(report: &Report, time: &Time) -> String {
    let day = |date: Date| date.strftime("%-d %b %Y").to_string();
    let mut body = String::new();
    let mut lane = BOTTOM + 34.0;
    let mut bar = |words: &str, bars: &[(&str, f64, f64)]| {
        body.push_str(&text("plan-label", [LEFT, lane], words));
        for (class, from, to) in bars {
            let width = (to - from).max(2.0);
            body.push_str(&rectangle(class, [*from, lane + 4.0], [width, 8.0]));
        }
        lane += LANE;
    };
    let end = time.after(report.end);
    bar(
        &format!("plan: to {}", day(report.end)),
        &[("plan-bar", time.x(report.start), end)],
    );
    if report.ledger.size > 0.0 {
        let [low, high] = report.buffer_end.map(|date| time.after(date));
        bar(
            &format!(
                "buffer: to {} or {}",
                day(report.buffer_end[0]),
                day(report.buffer_end[1])
            ),
            &[("plan-bar-buffer", end, low), ("plan-bar-more", low, high)],
        );
    } else {
        bar("buffer: none given", &[]);
    }
    let forecast = report.forecast;
    if report.current.is_none() {
        let done = time.after(forecast.half);
        bar(
            &format!("finished: {}", day(forecast.half)),
            &[("plan-bar", done - time.day(), done)],
        );
    } else {
        let likely = time.after(forecast.likely);
        bar(
            &format!(
                "forecast: {} (even odds) to {} (80 %)",
                day(forecast.half),
                day(forecast.likely)
            ),
            &[(
                "plan-bar-forecast",
                time.after(forecast.half).min(likely - 2.0),
                likely,
            )],
        );
    }
    body
}

/// The chart's content as sentences.
fn words(report: &Report) -> String {
    let mut words = format!(
        "On {} {} of the plan is left.",
        long(report.today),
        percent(1.0 - report.done)
    );
    let past = report.ideal.iter().rev();
    if let Some((date, left)) = past.clone().find(|(date, _)| *date < report.today) {
        let _ = write!(
            words,
            " The first plan has {} left from {} on, or less.",
            percent(*left),
            long(*date)
        );
    }
    let _ = write!(words, " The plan ends on {}", long(report.end));
    if report.ledger.size > 0.0 {
        let _ = write!(
            words,
            ", its buffer on {} or {}",
            long(report.buffer_end[0]),
            long(report.buffer_end[1])
        );
    }
    if report.current.is_none() {
        let _ = write!(
            words,
            ". Everything was done on {}.",
            long(report.forecast.half)
        );
    } else {
        let _ = write!(
            words,
            ". Forecast: even odds for {}, four in five for {}.",
            long(report.forecast.half),
            long(report.forecast.likely)
        );
    }
    words
}
