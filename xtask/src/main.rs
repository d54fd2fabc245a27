//! `cargo xtask`: the workbook's task runner.
//!
//! - [`learner`]: course, progress, clock; [`check`]: what is done; [`learn`]: everything
//!   else that a learner does; [`lock`]: what was delivered; [`builtin`]: probes and tools
//! - [`planning`]: dates, buffers, forecast
//! - [`watch`]: checks at every save; [`quiz`]; [`services`]: a local Postgres; [`doctor`]
//! - [`duckdb`]: finds DuckDB's shared library, and where to get it
//! - [`local`]: `.cargo/local.toml`, what set-up found on this machine
//! - [`capstone`]: runs the pipeline; [`book`]: builds and serves the book
//! - [`verify`]: formatting, lints, every test; [`hygiene`] and [`one_build`]
//!   are two of its steps; [`new_checkpoint`]: the skeleton of one
//! - [`example`]: examples of the checkpoints' crates
//! - [`engines`]: the optional engines that some tests compare with
//! - [`process`], [`workspace`]: children with a time limit, folders
//! - `documented`, `update`: tests of the commands that the book shows, and of what a learner pulls
//!
//! Exit codes: 0 done, 1 the work is not there yet, 2 usage, 3 environment.
//! `capstone` passes on the capstone's own code.

mod bench_loop;
mod book;
mod builtin;
mod capstone;
mod check;
mod doctor;
#[cfg(test)]
mod documented;
mod duckdb;
mod engines;
mod example;
mod hygiene;
mod learn;
mod learner;
mod local;
mod lock;
mod new_checkpoint;
mod one_build;
mod planning;
mod process;
mod quiz;
mod services;
#[cfg(test)]
mod update;
mod verify;
mod watch;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The checks ran, and something is not as it should be.
pub(crate) const NOT_YET: u8 = 1;
/// The command line names something that is not there.
pub(crate) const USAGE: u8 = 2;
/// Something on this machine is missing or failed.
pub(crate) const ENVIRONMENT: u8 = 3;

/// The Open Payments Workbook's task runner.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Finds or fetches DuckDB's shared library; says what it tried and how long that took.
    Setup {
        /// Compile DuckDB with the capstone instead: no download, 20 to 35 CPU minutes once.
        #[arg(long)]
        from_source: bool,
    },
    /// Checks your work, item by item, and says what to do next.
    Check(check::Args),
    /// Shows where you are; with a plan, whether it holds.
    Status(learn::status::StatusArgs),
    /// Lists the open items of the current checkpoint.
    #[command(after_help = "Example:\n  cargo xtask today")]
    Today,
    /// Dates for the work: start, show, move, log.
    #[command(after_help = "Example:\n  cargo xtask plan show")]
    Plan {
        #[command(subcommand)]
        command: Option<planning::PlanCommand>,
    },
    /// Shows one more hint for an item: questions first, then pointers.
    Hint(learn::hint::Args),
    /// Shows the reference as a diff against yours, after a pass.
    Solution(learn::solution::Args),
    /// Puts a checkpoint's starter back; your version is kept.
    Reset(learn::reset::ResetArgs),
    /// Takes the reference for what you missed before a week; your versions are kept.
    CatchUp(learn::reset::CatchUpArgs),
    /// Notes that an item is done that no program can see.
    Done(learn::journal::DoneArgs),
    /// Decision records under journal/.
    #[command(subcommand)]
    Record(learn::journal::RecordCommand),
    /// Drafts of posts under journal/posts/; always optional.
    #[command(subcommand)]
    Post(learn::journal::PostCommand),
    /// Measures how long a learner waits: status, check, check after an edit.
    BenchLoop,
    /// Checks at every save; keys for hint, solution, next.
    Watch(watch::Args),
    /// Asks a checkpoint's questions.
    Quiz(quiz::Args),
    /// Runs an example of a checkpoint: `drill` and `look` of 1.2.
    Example(example::Args),
    /// Starts and stops a local Postgres to look at samples; loads one.
    Services(services::Args),
    /// Looks at this machine: what is here, what is missing, how it is installed.
    Doctor(doctor::Args),
    /// Runs the pipeline: `capstone run ARGS`, or any subcommand: `capstone query "SELECT 1"`.
    #[command(disable_help_flag = true)]
    Capstone {
        /// Passed on as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Builds the book and serves it on this machine; `book build` writes it.
    #[command(disable_help_flag = true)]
    Book {
        /// Passed on as they are: `--open`, `--port 4000`, `build`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Checks formatting, lints and tests of the whole workspace.
    Verify(verify::Args),
    /// Makes the skeleton of a checkpoint: crate, facts, chapter, wiring.
    NewCheckpoint(new_checkpoint::Args),
    /// Installs the optional engines (moto, dbt, Airflow) into the cache; prints shell exports for them.
    Engines {
        /// Those that `capstone bench` compares with, too: Polars and `PySpark`, 800 MB.
        #[arg(long)]
        bench: bool,
    },
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when even the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    run(cli).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(if error.is::<learner::Usage>() {
            USAGE
        } else {
            ENVIRONMENT
        })
    })
}

fn run(cli: Cli) -> Result<ExitCode> {
    let Some(command) = cli.command else {
        return learn::status::introduce(&Workspace::open()?);
    };
    let workspace = Workspace::open()?;
    match command {
        Command::Setup { from_source: true } => duckdb::choose_source(&workspace),
        Command::Setup { from_source: false } => duckdb::setup(&workspace),
        Command::Check(args) => check::run(&workspace, &args),
        Command::Status(args) => learn::status::status(&workspace, &args),
        Command::Today => learn::status::today(&workspace),
        Command::Plan { command } => planning::run(&workspace, command),
        Command::Hint(args) => learn::hint::run(&workspace, &args),
        Command::Solution(args) => learn::solution::run(&workspace, &args),
        Command::Reset(args) => learn::reset::reset(&workspace, &args),
        Command::CatchUp(args) => learn::reset::catch_up(&workspace, &args),
        Command::Done(args) => learn::journal::done(&workspace, &args),
        Command::Record(command) => learn::journal::record(&workspace, &command),
        Command::Post(command) => learn::journal::post(&workspace, &command),
        Command::BenchLoop => bench_loop::run(&workspace),
        Command::Watch(args) => watch::run(&workspace, &args),
        Command::Quiz(args) => quiz::run(&workspace, &args),
        Command::Example(args) => example::run(&workspace, args),
        Command::Services(args) => services::run(&workspace, &args),
        Command::Doctor(args) => doctor::run(&workspace, &args),
        Command::Capstone { args } => capstone::run(&workspace, args),
        Command::Book { args } => book::run(&workspace, args),
        Command::Verify(args) => verify::run(&workspace, &args),
        Command::NewCheckpoint(args) => new_checkpoint::run(&workspace, &args),
        Command::Engines { bench } => engines::install(&workspace, bench),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn capstone_arguments_are_not_read_by_xtask() {
        let cli = Cli::try_parse_from(["cargo xtask", "capstone", "--help", "--rows", "5"])
            .expect("everything after `capstone` is the capstone's");
        let Some(Command::Capstone { args }) = cli.command else {
            panic!("not the capstone command");
        };
        assert_eq!(args, ["--help", "--rows", "5"]);
    }

    #[test]
    fn an_unknown_command_is_a_usage_error() {
        let error = Cli::try_parse_from(["cargo xtask", "deploy"]).err();
        assert_eq!(error.map(|error| error.exit_code()), Some(2));
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
