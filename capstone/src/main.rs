//! `capstone`: the pipeline's command line.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use capstone::cli::{Cli, Command};
use capstone::clock::SystemClock;
use capstone::context::{self, Capstone, DEFAULT_FOLDER, Home, Place};
use capstone::error::{INTERRUPTED, NOT_YET, Stop, exit_code};
use capstone::pipeline::Pipeline;
use capstone::ui::{Ui, start_logs};
use capstone::warehouse::Warehouse;
use capstone::{generate, load, parts, serve};
use clap::Parser;
use fixtures::Spec;
use tokio::runtime::{Handle, Runtime};
use week2_lake::DataKind;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logs(cli.common.log_format);
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error)),
    };
    let code = runtime.block_on(async {
        let handle = Handle::current();
        let work = tokio::task::spawn_blocking(move || execute(&cli, &handle));
        tokio::select! {
            done = work => match done {
                Ok(Ok(code)) => code,
                Ok(Err(error)) => fail(&error),
                Err(panic) => fail(&anyhow::anyhow!("a defect of this program: {panic}")),
            },
            _ = tokio::signal::ctrl_c() => {
                eprintln!("\ninterrupted: nothing half-done is visible, and the same command goes on from here");
                ExitCode::from(INTERRUPTED)
            }
        }
    });
    // Threads that are still at work can be left at any point: see the commit protocol.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(exit_code(error))
}

fn execute(cli: &Cli, runtime: &Handle) -> anyhow::Result<ExitCode> {
    let data = data_of(&cli.command);
    let default = || Place::Folder(std::path::Path::new(DEFAULT_FOLDER).join(data.as_str()));
    let place = cli.common.lake.clone().unwrap_or_else(default);
    let home = Home::new(&place, cli.common.warehouse.clone());
    match &cli.command {
        Command::Query { sql } => return query(cli, &home, sql.as_deref()),
        Command::S3 { port } => {
            return runtime
                .block_on(serve::serve(&place, &home, *port))
                .map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let capstone = Capstone {
        lake: context::open_lake(&place, cli.common.endpoint.clone(), &home, runtime)?,
        contract: context::contract()?,
        years: cli.common.years.clone(),
        threads: cli.common.threads.map_or(cores, std::num::NonZero::get),
        chunk_bytes: context::CHUNK_BYTES,
        ui: Ui::new(cli.common.json),
        clock: Arc::new(SystemClock),
        home,
    };
    run(cli, &capstone, data)
}

/// Real files are what a user names; everything else works on generated ones.
fn data_of(command: &Command) -> DataKind {
    match command {
        Command::Run {
            source: Some(source),
            ..
        }
        | Command::Ingest {
            source: Some(source),
        } => generate::kind_of(source),
        _ => DataKind::Synthetic,
    }
}

fn run(cli: &Cli, capstone: &Capstone, data: DataKind) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Run { source, synthetic } => {
            let path = source.clone().unwrap_or_else(|| capstone.home.source());
            if source.is_none() {
                make_source(capstone, synthetic, &path)?;
            }
            finish(cli, capstone, "run", data, |pipeline| {
                pipeline.ingest(&path)?;
                pipeline.validate()?;
                pipeline.transform()?;
                pipeline.warehouse()
            })
        }
        Command::Generate { out, synthetic } => {
            let path = out.clone().unwrap_or_else(|| capstone.home.source());
            make_source(capstone, synthetic, &path)?;
            println!("{}", path.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Ingest { source } => {
            let path = source.clone().unwrap_or_else(|| capstone.home.source());
            finish(cli, capstone, "ingest", data, |pipeline| {
                pipeline.ingest(&path)
            })
        }
        Command::Validate => staged(cli, capstone, "validate", Pipeline::validate),
        Command::Transform => staged(cli, capstone, "transform", Pipeline::transform),
        Command::Load => staged(cli, capstone, "load", Pipeline::load),
        Command::Quality => staged(cli, capstone, "quality", Pipeline::quality),
        Command::Report => staged(cli, capstone, "report", Pipeline::report),
        Command::Runs => runs(cli, capstone),
        Command::Query { .. } | Command::S3 { .. } => {
            unreachable!("handled before a lake is opened")
        }
    }
}

fn make_source(
    capstone: &Capstone,
    synthetic: &capstone::cli::Synthetic,
    path: &std::path::Path,
) -> anyhow::Result<()> {
    let years = capstone.years.clone().unwrap_or(2022..=2024);
    let spec = Spec::for_years(years, synthetic.rows, synthetic.seed)
        .with_faults(synthetic.faults, synthetic.file_faults)
        .with_threads(capstone.threads);
    generate::generate(&spec, path)?;
    Ok(())
}

/// A stage on a lake that exists, of whatever kind it is.
fn staged<'a>(
    cli: &Cli,
    capstone: &'a Capstone,
    command: &str,
    stage: fn(&mut Pipeline<'a>) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let Some(identity) = capstone.lake.identity()? else {
        let message = format!(
            "there is no lake in {} yet: run `capstone run`",
            capstone.home.folder().display()
        );
        return Err(Stop::NotYet(message).into());
    };
    finish(cli, capstone, command, identity.data, stage)
}

fn finish<'a>(
    cli: &Cli,
    capstone: &'a Capstone,
    command: &str,
    data: DataKind,
    work: impl FnOnce(&mut Pipeline<'a>) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let mut pipeline = Pipeline::new(capstone, command);
    pipeline.attempt(data, work)?;
    pipeline.describe()?;
    let summary = pipeline.summary;
    if cli.common.json {
        print(&serde_json::to_string_pretty(&summary)?);
    } else {
        print(&summary.to_text());
    }
    Ok(if summary.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NOT_YET)
    })
}

fn runs(cli: &Cli, capstone: &Capstone) -> anyhow::Result<ExitCode> {
    let (attempts, commits) = (capstone.lake.attempts()?, capstone.lake.newest_commits()?);
    if cli.common.json {
        let document = serde_json::json!({ "attempts": attempts, "commits": commits });
        print(&serde_json::to_string_pretty(&document)?);
        return Ok(ExitCode::SUCCESS);
    }
    for attempt in attempts {
        let error = attempt
            .error
            .map(|error| format!(": {error}"))
            .unwrap_or_default();
        print(&format!(
            "{}  {:<9} {:<9}{error}",
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

fn query(cli: &Cli, home: &Home, sql: Option<&str>) -> anyhow::Result<ExitCode> {
    let analyses = parts::modeling::analyses()?;
    let Some(sql) = sql else {
        for analysis in analyses {
            print(&format!("{:<34} {}", analysis.name, analysis.question));
        }
        return Ok(ExitCode::SUCCESS);
    };
    let named = analyses.iter().find(|analysis| analysis.name == sql);
    let sql = named.map_or(sql, |analysis| analysis.sql.as_str());
    let warehouse = Warehouse::open_read_only(home.warehouse(), &load::settings(1))?;
    let answer = warehouse.query(sql)?;
    if cli.common.json {
        print(&serde_json::to_string_pretty(&answer.to_json())?);
    } else {
        print(&answer.to_text());
    }
    Ok(ExitCode::SUCCESS)
}

/// To standard output; a reader that has seen enough (`| head`) is no error.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
