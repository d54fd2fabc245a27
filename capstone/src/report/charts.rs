//! Small charts as inline SVG: no script, no network, colours by CSS class.
//!
//! Invariants: every chart has a title that says in words what it shows; every
//! text is escaped; no coordinate is ever NaN, whatever the data.

use std::fmt::Write as _;

use minijinja::HtmlEscape;

use super::format::month;

/// A part of a whole between 0 and 1; an empty whole has no parts.
pub(super) fn ratio(part: i64, whole: i64) -> f64 {
    if whole <= 0 {
        0.0
    } else {
        (part as f64 / whole as f64).clamp(0.0, 1.0)
    }
}

/// An SVG element with its title. The size is that of the drawing; CSS scales it.
pub(super) fn svg(class: &str, width: f64, height: f64, title: &str, body: &str) -> String {
    let title = HtmlEscape(title);
    format!(
        r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-label="{title}"><title>{title}</title>{body}</svg>"#
    )
}

/// Stretches to whatever width the page gives it; for bars without text.
fn stretched(class: &str, height: f64, title: &str, body: &str) -> String {
    svg(class, 100.0, height, title, body).replacen(
        "<svg ",
        r#"<svg preserveAspectRatio="none" "#,
        1,
    )
}

fn rect(class: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    format!(
        r#"<rect class="{class}" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/>"#
    )
}

/// Something is never drawn as nothing.
fn visible(share: f64) -> f64 {
    if share > 0.0 {
        (share * 100.0).max(0.4)
    } else {
        0.0
    }
}

/// One horizontal bar, as long as its share of the longest.
pub(super) fn bar(share: f64, title: &str) -> String {
    let body = rect("track", 0.0, 0.0, 100.0, 6.0) + &rect("fill", 0.0, 0.0, visible(share), 6.0);
    stretched("bar", 6.0, title, &body)
}

/// Two bars on one scale, one under the other: dollars and records.
pub(super) fn pair(dollars: f64, records: f64, title: &str) -> String {
    let body = rect("track", 0.0, 0.0, 100.0, 14.0)
        + &rect("fill", 0.0, 0.0, visible(dollars), 6.0)
        + &rect("second", 0.0, 8.0, visible(records), 6.0);
    stretched("pair", 14.0, title, &body)
}

/// Parts of a whole side by side; each is a CSS class and a share.
pub(super) fn stacked(parts: &[(&str, f64)], title: &str) -> String {
    // Parts that had to be made visible take their width from the largest one.
    let widths: Vec<f64> = parts.iter().map(|(_, share)| visible(*share)).collect();
    let scale = 100.0 / widths.iter().sum::<f64>().max(100.0);
    let mut body = rect("track", 0.0, 0.0, 100.0, 8.0);
    let mut x = 0.0;
    for ((class, _), width) in parts.iter().zip(widths) {
        body += &rect(class, x, 0.0, width * scale, 8.0);
        x += width * scale;
    }
    stretched("stacked", 8.0, title, &body)
}

/// One month of a trend.
pub(super) struct Point {
    /// Calendar year.
    pub(super) year: i32,
    /// 1 to 12.
    pub(super) month: u32,
    /// Height; not negative.
    pub(super) value: i64,
    /// The value in words.
    pub(super) text: String,
}

/// How large a trend is drawn. A phone gets a drawing of its own, because text in
/// a scaled one would be unreadable.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
}

/// For screens and paper.
pub(super) const WIDE: Frame = Frame {
    class: "trend wide",
    width: 960.0,
    height: 220.0,
};
/// For phones.
pub(super) const NARROW: Frame = Frame {
    class: "trend narrow",
    width: 330.0,
    height: 170.0,
};

const LEFT: f64 = 50.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 22.0;

/// Where months and values lie on a drawing.
struct Scale {
    frame: Frame,
    first: i64,
    months: i64,
    top_value: f64,
}

impl Scale {
    fn x(&self, index: i64) -> f64 {
        let step = (self.frame.width - LEFT - RIGHT) / (self.months.max(1) as f64);
        LEFT + step * ((index - self.first) as f64 + 0.5)
    }

    fn edge(&self, index: i64) -> f64 {
        self.x(index) - (self.frame.width - LEFT - RIGHT) / (self.months.max(1) as f64) / 2.0
    }

    fn y(&self, value: f64) -> f64 {
        let height = self.frame.height - TOP - BOTTOM;
        TOP + height * (1.0 - (value / self.top_value).clamp(0.0, 1.0))
    }
}

const fn index_of(year: i32, month: u32) -> i64 {
    year as i64 * 12 + month as i64 - 1
}

/// A trend over months. Years that are absent break the line. `tick` writes the
/// values of the axis. Nothing to draw is the empty string.
pub(super) fn trend(
    points: &[Point],
    frame: Frame,
    title: &str,
    tick: fn(i64) -> String,
) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let (first, last) = (
        index_of(first.year, first.month),
        index_of(last.year, last.month),
    );
    let largest = points.iter().map(|point| point.value).max().unwrap_or(0);
    let step = tick_step(largest);
    let ticks = largest.div_euclid(step) + i64::from(largest % step > 0);
    let scale = Scale {
        frame,
        first,
        months: last - first + 1,
        top_value: (ticks.max(1) * step) as f64,
    };
    let body = value_axis(&scale, step, ticks.max(1), tick)
        + &time_axis(&scale, points)
        + &lines(&scale, points)
        + &peak(&scale, points)
        + &targets(&scale, points);
    svg(frame.class, frame.width, frame.height, title, &body)
}

