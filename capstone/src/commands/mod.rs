//! The commands: each opens what it needs, works, and shows what it found.

mod backfill;
pub mod bench;
pub mod bench_part;
mod compare;
mod drill;
mod gc;
mod lineage;
mod query;
mod replay;
mod runs;
mod settings;
mod stages;
mod voice;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::runtime::Handle;
use week2_lake::DataKind;

pub use self::backfill::BackfillArgs;
pub use self::replay::ReplayArgs;
pub use self::voice::Voice;
use crate::cli::{Cli, Command};
use crate::clock::SystemClock;
use crate::context::{self, Access, Capstone, DEFAULT_FOLDER, Home, Place};
use crate::error::Stop;
use crate::lake::Lake;
use crate::source::Location;
use crate::ui::Ui;
use crate::{generate, serve};

/// Does what the command line asks. Stages wait for the store on `runtime`.
pub fn execute(cli: &Cli, runtime: &Handle) -> anyhow::Result<ExitCode> {
    let data = data_of(&cli.command)?;
    let default = || Place::Folder(Path::new(DEFAULT_FOLDER).join(data.as_str()));
    let place = cli.common.lake.clone().unwrap_or_else(default);
    let home = Home::new(&place, cli.common.warehouse.clone())
        .with_patience(cli.common.wait.unwrap_or(context::PATIENCE));
    match &cli.command {
        Command::Settings => Ok(settings::run(cli)),
        Command::Bench(bench) => bench::run(cli, bench),
        Command::BenchPart(part) => bench_part::run(cli, part, runtime),
        Command::Query { sql, vars } => query::run(cli, &home, sql.as_deref(), vars),
        Command::S3 { port } => {
            let tell = |connection: &serve::Connection| {
                voice::show(cli, connection, || connection.to_string());
            };
            let serving = serve::serve(&place, &home, *port, tell);
            runtime.block_on(serving).map(|()| ExitCode::SUCCESS)
        }
        command => {
            must_exist(command, &place, &home)?;
            let nowhere = stand_in(command, &place, &home)?;
            let capstone = match &nowhere {
                Some(folder) => open_elsewhere(cli, folder.path(), home, runtime)?,
                None => open(cli, &place, home, runtime)?,
            };
            let ended = on_lake(cli, &capstone, &place, data);
            drill::tell(cli, &capstone);
            ended
        }
    }
}

/// Commands that work on a lake.
fn on_lake(
    cli: &Cli,
    capstone: &Capstone,
    place: &Place,
    data: DataKind,
) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Run { source, synthetic } => {
            stages::run(cli, capstone, data, source.as_ref(), synthetic)
        }
        Command::Backfill(args) => backfill::run(cli, capstone, args),
        Command::Generate { out, synthetic } => {
            stages::generate(cli, capstone, out.as_deref(), synthetic)
        }
        Command::Ingest { source } => stages::ingest(cli, capstone, data, source.as_ref()),
        Command::Replay(args) => replay::run(cli, capstone, place, args),
        Command::Runs { compare: None } => runs::run(cli, capstone, place),
        Command::Runs { compare: Some(ids) } => compare::run(cli, capstone, place, ids),
        Command::Lineage => lineage::run(capstone, place),
        Command::Gc {
            older_than,
            dry_run,
        } => gc::run(cli, capstone, place, *older_than, *dry_run),
        stage => stages::one(cli, capstone, place, stage),
    }
}

/// A plan for a lake that is not there yet looks at an empty one, and leaves none behind.
fn stand_in(command: &Command, place: &Place, home: &Home) -> anyhow::Result<Option<TempDir>> {
    let only_plans = matches!(command, Command::Backfill(BackfillArgs { plan: true, .. }));
    let is_there = matches!(place, Place::Bucket(_)) || home.objects().exists();
    Ok((only_plans && !is_there).then(TempDir::new).transpose()?)
}

fn open_elsewhere(
    cli: &Cli,
    folder: &Path,
    home: Home,
    runtime: &Handle,
) -> anyhow::Result<Capstone> {
    let place = Place::Folder(folder.to_owned());
    let objects = Home::new(&place, None);
    with(
        cli,
        context::open_lake(&place, Access::default(), &objects, runtime)?,
        home,
    )
}

fn open(cli: &Cli, place: &Place, home: Home, runtime: &Handle) -> anyhow::Result<Capstone> {
    let access = Access {
        endpoint: cli.common.endpoint.clone(),
        region: cli.common.settings.region.clone(),
        keys: cli.common.settings.keys.clone(),
    };
    let lake = context::open_lake_with(place, access, &home, runtime, drill::config(cli))?;
    with(cli, lake, home)
}

fn with(cli: &Cli, lake: Lake, home: Home) -> anyhow::Result<Capstone> {
    Ok(Capstone {
        lake,
        contract: context::contract()?,
        years: cli.common.years.clone(),
        threads: threads(cli),
        chunk_bytes: context::CHUNK_BYTES,
        ui: Ui::new(cli.common.json),
        clock: Arc::new(SystemClock),
        lineage: cli.common.settings.lineage.clone(),
        home,
    })
}

/// Threads that work at once.
fn threads(cli: &Cli) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cli.common.threads.map_or(cores, std::num::NonZero::get)
}

/// Only these make a lake; the others must not leave an empty one behind.
fn must_exist(command: &Command, place: &Place, home: &Home) -> anyhow::Result<()> {
    let makes = matches!(
        command,
        Command::Run { .. }
            | Command::Backfill(_)
            | Command::Generate { .. }
            | Command::Ingest { .. }
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

/// What comes from elsewhere is real; a file here may be one that was generated.
fn kind_of(source: &Location) -> anyhow::Result<DataKind> {
    match source {
        Location::Path(path) => generate::kind_of(path),
        Location::Url(_) => Ok(DataKind::Real),
    }
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
        }
        | Command::Backfill(BackfillArgs {
            source: Some(source),
            ..
        }) => kind_of(source),
        _ => Ok(DataKind::Synthetic),
    }
}
