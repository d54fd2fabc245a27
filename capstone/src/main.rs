//! `capstone`: the pipeline's command line.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use capstone::cli::{Cli, Command};
use capstone::clock::SystemClock;
use capstone::context::{self, Capstone, DEFAULT_FOLDER, Home, Place};
use capstone::error::{INTERRUPTED, NOT_YET, Stop, exit_code};
use capstone::pipeline::Pipeline;
use capstone::summary::RunSummary;
use capstone::ui::{LogFormat, Ui, explain_panics, say, start_logs};
use capstone::warehouse::Warehouse;
use capstone::{generate, load, parts, serve};
use clap::Parser;
use fixtures::Spec;
use serde::Serialize;
use tokio::runtime::{Handle, Runtime};
use week2_lake::DataKind;
use week4_modeling::{Compilation, CompileOptions};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let voice = Voice {
        json: cli.common.json,
        format: cli.common.log_format,
    };
    start_logs(voice.format);
    explain_panics(voice.format);
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return voice.fail(&anyhow::Error::from(error)),
    };
    // A server is ended by Ctrl-C; everything else is interrupted by it.
    let serves = matches!(cli.command, Command::S3 { .. });
    let code = runtime.block_on(async {
        let handle = Handle::current();
        let work = tokio::task::spawn_blocking(move || execute(&cli, &handle));
        tokio::select! {
            done = work => match done {
                Ok(Ok(code)) => code,
                Ok(Err(error)) => voice.fail(&error),
                Err(panic) => voice.defect(&panic),
            },
            _ = tokio::signal::ctrl_c(), if !serves => voice.interrupted(),
        }
    });
    // Threads that are still at work can be left at any point: see the commit protocol.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

/// How this call wants to be talked to.
#[derive(Clone, Copy)]
struct Voice {
    json: bool,
    format: LogFormat,
}

impl Voice {
    /// An error before there is anything else to show.
    fn fail(self, error: &anyhow::Error) -> ExitCode {
        self.document(&format!("{error:#}"));
        self.explain(error)
    }

    fn document(self, error: &str) {
        if self.json {
            print(&json(&serde_json::json!({ "error": error })));
        }
    }

    fn explain(self, error: &anyhow::Error) -> ExitCode {
        say(self.format, &format!("error: {error:#}"));
        ExitCode::from(exit_code(error))
    }

    /// The panic hook has said it to people.
    fn defect(self, panic: &tokio::task::JoinError) -> ExitCode {
        self.document(&panic.to_string());
        ExitCode::from(NOT_YET)
    }

    fn interrupted(self) -> ExitCode {
        let message = "interrupted: nothing half-done is visible, and the same command goes on \
                       from here";
        say(self.format, message);
        ExitCode::from(INTERRUPTED)
    }
}

