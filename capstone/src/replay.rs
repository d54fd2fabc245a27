//! One run again, from raw and its manifest: a proof that it can be rebuilt, and the
//! repair of its files.
//!
//! The run is audited and transformed as it was the first time, and its files go to a
//! folder of their own. Only if every one of them comes out as the manifest lists it (name,
//! size, checksum, rows, cents) is anything in the lake touched: files that are missing
//! there, or that hold other bytes than their checksum says. Each is one put of an
//! immutable file; killed in between, the same command does the rest.
//!
//! No commit is created, and nothing of another run is looked at, be it newer or older.

use std::io::{self, Read};

use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Digest, Store, StoreConfig, StoreError};
use tempfile::NamedTempFile;
use week1_schema::LayoutMap;
use week2_ingestion::{Delivery, FileAudit};
use week2_lake::{
    CantReplay, CheckedFile, CommittedRun, Condition, DataFile, DataKind, Held, Manifest,
    SourceFile, keys,
};

use crate::commit;
use crate::context::{BUCKET, Capstone};
use crate::error::Stop;
use crate::ingest;
use crate::lake::Lake;
use crate::parts;
use crate::scratch::Scratch;
use crate::transform;
use crate::ui::Bar;

/// Bytes of a raw file that are read at a time.
const PIECE: u64 = 8 << 20;

/// A run that is to be replayed.
#[derive(Debug)]
pub struct Target {
    /// The run.
    pub run: CommittedRun,
    /// Number of the newest commit of its partition.
    pub newest: u64,
    manifest: Manifest,
}

/// What a replay proved and repaired.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// Content id of the run.
    pub run_id: String,
    /// Its dataset.
    pub dataset: String,
    /// Its program year.
    pub program_year: i16,
    /// Its publication.
    pub publication: String,
    /// Number of its last commit.
    pub sequence: u64,
    /// Number of the newest commit of its partition.
    pub newest: u64,
    /// The delivered files, which are as they were delivered.
    pub raw: Vec<String>,
    /// Rows that were accepted, then as now.
    pub accepted: u64,
    /// Rows that were rejected, then as now.
    pub rejected: u64,
    /// Its files and documents as they were found; what was not sound was restored.
    pub files: Vec<ReplayedFile>,
}

/// One file or document of a run.
#[derive(Debug, Serialize)]
pub struct ReplayedFile {
    /// Key in the lake.
    pub key: String,
    /// As it was found.
    pub was: Condition,
}

/// Finds the run of this id, or of which this is the beginning.
pub fn find(lake: &Lake, wanted: &str) -> anyhow::Result<Target> {
    let mut commits = lake.all_commits()?;
    let runs = parts::lake::committed_runs(&commits);
    let run = parts::lake::choose_run(wanted, &runs)
        .map_err(|error| Stop::Usage(format!("{error}. `capstone runs` lists them")))?;
    commits.retain(|commit| commit.manifest.partition == run.partition);
    let newest = commits.iter().map(|commit| commit.sequence).max();
    let stated = commits
        .into_iter()
        .find(|commit| commit.sequence == run.sequence);
    let commit = stated.context("a run that was chosen from the commits")?;
    Ok(Target {
        newest: newest.unwrap_or(run.sequence),
        manifest: commit.manifest,
        run,
    })
}

/// Rebuilds a run and repairs its files. `data` is what the lake holds.
pub fn replay(capstone: &Capstone, target: &Target, data: DataKind) -> anyhow::Result<Replayed> {
    let manifest = &target.manifest;
    let delivery = delivery(manifest);
    check_versions(capstone, &delivery, manifest)?;
    let raw = audit_raw(capstone, manifest)?;
    let held = held(&capstone.lake, manifest, &raw)?;
    let plan = parts::lake::plan_replay(manifest, &held).map_err(|reasons| unreadable(&reasons))?;
    let audits: anyhow::Result<_> = raw.into_iter().map(|raw| raw.audited).collect();
    let ingested = ingest::describe(capstone, delivery, audits?);

    let scratch = Scratch::new_in(&capstone.home.spool(), "replay-")?;
    let objects = Store::embedded(scratch.path(), BUCKET, StoreConfig::default())?;
    let lake = &capstone.lake;
    let trial = Lake::new(objects, lake.runtime().clone(), capstone.home.cache());
    trial.prepare(data)?;
    let transformed = transform::transform(&on_trial(capstone, &trial), &ingested)?;
    let (audit, rebuilt) = commit::describe(&ingested, transformed);
    prove(manifest, &rebuilt)?;

    let mut files = Vec::new();
    for checked in plan.files {
        files.push(restore(lake, &trial, checked)?);
    }
    let (partition, run_id) = (&manifest.partition, &manifest.run_id);
    files.push(restore_document(
        lake,
        parts::lake::audit_key(partition, run_id),
        &audit,
    )?);
    files.push(restore_document(
        lake,
        keys::manifest(partition, run_id),
        manifest,
    )?);
    Ok(report(target, plan.read, files))
}