/// 1, 2 or 5 times a power of ten, so that about four ticks cover the largest value.
fn tick_step(largest: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step.saturating_mul(4) >= largest {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn value_axis(scale: &Scale, step: i64, ticks: i64, tick: fn(i64) -> String) -> String {
    let mut out = String::new();
    for value in (0..=ticks).map(|n| n * step) {
        let y = scale.y(value as f64);
        let (x2, class) = (
            scale.frame.width - RIGHT,
            if value == 0 { "base" } else { "grid" },
        );
        let _ = write!(
            out,
            r#"<line class="{class}" x1="{LEFT}" x2="{x2}" y1="{y:.1}" y2="{y:.1}"/><text class="tick" x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 7.0,
            y + 3.5,
            HtmlEscape(&tick(value)),
        );
    }
    out
}

/// Years where there are several, months where there is only one.
fn time_axis(scale: &Scale, points: &[Point]) -> String {
    let first_year = points.first().map(|point| point.year);
    if points.iter().any(|point| Some(point.year) != first_year) {
        year_axis(scale, points)
    } else {
        month_axis(scale, points)
    }
}

fn month_axis(scale: &Scale, points: &[Point]) -> String {
    let every = if scale.frame.width < 500.0 && points.len() > 6 {
        3
    } else {
        1
    };
    let shown = points.iter().step_by(every);
    shown.fold(String::new(), |mut out, point| {
        let x = scale.x(index_of(point.year, point.month));
        let name: String = month(point.year, point.month).chars().take(3).collect();
        let _ = write!(out, "{}", axis_label(scale, x, &name));
        out
    })
}

fn year_axis(scale: &Scale, points: &[Point]) -> String {
    let mut out = String::new();
    for year in points.chunk_by(|a, b| a.year == b.year) {
        let (from, to) = (
            index_of(year[0].year, year[0].month),
            index_of(year[0].year, year[year.len() - 1].month),
        );
        let (left, right) = (scale.edge(from), scale.edge(to + 1));
        // Too narrow for four digits: the neighbours say enough.
        if right - left > 30.0 {
            out += &axis_label(scale, f64::midpoint(left, right), &year[0].year.to_string());
        }
        if from > scale.first {
            let _ = write!(
                out,
                r#"<line class="grid" x1="{left:.1}" x2="{left:.1}" y1="{TOP}" y2="{:.1}"/>"#,
                scale.frame.height - BOTTOM + 6.0
            );
        }
    }
    out
}

fn axis_label(scale: &Scale, x: f64, text: &str) -> String {
    let y = scale.frame.height - 6.0;
    format!(
        r#"<text class="tick" x="{x:.1}" y="{y}" text-anchor="middle">{}</text>"#,
        HtmlEscape(text)
    )
}

/// One line and its area for each stretch of months without a gap.
fn lines(scale: &Scale, points: &[Point]) -> String {
    let next_to = |a: &Point, b: &Point| index_of(a.year, a.month) + 1 == index_of(b.year, b.month);
    let base = scale.y(0.0);
    points.chunk_by(next_to).fold(String::new(), |mut out, stretch| {
        let at = |point: &Point| (scale.x(index_of(point.year, point.month)), scale.y(point.value as f64));
        let path: Vec<String> = stretch.iter().map(at).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let (start, end) = (at(&stretch[0]).0, at(&stretch[stretch.len() - 1]).0);
        let path = path.join(" ");
        let _ = write!(
            out,
            r#"<polygon class="area" points="{start:.1},{base:.1} {path} {end:.1},{base:.1}"/><polyline class="line" points="{path}"/>"#
        );
        if let [only] = stretch {
            out += &dot(at(only));
        }
        out
    })
}

fn dot((x, y): (f64, f64)) -> String {
    format!(r#"<circle class="dot" cx="{x:.1}" cy="{y:.1}" r="3"/>"#)
}

/// The largest month carries its value.
fn peak(scale: &Scale, points: &[Point]) -> String {
    let Some(top) = points.iter().rev().max_by_key(|point| point.value) else {
        return String::new();
    };
    let (x, y) = (
        scale.x(index_of(top.year, top.month)),
        scale.y(top.value as f64),
    );
    let anchor = match x / scale.frame.width {
        share if share < 0.3 => "start",
        share if share > 0.7 => "end",
        _ => "middle",
    };
    let text = HtmlEscape(&top.text);
    dot((x, y))
        + &format!(
            r#"<text class="peak" x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{text}</text>"#,
            y - 8.0
        )
}

/// An unseen column per month, whose title a pointer or a screen reader finds.
fn targets(scale: &Scale, points: &[Point]) -> String {
    points.iter().fold(String::new(), |mut out, point| {
        let index = index_of(point.year, point.month);
        let (left, right) = (scale.edge(index), scale.edge(index + 1));
        let _ = write!(
            out,
            r#"<rect class="target" x="{left:.1}" y="{TOP}" width="{:.1}" height="{:.1}"><title>{}</title></rect>"#,
            right - left,
            scale.frame.height - TOP - BOTTOM,
            HtmlEscape(&point.text),
        );
        out
    })
}
