//! `capstone backfill`: many program years, planned, shown, and then run.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use week2_lake::DataKind;
use week3_orchestration::{Order, Report};

use super::kind_of;
use super::voice::{finish, print, show};
use crate::backfill::Backfill;
use crate::cli::Cli;
use crate::context::Capstone;
use crate::error::Stop;
use crate::pipeline::Pipeline;
use crate::source::Location;
use crate::summary::YearLine;

/// What a backfill takes.
#[derive(Debug, Clone, Args)]
pub struct BackfillArgs {
    /// A CSV, a zip as CMS ships it, or a folder of both; an https:// address of either. Default:
    /// the generated files, if any, and what the lake has in raw.
    #[arg(long, value_name = "PLACE")]
    pub source: Option<Location>,
    /// Recent years come first. The default.
    #[arg(long, conflicts_with = "oldest_first")]
    pub newest_first: bool,
    /// Early years come first.
    #[arg(long)]
    pub oldest_first: bool,
    /// Years at work at once. They overlap in reading; one at a time is copied and transformed,
    /// with all threads.
    #[arg(long, value_name = "N", default_value = "2")]
    pub concurrency: NonZeroUsize,
    /// Show the plan, and do nothing. (Zips are unpacked and addresses fetched for it.)
    #[arg(long)]
    pub plan: bool,
}

/// Plans, shows the plan, and carries it out.
pub(super) fn run(cli: &Cli, capstone: &Capstone, args: &BackfillArgs) -> anyhow::Result<ExitCode> {
    let identity = capstone.lake.identity()?.map(|identity| identity.data);
    let location = source(capstone, args.source.as_ref(), identity);
    let data = match &location {
        Some(location) => kind_of(location)?,
        None => identity.ok_or_else(nothing_to_do)?,
    };
    let mut pipeline = Pipeline::new(capstone, "backfill");
    let source = location.map(|location| pipeline.find(&location));
    let source = source.transpose()?;
    let order = if args.oldest_first {
        Order::OldestFirst
    } else {
        Order::NewestFirst
    };
    let backfill = Backfill::of_years(capstone, source, order)?;
    if args.plan {
        let document = serde_json::json!({ "plan": backfill.plan, "problems": backfill.problems });
        show(cli, &document, || plan_and_problems(&backfill));
        return Ok(ExitCode::SUCCESS);
    }
    if !cli.common.json {
        print(&backfill.to_text());
        print("");
    }
    Ok(finish(cli, pipeline, data, |pipeline| {
        pipeline.summary.plan.clone_from(&backfill.plan);
        let (reports, result) = pipeline.years(&backfill, args.concurrency);
        let lines = reports.into_iter();
        pipeline.summary.years = lines.map(|report| line(cli, args, report)).collect();
        result
    }))
}

fn plan_and_problems(backfill: &Backfill) -> String {
    let problems = backfill.problems.iter();
    let problems: Vec<_> = problems.map(|problem| format!("\n{problem}")).collect();
    format!("{}{}", backfill.to_text(), problems.concat())
}

/// What the user names, or the generated files where the lake may have them.
fn source(
    capstone: &Capstone,
    named: Option<&Location>,
    identity: Option<DataKind>,
) -> Option<Location> {
    let generated = || {
        let folder = capstone.home.source();
        (identity != Some(DataKind::Real) && folder.exists()).then(|| folder.into())
    };
    named.cloned().or_else(generated)
}

fn nothing_to_do() -> anyhow::Error {
    let message = "there is neither a source nor a lake: name files with --source, or run \
                   `capstone generate` first";
    Stop::NotYet(message.into()).into()
}

fn line(cli: &Cli, args: &BackfillArgs, report: Report) -> YearLine {
    let is_year = report.task.parse::<i16>().is_ok();
    let failed = is_year && !report.outcome.is_success();
    YearLine {
        again: failed.then(|| alone(cli, args, &report.task)),
        report,
    }
}

/// The command that does one year, and nothing else.
fn alone(cli: &Cli, args: &BackfillArgs, year: &str) -> String {
    let mut words = vec![
        "capstone".into(),
        "backfill".into(),
        "--years".into(),
        year.into(),
    ];
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_owned(), quoted(&value)]);
        }
    };
    let path = |path: &PathBuf| path.display().to_string();
    flag("--source", args.source.as_ref().map(ToString::to_string));
    flag("--lake", cli.common.lake.as_ref().map(ToString::to_string));
    flag("--endpoint", cli.common.endpoint.clone());
    flag("--warehouse", cli.common.warehouse.as_ref().map(path));
    words.join(" ")
}

/// As a shell wants it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:~=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_blank_or_a_quote_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("/data/open-payments"), "/data/open-payments");
        assert_eq!(quoted("my files"), "'my files'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