fn delivery(manifest: &Manifest) -> Delivery {
    Delivery {
        dataset: manifest.partition.dataset.clone(),
        program_year: manifest.partition.program_year,
        publication: manifest.publication,
    }
}

/// Before anything is read: would this program give the run the same id?
fn check_versions(
    capstone: &Capstone,
    delivery: &Delivery,
    manifest: &Manifest,
) -> anyhow::Result<()> {
    let content = |source: &SourceFile| (source.name.clone(), source.size, source.sha256.clone());
    let content: Vec<_> = manifest.sources.iter().map(content).collect();
    let run_id = ingest::run_id(capstone, delivery, &content);
    let contract = &capstone.contract.version;
    parts::lake::check_versions(manifest, contract, &run_id).map_err(|reason| unreadable(&[reason]))
}

fn unreadable(reasons: &[CantReplay]) -> anyhow::Error {
    let reasons: Vec<_> = reasons.iter().map(ToString::to_string).collect();
    Stop::NotYet(reasons.join("; ")).into()
}

/// A raw object as it was found.
struct Raw {
    key: String,
    /// `None` if it is not there.
    sha256: Option<String>,
    audited: anyhow::Result<(LayoutMap, FileAudit)>,
}

/// What the lake holds of what the manifest lists.
fn held(lake: &Lake, manifest: &Manifest, raw: &[Raw]) -> anyhow::Result<Held> {
    let raw = raw
        .iter()
        .filter_map(|raw| Some((raw.key.clone(), raw.sha256.clone()?)));
    let mut held: Held = raw.collect();
    for file in manifest.rejected.iter().chain(&manifest.data) {
        if let Some(sha256) = digest_of(lake, file)? {
            held.insert(file.key.clone(), sha256);
        }
    }
    Ok(held)
}

/// Audits the raw files as ingestion did, which gives their checksums.
fn audit_raw(capstone: &Capstone, manifest: &Manifest) -> anyhow::Result<Vec<Raw>> {
    let bytes = manifest.sources.iter().map(|source| source.size).sum();
    let bar = capstone.ui.bytes("raw", bytes);
    let audits = manifest.sources.iter();
    let audits = audits.map(|source| audit(capstone, source, &bar)).collect();
    bar.finish();
    audits
}

fn audit(capstone: &Capstone, source: &SourceFile, bar: &Bar) -> anyhow::Result<Raw> {
    let (lake, key) = (&capstone.lake, source.raw_key.clone());
    if lake.object(&key)?.is_none() {
        return Ok(Raw {
            sha256: None,
            audited: Err(anyhow!("{key} is not there")),
            key,
        });
    }
    let audited = ingest::audit_reader(capstone, &source.name, RawFile::new(lake, &key), bar);
    let sha256 = match &audited {
        Ok((_, audit)) => audit.sha256.clone(),
        // A damaged header has no layout; that it is damaged is what counts.
        Err(_) => sha256_of(capstone, RawFile::new(lake, &key))?,
    };
    Ok(Raw {
        sha256: Some(sha256),
        audited: audited.with_context(|| key.clone()),
        key,
    })
}

/// By way of a copy, so that no whole file is in memory.
fn sha256_of(capstone: &Capstone, mut raw: RawFile<'_>) -> anyhow::Result<String> {
    let spool = capstone.home.spool();
    std::fs::create_dir_all(&spool)?;
    let mut copy = NamedTempFile::new_in(&spool)?;
    io::copy(&mut raw, &mut copy)?;
    Ok(Digest::of_file(copy.path())?.to_string())
}

