//! `cargo xtask solution`: the reference beside the learner's own, as a diff.

use std::path::Path;
use std::process::{Command, ExitCode};

use anstream::println;
use anyhow::{Context, Result};

use crate::learner::Learner;
use crate::workspace::Workspace;

/// What `solution` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask solution 2.1             after a pass\n  \
    cargo xtask solution 2.1 --give-up   before one; progress.toml remembers it"
)]
pub(crate) struct Args {
    /// A checkpoint; nothing means the current one.
    checkpoint: Option<String>,
    /// Before a pass: it is noted that you looked.
    #[arg(long)]
    give_up: bool,
}

/// Shows how the reference differs from what the learner wrote.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let unit = learner.choose_one(args.checkpoint.as_deref())?.clone();
    if !learner.code_passed(&unit) {
        let looked = learner.progress.noted(&unit.facts.id, "gave_up").is_some();
        if !args.give_up && !looked {
            println!(
                "The reference of {} is shown after a pass. `cargo xtask hint` helps; \
                 with `--give-up` you see it now, and progress.toml remembers that.",
                unit.heading()
            );
            return Ok(ExitCode::from(crate::NOT_YET));
        }
        if !looked {
            let today = learner.clock.today().to_string();
            learner.progress.note(&unit.facts.id, "gave_up", &today);
            learner.save();
        }
    }
    let folder = unit
        .folder
        .context("a checkpoint that stands has a folder")?;
    let pairs = [
        ("src/exercise.rs", "src/solution.rs"),
        ("src/exercise", "src/solution"),
        ("exercise", "solution"),
    ];
    for (mine, reference) in pairs {
        if folder.join(mine).exists() && folder.join(reference).exists() {
            diff(&folder, mine, reference)?;
        }
    }
    println!(
        "Yours is `-`, the reference `+`. Both files: {}",
        crate::lock::shown(workspace, &folder)
    );
    Ok(ExitCode::SUCCESS)
}

/// git's own diff of two places, in colour where the terminal has it.
fn diff(folder: &Path, mine: &str, reference: &str) -> Result<()> {
    let mut git = Command::new("git");
    git.args(["--no-pager", "diff", "--no-index", "--", mine, reference]);
    let status = git.current_dir(folder).status();
    // 1 means that they differ.
    status.context("git shows the difference, and cannot be run")?;
    Ok(())
}
