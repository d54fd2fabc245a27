//! `capstone runs`: the history of attempts and commits.

use std::process::ExitCode;

use super::no_lake;
use super::voice::{json, print};
use crate::alive;
use crate::cli::Cli;
use crate::context::{Capstone, Place};

/// Shows every attempt, then the newest commit of every partition.
pub(super) fn run(cli: &Cli, capstone: &Capstone, place: &Place) -> anyhow::Result<ExitCode> {
    capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let (mut attempts, commits) = (capstone.lake.attempts()?, capstone.lake.newest_commits()?);
    let dead = alive::dead(&capstone.home.attempts())?;
    for attempt in &mut attempts {
        attempt.ends_with(&dead);
    }
    if cli.common.json {
        let document = serde_json::json!({ "attempts": attempts, "commits": commits });
        print(&json(&document));
        return Ok(ExitCode::SUCCESS);
    }
    for attempt in attempts {
        let error = attempt
            .error
            .map(|error| format!(": {error}"))
            .unwrap_or_default();
        print(&format!(
            "{}  {:<9} {:<11}{error}",
            attempt.started_at,
            attempt.command,
            attempt.outcome.as_str()
        ));
    }
    for commit in commits {
        let manifest = commit.manifest;
        print(&format!(
            "{} {} of {}: commit {}, run {}, {} files",
            manifest.partition.dataset,
            manifest.partition.program_year,
            manifest.publication,
            commit.sequence,
            manifest.run_id,
            manifest.data.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