/// A raw object, read piece by piece.
struct RawFile<'a> {
    lake: &'a Lake,
    key: &'a str,
    offset: u64,
    piece: Bytes,
}

impl<'a> RawFile<'a> {
    fn new(lake: &'a Lake, key: &'a str) -> Self {
        Self {
            lake,
            key,
            offset: 0,
            piece: Bytes::new(),
        }
    }
}

impl Read for RawFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            let range = self.offset..self.offset + PIECE;
            self.piece = match self.lake.range(self.key, range) {
                Ok(piece) => piece,
                Err(StoreError::OutOfRange { .. }) => return Ok(0),
                Err(error) => return Err(io::Error::other(error)),
            };
            self.offset += self.piece.len() as u64;
        }
        let length = buffer.len().min(self.piece.len());
        buffer[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}

/// The same surroundings, with another place for what is written.
fn on_trial(capstone: &Capstone, trial: &Lake) -> Capstone {
    Capstone {
        lake: capstone.lake.on_trial(trial),
        home: capstone.home.clone(),
        contract: capstone.contract.clone(),
        years: None,
        threads: capstone.threads,
        chunk_bytes: capstone.chunk_bytes,
        ui: capstone.ui.clone(),
        clock: capstone.clock.clone(),
        lineage: capstone.lineage.clone(),
    }
}

/// The heart of it: the same bytes, or nothing is touched.
fn prove(manifest: &Manifest, rebuilt: &Manifest) -> anyhow::Result<()> {
    let deviations = parts::lake::deviations(manifest, rebuilt);
    if deviations.is_empty() {
        return Ok(());
    }
    let deviations: Vec<_> = deviations.iter().map(ToString::to_string).collect();
    let message = format!(
        "run {} does not come out as it was committed, so nothing was changed. Was it written \
         by another build of this program? {}",
        manifest.run_id,
        deviations.join("; ")
    );
    Err(Stop::NotYet(message).into())
}

fn digest_of(lake: &Lake, file: &DataFile) -> anyhow::Result<Option<String>> {
    let bytes = lake.get(&file.key)?;
    Ok(bytes.map(|bytes| Digest::of(&bytes).to_string()))
}

fn restore(lake: &Lake, trial: &Lake, checked: CheckedFile) -> anyhow::Result<ReplayedFile> {
    let CheckedFile { file, condition } = checked;
    if condition != Condition::Sound {
        let rebuilt = trial.get(&file.key)?;
        let bytes = rebuilt.with_context(|| format!("{} was just rebuilt", file.key))?;
        lake.put(&file.key, bytes.into())?;
        if digest_of(lake, &file)?.as_ref() != Some(&file.sha256) {
            bail!(
                "{} was written, and does not read as it was written",
                file.key
            );
        }
        tracing::info!(key = file.key, was = condition.as_str(), "restored");
    }
    Ok(ReplayedFile {
        key: file.key,
        was: condition,
    })
}

fn restore_document<T: Serialize + DeserializeOwned + PartialEq>(
    lake: &Lake,
    key: String,
    document: &T,
) -> anyhow::Result<ReplayedFile> {
    let was = match lake.get(&key)? {
        None => Condition::Missing,
        Some(bytes) => match serde_json::from_slice::<T>(&bytes) {
            Ok(found) if found == *document => Condition::Sound,
            _ => Condition::Damaged,
        },
    };
    if was != Condition::Sound {
        lake.put_json(&key, document)?;
        tracing::info!(key, was = was.as_str(), "restored");
    }
    Ok(ReplayedFile { key, was })
}

fn report(target: &Target, raw: Vec<String>, files: Vec<ReplayedFile>) -> Replayed {
    let Target {
        run,
        newest,
        manifest,
    } = target;
    let sources = &manifest.sources;
    Replayed {
        run_id: run.run_id.clone(),
        dataset: run.partition.dataset.clone(),
        program_year: run.partition.program_year,
        publication: run.publication.to_string(),
        sequence: run.sequence,
        newest: *newest,
        raw,
        accepted: sources.iter().map(|source| source.accepted.rows).sum(),
        rejected: sources.iter().map(|source| source.rejected.rows).sum(),
        files,
    }
}
