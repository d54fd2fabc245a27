//! Stage *load*: committed files, and nothing else, become the star schema.

mod patience;

use anyhow::Context as _;
use week2_lake::DataKind;
use week8_full_run::FileStatus;

use self::patience::patiently;
use crate::accounts::{FileState, LakeState};
use crate::clock::Clock;
use crate::compare::Changes;
use crate::context::{Capstone, Home};
use crate::error::Stop;
use crate::parts;
use crate::warehouse::{
    AttemptRow, ChangesRow, DataFile, FileRow, LastLoad, LoadInput, LoadReport, PropertyRow,
    RunRow, Settings, Warehouse,
};

/// What the stage found to do.
#[derive(Debug)]
pub enum Loaded {
    /// It built the star schema, and published it or not.
    Built(LoadReport),
    /// The star schema is built from the same commits, contract and models already.
    Unchanged(LastLoad),
}

/// Rebuilds the warehouse from the lake, unless it is what that would give.
pub fn load(capstone: &Capstone, state: &LakeState, changes: &[Changes]) -> anyhow::Result<Loaded> {
    let input = input(capstone, state, changes)?;
    let options = week4_modeling::CompileOptions::default();
    let project = parts::modeling::compile(&parts::modeling::embedded(), &options)?;
    let mut warehouse = open(capstone)?;
    if let Some(last) = warehouse.refresh(&input, &project)? {
        return Ok(Loaded::Unchanged(last));
    }
    let bar = capstone.ui.steps("load", 0);
    let report = warehouse.load(&input, &project, &mut |progress| {
        bar.set(progress.done as u64, progress.total as u64);
    })?;
    bar.finish();
    Ok(Loaded::Built(report))
}

fn input<'a>(
    capstone: &'a Capstone,
    state: &LakeState,
    changes: &[Changes],
) -> anyhow::Result<LoadInput<'a>> {
    let identity = capstone
        .lake
        .identity()?
        .context("a lake with commits has an identity")?;
    Ok(LoadInput {
        contract: &capstone.contract,
        general: data_files(capstone, state, "general")?,
        ownership: data_files(capstone, state, "ownership")?,
        removed: data_files(capstone, state, "removed")?,
        tombstones: tombstone_files(capstone, changes)?,
        rejected: rejected_files(capstone, state)?,
        files: state.files.iter().filter_map(file_row).collect(),
        runs: state.commits.iter().map(run_row).collect(),
        changes: changes.iter().map(changes_row).collect(),
        attempts: capstone.lake.attempts()?.iter().map(attempt_row).collect(),
        properties: properties(identity.data, &capstone.contract.version),
    })
}

/// Opens the warehouse for writing.
pub fn open(capstone: &Capstone) -> anyhow::Result<Warehouse> {
    let path = capstone.home.warehouse();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    patiently(&*capstone.clock, capstone.home.patience(), || {
        Warehouse::open(path, &settings(capstone.threads))
    })
}

/// Opens the warehouse for questions.
pub fn open_for_questions(home: &Home, clock: &dyn Clock) -> anyhow::Result<Warehouse> {
    patiently(clock, home.patience(), || {
        Warehouse::open_read_only(home.warehouse(), &settings(1))
    })
}

/// The file may be there without a star schema: its first load was interrupted.
pub fn must_be_loaded(warehouse: &Warehouse) -> anyhow::Result<()> {
    const LOADED: &str =
        "select 1 from information_schema.schemata where schema_name = 'marts' limit 1";
    if warehouse.query(LOADED)?.rows.is_empty() {
        return Err(not_loaded());
    }
    Ok(())
}

/// There is nothing to ask yet.
pub fn not_loaded() -> anyhow::Error {
    Stop::NotYet("there is no star schema yet: run `capstone load`".into()).into()
}

/// What the warehouse may use.
pub fn settings(threads: usize) -> Settings {
    Settings {
        threads,
        ..Settings::default()
    }
}

fn data_files(
    capstone: &Capstone,
    state: &LakeState,
    dataset: &str,
) -> anyhow::Result<Vec<DataFile>> {
    let mut files = Vec::new();
    for commit in &state.commits {
        let manifest = &commit.manifest;
        if manifest.partition.dataset != dataset {
            continue;
        }
        for file in &manifest.data {
            let path = capstone.lake.local_file(file)?;
            files.push(DataFile {
                path,
                run_id: manifest.run_id.clone(),
            });
        }
    }
    Ok(files)
}

