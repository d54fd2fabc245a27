//! What a check found, on a terminal or as JSON.

use anstream::println;
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};

use super::judge::{Checked, CheckedUnit, Problem, State, Verdict};
use crate::learner::Learner;
use crate::workspace::Workspace;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// Lines of one compile error that are shown.
const ERROR_LINES: usize = 24;
/// Lines of a failure's message that are shown.
const MESSAGE_LINES: usize = 16;

/// Says what is about to be compiled; the first time it is slow, and that is said too.
pub(crate) fn compiling(workspace: &Workspace, packages: &[&str]) {
    let first = workspace.target_directory().is_ok_and(|target| {
        let fingerprints = target.join("debug").join(".fingerprint");
        !has_entry(&fingerprints, packages.first().copied().unwrap_or_default())
    });
    let what = packages.join(", ");
    if first {
        eprintln!("compiling {what}: the first time takes a minute or more, later ones seconds");
    } else {
        eprintln!("compiling {what}");
    }
}

fn has_entry(folder: &std::path::Path, prefix: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .into_iter()
        .any(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
}

/// The whole verdict.
pub(crate) fn text(learner: &Learner, verdict: &Verdict) {
    for checked in &verdict.checkpoints {
        unit(checked);
    }
    for item in &verdict.regressions {
        println!(
            "\n{BAD}{} passed before and fails now{BAD:#} ({})",
            item.id, item.detail
        );
        if let Some(found) = &item.problem {
            problem(found);
        }
    }
    if !verdict.edited.is_empty() {
        println!("\nThese graded tests are not as they were delivered:");
        for file in &verdict.edited {
            println!("  {file}");
        }
        println!(
            "A pass on them proves nothing. `git checkout` brings yours back, `git diff` shows what changed."
        );
    }
    println!("\n{STRONG}Next:{STRONG:#} {}", next(learner, verdict));
}

fn unit(checked: &CheckedUnit) {
    let number = checked.number.as_deref().unwrap_or_default();
    println!("\n{STRONG}{number} {}{STRONG:#}", checked.title);
    let width = checked
        .items
        .iter()
        .map(|item| item.id.len())
        .max()
        .unwrap_or(0);
    for item in &checked.items {
        let (style, mark) = mark(item.state);
        let Checked {
            id, title, detail, ..
        } = item;
        println!("  {style}{mark:<4}{style:#}  {id:<width$}  {title}  {FAINT}{detail}{FAINT:#}");
    }
    if let Some(error) = checked.compile_errors.first() {
        println!("\n{}", trimmed(error, ERROR_LINES));
        let others = checked.compile_errors.len() - 1;
        if others > 0 {
            println!("\n... and {others} more; mend the first one first");
        }
        return;
    }
    let worth_showing = |item: &&Checked| item.state == State::Failed;
    let first = checked.items.iter().find(worth_showing);
    if let Some(item) = first
        && let Some(found) = &item.problem
    {
        println!("\n{STRONG}{}{STRONG:#}", item.id);
        problem(found);
    }
}

fn problem(problem: &Problem) {
    let Problem {
        test,
        place,
        message,
        mistake,
    } = problem;
    if let Some(test) = test {
        println!(
            "  {BAD}{}{BAD:#}",
            test.rsplit("::").next().unwrap_or(test).replace('_', " ")
        );
    }
    for line in trimmed(message, MESSAGE_LINES).lines() {
        println!("    {line}");
    }
    if let Some(place) = place {
        println!("    {FAINT}at {place}{FAINT:#}");
    }
    if let Some(mistake) = mistake {
        println!("  A known mistake fails this test too: {mistake}");
    }
}

fn mark(state: State) -> (Style, &'static str) {
    match state {
        State::Passed => (GOOD, "ok"),
        State::Failed | State::Broken => (BAD, "FAIL"),
        State::Open => (FAINT, "open"),
        State::Deferred => (FAINT, "n/a"),
    }
}

/// The one command to type next.
fn next(learner: &Learner, verdict: &Verdict) -> String {
    if let Some(item) = verdict.regressions.first() {
        return format!(
            "mend {}; `git diff` shows what you changed since it passed",
            item.id
        );
    }
    let broken = verdict
        .checkpoints
        .iter()
        .find(|unit| !unit.compile_errors.is_empty());
    if broken.is_some() {
        return "mend the compile error above, then `cargo xtask check` again".to_owned();
    }
    // What was begun comes before what was not.
    let items = || verdict.checkpoints.iter().flat_map(|unit| &unit.items);
    let begun = items().find(|item| item.state == State::Failed);
    let open = begun.or_else(|| items().find(|item| !item.state.passed()));
    if let Some(checked) = open {
        return for_item(learner, checked);
    }
    let solution = match verdict.checkpoints.as_slice() {
        [unit] => unit.number.as_deref().unwrap_or(&unit.id),
        _ => "NAME",
    };
    let current = learner.current();
    match current {
        Some(unit) => format!(
            "all passed. `cargo xtask solution {solution}` compares yours with the reference, \
             `cargo xtask capstone --mine --lake .lake/mine` runs on your parts; then `cargo xtask today` lists {}",
            unit.heading()
        ),
        None => "everything that stands is passed. `cargo xtask capstone --mine` runs the pipeline on your parts".to_owned(),
    }
}

fn for_item(learner: &Learner, checked: &Checked) -> String {
    let id = &checked.id;
    let Ok((unit, item)) = learner.item(id) else {
        return format!("cargo xtask hint {id}");
    };
    let folder = unit.folder.as_ref().and_then(|folder| {
        let mut parts = folder.iter().rev();
        let name = parts.next()?.to_str()?;
        Some(format!("weeks/{}/{name}", parts.next()?.to_str()?))
    });
    match (checked.state, item.files.first(), folder) {
        (State::Open, Some(file), Some(folder)) => {
            format!(
                "{id}: open {folder}/{file}; `cargo xtask watch` checks at every save, `cargo xtask hint {id}` helps"
            )
        }
        (State::Failed, ..) if item.hints.is_empty() => {
            format!("{id}: mend it, and `cargo xtask check` again")
        }
        (State::Failed, ..) => {
            format!("`cargo xtask hint {id}`, or mend it and `cargo xtask check` again")
        }
        _ => match &checked.problem {
            Some(problem) => problem.message.clone(),
            None => format!("cargo xtask hint {id}"),
        },
    }
}

/// The first lines of a text, and how many were left out.
pub(crate) fn trimmed(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= most {
        return lines.join("\n");
    }
    let left_out = lines.len() - most;
    format!("{}\n... {left_out} more lines", lines[..most].join("\n"))
}

/// The verdict for a program to read.
pub(crate) fn json(verdict: &Verdict) -> Result<String> {
    serde_json::to_string_pretty(verdict).context("the verdict is plain data")
}
