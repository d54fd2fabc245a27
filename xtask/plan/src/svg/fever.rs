//! The fever chart: share of the plan done against share of the buffer used.

use std::fmt::Write as _;

use super::labels::Labels;
use super::{WIDTH, image, line, path, text};
use crate::markup::{percent, range};
use crate::report::{Point, Report};
use crate::zones::{Mode, along};

const HEIGHT: f64 = 308.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 384.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 262.0;

/// Shares of the buffer that the chart reaches; what lies beyond is drawn on its edge.
const LOWEST: f64 = -0.1;
const HIGHEST: f64 = 1.1;

/// The chart, or a sentence where there is no buffer to look at.
pub fn fever(report: &Report) -> String {
    if report.ledger.size <= 0.0 {
        return "<p class=\"plan-none\">This track gives no buffer, so there is no fever chart.</p>\n"
            .to_owned();
    }
    let stops = stops(&report.history);
    let mut body = areas(&report.mode);
    body.push_str(&axes());
    let places: Vec<[f64; 2]> = stops.iter().map(Stop::place).collect();
    body.push_str(&path("plan-path", &places));
    for stop in &stops {
        body.push_str(&stop.mark());
    }
    // Today's word first: it has the best place.
    let mut labels = Labels::beside(&places, [LEFT, 0.0, RIGHT + 4.0, BOTTOM]);
    for stop in stops.iter().rev() {
        body.push_str(&stop.words(&mut labels));
    }
    let title = "Fever chart: share of the plan done against share of the buffer used";
    image(
        "plan-fever",
        [WIDTH, HEIGHT],
        title,
        &words(report, &stops),
        &body,
    )
}

/// One or more points of the history at one place.
struct Stop<'a> {
    done: f64,
    used: f64,
    numbers: Vec<&'a str>,
    /// Where the learner stands: the word for it.
    now: Option<&'static str>,
}

/// Checkpoints that were finished together share a mark.
fn stops(history: &[Point]) -> Vec<Stop<'_>> {
    let mut stops: Vec<Stop> = Vec::new();
    let same = |one: f64, other: f64| (one - other).abs() < 1e-9;
    for point in history {
        let fits = |stop: &&mut Stop| same(stop.done, point.done) && same(stop.used, point.used);
        let number = point.number.as_deref();
        let now = number.is_none().then_some("today");
        if let Some(stop) = stops.last_mut().filter(fits) {
            stop.numbers.extend(number);
            stop.now = stop.now.or(now);
        } else {
            stops.push(Stop {
                done: point.done,
                used: point.used,
                numbers: number.into_iter().collect(),
                now,
            });
        }
    }
    // Where all is done, the last one is where the learner stands.
    if let Some(last) = stops.last_mut() {
        last.now = last.now.or(Some("done"));
    }
    stops
}

impl Stop<'_> {
    fn place(&self) -> [f64; 2] {
        [x(self.done), y(self.used)]
    }

    fn is_beyond(&self) -> bool {
        !(LOWEST..=HIGHEST).contains(&self.used)
    }

    fn mark(&self) -> String {
        let [x, y] = self.place();
        let (class, radius) = if self.now.is_some() {
            ("plan-today", 5.5)
        } else {
            ("plan-stop", 3.0)
        };
        format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>\n")
    }

    /// Where the learner stands says how far beyond the edge it is; of the other points the
    /// description does.
    fn words(&self, labels: &mut Labels) -> String {
        let numbers = brief(&self.numbers);
        let Some(now) = self.now else {
            return labels.place("plan-label", self.place(), &numbers);
        };
        let mut words = now.to_owned();
        if !numbers.is_empty() {
            words.insert_str(0, &format!("{numbers}, "));
        }
        if self.is_beyond() {
            let _ = write!(words, " ({})", percent(self.used));
        }
        labels.place("plan-label plan-now", self.place(), &words)
    }
}

/// `1.1`, or `1.1–2.1`.
fn brief(numbers: &[&str]) -> String {
    match numbers {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{first}–{last}"),
    }
}

fn x(done: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * done.clamp(0.0, 1.0)
}

fn y(used: f64) -> f64 {
    let share = (used.clamp(LOWEST, HIGHEST) - LOWEST) / (HIGHEST - LOWEST);
    BOTTOM - (BOTTOM - TOP) * share
}

