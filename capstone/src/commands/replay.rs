//! `capstone replay RUN_ID`: one run again, from raw and its manifest.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use week2_lake::Condition;

use super::no_lake;
use super::voice::show;
use crate::cli::Cli;
use crate::context::{Capstone, Place};
use crate::pipeline::Pipeline;
use crate::replay::{self, Replayed};

/// What a replay takes.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// The run, or the beginning of its id; `capstone runs` lists them.
    pub run_id: String,
}

/// Rebuilds the run, and says what was verified and what was restored.
pub(super) fn run(
    cli: &Cli,
    capstone: &Capstone,
    place: &Place,
    args: &ReplayArgs,
) -> anyhow::Result<ExitCode> {
    let identity = capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let target = replay::find(&capstone.lake, &args.run_id)?;
    let mut replayed = None;
    Pipeline::new(capstone, "replay").attempt(identity.data, |_| {
        replayed = Some(replay::replay(capstone, &target, identity.data)?);
        Ok(())
    })?;
    if let Some(replayed) = replayed {
        show(cli, &replayed, || text(&replayed));
    }
    Ok(ExitCode::SUCCESS)
}

fn text(replayed: &Replayed) -> String {
    let Replayed {
        run_id,
        dataset,
        program_year,
        publication,
        sequence,
        newest,
        ..
    } = replayed;
    let place = if sequence == newest {
        "the newest".to_owned()
    } else {
        format!("superseded, the newest is {newest}")
    };
    let mut text = format!(
        "run        {run_id}: {dataset} {program_year} of {publication}, commit {sequence} ({place})\n"
    );
    for key in &replayed.raw {
        let _ = writeln!(text, "raw        {key}: as delivered");
    }
    let _ = writeln!(
        text,
        "rebuilt    {} rows accepted, {} rejected: every file byte for byte as committed",
        replayed.accepted, replayed.rejected
    );
    for file in &replayed.files {
        let _ = match file.was {
            Condition::Sound => writeln!(text, "verified   {}", file.key),
            was => writeln!(text, "restored   {} (was {})", file.key, was.as_str()),
        };
    }
    text
}
