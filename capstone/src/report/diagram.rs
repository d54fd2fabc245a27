//! The pipeline's own diagram: what came in at the left, where each record went.
//!
//! One list of steps, drawn twice: left to right for screens, top to bottom for phones.

use minijinja::HtmlEscape;

use super::charts::svg;

/// One box.
pub(super) struct Step {
    /// What it is called in the book.
    pub(super) name: &'static str,
    /// The checkpoint that builds it; empty for what comes from outside.
    pub(super) checkpoint: &'static str,
    /// The figure that belongs to it, such as `12 files`.
    pub(super) figure: String,
    /// A box beside the way: what leaves the main road here.
    pub(super) branch: Option<Branch>,
}

/// Where some records go instead.
pub(super) struct Branch {
    /// What it is called in the book.
    pub(super) name: &'static str,
    /// The checkpoint that builds it.
    pub(super) checkpoint: &'static str,
    /// The figure that belongs to it.
    pub(super) figure: String,
    /// CSS class: `bad`, `warn`, `ok` or `unknown`.
    pub(super) class: &'static str,
}

const BOX: (f64, f64) = (108.0, 64.0);
const GAP: f64 = 14.0;

/// A title in words: the steps with their figures, in order.
fn title(steps: &[Step]) -> String {
    let steps: Vec<String> = steps.iter().map(sentence).collect();
    format!("The pipeline: {}", steps.join(", then "))
}

fn sentence(step: &Step) -> String {
    let own = format!("{} ({})", step.name, step.figure);
    step.branch.as_ref().map_or_else(
        || own.clone(),
        |branch| format!("{own} with {} ({})", branch.name, branch.figure),
    )
}

/// Left to right, branches below.
pub(super) fn wide(steps: &[Step]) -> String {
    let width = steps.len() as f64 * (BOX.0 + GAP) - GAP + 2.0;
    let mut body = String::new();
    for (index, step) in (0_u32..).zip(steps) {
        let x = 1.0 + f64::from(index) * (BOX.0 + GAP);
        if index > 0 {
            body += &arrow(
                (x - GAP + 3.0, 1.0 + BOX.1 / 2.0),
                (x - 3.0, 1.0 + BOX.1 / 2.0),
            );
        }
        body += &step_box("step", (x, 1.0), step.name, step.checkpoint, &step.figure);
        if let Some(branch) = &step.branch {
            let (middle, y) = (x + BOX.0 / 2.0, 1.0 + BOX.1 + GAP + 6.0);
            body += &arrow((middle, BOX.1 + 4.0), (middle, y - 3.0));
            body += &step_box(
                branch.class,
                (x, y),
                branch.name,
                branch.checkpoint,
                &branch.figure,
            );
        }
    }
    svg(
        "diagram wide",
        width,
        2.0 * BOX.1 + GAP + 8.0,
        &title(steps),
        &body,
    )
}

/// Top to bottom, branches at the right.
pub(super) fn narrow(steps: &[Step]) -> String {
    let height = steps.len() as f64 * (BOX.1 + GAP) - GAP + 2.0;
    let mut body = String::new();
    for (index, step) in (0_u32..).zip(steps) {
        let y = 1.0 + f64::from(index) * (BOX.1 + GAP);
        if index > 0 {
            body += &arrow(
                (1.0 + BOX.0 / 2.0, y - GAP + 3.0),
                (1.0 + BOX.0 / 2.0, y - 3.0),
            );
        }
        body += &step_box("step", (1.0, y), step.name, step.checkpoint, &step.figure);
        if let Some(branch) = &step.branch {
            let x = 1.0 + BOX.0 + GAP + 10.0;
            body += &arrow((BOX.0 + 4.0, y + BOX.1 / 2.0), (x - 3.0, y + BOX.1 / 2.0));
            body += &step_box(
                branch.class,
                (x, y),
                branch.name,
                branch.checkpoint,
                &branch.figure,
            );
        }
    }
    svg(
        "diagram narrow",
        2.0 * BOX.0 + GAP + 12.0,
        height,
        &title(steps),
        &body,
    )
}

fn step_box(class: &str, (x, y): (f64, f64), name: &str, checkpoint: &str, figure: &str) -> String {
    let (width, height) = BOX;
    let (name, checkpoint, figure) = (HtmlEscape(name), HtmlEscape(checkpoint), HtmlEscape(figure));
    format!(
        r#"<g class="{class}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/><text class="checkpoint" x="{left}" y="{top}">{checkpoint}</text><text class="name" x="{left}" y="{middle}">{name}</text><text class="figure" x="{left}" y="{bottom}">{figure}</text></g>"#,
        left = x + 9.0,
        top = y + 17.0,
        middle = y + 34.0,
        bottom = y + 51.0,
    )
}

/// A straight arrow with a small head; to the right or downwards.
fn arrow((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    let head = if x2 > x1 {
        format!(
            "{x2},{y2} {},{} {},{}",
            x2 - 6.0,
            y2 - 3.5,
            x2 - 6.0,
            y2 + 3.5
        )
    } else {
        format!(
            "{x2},{y2} {},{} {},{}",
            x2 - 3.5,
            y2 - 6.0,
            x2 + 3.5,
            y2 - 6.0
        )
    };
    format!(
        r#"<line class="arrow" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/><polygon class="head" points="{head}"/>"#
    )
}
