//! `cargo xtask new-checkpoint`: the skeleton of a checkpoint, complete and green, in which
//! `STAND-IN` marks whatever is to be replaced.
//!
//! - [`plan`]: what is asked for, and whether it can be
//! - [`facts`]: checkpoint.toml, from the planned facts where there are some
//! - [`files`]: the crate's own files; [`chapter`]: the book's
//! - [`wiring`]: the lines that other files need
//!
//! Invariant: everything is worked out before the first file is written; no file is written
//! over, and of a file that stands no line is lost but the one that [`wiring`] replaces.

mod chapter;
mod facts;
mod files;
mod plan;
#[cfg(test)]
mod tests;
mod wiring;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use workbook::course::{BASE_TRACK, Course};

use self::plan::Plan;
use crate::workspace::Workspace;

/// What marks text that is to be replaced.
const STAND_IN: &str = "STAND-IN";

/// What `new-checkpoint` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask new-checkpoint week4/exploration\n      from weeks/planned/exploration.toml: its last item becomes a record, the others are graded\n  \
    cargo xtask new-checkpoint week4/exploration --record trust-baseline --record right-engine\n  \
    cargo xtask new-checkpoint week4/late-files --title \"Late files\" --why \"two issues asked for it\"\n      one that no plan has"
)]
pub(crate) struct Args {
    /// Week and id, such as `week4/exploration`.
    name: String,
    /// Its title; a planned checkpoint has one.
    #[arg(long)]
    title: Option<String>,
    /// Why it is worth a learner's time although no plan asks for it.
    #[arg(long)]
    why: Option<String>,
    /// A planned item that is a decision record, by the part of its id behind the slash.
    #[arg(long = "record", value_name = "ITEM")]
    records: Vec<String>,
}

/// What is written, and what is said about it.
#[derive(Debug, Default)]
struct Work {
    /// New files: path from the root, and text.
    new: Vec<(String, String)>,
    /// Files that get lines: path, new text, and the lines.
    changed: Vec<(String, String, Vec<String>)>,
    /// A planned file whose facts went to the crate.
    moved: Option<String>,
    /// What stands and was not touched, and why that is said.
    left: Vec<String>,
    /// What only a person can write.
    by_hand: Vec<String>,
}

/// Makes the skeleton and says what it did.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let course = Course::load(&workspace.root, BASE_TRACK)?;
    let plan = Plan::new(workspace, &course, args)?;
    let work = work_out(workspace, &plan)?;
    write(workspace, &work)?;
    format(workspace, &plan);
    tell(&plan, &work);
    Ok(ExitCode::SUCCESS)
}

/// Everything that is to be written, and nothing of it yet.
fn work_out(workspace: &Workspace, plan: &Plan) -> Result<Work> {
    let mut work = Work {
        moved: plan.planned.clone(),
        ..Work::default()
    };
    work.new.push((
        format!("{}/checkpoint.toml", plan.folder()),
        facts::text(plan),
    ));
    files::add(workspace, plan, &mut work)?;
    chapter::add(workspace, plan, &mut work)?;
    wiring::add(workspace, plan, &mut work)?;
    Ok(work)
}

fn write(workspace: &Workspace, work: &Work) -> Result<()> {
    let new = work.new.iter().map(|(path, text)| (path, text));
    let changed = work.changed.iter().map(|(path, text, _)| (path, text));
    for (path, text) in new.chain(changed) {
        let place = workspace.root.join(path);
        let folder = place.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&place, text))
            .with_context(|| format!("cannot write {path}; `git status` shows what was written"))?;
    }
    if let Some(planned) = &work.moved {
        fs::remove_file(workspace.root.join(planned))
            .with_context(|| format!("cannot remove {planned}: remove it yourself"))?;
    }
    Ok(())
}

/// Sorts what templates cannot know the order of: modules and names beside those of a crate
/// that stood before. Where rustfmt is missing, `verify` says what it would change.
fn format(workspace: &Workspace, plan: &Plan) {
    let folder = workspace.root.join(plan.folder());
    let roots = ["src/lib.rs", "tests/solution.rs", "tests/wrong.rs"];
    let status = std::process::Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(roots.map(|root| folder.join(root)))
        .status();
    if !status.is_ok_and(|status| status.success()) {
        println!("note: rustfmt did not run; `cargo fmt --all` sorts the modules");
    }
}

fn tell(plan: &Plan, work: &Work) {
    println!("{} {}, from here a skeleton.", plan.number, plan.title);
    let paths = work.new.iter().map(|(path, _)| path.clone());
    list("Written", paths);
    let lines = work.changed.iter().flat_map(|(path, _, lines)| {
        let lines = lines.iter().filter(|line| !line.trim().is_empty());
        lines.map(move |line| format!("{path}: {}", line.trim()))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.dedup();
    list("Lines added", lines.into_iter());
    list(
        "Moved into the crate's checkpoint.toml",
        work.moved.iter().cloned(),
    );
    list("Left alone", work.left.iter().cloned());
    list("Yours to write", work.by_hand.iter().cloned());
    println!(
        "\nNext:\n  cargo xtask verify --write-lock\n  cargo xtask verify --only facts\n  \
         cargo xtask check {}\n  grep -rn {STAND_IN} {} book/src/week{}/{}.md",
        plan.number,
        plan.folder(),
        plan.week,
        plan.id
    );
}

fn list(head: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        println!("\n{head}:");
    }
    for line in lines {
        println!("  {line}");
    }
}
