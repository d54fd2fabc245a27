//! `cargo xtask`, `status` and `today`: where the learner is, and the one next step.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::println;
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result, bail};
use plan::report::Report;
use plan::zones::Zone;
use serde::Serialize;
use workbook::facts::{Item, Kind, Part};
use workbook::progress::Progress;
use workbook::track;

use crate::learner::{Learner, Usage};
use crate::planning;
use crate::workspace::Workspace;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// What `status` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask status\n  cargo xtask status --json\n  cargo xtask status --html\n  cargo xtask status --ics plan.ics"
)]
pub(crate) struct StatusArgs {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
    /// Draws the plan as a page: fever chart, burn-down, calendar; nothing named means
    /// target/plan.html.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "target/plan.html")]
    html: Option<PathBuf>,
    /// Writes the plan's dates for a calendar program; nothing named means target/plan.ics.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "target/plan.ics")]
    ics: Option<PathBuf>,
    /// Another track than yours: a file of weeks/tracks.
    #[arg(long)]
    track: Option<String>,
}

/// Everything that `--json` shows.
#[derive(Serialize)]
struct Document<'a> {
    checkpoints: &'a [Row],
    plan: Option<&'a Report>,
}

/// One checkpoint's counts.
#[derive(Debug, Serialize)]
struct Row {
    number: String,
    id: Option<String>,
    title: String,
    risk: Option<String>,
    core: [usize; 2],
    capstone: [usize; 2],
    deferred: usize,
    minutes: f64,
    state: &'static str,
}