fn tombstone_files(capstone: &Capstone, changes: &[Changes]) -> anyhow::Result<Vec<DataFile>> {
    let mut files = Vec::new();
    for changes in changes {
        if let Some(file) = &changes.tombstones {
            files.push(DataFile {
                path: capstone.lake.local_file(file)?,
                run_id: changes.changes_id.clone(),
            });
        }
    }
    Ok(files)
}

fn rejected_files(
    capstone: &Capstone,
    state: &LakeState,
) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let files = state
        .commits
        .iter()
        .flat_map(|commit| &commit.manifest.rejected);
    files.map(|file| capstone.lake.local_file(file)).collect()
}

/// A file's row; a delivery that is still to be committed has none.
fn file_row(file: &FileState) -> Option<FileRow> {
    let (account, committed) = (&file.account, file.account.status == FileStatus::Committed);
    let superseded = account.status == FileStatus::Superseded;
    if account.status == FileStatus::Pending {
        return None;
    }
    Some(FileRow {
        file_name: account.file.clone(),
        dataset: account.dataset.clone(),
        layout: file.layout.clone(),
        program_year: i32::from(file.program_year),
        publication: file.publication,
        run_id: committed.then(|| file.run_id.clone()),
        status: account.status.as_str().to_owned(),
        size_bytes: count(file.size),
        sha256: file.sha256.clone(),
        drift: file.drift.clone(),
        records_read: count(account.read.rows),
        records_accepted: count(account.accepted.rows),
        records_rejected: count(account.rejected.rows),
        records_superseded: if superseded {
            count(account.read.rows)
        } else {
            0
        },
        cents_read: account.read.cents,
        cents_accepted: account.accepted.cents,
        cents_rejected: account.rejected.cents,
        cents_superseded: if superseded { account.read.cents } else { 0 },
    })
}

fn run_row(commit: &week2_lake::Commit) -> RunRow {
    let manifest = &commit.manifest;
    RunRow {
        run_id: manifest.run_id.clone(),
        dataset: manifest.partition.dataset.clone(),
        program_year: i32::from(manifest.partition.program_year),
        publication: manifest.publication,
        sequence: count(commit.sequence),
        contract_version: manifest.contract_version.clone(),
        data_files: count(manifest.data.len() as u64),
        data_bytes: count(manifest.data.iter().map(|file| file.size).sum()),
        records_accepted: count(manifest.data.iter().map(|file| file.rows).sum()),
    }
}

fn changes_row(changes: &Changes) -> ChangesRow {
    let (of, partition) = (&changes.summary, &changes.partition);
    ChangesRow {
        changes_id: changes.changes_id.clone(),
        dataset: partition.dataset.clone(),
        program_year: i32::from(partition.program_year),
        before_publication: changes.before.publication,
        before_run_id: changes.before.run_id.clone(),
        after_publication: changes.after.publication,
        after_run_id: changes.after.run_id.clone(),
        records_before: count(of.before.rows),
        records_after: count(of.after.rows),
        records_unchanged: count(of.unchanged.rows),
        records_changed: count(of.changed_to.rows),
        records_added: count(of.added.rows),
        records_removed: count(of.removed.rows),
        records_explained: count(changes.explained),
        records_unexplained: count(changes.unexplained),
        records_quarantined: count(changes.quarantined),
        records_recovered: count(changes.recovered),
        records_contradicted: count(changes.contradictions),
        cents_before: of.before.cents,
        cents_after: of.after.cents,
        cents_unchanged: of.unchanged.cents,
        cents_changed_from: of.changed_from.cents,
        cents_changed_to: of.changed_to.cents,
        cents_added: of.added.cents,
        cents_removed: of.removed.cents,
    }
}

/// An attempt as the warehouse has it.
pub(crate) fn attempt_row(attempt: &crate::attempt::Attempt) -> AttemptRow {
    AttemptRow {
        attempt_id: attempt.attempt_id.clone(),
        command: attempt.command.clone(),
        started_at: attempt.started_at,
        ended_at: attempt.ended_at,
        outcome: attempt.outcome.as_str().to_owned(),
        error: attempt.error.clone(),
        files: count(attempt.files),
        records_read: count(attempt.records_read),
        records_accepted: count(attempt.records_accepted),
        records_rejected: count(attempt.records_rejected),
    }
}

fn properties(data: DataKind, contract_version: &str) -> Vec<PropertyRow> {
    let property = |name: &str, value: &str| PropertyRow {
        name: name.into(),
        value: value.into(),
    };
    vec![
        property("data_kind", data.as_str()),
        property("contract_version", contract_version),
    ]
}

/// A count as the warehouse has it.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
