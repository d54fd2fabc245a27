//! Stage *commit*: a delivery's files become visible at once.
//!
//! Order: quarantine and data files (written by the transformation), audit, manifest, a
//! look whether all files are there, and last the commit, created only if no commit has
//! its number. Nothing before that
//! last step is seen by any reader.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::Creation;
use week2_lake::{Commit, CommitPlan, FORMAT_VERSION, Manifest, SourceFile, keys};

use crate::error::Stop;
use crate::ingest::Ingested;
use crate::lake::{Lake, Turn};
use crate::parts;
use crate::transform::Transformed;

/// Rows and cents of one run by file, and rejected rows by reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAudit {
    /// Content id of the run.
    pub run_id: String,
    /// By delivered file.
    pub sources: Vec<SourceFile>,
    /// Rows by reason, by delivered file; a row with two reasons counts under both.
    pub reasons: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Commits what the transformation wrote; gives the sequence number.
pub fn commit(lake: &Lake, ingested: &Ingested, transformed: Transformed) -> anyhow::Result<u64> {
    let (audit, manifest) = describe(ingested, transformed);
    parts::lake::check_balance(&manifest)?;
    lake.put_json(
        &parts::lake::audit_key(&manifest.partition, &manifest.run_id),
        &audit,
    )?;
    lake.put_json(
        &keys::manifest(&manifest.partition, &manifest.run_id),
        &manifest,
    )?;
    publish(lake, manifest)
}

/// Audit and manifest of a run.
pub(crate) fn describe(ingested: &Ingested, transformed: Transformed) -> (RunAudit, Manifest) {
    let Transformed {
        sources,
        data,
        rejected,
        reasons,
    } = transformed;
    let audit = RunAudit {
        run_id: ingested.run_id.clone(),
        sources: sources.clone(),
        reasons,
    };
    let manifest = Manifest {
        run_id: ingested.run_id.clone(),
        contract_version: ingested.contract_version.clone(),
        partition: ingested.partition(),
        publication: ingested.delivery.publication,
        sources,
        data,
        rejected,
    };
    (audit, manifest)
}

/// The last step. Of several runs at once one wins; a run that finds its own state
/// committed has succeeded.
fn publish(lake: &Lake, manifest: Manifest) -> anyhow::Result<u64> {
    let newest = lake.newest_commit(&manifest.partition)?;
    let sequence =
        match parts::lake::plan_commit(newest.as_ref(), &manifest.run_id, manifest.publication) {
            CommitPlan::Unchanged { sequence } => return Ok(sequence),
            CommitPlan::Create { sequence } => sequence,
            CommitPlan::Older { newest } => {
                return Err(lost(&manifest, &format!("the publication of {newest}")));
            }
        };
    let manifest_key = keys::manifest(&manifest.partition, &manifest.run_id);
    let commit = Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest,
        manifest_key,
    };
    // What is there now stays there: no `gc` of this machine removes anything meanwhile.
    let _turn = lake.turn(Turn::Commit)?;
    all_there(lake, &commit.manifest)?;
    match lake.create_commit(&commit)? {
        Creation::Created | Creation::AlreadyExists { identical: true } => Ok(sequence),
        Creation::AlreadyExists { identical: false } => {
            Err(lost(&commit.manifest, &format!("commit {sequence}")))
        }
    }
}

/// A commit lists only what is there.
fn all_there(lake: &Lake, manifest: &Manifest) -> anyhow::Result<()> {
    for file in manifest.data.iter().chain(&manifest.rejected) {
        if !lake.holds(file)? {
            return Err(gone(&file.key));
        }
    }
    for key in [parts::lake::audit_key, keys::manifest]
        .map(|key| key(&manifest.partition, &manifest.run_id))
    {
        if lake.object(&key)?.is_none() {
            return Err(gone(&key));
        }
    }
    Ok(())
}

fn gone(key: &str) -> anyhow::Error {
    Stop::NotYet(format!(
        "{key} has gone while this run worked, perhaps by a `capstone gc` that spares too \
         little (--older-than). Nothing is committed: run again"
    ))
    .into()
}

fn lost(manifest: &Manifest, winner: &str) -> anyhow::Error {
    let partition = &manifest.partition;
    Stop::NotYet(format!(
        "{} {}: another run committed {winner} while this one worked. Nothing is lost; \
         run again to see whether there is still something to do",
        partition.dataset, partition.program_year
    ))
    .into()
}