/// Both lines as shares at the chart's ends: never below nothing used, which is always
/// green, nor above everything, over which it is always red.
fn lines(mode: &Mode) -> [[f64; 2]; 2] {
    let red = mode.red_from.map(|line| (line / 100.0).clamp(0.0, 1.0));
    let mut yellow = mode.yellow_from.map(|line| (line / 100.0).clamp(0.0, 1.0));
    yellow[0] = yellow[0].min(red[0]);
    yellow[1] = yellow[1].min(red[1]);
    [yellow, red]
}

/// The zones, each with its name at the right.
fn areas(mode: &Mode) -> String {
    let [yellow, red] = lines(mode);
    let bounds = [
        ("green", [LOWEST; 2], yellow),
        ("yellow", yellow, red),
        ("red", red, [HIGHEST; 2]),
    ];
    let mut body = String::new();
    for (name, from, to) in bounds {
        let corners = [(0.0, from[0]), (1.0, from[1]), (1.0, to[1]), (0.0, to[0])];
        let corners: Vec<String> = corners
            .iter()
            .map(|(done, used)| format!("{:.1},{:.1}", x(*done), y(*used)))
            .collect();
        let _ = writeln!(
            body,
            "<polygon class=\"zone-{name}\" points=\"{}\"/>",
            corners.join(" ")
        );
    }
    for bound in [yellow, red] {
        let ends = [[x(0.0), y(bound[0])], [x(1.0), y(bound[1])]];
        body.push_str(&line("plan-bound", ends[0], ends[1]));
    }
    for (name, from, to) in bounds {
        let middle = y(f64::midpoint(from[1], to[1])) + 4.0;
        body.push_str(&text("plan-zone-name", [RIGHT + 6.0, middle], name));
    }
    body
}

fn axes() -> String {
    let mut body = line("plan-axis", [LEFT, BOTTOM], [RIGHT, BOTTOM]);
    body.push_str(&line("plan-axis", [LEFT, TOP], [LEFT, BOTTOM]));
    for used in [0.0, 0.5, 1.0] {
        body.push_str(&line("plan-grid", [LEFT, y(used)], [RIGHT, y(used)]));
        let place = [LEFT - 5.0, y(used) + 4.0];
        body.push_str(&text("plan-tick at-end", place, &percent(used)));
    }
    for done in [0.0, 0.25, 0.5, 0.75, 1.0] {
        body.push_str(&line(
            "plan-axis",
            [x(done), BOTTOM],
            [x(done), BOTTOM + 4.0],
        ));
        let place = [x(done), BOTTOM + 17.0];
        body.push_str(&text("plan-tick at-middle", place, &percent(done)));
    }
    let middle = f64::midpoint(LEFT, RIGHT);
    body.push_str(&text(
        "plan-tick at-middle",
        [middle, BOTTOM + 38.0],
        "share of the plan done",
    ));
    let middle = f64::midpoint(TOP, BOTTOM);
    let _ = writeln!(
        body,
        "<text class=\"plan-tick at-middle\" transform=\"translate(10 {middle:.1}) rotate(-90)\">share of the buffer used</text>"
    );
    body
}

/// The chart's content as sentences.
fn words(report: &Report, stops: &[Stop]) -> String {
    let used = report.ledger.share().unwrap_or(0.0);
    let mut words = format!(
        "{} of the plan is done and {} of the buffer is used",
        percent(report.done),
        percent(used)
    );
    if let Some(zone) = report.zone {
        let _ = write!(words, ": {zone}");
    }
    let _ = write!(
        words,
        ". At this share of the plan it is yellow from {} of the buffer on, and red from {} on.",
        percent(along(report.mode.yellow_from, report.done) / 100.0),
        percent(along(report.mode.red_from, report.done) / 100.0),
    );
    let path: Vec<String> = stops
        .iter()
        .filter(|stop| !stop.numbers.is_empty())
        .map(|stop| {
            format!(
                "{} at {} of the plan and {} of the buffer",
                range(&stop.numbers),
                percent(stop.done),
                percent(stop.used)
            )
        })
        .collect();
    if !path.is_empty() {
        let _ = write!(words, " Finished so far: {}.", path.join("; "));
    }
    if stops.iter().any(Stop::is_beyond) {
        words.push_str(" What lies outside of -10 to 110 % is drawn on the edge.");
    }
    words
}
