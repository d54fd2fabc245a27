//! `capstone runs --compare`: what changed between two runs.

use std::fmt::Write as _;
use std::process::ExitCode;

use week7_audit::{AccountChange, Comparison, RunName};

use super::no_lake;
use super::voice::show;
use crate::audit::{self, History, verdict_name};
use crate::cli::Cli;
use crate::context::{Capstone, Place};
use crate::error::Stop;
use crate::summary::dollars;

/// Shows what changed from the first run to the second.
pub(super) fn run(
    cli: &Cli,
    capstone: &Capstone,
    place: &Place,
    ids: &[String],
) -> anyhow::Result<ExitCode> {
    capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let [before, after] = ids else {
        return Err(Stop::Usage("--compare takes two run ids".into()).into());
    };
    let history = History::read(&capstone.lake)?;
    let comparison = audit::compare(&history, before, after)?;
    show(cli, &comparison, || text(&comparison));
    Ok(ExitCode::SUCCESS)
}

fn text(comparison: &Comparison) -> String {
    let mut text = String::new();
    write_run(&mut text, "before", &comparison.before);
    write_run(&mut text, "after", &comparison.after);
    if comparison.is_unchanged() {
        text.push_str("\nthe same run: nothing changed\n");
        return text;
    }
    text.push('\n');
    for account in &comparison.accounts {
        write_account(&mut text, account);
    }
    for change in &comparison.reasons {
        let delta = i128::from(change.after) - i128::from(change.before);
        line(
            &mut text,
            "reason",
            &format!(
                "{}: {} -> {} ({delta:+} rows)",
                change.reason, change.before, change.after
            ),
        );
    }
    for change in &comparison.checks {
        let name = |verdict: Option<_>| verdict.map_or("not asked", verdict_name);
        let found = change.found.as_ref().map(|found| format!(": {found}"));
        line(
            &mut text,
            "check",
            &format!(
                "{}: {} -> {}{}",
                change.check,
                name(change.before),
                name(change.after),
                found.unwrap_or_default()
            ),
        );
    }
    for change in &comparison.headers {
        let what = if change.appeared { "new" } else { "gone" };
        line(&mut text, "header", &format!("{what}: {}", change.what));
    }
    for change in &comparison.files {
        line(
            &mut text,
            "file",
            &format!("{}: {}", change.fate.as_str(), change.file),
        );
    }
    text
}

fn write_run(text: &mut String, what: &str, run: &RunName) {
    line(
        text,
        what,
        &format!(
            "{} {} of {}: commit {}, run {}, contract {}",
            run.dataset,
            run.program_year,
            run.publication,
            run.sequence,
            run.run_id,
            run.contract_version
        ),
    );
}

fn write_account(text: &mut String, change: &AccountChange) {
    let cents = i64::try_from(change.cents).unwrap_or(i64::MAX);
    line(
        text,
        &change.what,
        &format!(
            "{} -> {} rows ({:+}), {} -> {} dollars ({}{})",
            change.before.rows,
            change.after.rows,
            change.rows,
            dollars(change.before.cents),
            dollars(change.after.cents),
            if cents >= 0 { "+" } else { "" },
            dollars(cents)
        ),
    );
}

fn line(text: &mut String, what: &str, rest: &str) {
    let _ = writeln!(text, "{what:<10} {rest}");
}
