//! `cargo xtask plan`: dates for the work, and what happens to them.

use std::process::ExitCode;

use anstream::println;
use anyhow::{Context, Result, bail};
use jiff::civil::{Date, Weekday};
use plan::calendar::{self, Calendar, Off};
use plan::report::{Report, Unit};
use plan::screen::{half, on};
use plan::settings::{Revision, Settings};
use plan::zones::Zones;
use workbook::progress::Progress;

use crate::learner::{Learner, Usage};
use crate::workspace::Workspace;

/// What `plan` can do.
#[derive(clap::Subcommand)]
pub(crate) enum PlanCommand {
    /// Spreads the work over your working days.
    #[command(
        after_help = "Example:\n  cargo xtask plan start --on 2026-11-30 --days mon,tue,wed,thu,sat --hours 2 --off 2026-12-24..2027-01-02"
    )]
    Start {
        /// The first day.
        #[arg(long)]
        on: String,
        #[command(flatten)]
        when: When,
        /// The plan to follow: a file of weeks/tracks.
        #[arg(long, default_value = workbook::course::BASE_TRACK)]
        track: String,
        /// The first day lies in the past, because you began then.
        #[arg(long)]
        past: bool,
    },
    /// Shows every checkpoint with its dates and buffer.
    #[command(after_help = "Example:\n  cargo xtask plan show")]
    Show,
    /// Gives what is left new dates. The first plan is kept; used buffer stays used.
    #[command(
        after_help = "Examples:\n  cargo xtask plan move --off 2027-01-11..2027-01-15\n  cargo xtask plan move --on 2027-01-18 --days sat,sun"
    )]
    Move {
        /// The day from which what is left is planned; nothing means today, or the first day.
        #[arg(long)]
        on: Option<String>,
        #[command(flatten)]
        when: When,
    },
    /// Notes time that no command saw, or corrects what was measured.
    #[command(
        after_help = "Examples:\n  cargo xtask plan log 2.1 --minutes 90\n  cargo xtask plan log 2.1 --total 240"
    )]
    Log {
        /// A checkpoint.
        checkpoint: String,
        /// Minutes to add.
        #[arg(long, conflicts_with = "total", required_unless_present = "total")]
        minutes: Option<u32>,
        /// What they are all together.
        #[arg(long)]
        total: Option<u32>,
    },
}

/// Working days.
#[derive(clap::Args)]
pub(crate) struct When {
    /// Working days of a week: mon,tue,wed,thu,fri,sat,sun.
    #[arg(long, value_delimiter = ',')]
    days: Vec<String>,
    /// Hours on such a day; only compared with the items' minutes.
    #[arg(long)]
    hours: Option<f64>,
    /// Days off, the last one included; may be given more than once.
    #[arg(long, value_name = "FIRST..LAST")]
    off: Vec<String>,
    /// How the fever chart is divided: sloped or thirds.
    #[arg(long)]
    zones: Option<String>,
}

/// `cargo xtask plan …`
pub(crate) fn run(workspace: &Workspace, command: Option<PlanCommand>) -> Result<ExitCode> {
    match command.unwrap_or(PlanCommand::Show) {
        PlanCommand::Start {
            on,
            when,
            track,
            past,
        } => start(workspace, &on, &when, &track, past),
        PlanCommand::Show => Ok(show(&report(workspace)?)),
        PlanCommand::Move { on, when } => shift(workspace, on.as_deref(), when),
        PlanCommand::Log {
            checkpoint,
            minutes,
            total,
        } => log(workspace, &checkpoint, minutes, total),
    }
}

/// The plan as it stands today, if there is one.
pub(crate) fn today(workspace: &Workspace, learner: &Learner) -> Result<Option<Report>> {
    let zones = Zones::load(&workspace.root)?;
    let today = learner.clock.today();
    let report = Report::of(&learner.course, &learner.progress, &zones, today);
    report.map_err(|error| usage(&error.to_string()))
}

fn report(workspace: &Workspace) -> Result<Report> {
    let learner = Learner::open(workspace)?;
    today(workspace, &learner)?.ok_or_else(|| {
        usage("there is no plan yet; `cargo xtask plan start --help` has an example")
    })
}

fn start(
    workspace: &Workspace,
    first: &str,
    when: &When,
    track: &str,
    past: bool,
) -> Result<ExitCode> {
    let progress = Progress::load(&workspace.root)?;
    if let Some(settings) = Settings::read(&progress)? {
        bail!(usage(&format!(
            "there is a plan over the track `{}` since {}: `cargo xtask plan move` gives it new dates. \
             To begin anew, take `[plan]` out of progress.toml; what you have done stays",
            settings.track,
            settings.baseline().noted
        )));
    }
    let mut learner = Learner::on(workspace, track, progress)?;
    let first = calendar::date(first).map_err(|error| usage(&error.to_string()))?;
    let today = learner.clock.today();
    if first < today && !past {
        bail!(usage(&format!(
            "{first} lies before today, {today}. If you began then, add `--past`"
        )));
    }
    if when.days.is_empty() {
        bail!(usage(&calendar::CalendarError::NoDays.to_string()));
    }
    let settings = Settings {
        track: track.to_owned(),
        zones: when.zones.clone(),
        revisions: vec![Revision {
            noted: today.min(first),
            on: first,
            calendar: calendar_of(&when.days, &when.off, Vec::new())?,
            hours: hours(when.hours)?,
        }],
    };
    keep(workspace, &mut learner, &settings)
}