fn execute(cli: &Cli, runtime: &Handle) -> anyhow::Result<ExitCode> {
    let data = data_of(&cli.command)?;
    let default = || Place::Folder(std::path::Path::new(DEFAULT_FOLDER).join(data.as_str()));
    let place = cli.common.lake.clone().unwrap_or_else(default);
    let home = Home::new(&place, cli.common.warehouse.clone());
    match &cli.command {
        Command::Query { sql, vars } => return query(cli, &home, sql.as_deref(), vars),
        Command::S3 { port } => {
            let tell = |connection: &serve::Connection| {
                show(cli, connection, || connection.to_string());
            };
            return runtime
                .block_on(serve::serve(&place, &home, *port, tell))
                .map(|()| ExitCode::SUCCESS);
        }
        command => must_exist(command, &place, &home)?,
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
    run(cli, &capstone, &place, data)
}

/// Only these make a lake; the others must not leave an empty one behind.
fn must_exist(command: &Command, place: &Place, home: &Home) -> anyhow::Result<()> {
    let makes = matches!(
        command,
        Command::Run { .. } | Command::Generate { .. } | Command::Ingest { .. }
    );
    match place {
        Place::Folder(folder) if makes || folder.is_file() || home.objects().exists() => Ok(()),
        Place::Folder(_) => Err(no_lake(place)),
        Place::Bucket(_) => Ok(()),
    }
}

fn no_lake(place: &Place) -> anyhow::Error {
    Stop::NotYet(format!(
        "there is no lake in {place} yet: run `capstone run`"
    ))
    .into()
}

/// Real files are what a user names; everything else works on generated ones.
fn data_of(command: &Command) -> anyhow::Result<DataKind> {
    match command {
        Command::Run {
            source: Some(source),
            ..
        }
        | Command::Ingest {
            source: Some(source),
        } => generate::kind_of(source),
        _ => Ok(DataKind::Synthetic),
    }
}

fn run(cli: &Cli, capstone: &Capstone, place: &Place, data: DataKind) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Run { source, synthetic } => {
            let path = source.clone().unwrap_or_else(|| capstone.home.source());
            if source.is_none() {
                // Before the generator works for a lake that can't take it.
                capstone.lake.identity()?.map_or(Ok(()), |identity| {
                    parts::lake::check_identity(&identity, data)
                })?;
                make_source(capstone, synthetic, &path)?;
            }
            let mut pipeline = Pipeline::new(capstone, "run");
            let source = pipeline.find(&path)?;
            Ok(finish(cli, pipeline, data, |pipeline| {
                pipeline.ingest(&source)?;
                pipeline.validate()?;
                pipeline.transform()?;
                pipeline.warehouse()
            }))
        }
        Command::Generate { out, synthetic } => {
            let folder = out.clone().unwrap_or_else(|| capstone.home.source());
            let files = make_source(capstone, synthetic, &folder)?;
            let folder = folder.display().to_string();
            let document = serde_json::json!({ "folder": folder, "files": files });
            show(cli, &document, || folder);
            Ok(ExitCode::SUCCESS)
        }
        Command::Ingest { source } => {
            let path = source.clone().unwrap_or_else(|| capstone.home.source());
            if source.is_none() && !path.exists() {
                let message = format!(
                    "there is no {} yet: run `capstone generate`, or name files with --source",
                    path.display()
                );
                return Err(Stop::NotYet(message).into());
            }
            let mut pipeline = Pipeline::new(capstone, "ingest");
            let source = pipeline.find(&path)?;
            Ok(finish(cli, pipeline, data, |pipeline| {
                pipeline.ingest(&source)
            }))
        }
        Command::Runs => runs(cli, capstone, place),
        Command::Query { .. } | Command::S3 { .. } => {
            unreachable!("handled before a lake is opened")
        }
        stage => staged(cli, capstone, place, stage),
    }
}

fn make_source(
    capstone: &Capstone,
    synthetic: &capstone::cli::Synthetic,
    path: &std::path::Path,
) -> anyhow::Result<Vec<String>> {
    let years = capstone.years.clone().unwrap_or(2022..=2024);
    let spec = Spec::for_years(years, synthetic.rows, synthetic.seed)
        .with_faults(synthetic.faults, synthetic.file_faults)
        .with_threads(capstone.threads);
    let generated = generate::generate(&spec, path)?;
    Ok(generated.files.into_iter().map(|file| file.name).collect())
}

/// A stage on a lake that exists, of whatever kind it is.
fn staged<'a>(
    cli: &Cli,
    capstone: &'a Capstone,
    place: &Place,
    command: &Command,
) -> anyhow::Result<ExitCode> {
    let identity = capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let (name, stage): (_, fn(&mut Pipeline<'a>) -> _) = match command {
        Command::Validate => ("validate", Pipeline::validate),
        Command::Transform => ("transform", Pipeline::transform),
        Command::Load => ("load", Pipeline::load),
        Command::Quality => ("quality", Pipeline::quality),
        Command::Report => ("report", Pipeline::report),
        other => unreachable!("{other:?} is no stage"),
    };
    let pipeline = Pipeline::new(capstone, name);
    Ok(finish(cli, pipeline, identity.data, stage))
}

/// What a command found, and why it stopped if it did.
#[derive(Serialize)]
struct Document<'a> {
    error: Option<String>,
    #[serde(flatten)]
    summary: &'a RunSummary,
}

