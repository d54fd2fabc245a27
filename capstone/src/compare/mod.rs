//! How a publication differs from the one before it: counted record by record, explained by
//! the removed files, and kept in the lake.
//!
//! Both sides are typed from raw bytes, so a comparison needs no commit of the older one
//! and does not depend on the order in which the two arrived. Its name is made of what was
//! compared, so it is made once, and again when a publication or a removed file comes that
//! makes another one of it.
//!
//! Crash points: the tombstones are written before the document that lists them. Whatever is
//! missing is made again by the next run; no reader uses a file that no document lists.

mod entries;
mod removals;
mod sorter;
mod tombstones;

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use week1_schema::PUBLICATION_DATE;
use week2_lake::{Account, Commit, DataFile, Partition, keys};
use week5_incremental::{Change, Comparison, ComparisonInput, Entry, Removal, Summary};

use self::entries::Entries;
use crate::accounts::{LakeState, offered};
use crate::context::Capstone;
use crate::ingest::{Ingested, dataset_of};
use crate::parts::incremental;

/// Version of what a comparison says; part of its name.
const SCHEMA_VERSION: u32 = 1;
/// Columns that tell a record's history and not its content.
const HISTORY: [&str; 2] = ["change_type", PUBLICATION_DATE];

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// When it was published.
    pub publication: Date,
    /// Content id of its run.
    pub run_id: String,
}

/// How a publication differs from the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Named by all that was compared.
    pub changes_id: String,
    /// The contract that typed both sides.
    pub contract_version: String,
    /// Dataset and program year.
    pub partition: Partition,
    /// The older publication.
    pub before: Edition,
    /// The newer publication.
    pub after: Edition,
    /// Runs of the removed files that were asked, oldest first.
    pub removed_files: Vec<String>,
    /// Rows and cents.
    pub summary: Summary,
    /// Tombstones that a removed file explains.
    pub explained: u64,
    /// Tombstones that none does.
    pub unexplained: u64,
    /// Removed by that count, and there: in quarantine.
    pub quarantined: u64,
    /// Added by that count, and there before: in quarantine.
    pub recovered: u64,
    /// Records of the newer publication that a removed file names, and that should be gone.
    pub contradictions: u64,
    /// The tombstones; `None` if there are none.
    pub tombstones: Option<DataFile>,
}

/// The comparisons that the lake's state asks for; makes those that are not there yet.
pub fn compare(capstone: &Capstone, state: &LakeState) -> anyhow::Result<Vec<Changes>> {
    let offered: Vec<_> = state.deliveries.iter().map(offered).collect();
    let wanted = incremental::comparisons(&offered, &state.commits);
    let found = wanted.iter().map(|wanted| {
        let pair = Pair::new(capstone, state, wanted);
        let key = keys::changes(&pair.after.partition(), &pair.id);
        match capstone.lake.read_json(&key)? {
            Some(known) => Ok(known),
            None => pair.compare(&key),
        }
    });
    found.collect()
}

/// One comparison to be made.
struct Pair<'a> {
    capstone: &'a Capstone,
    id: String,
    before: &'a Ingested,
    after: &'a Ingested,
    removed: Vec<&'a Ingested>,
    commit: Option<&'a Commit>,
}

/// What a walk over both sides found.
struct Walk {
    summary: Summary,
    /// Records that only the older one has.
    gone: Vec<Entry>,
    /// Records of the newer one that a removed file names.
    named: BTreeSet<u64>,
    /// Added records that were in quarantine before.
    recovered: u64,
    /// Ids in the newer one's quarantine.
    quarantined: BTreeSet<u64>,
}

impl<'a> Pair<'a> {
    fn new(capstone: &'a Capstone, state: &'a LakeState, wanted: &Comparison) -> Self {
        let delivery = |at: usize| &state.deliveries[at];
        let (before, after) = (delivery(wanted.before), delivery(wanted.after));
        let removed: Vec<&Ingested> = wanted.removed.iter().map(|at| delivery(*at)).collect();
        let run_ids: Vec<&str> = removed.iter().map(|file| file.run_id.as_str()).collect();
        let id = incremental::comparison_id(&ComparisonInput {
            contract_version: &capstone.contract.version,
            schema_version: SCHEMA_VERSION,
            before: &before.run_id,
            after: &after.run_id,
            removed: &run_ids,
        });
        let commit = state.commit(&after.partition());
        Self {
            capstone,
            id,
            before,
            after,
            removed,
            commit: commit.filter(|commit| commit.manifest.run_id == after.run_id),
        }
    }

