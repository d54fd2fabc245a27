//! `cargo xtask bench-loop`: how long a learner waits. Measured, never asserted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anstream::println;
use anyhow::{Context, Result};
use workbook::course::Unit;

use crate::learner::Learner;
use crate::lock::{self, Role};
use crate::workspace::Workspace;

/// Rounds of each measurement; the median is shown.
const ROUNDS: usize = 3;

/// Times `status`, and `check` of every checkpoint: unchanged, and after a one-line edit.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let learner = Learner::open(workspace)?;
    let progress = Restored::of(&workspace.root.join("progress.toml"))?;
    println!("median of {ROUNDS}, in seconds; everything is built once before\n");
    println!("{:<36} {:>6.2}", "status", median(|| xtask(&["status"]))?);
    println!(
        "\n{:<36} {:>9} {:>12}",
        "check", "unchanged", "one line more"
    );
    for unit in learner
        .course
        .checkpoints
        .iter()
        .filter(|unit| unit.stands())
    {
        let files = lock::files_of(workspace, unit, Some(Role::Starter));
        let is_rust = |file: &&String| Path::new(file).extension().is_some_and(|end| end == "rs");
        let Some(file) = files.iter().find(is_rust) else {
            continue;
        };
        let (unchanged, edited) = measure(&workspace.root.join(file), unit)?;
        println!("{:<36} {unchanged:>9.2} {edited:>12.2}", unit.heading());
    }
    drop(progress);
    Ok(ExitCode::SUCCESS)
}

fn measure(file: &Path, unit: &Unit) -> Result<(f64, f64)> {
    let original = Restored::of(file)?;
    let check = || xtask(&["check", unit.name()]);
    check()?;
    let unchanged = median(check)?;
    let mut text = original.text.clone().context("a starter is a file")?;
    let edited = median(|| {
        text.push_str("// one line more\n");
        fs::write(file, &text).context("cannot edit the exercise")?;
        check()
    })?;
    Ok((unchanged, edited))
}

/// Runs one of our own commands and forgets what it says.
fn xtask(arguments: &[&str]) -> Result<()> {
    let program = std::env::current_exe().context("cannot find ourselves")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // An exercise that does not pass is as good as one that does.
    command.status().context("cannot run ourselves")?;
    Ok(())
}

fn median(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut seconds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        work()?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[ROUNDS / 2])
}

/// A file that is as it was when this is dropped, also after an error.
struct Restored {
    path: PathBuf,
    text: Option<String>,
}

impl Restored {
    fn of(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        // A destructor cannot fail; `git diff` would show what is left.
        let _ = match &self.text {
            Some(text) => fs::write(&self.path, text),
            None => fs::remove_file(&self.path),
        };
    }
}
