//! A failure on one screen: which check, of which file, what was found, what to do next.

use std::time::Duration;

use crate::{Check, Miss, Validation, Verdict};

/// Lines of a report at most.
pub const HEIGHT: usize = 24;
/// Characters of a line at most.
pub const WIDTH: usize = 80;

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
    let mut lines = head(validation);
    let misses = misses(late);
    let room = HEIGHT - misses.len();
    let problems = problems(validation);
    let mut shown = 0;
    for check in &problems {
        let block = block(check);
        // The line that counts the others needs a place as well.
        let needed = block.len() + usize::from(shown + 1 < problems.len());
        if lines.len() + needed > room {
            break;
        }
        lines.extend(block);
        shown += 1;
    }
    if shown < problems.len() {
        lines.push(format!("… and {} more checks", problems.len() - shown));
    }
    lines.extend(misses);
    let mut text = lines.join("\n");
    text.push('\n');
    text
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
    let checks = validation.checks.iter();
    let mut problems: Vec<&Check> = checks
        .filter(|check| check.verdict != Verdict::Passed)
        .collect();
    problems.sort_by_key(|check| std::cmp::Reverse(check.verdict));
    problems
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

/// A label and a text behind it, broken between words; what is too long ends in `…`.
fn wrapped(label: &str, text: &str, most: usize) -> Vec<String> {
    let width = WIDTH - label.chars().count();
    let text: String = text.chars().map(shown).collect();
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.push('…');
    }
    let indent = " ".repeat(label.chars().count());
    let labels = std::iter::once(label).chain(std::iter::repeat(indent.as_str()));
    let labelled = labels.zip(lines.iter().map(|line| cut(line, width)));
    let lines = labelled.map(|(label, line)| format!("{label}{line}"));
    lines.map(|line| line.trim_end().to_owned()).collect()
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