    fn compare(self, key: &str) -> anyhow::Result<Changes> {
        let dataset = &self.after.delivery.dataset;
        let removals = removals::read(self.capstone, &self.removed, dataset)?;
        let found = self.walk(&removals)?;
        self.check(&found.summary)?;
        let published = self.after.delivery.publication;
        let contradictions =
            incremental::contradictions(&removals, published, |id| found.named.contains(&id));
        let explained = incremental::explain(found.gone, &removals, &found.quarantined);
        let (lake, partition) = (&self.capstone.lake, self.after.partition());
        let stones = &explained.tombstones;
        let unexplained = stones.iter().filter(|stone| stone.withdrawal.is_none());
        let unexplained = unexplained.count() as u64;
        let changes = Changes {
            contract_version: self.capstone.contract.version.clone(),
            before: edition(self.before),
            after: edition(self.after),
            removed_files: self
                .removed
                .iter()
                .map(|file| file.run_id.clone())
                .collect(),
            summary: found.summary,
            explained: stones.len() as u64 - unexplained,
            unexplained,
            quarantined: explained.quarantined,
            recovered: found.recovered,
            contradictions: contradictions.len() as u64,
            tombstones: tombstones::store(lake, &partition, &self.id, stones)?,
            changes_id: self.id,
            partition,
        };
        lake.put_json(key, &changes)?;
        Ok(changes)
    }

    /// Walks both publications.
    fn walk(&self, removals: &[Removal]) -> anyhow::Result<Walk> {
        let columns = self.columns()?;
        let mut before = Entries::read(self.capstone, self.before, &columns)?;
        let mut after = Entries::read(self.capstone, self.after, &columns)?;
        let listed: BTreeSet<u64> = removals.iter().map(|line| line.record_id).collect();
        let (mut gone, mut named, mut recovered) = (Vec::new(), BTreeSet::new(), 0);
        let visit = |change| match change {
            Change::Removed(entry) => gone.push(entry),
            Change::Unchanged(entry)
            | Change::Added(entry)
            | Change::Changed { after: entry, .. } => {
                let is_new = matches!(change, Change::Added(_));
                recovered += u64::from(is_new && before.quarantined.contains(&entry.record_id));
                if listed.contains(&entry.record_id) {
                    named.insert(entry.record_id);
                }
            }
        };
        let (old, new) = (before.sorted.merge()?, after.sorted.merge()?);
        Ok(Walk {
            summary: incremental::diff::<anyhow::Error>(old, new, visit)?,
            gone,
            named,
            recovered,
            quarantined: after.quarantined,
        })
    }

    /// Columns that both publications can have, whatever their layouts: a column that CMS
    /// added is no change of every record.
    fn columns(&self) -> anyhow::Result<BTreeSet<String>> {
        let dataset = dataset_of(self.after).context("an unknown dataset")?;
        let table = self.capstone.contract.table(dataset);
        let table = table.context("a dataset that is not modelled")?;
        let files = || self.before.files.iter().chain(&self.after.files);
        let names = table.columns.iter().enumerate().filter(|(at, column)| {
            !HISTORY.contains(&column.name.as_str())
                && files().all(|file| matches!(file.layout.source.get(*at), Some(Some(_))))
        });
        Ok(names.map(|(_, column)| column.name.clone()).collect())
    }

    /// The newer side is what was committed: counted again, by other code.
    fn check(&self, summary: &Summary) -> anyhow::Result<()> {
        let same_contract =
            |commit: &&Commit| commit.manifest.contract_version == self.capstone.contract.version;
        if let Some(commit) = self.commit.filter(same_contract) {
            let sources = commit.manifest.sources.iter();
            let committed: Account = sources.map(|source| source.accepted).sum();
            ensure!(
                summary.after == committed,
                "{} {}: {committed:?} were committed, and {:?} compared",
                commit.manifest.partition.dataset,
                commit.manifest.partition.program_year,
                summary.after
            );
        }
        Ok(())
    }
}

fn edition(ingested: &Ingested) -> Edition {
    Edition {
        publication: ingested.delivery.publication,
        run_id: ingested.run_id.clone(),
    }
}
