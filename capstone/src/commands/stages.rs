//! `capstone run`, `generate`, `ingest`, and the stages one by one.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;

use fixtures::Spec;
use week2_lake::DataKind;

use super::no_lake;
use super::voice::{finish, show};
use crate::backfill::Backfill;
use crate::cli::{Cli, Command, Synthetic};
use crate::context::{Capstone, Place};
use crate::error::Stop;
use crate::pipeline::Pipeline;
use crate::source::Location;
use crate::{generate, parts};

/// One year reads while another is transformed.
const YEARS_AT_ONCE: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

/// Everything, from files to report; without a source, from generated ones.
pub(super) fn run(
    cli: &Cli,
    capstone: &Capstone,
    data: DataKind,
    source: Option<&Location>,
    synthetic: &Synthetic,
) -> anyhow::Result<ExitCode> {
    let path = capstone.home.source();
    if source.is_none() {
        // Before the generator works for a lake that can't take it.
        capstone.lake.identity()?.map_or(Ok(()), |identity| {
            parts::lake::check_identity(&identity, data)
        })?;
        make_source(capstone, synthetic, &path)?;
    }
    let mut pipeline = Pipeline::new(capstone, "run");
    let source = pipeline.find(&source.cloned().unwrap_or(path.into()))?;
    Ok(finish(cli, pipeline, data, |pipeline| {
        let backfill = Backfill::of_everything(capstone, source)?;
        pipeline.years(&backfill, YEARS_AT_ONCE).1
    }))
}

/// Writes synthetic files.
pub(super) fn generate(
    cli: &Cli,
    capstone: &Capstone,
    out: Option<&Path>,
    synthetic: &Synthetic,
) -> anyhow::Result<ExitCode> {
    let folder = out.map_or_else(|| capstone.home.source(), Path::to_owned);
    let files = make_source(capstone, synthetic, &folder)?;
    let folder = folder.display().to_string();
    let document = serde_json::json!({ "folder": folder, "files": files });
    show(cli, &document, || folder);
    Ok(ExitCode::SUCCESS)
}

fn make_source(
    capstone: &Capstone,
    synthetic: &Synthetic,
    path: &Path,
) -> anyhow::Result<Vec<String>> {
    let years = capstone.years.clone().unwrap_or(2022..=2024);
    let spec = Spec::for_years(years, synthetic.rows, synthetic.seed)
        .with_faults(synthetic.faults, synthetic.file_faults)
        .with_threads(capstone.threads);
    let generated = generate::generate(&spec, path)?;
    Ok(generated.files.into_iter().map(|file| file.name).collect())
}

/// Brings files into the raw zone.
pub(super) fn ingest(
    cli: &Cli,
    capstone: &Capstone,
    data: DataKind,
    source: Option<&Location>,
) -> anyhow::Result<ExitCode> {
    let path = capstone.home.source();
    if source.is_none() && !path.exists() {
        let message = format!(
            "there is no {} yet: run `capstone generate`, or name files with --source",
            path.display()
        );
        return Err(Stop::NotYet(message).into());
    }
    let mut pipeline = Pipeline::new(capstone, "ingest");
    let source = pipeline.find(&source.cloned().unwrap_or(path.into()))?;
    Ok(finish(cli, pipeline, data, |pipeline| {
        pipeline.ingest(&source)
    }))
}

/// A stage on a lake that exists, of whatever kind it is.
pub(super) fn one<'a>(
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
