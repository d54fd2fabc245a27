//! `cargo xtask check`: what a learner has done, item by item.
//!
//! - [`build`]: compiles test programs
//! - [`graded`]: runs them and reads their answers
//! - [`probe`], [`record`]: the two other kinds that a program can judge; [`remembered`]:
//!   what slow probes found before
//! - [`judge`]: one verdict per item, from all of these
//! - [`show`]: the same on a terminal, or as JSON
//!
//! [`build`] and [`graded`] serve `verify` too.

pub(crate) mod build;
pub(crate) mod graded;
mod judge;
pub(crate) mod probe;
pub(crate) mod record;
mod remembered;
pub(crate) mod show;

use std::process::ExitCode;

use anyhow::{Context, Result};
use workbook::course::{Course, Unit};
use workbook::facts::{Checkpoint, Kind};
use workbook::progress::{Outcome, Progress};

pub(crate) use self::judge::{State, Verdict};
use crate::learner::Learner;
use crate::workspace::Workspace;

/// The test program that holds the learner's own.
const TARGET: &str = "exercise";

/// What `check` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask check            the checkpoint that you are in\n  \
    cargo xtask check 2.1        one checkpoint\n  cargo xtask check week3      both of a week\n  \
    cargo xtask check all --json everything that stands, for a program to read"
)]
pub(crate) struct Args {
    /// `week3`, `3.1`, `orchestration` or `all`; nothing means the current checkpoint.
    name: Option<String>,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
    /// Runs slow probes even if no file of their checkpoint has changed since.
    #[arg(long)]
    again: bool,
}

/// Checks, shows, notes progress.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let chosen = learner.choose(args.name.as_deref())?;
    if args.again {
        remembered::Remembered::open(&workspace.root).forget();
    }
    let verdict = check(workspace, &mut learner, &chosen, !args.json)?;
    if args.json {
        println!("{}", show::json(&verdict)?);
    } else {
        show::text(&learner, &verdict);
    }
    Ok(if verdict.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(crate::NOT_YET)
    })
}

/// Checks the checkpoints of these ids and those before them that have passed, and notes
/// the outcome.
pub(crate) fn check(
    workspace: &Workspace,
    learner: &mut Learner,
    ids: &[String],
    talk: bool,
) -> Result<Verdict> {
    let course = learner.course.clone();
    let units: Vec<&Unit> = ids.iter().filter_map(|id| by_id(&course, id)).collect();
    let earlier = earlier_passed(&course, &learner.progress, &units);
    let packages: Vec<&str> = units
        .iter()
        .chain(&earlier)
        .filter(|unit| has_tests(&unit.facts))
        .filter_map(|unit| unit.package.as_deref())
        .collect();
    if talk && !packages.is_empty() {
        show::compiling(workspace, &packages);
    }
    let builds = if packages.is_empty() {
        build::Builds::default()
    } else {
        build::test_programs(workspace, &packages, &[TARGET])?
    };
    if let Some(trouble) = &builds.trouble {
        anyhow::bail!(
            "cargo could not build the exercises:\n{}\n`cargo xtask doctor` looks for what is missing",
            show::trimmed(trouble, 12)
        );
    }
    let edited = crate::lock::edited_tests(workspace, &course);
    let mut verdict = Verdict {
        checkpoints: Vec::new(),
        regressions: Vec::new(),
        edited: Vec::new(),
    };
    for unit in &units {
        let checked = judge::checkpoint(workspace, learner, unit, &builds)?;
        verdict.checkpoints.push(checked);
    }
    for unit in &earlier {
        let checked = judge::graded_items(unit, &builds)?;
        let failing = checked.into_iter().filter(|item| !item.state.passed());
        verdict.regressions.extend(failing);
    }
    match edited {
        Ok(edited) => {
            let ours = |path: &String| {
                let of_unit = |unit: &&Unit| {
                    let folder = unit.folder.as_ref();
                    let folder =
                        folder.and_then(|folder| folder.strip_prefix(&workspace.root).ok());
                    folder.is_some_and(|folder| path.starts_with(&*folder.to_string_lossy()))
                };
                units.iter().chain(&earlier).any(of_unit)
            };
            verdict.edited = edited.into_iter().filter(ours).collect();
        }
        Err(error) if talk => eprintln!("note: {error:#}; edited tests would go unnoticed"),
        Err(_) => {}
    }
    note(learner, &verdict);
    Ok(verdict)
}

fn by_id<'a>(course: &'a Course, id: &str) -> Option<&'a Unit> {
    course.checkpoints.iter().find(|unit| unit.facts.id == id)
}

fn has_tests(facts: &Checkpoint) -> bool {
    facts.items.iter().any(|item| item.kind == Kind::Test)
}

/// Checkpoints before the first of `units` of which a test item has passed.
fn earlier_passed<'a>(course: &'a Course, progress: &Progress, units: &[&Unit]) -> Vec<&'a Unit> {
    let chosen = |unit: &&Unit| units.iter().any(|other| other.facts.id == unit.facts.id);
    course
        .checkpoints
        .iter()
        .take_while(|unit| !chosen(unit))
        .filter(|unit| unit.stands())
        .filter(|unit| {
            let mut items = unit.facts.items.iter();
            items.any(|item| item.kind == Kind::Test && progress.item(item).first_passed.is_some())
        })
        .collect()
}

/// Writes down what was found. Progress that cannot be saved is said, and is no failure.
fn note(learner: &mut Learner, verdict: &Verdict) {
    let (today, now) = (learner.clock.today(), learner.clock.now());
    let course = learner.course.clone();
    // What another command noted while this one was checking stays.
    learner.reload();
    let all = verdict
        .checkpoints
        .iter()
        .flat_map(|checkpoint| &checkpoint.items);
    for checked in all.chain(&verdict.regressions) {
        let Ok((_, item)) = course.find_item(&checked.id) else {
            continue;
        };
        let outcome = match checked.state {
            State::Passed => Outcome::Passed,
            State::Deferred => Outcome::Deferred,
            State::Failed => Outcome::Failed,
            State::Broken => Outcome::Broken,
            // Nothing was tried yet.
            State::Open => continue,
        };
        learner.progress.record(item, outcome, today);
    }
    let open = verdict
        .checkpoints
        .iter()
        .flat_map(|checkpoint| &checkpoint.items)
        .find(|item| !item.state.passed());
    let worked_on = open.or_else(|| verdict.checkpoints.last()?.items.last());
    if let Some(checked) = worked_on
        && let Ok((_, item)) = course.find_item(&checked.id)
    {
        learner.progress.work(item, now);
    }
    learner.save();
}

/// Reads a file of a checkpoint.
fn read(unit: &Unit, path: &str) -> Result<String> {
    let folder = unit
        .folder
        .as_ref()
        .context("a planned checkpoint has no files")?;
    let path = folder.join(path);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}
