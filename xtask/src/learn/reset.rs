//! `reset` puts the starter back, `catch-up` the reference in place of earlier checkpoints.
//!
//! Invariant: a file of the learner's is copied to `journal/kept/` before it is replaced, and
//! nothing is replaced if that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::println;
use anyhow::{Context, Result};
use workbook::JOURNAL;
use workbook::course::Unit;

use crate::learner::{Learner, Usage};
use crate::lock::{self, Role};
use crate::workspace::Workspace;

/// What `reset` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  cargo xtask reset 2.1   your version is kept under journal/kept/"
)]
pub(crate) struct ResetArgs {
    /// A checkpoint.
    checkpoint: String,
}

/// What `catch-up` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  cargo xtask catch-up week3   weeks 1 and 2 are the reference's, week 3 is next"
)]
pub(crate) struct CatchUpArgs {
    /// Where to go on: a week or a checkpoint.
    name: String,
}

/// Puts the delivered starter of one checkpoint back.
pub(crate) fn reset(workspace: &Workspace, args: &ResetArgs) -> Result<ExitCode> {
    let learner = Learner::open(workspace)?;
    let unit = learner.choose_one(Some(&args.checkpoint))?;
    let delivered = starters(workspace, unit)?;
    let kept = keep(workspace, &learner, unit, &delivered)?;
    clear(workspace, unit)?;
    for (file, text) in &delivered {
        write(&workspace.root.join(file), text)?;
    }
    println!("{} is the starter again.", unit.heading());
    tell_kept(workspace, kept.as_deref());
    Ok(ExitCode::SUCCESS)
}

/// Drops the reference into every unpassed checkpoint before a name.
pub(crate) fn catch_up(workspace: &Workspace, args: &CatchUpArgs) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let target = learner
        .course
        .find(&args.name)
        .map_err(|error| Usage(error.to_string()))?;
    let target = target
        .first()
        .map(|unit| unit.facts.id.clone())
        .unwrap_or_default();
    let course = learner.course.clone();
    let earlier = course
        .checkpoints
        .iter()
        .take_while(|unit| unit.facts.id != target);
    let missed: Vec<&Unit> = earlier
        .filter(|unit| unit.stands() && !learner.code_passed(unit))
        .collect();
    if missed.is_empty() {
        println!("Nothing before {} is missing.", args.name);
        return Ok(ExitCode::SUCCESS);
    }
    for unit in missed {
        let delivered = starters(workspace, unit)?;
        let kept = keep(workspace, &learner, unit, &delivered)?;
        clear(workspace, unit)?;
        take_reference(workspace, unit, delivered)?;
        let today = learner.clock.today().to_string();
        learner.progress.note(&unit.facts.id, "caught_up", &today);
        println!("{} is the reference's.", unit.heading());
        tell_kept(workspace, kept.as_deref());
    }
    learner.save();
    println!(
        "`cargo xtask reset NAME` gives you a starter again whenever you want to do one yourself."
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes the reference over every starter that leaves something to do. A starter without
/// a `todo!` is plumbing that names files of the exercise; it stays as delivered.
fn take_reference(workspace: &Workspace, unit: &Unit, starters: Starters) -> Result<()> {
    let folder = unit
        .folder
        .as_deref()
        .context("a checkpoint that stands has a folder")?;
    for (file, delivered) in starters {
        let path = workspace.root.join(&file);
        let relative = path
            .strip_prefix(folder)
            .context("a starter lies in its crate")?;
        let reference = folder.join(reference_of(relative));
        let is_plumbing = relative.starts_with("src") && !contains(&delivered, b"todo!");
        let text = if is_plumbing || !reference.is_file() {
            delivered
        } else {
            fs::read(&reference).with_context(|| format!("cannot read {}", reference.display()))?
        };
        write(&path, &text)?;
    }
    Ok(())
}

/// `src/solution/retry.rs` for `src/exercise/retry.rs`, `solution/x.sql` for `exercise/x.sql`.
fn reference_of(starter: &Path) -> PathBuf {
    let swapped = starter.iter().map(|part| match part.to_str() {
        Some("exercise") => "solution".into(),
        Some("exercise.rs") => "solution.rs".into(),
        _ => part.to_owned(),
    });
    swapped.collect()
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// Delivered starters: paths from the root, and their bytes.
type Starters = Vec<(String, Vec<u8>)>;

fn starters(workspace: &Workspace, unit: &Unit) -> Result<Starters> {
    let starters = lock::starters(workspace, unit)?.into_iter();
    starters
        .map(|(file, id)| Ok((file, lock::delivered(workspace, &id)?)))
        .collect()
}

/// Copies the learner's files of a checkpoint aside, but for those that are as delivered.
fn keep(
    workspace: &Workspace,
    learner: &Learner,
    unit: &Unit,
    delivered: &[(String, Vec<u8>)],
) -> Result<Option<PathBuf>> {
    let stamp = learner
        .clock
        .now()
        .strftime("%Y-%m-%dT%H-%M-%S")
        .to_string();
    let kept = workspace.root.join(JOURNAL).join("kept").join(stamp);
    let mut any = false;
    for file in lock::files_of(workspace, unit, Some(Role::Starter)) {
        let mine =
            fs::read(workspace.root.join(&file)).with_context(|| format!("cannot read {file}"))?;
        let is_theirs = !delivered
            .iter()
            .any(|(name, text)| *name == file && *text == mine);
        if is_theirs {
            write(&kept.join(&file), &mine)?;
            any = true;
        }
    }
    Ok(any.then_some(kept))
}

/// Removes what lies where a starter or a reference will.
fn clear(workspace: &Workspace, unit: &Unit) -> Result<()> {
    for file in lock::files_of(workspace, unit, Some(Role::Starter)) {
        fs::remove_file(workspace.root.join(&file))
            .with_context(|| format!("cannot remove {file}"))?;
    }
    Ok(())
}

fn tell_kept(workspace: &Workspace, kept: Option<&Path>) {
    if let Some(kept) = kept {
        println!("Your version is kept in {}.", lock::shown(workspace, kept));
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.with_context(|| {
        format!(
            "cannot write {}; is the checkout read-only?",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_starter_has_its_reference_at_the_same_place() {
        for (starter, reference) in [
            ("src/exercise.rs", "src/solution.rs"),
            ("src/exercise/retry.rs", "src/solution/retry.rs"),
            ("exercise/sql/01.sql", "solution/sql/01.sql"),
        ] {
            assert_eq!(reference_of(Path::new(starter)), Path::new(reference));
        }
    }
}
