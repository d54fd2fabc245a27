//! A failure on one screen: which check, of which file, what was found, what to do next.
//!
//! Given: the first lines, the lines of one check, the lines of what is late, and what cuts a
//! line. Yours: which checks there is room for, in which order, and breaking a text.

use std::time::Duration;

use crate::{Check, Miss, Validation, Verdict};

pub use crate::solution::{HEIGHT, WIDTH};

/// Misses that are named; the others are counted.
const MOST_MISSES: usize = 3;
/// Lines that one text may take.
const MOST_LINES: usize = 2;

/// The report on one delivery, of at most [`HEIGHT`] lines of at most [`WIDTH`] characters.
///
/// The first line names the verdict and the run. Then come the checks that have not passed,
/// failed ones before warned ones and else in their order: of each its verdict, name and
/// file, what it found, and its [next step](Check::next_step). The first of them is always
/// there; those for which there is no room are counted in a line `… and 12 more checks`.
/// Misses follow, each with its delivery and its state; at least the first is named.
///
/// Text is broken between words. A file name of up to 64 characters and a text of up to two
/// lines stand there whole, longer ones are cut and end in `…`. Control characters, which a
/// file name may hold, never reach a terminal.
pub fn report(validation: &Validation, late: &[Miss]) -> String {
    todo!("{HEIGHT} lines for {validation:?}, with what is late: {late:?}")
}

fn head(validation: &Validation) -> Vec<String> {
    let count = |verdict| {
        let checks = validation.checks.iter();
        checks.filter(|check| check.verdict == verdict).count()
    };
    let flow = validation.flow;
    let first = format!("{} run {}", validation.verdict, validation.run_id);
    let checks = format!(
        "{} of {} checks failed, {} warned. {} records: {} valid, {} rejected, {} held.",
        count(Verdict::Failed),
        validation.checks.len(),
        count(Verdict::Warned),
        flow.read,
        flow.valid,
        flow.rejected,
        flow.held
    );
    [wrapped("", &first, 1), wrapped("", &checks, MOST_LINES)].concat()
}

/// What has not passed, the worst first.
fn problems(validation: &Validation) -> Vec<&Check> {
    todo!(
        "those of {:?} that somebody must look at",
        validation.checks
    )
}

fn block(check: &Check) -> Vec<String> {
    let mut block = vec![String::new()];
    block.extend(wrapped(&format!("{} ", check.verdict), &check.name, 1));
    block.extend(wrapped("  file:  ", &check.file, 1));
    block.extend(wrapped("  found: ", &check.found, MOST_LINES));
    block.extend(wrapped("  next:  ", check.next_step(), MOST_LINES));
    block
}

fn misses(late: &[Miss]) -> Vec<String> {
    if late.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    for miss in late.iter().take(MOST_MISSES) {
        let label = format!("late {}, {}: ", rounded(miss.late), miss.state);
        let due = miss.due.strftime("%Y-%m-%d %H:%M UTC");
        let text = format!("{} (due {due})", miss.delivery);
        lines.extend(wrapped(&label, &text, 1));
    }
    let more = late.len().saturating_sub(MOST_MISSES);
    if more > 0 {
        lines.push(format!("… and {more} more late"));
    }
    lines
}

/// `2 h 05 min`, or `40 s`.
fn rounded(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

/// A label and a text behind it, broken between words; what is too long ends in `…`. Lines
/// behind the first stand under the text, and not under the label.
fn wrapped(label: &str, text: &str, most: usize) -> Vec<String> {
    todo!("{text:?} behind {label:?}, in at most {most} lines of {WIDTH}")
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// As it is, or its beginning and `…`.
fn cut(line: &str, width: usize) -> String {
    if length(line) <= width {
        return line.to_owned();
    }
    let kept = line.chars().take(width - 1);
    kept.chain(['…']).collect()
}

/// A terminal acts on control characters; a reader is to see that something was there.
fn shown(c: char) -> char {
    if c.is_control() { '·' } else { c }
}