fn finish<'a>(
    cli: &Cli,
    mut pipeline: Pipeline<'a>,
    data: DataKind,
    work: impl FnOnce(&mut Pipeline<'a>) -> anyhow::Result<()>,
) -> ExitCode {
    let done = pipeline.attempt(data, work);
    let done = done.and_then(|()| pipeline.describe());
    let summary = &pipeline.summary;
    // What was found before an error may be its cause.
    if done.is_ok() || cli.common.json || !summary.problems.is_empty() {
        let error = done.as_ref().err().map(|error| format!("{error:#}"));
        let document = Document { error, summary };
        show(cli, &document, || summary.to_text());
    }
    let voice = Voice {
        json: cli.common.json,
        format: cli.common.log_format,
    };
    match done {
        Ok(()) if summary.is_success() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(NOT_YET),
        Err(error) => voice.explain(&error),
    }
}

fn runs(cli: &Cli, capstone: &Capstone, place: &Place) -> anyhow::Result<ExitCode> {
    capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let (attempts, commits) = (capstone.lake.attempts()?, capstone.lake.newest_commits()?);
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

fn query(
    cli: &Cli,
    home: &Home,
    sql: Option<&str>,
    vars: &[(String, String)],
) -> anyhow::Result<ExitCode> {
    let project = compile_with(vars)?;
    let Some(sql) = sql else {
        let questions = project
            .analyses
            .iter()
            .map(|analysis| (&analysis.name, &analysis.question));
        let questions: BTreeMap<_, _> = questions.collect();
        show(cli, &questions, || {
            let lines = questions.iter();
            let lines = lines.map(|(name, question)| format!("{name:<34} {question}"));
            lines.collect::<Vec<_>>().join("\n")
        });
        return Ok(ExitCode::SUCCESS);
    };
    if sql
        .trim_matches(|c: char| c.is_whitespace() || c == ';')
        .is_empty()
    {
        return Err(Stop::Usage("the query is empty".into()).into());
    }
    let named = project
        .analyses
        .iter()
        .find(|analysis| analysis.name == sql);
    if named.is_none() && !vars.is_empty() {
        let message = "--var belongs to an analysis: `capstone query` lists them";
        return Err(Stop::Usage(message.into()).into());
    }
    let sql = named.map_or(sql, |analysis| analysis.sql.as_str());
    let warehouse = Warehouse::open_read_only(home.warehouse(), &load::settings(1))?;
    let answer = warehouse.query(sql)?;
    show(cli, &answer.to_json(), || answer.to_text());
    Ok(ExitCode::SUCCESS)
}

/// The dbt project with these variables, which it must have.
fn compile_with(vars: &[(String, String)]) -> anyhow::Result<Compilation> {
    let files = parts::modeling::embedded();
    let project = parts::modeling::compile(&files, &CompileOptions::default())?;
    if vars.is_empty() {
        return Ok(project);
    }
    if let Some((name, _)) = vars
        .iter()
        .find(|(name, _)| !project.vars.contains_key(name))
    {
        let known: Vec<&str> = project.vars.keys().map(String::as_str).collect();
        let message = format!(
            "no analysis has a variable {name:?}; there are {}",
            known.join(", ")
        );
        return Err(Stop::Usage(message).into());
    }
    let value = |(name, value): &(String, String)| (name.clone(), value.as_str().into());
    let options = CompileOptions {
        vars: vars.iter().map(value).collect(),
        ..CompileOptions::default()
    };
    Ok(parts::modeling::compile(&files, &options)?)
}

/// One JSON document or a text, as the user wants.
fn show(cli: &Cli, document: &impl Serialize, text: impl FnOnce() -> String) {
    print(&if cli.common.json {
        json(document)
    } else {
        text()
    });
}

fn json(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("documents have text keys")
}

/// To standard output; a reader that has seen enough (`| head`) is no error.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
