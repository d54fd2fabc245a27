//! What is measured: one general file, made once and kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use fixtures::layouts::Era;
use fixtures::{PublicationSpec, Spec};
use serde::{Deserialize, Serialize};

use crate::generate;

/// Names the file of a workload; written last.
const NOTE: &str = "workload.json";
/// The same files on every machine.
const SEED: u64 = 2026;

/// One file to read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// Nominal size in GB, 10^9 bytes.
    pub gigabytes: f64,
    /// Share of the records that get a fault.
    pub faults: f64,
    /// Columns of its layout.
    pub columns: usize,
}

/// A workload's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its data records.
    pub records: u64,
    /// Faults in it, harmless ones included.
    pub faults: u64,
    /// How it was made.
    spec: Spec,
}

impl Workload {
    /// Whether it can be made.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.gigabytes > 0.0 && self.gigabytes <= 10.0,
            "{} GB: more than 0 and at most 10 can be measured",
            self.gigabytes
        );
        ensure!(
            (0.0..=0.5).contains(&self.faults),
            "{} is no share of faults: it is between 0 and 0.5",
            self.faults
        );
        self.publication().map(drop)
    }

    /// The publication in the layout: of program year 2023 with 91 columns, of 2019 with 75.
    pub fn publication(&self) -> anyhow::Result<PublicationSpec> {
        match self.columns {
            91 => Ok(PublicationSpec::first(2023)),
            75 => Ok(PublicationSpec::first(2019)),
            other => bail!("{other} columns: the layouts with 75 and 91 can be measured"),
        }
    }

    fn spec(&self) -> anyhow::Result<Spec> {
        let publication = self.publication()?;
        // As measured. It only decides how near a file comes to its nominal size.
        let record_bytes = if publication.era == Era::F {
            612.0
        } else {
            560.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sizes are positive and far below 2^53"
        )]
        let rows = (self.gigabytes * 1e9 / record_bytes).round() as u64;
        let spec = Spec {
            ownership_rows: 0,
            ..Spec::new(vec![publication], rows.max(1), SEED)
        };
        Ok(spec.with_faults(self.faults, false))
    }

    /// The workload's file below `work`, made now or earlier.
    pub fn source(&self, work: &Path, threads: usize) -> anyhow::Result<Source> {
        let (folder, spec) = (work.join("source").join(self.to_string()), self.spec()?);
        let note = folder.join(NOTE);
        if let Some(known) = read_note(&note).filter(|known| known.spec == spec && known.is_there())
        {
            return Ok(known);
        }
        let generated = generate::generate(&spec.clone().with_threads(threads), &folder)?;
        let file = generated.files.first().context("one file was asked for")?;
        let source = Source {
            path: file.path.canonicalize()?,
            bytes: file.bytes,
            records: file.records,
            faults: file.faults,
            spec,
        };
        fs::write(&note, serde_json::to_vec_pretty(&source)?)?;
        Ok(source)
    }
}

/// Good as a folder name, too.
impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = self.faults * 100.0;
        write!(
            f,
            "{}-columns-{}-gb-{percent}-percent-faults",
            self.columns, self.gigabytes
        )
    }
}

impl Source {
    fn is_there(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|about| about.len() == self.bytes)
    }
}

fn read_note(path: &Path) -> Option<Source> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