fn shift(workspace: &Workspace, first: Option<&str>, when: When) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let Some(mut settings) = Settings::read(&learner.progress)? else {
        bail!(usage(
            "there is no plan to move; `cargo xtask plan start --help` has an example"
        ));
    };
    let today = learner.clock.today();
    let now = settings.now().clone();
    let first = match first {
        Some(text) => calendar::date(text).map_err(|error| usage(&error.to_string()))?,
        None => today.max(now.on),
    };
    if first < today {
        bail!(usage(&format!(
            "{first} lies before today, {today}; what is left cannot be planned for it"
        )));
    }
    let days: Vec<String> = if when.days.is_empty() {
        let days = now.calendar.days().iter();
        days.map(|day| calendar::short(*day).to_owned()).collect()
    } else {
        when.days
    };
    let revision = Revision {
        noted: today.max(now.noted),
        on: first,
        calendar: calendar_of(&days, &when.off, now.calendar.off().to_vec())?,
        hours: hours(when.hours)?.or(now.hours),
    };
    settings.zones = when.zones.or(settings.zones);
    settings.revisions.push(revision);
    keep(workspace, &mut learner, &settings)
}

/// Saves a plan if it can be followed, and shows it.
fn keep(workspace: &Workspace, learner: &mut Learner, settings: &Settings) -> Result<ExitCode> {
    settings.write(&mut learner.progress);
    let report = today(workspace, learner)?;
    learner.progress.save()?;
    Ok(show(&report.context("it was just made")?))
}

fn calendar_of(days: &[String], off: &[String], known: Vec<Off>) -> Result<Calendar> {
    let sentence = |error: calendar::CalendarError| usage(&error.to_string());
    let days: Vec<Weekday> = days
        .iter()
        .map(|day| calendar::weekday(day))
        .collect::<Result<_, _>>()
        .map_err(sentence)?;
    let mut all = known;
    for off in off {
        let off: Off = off.parse().map_err(sentence)?;
        if !all.contains(&off) {
            all.push(off);
        }
    }
    Calendar::new(days, all).map_err(sentence)
}

fn hours(hours: Option<f64>) -> Result<Option<f64>> {
    match hours {
        Some(hours) if !(hours > 0.0 && hours <= 24.0) => {
            bail!(usage(&format!("a day has no {hours} hours to work")))
        }
        hours => Ok(hours),
    }
}

fn show(report: &Report) -> ExitCode {
    println!("{}\n", report.title);
    println!(
        "{:<40} {:<19} {:<7} buffer",
        "checkpoint", "planned", "done"
    );
    for unit in &report.units {
        println!("{}", line(unit).trim_end());
    }
    let date = |date| on(date, report.today);
    println!("\nlast day of work     {}", date(report.end));
    if report.moves > 0 {
        println!("by the first plan    {}", date(report.baseline_end));
    }
    let [low, high] = report.buffer;
    if high > 0.0 {
        println!(
            "last day of buffer   {} ({} days in all) or {} ({})",
            date(report.buffer_end[0]),
            half(low),
            date(report.buffer_end[1]),
            half(high)
        );
    }
    println!("{}", load(report));
    for assumed in &report.assumed {
        println!("taken as done: {}. {}", assumed.title, assumed.why);
    }
    println!("`cargo xtask status` shows how it goes; `status --ics` writes a calendar file.");
    ExitCode::SUCCESS
}

fn line(unit: &Unit) -> String {
    let day = |date: Date| date.strftime("%-d %b").to_string();
    let dates = unit.dates.map_or_else(
        || "before the plan".to_owned(),
        |[first, last]| format!("{:>6} to {:>6}", day(first), day(last)),
    );
    let buffer = match unit.buffer {
        Some([_, high]) if unit.capped => format!("max {}", half(high)),
        Some([low, high]) if low < high => format!("{} to {}", half(low), half(high)),
        Some([_, high]) => half(high),
        None => "no buffer given".to_owned(),
    };
    let done = match unit.finished {
        Some(finished) => day(finished),
        None => format!("{}/{}", unit.items[0], unit.items[1]),
    };
    let title: String = unit.title.chars().take(35).collect();
    let unchecked = match unit.unchecked {
        0 => "",
        some if some == unit.items[1] => ", no check stands yet",
        _ => ", some items have no check yet",
    };
    format!(
        "{:<4} {title:<35} {dates:<19} {done:<7} {buffer}{unchecked}",
        unit.number
    )
}

fn load(report: &Report) -> String {
    let planned = report.load.planned;
    match report.load.own {
        Some(own) if own < planned => format!(
            "work in a week       {planned:.1} h by the items' minutes, {own:.1} h of yours: \
             that is less; more days, or a later end, is no shame"
        ),
        Some(own) => {
            format!(
                "work in a week       {planned:.1} h by the items' minutes, {own:.1} h of yours"
            )
        }
        None => format!("work in a week       {planned:.1} h by the items' minutes"),
    }
}

fn log(
    workspace: &Workspace,
    checkpoint: &str,
    minutes: Option<u32>,
    total: Option<u32>,
) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let unit = learner.checkpoint(checkpoint)?;
    let (id, heading) = (unit.facts.id.clone(), unit.heading());
    let items = unit.facts.items.iter();
    let measured: f64 = items.map(|item| learner.progress.item(item).minutes).sum();
    let before = learner.progress.logged_minutes(&id);
    let after = match (minutes, total) {
        (Some(minutes), _) => before + f64::from(minutes),
        (None, Some(total)) => f64::from(total) - measured,
        (None, None) => before,
    };
    learner.progress.log_minutes(&id, after);
    learner.progress.save()?;
    println!(
        "{heading}: {:.0} minutes, {measured:.0} of them measured by check and watch.",
        measured + after
    );
    Ok(ExitCode::SUCCESS)
}

fn usage(sentence: &str) -> anyhow::Error {
    Usage(sentence.to_owned()).into()
}