/// `cargo xtask status`
pub(crate) fn status(workspace: &Workspace, args: &StatusArgs) -> Result<ExitCode> {
    let learner = match &args.track {
        Some(track) => Learner::on(workspace, track, Progress::load(&workspace.root)?)?,
        None => Learner::open(workspace)?,
    };
    let weeks = learner.course.track.weeks.iter();
    let rows: Vec<Row> = weeks
        .flat_map(|week| &week.units)
        .map(|unit| row(&learner, unit))
        .collect();
    let plan = planning::today(workspace, &learner)?;
    if args.json {
        let document = Document {
            checkpoints: &rows,
            plan: plan.as_ref(),
        };
        let text = serde_json::to_string_pretty(&document).context("rows are plain data")?;
        println!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    if args.html.is_some() || args.ics.is_some() {
        return export(workspace, args, plan.as_ref());
    }
    let next = next_step(&learner);
    if let Some(report) = &plan {
        let lines = plan::screen::text(report);
        let next = plan::screen::labelled("Next", &next);
        screen(report, lines.lines().chain(next.iter().map(String::as_str)));
    } else {
        table(&rows);
        println!("{STRONG}Next:{STRONG:#} {next}");
        println!("{FAINT}`cargo xtask plan start --help` shows how to put dates to it.{FAINT:#}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the plan for a browser or a calendar program.
fn export(workspace: &Workspace, args: &StatusArgs, plan: Option<&Report>) -> Result<ExitCode> {
    let Some(report) = plan else {
        bail!(Usage(
            "there is no plan to draw; `cargo xtask plan start --help` has an example".to_owned()
        ));
    };
    let page = args
        .html
        .as_ref()
        .map(|file| (file, plan::html::page(report)));
    let dates = args
        .ics
        .as_ref()
        .map(|file| (file, plan::ics::calendar(report)));
    for (file, text) in page.into_iter().chain(dates) {
        // What we name ourselves lies in the checkout; what the user names, where they stand.
        let path = if file.starts_with("target") {
            workspace.root.join(file)
        } else {
            file.clone()
        };
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        folder
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("Wrote {}.", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan on one screen; its zone in its colour.
fn screen<'a>(report: &Report, lines: impl Iterator<Item = &'a str>) {
    let colour = match report.zone {
        Some(Zone::Red) => AnsiColor::Red.on_default().bold(),
        Some(Zone::Yellow) => AnsiColor::Yellow.on_default().bold(),
        Some(Zone::Green) => AnsiColor::Green.on_default().bold(),
        None => Style::new(),
    };
    for (at, line) in lines.enumerate() {
        match line.split_at_checked(9) {
            _ if at == 0 => println!("{STRONG}{line}{STRONG:#}"),
            Some(("Burn     ", rest)) => {
                let (zone, rest) = rest.split_once(':').unwrap_or((rest, ""));
                println!("{STRONG}Burn{STRONG:#}     {colour}{zone}{colour:#}:{rest}");
            }
            Some((label, rest)) if label.trim().chars().all(char::is_alphabetic) => {
                println!("{STRONG}{label}{STRONG:#}{rest}");
            }
            _ => println!("{line}"),
        }
    }
}

/// Without a plan: every checkpoint, and what is done of it.
fn table(rows: &[Row]) {
    println!(
        "{STRONG}     checkpoint                               core  capstone  risk{STRONG:#}"
    );
    for row in rows {
        let Row {
            number,
            title,
            core,
            capstone,
            risk,
            ..
        } = row;
        let note = match row.state {
            "current" => "  <- you are here".to_owned(),
            "planned" => "  not built yet".to_owned(),
            _ if row.deferred > 0 => format!("  {} deferred", row.deferred),
            _ => String::new(),
        };
        let share = |[done, all]: &[usize; 2]| format!("{done}/{all}");
        println!(
            "{number:<4} {title:<40}{:>4}  {:>8}  {risk:<15}{FAINT}{note}{FAINT:#}",
            share(core),
            share(capstone),
            risk = risk.as_deref().unwrap_or("")
        );
    }
    println!();
}

fn row(learner: &Learner, unit: &track::Unit) -> Row {
    let of_id = |id: &str| {
        learner
            .course
            .checkpoints
            .iter()
            .find(|found| found.facts.id == id)
    };
    let checkpoint = unit.id.as_deref().and_then(of_id);
    let items: Vec<Item> = unit
        .items
        .iter()
        .filter_map(|id| learner.course.item_of_id(id))
        .collect();
    let count = |part| {
        let of_part = || items.iter().filter(move |item: &&Item| item.part == part);
        [
            of_part().filter(|item| learner.progress.done(item)).count(),
            of_part().count(),
        ]
    };
    let deferred = |item: &&Item| learner.progress.item(item).deferred.is_some();
    let current = learner.current().map(|current| &current.facts.id);
    let own_title = unit.title.clone();
    Row {
        number: unit.number.clone(),
        id: unit.id.clone(),
        title: own_title
            .or_else(|| checkpoint.map(|found| found.facts.title.clone()))
            .unwrap_or_default(),
        risk: checkpoint.map(|found| found.facts.risk.to_string()),
        core: count(Part::Core),
        capstone: count(Part::Capstone),
        deferred: items.iter().filter(deferred).count(),
        minutes: items
            .iter()
            .map(|item| learner.progress.item(item).minutes)
            .sum(),
        state: match () {
            () if current.is_some() && current == unit.id.as_ref() => "current",
            () if items.iter().all(|item| item.kind == Kind::Planned) => "planned",
            () if checkpoint.is_some_and(|found| learner.is_passed(found)) => "passed",
            () => "open",
        },
    }
}

/// `cargo xtask today`: the open items of the current checkpoint, as a list for the day.
pub(crate) fn today(workspace: &Workspace) -> Result<ExitCode> {
    let learner = Learner::open(workspace)?;
    let Some(unit) = learner.current() else {
        println!("Everything that stands is passed. {}", next_step(&learner));
        return Ok(ExitCode::SUCCESS);
    };
    println!(
        "{STRONG}{}{STRONG:#}  {}",
        unit.heading(),
        unit.facts.summary
    );
    if let (Some(delay), Some(sign)) = (&unit.facts.delay, &unit.facts.sign) {
        println!("{FAINT}Often delayed by {delay}. Early sign: {sign}{FAINT:#}");
    }
    let open: Vec<&Item> = unit
        .facts
        .items
        .iter()
        .filter(|item| !learner.is_settled(item))
        .collect();
    for item in &open {
        println!(
            "\n[ ] {STRONG}{}{STRONG:#}  {FAINT}{} min, {}{FAINT:#}",
            item.title, item.minutes, item.id
        );
        println!("    {}", item.task);
    }
    let minutes: u32 = open.iter().map(|item| item.minutes).sum();
    println!(
        "\n{} open, about {} h {} min. {STRONG}Next:{STRONG:#} {}",
        open.len(),
        minutes / 60,
        minutes % 60,
        open.first()
            .map_or_else(|| next_step(&learner), |item| command_for(item))
    );
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask` alone: what this is, where you are, the next step.
pub(crate) fn introduce(workspace: &Workspace) -> Result<ExitCode> {
    println!(
        "{STRONG}The Open Payments Workbook{STRONG:#}: nine weeks, eighteen checkpoints, one pipeline that becomes yours.\n"
    );
    let learner = Learner::open(workspace)?;
    match learner.current() {
        _ if learner.progress.is_empty() => println!("You have not begun."),
        Some(unit) => println!("You are at {}.", unit.heading()),
        None => println!("You have passed everything that stands."),
    }
    println!("{STRONG}Next:{STRONG:#} {}\n", next_step(&learner));
    println!("{FAINT}`cargo xtask --help` lists every command.{FAINT:#}");
    Ok(ExitCode::SUCCESS)
}

/// One command.
fn next_step(learner: &Learner) -> String {
    let Some(unit) = learner.current() else {
        return "`cargo xtask capstone --mine` runs the pipeline on your parts".to_owned();
    };
    if learner.progress.is_empty() {
        return format!(
            "`cargo xtask today` lists the work of {}; `cargo xtask capstone` shows what you will build",
            unit.heading()
        );
    }
    let open = unit
        .facts
        .items
        .iter()
        .find(|item| !learner.is_settled(item));
    match open {
        Some(item) => command_for(item),
        None => "`cargo xtask check`".to_owned(),
    }
}

/// The command that moves an item on.
pub(crate) fn command_for(item: &Item) -> String {
    let id = &item.id;
    match item.kind {
        Kind::Test => format!(
            "{}: `cargo xtask watch`, and `cargo xtask hint {id}` when stuck",
            item.title
        ),
        Kind::Probe => format!("{}: `cargo xtask check` tries it", item.title),
        Kind::Record => format!("`cargo xtask record new {id}`"),
        Kind::Quiz => format!("`cargo xtask quiz {}`", id.split('/').next().unwrap_or(id)),
        Kind::Attest => format!("{}; then `cargo xtask done {id}`", item.title),
        Kind::Planned => "`cargo xtask status`".to_owned(),
    }
}
