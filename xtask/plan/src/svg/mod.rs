//! The report in pictures: inline SVG without scripts, fonts or a size of its own.
//!
//! Colours come by class from the page's style sheet, `book/assets/plan.css`; whatever a
//! colour says, a label or a line says too. To a screen reader each picture is one image,
//! with a title and a description that hold its content in words.

mod burndown;
mod calendar;
mod fever;
mod labels;

pub use burndown::burndown;
pub use calendar::calendar;
pub use fever::fever;

use jiff::civil::Date;
use workbook::html::escape;

/// Units that a chart is wide: a phone's screen shows its text at four fifths, a desk's at
/// about one and a half.
const WIDTH: f64 = 440.0;

/// A picture: its id must be the only one of that name on a page.
fn image(id: &str, [width, height]: [f64; 2], title: &str, words: &str, body: &str) -> String {
    format!(
        "<svg class=\"plan-chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"100%\" role=\"img\" aria-labelledby=\"{id}-title {id}-words\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-words\">{}</desc>\n{body}</svg>\n",
        escape(title),
        escape(words),
    )
}

/// A line of text; `class` may also place it (`at-middle`, `at-end`).
fn text(class: &str, [x, y]: [f64; 2], words: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n",
        escape(words)
    )
}

fn line(class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) -> String {
    format!(
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n"
    )
}

fn rectangle(class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\n",
        width.max(0.0),
        height.max(0.0)
    )
}

fn path(class: &str, points: &[[f64; 2]]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|[x, y]| format!("{x:.1},{y:.1}"))
        .collect();
    format!(
        "<polyline class=\"{class}\" fill=\"none\" points=\"{}\"/>\n",
        points.join(" ")
    )
}

/// Days from one date to another; negative where it lies before.
fn days_between(from: Date, to: Date) -> f64 {
    // Exact: dates are at most twenty thousand years apart.
    f64::from((to - from).get_days())
}

/// The first of the month after.
fn next_month(date: Date) -> Date {
    let first = date.first_of_month();
    first.saturating_add(jiff::Span::new().months(1))
}
