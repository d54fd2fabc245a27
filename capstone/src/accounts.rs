//! What became of every file that was ever delivered, read from the lake.

use jiff::civil::Date;
use week2_lake::{Account, Commit, Partition};
use week5_incremental::{Fate, Offered, RewritePlan};
use week8_full_run::{FileAccount, FileStatus};

use crate::ingest::{Ingested, dataset_of};
use crate::lake::Lake;
use crate::parts;

/// One delivered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// Rows and cents, and what became of them.
    pub account: FileAccount,
    /// Its program year.
    pub program_year: i16,
    /// As of when.
    pub publication: Date,
    /// Id of its layout.
    pub layout: String,
    /// How its header departs from the layout.
    pub drift: Vec<String>,
    /// The run that committed or would commit it.
    pub run_id: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The newest commits, and the state of every file.
#[derive(Debug)]
pub struct LakeState {
    /// One per partition.
    pub commits: Vec<Commit>,
    /// Committed files first, then the others, by dataset and year.
    pub files: Vec<FileState>,
    /// Every delivery of a modelled dataset.
    pub deliveries: Vec<Ingested>,
    /// What each of them means for its partition.
    pub plan: RewritePlan,
    /// Deliveries that should be committed: the newest publication of each modelled
    /// partition. Some of them are.
    pub wanted: Vec<Ingested>,
}

impl LakeState {
    /// Reads it from the lake.
    pub fn read(lake: &Lake) -> anyhow::Result<Self> {
        let commits = lake.newest_commits()?;
        let ingested = lake.ingested()?;
        let mut files: Vec<FileState> = commits.iter().flat_map(committed_files).collect();
        for delivery in &ingested {
            files.extend(other_files(delivery, &commits));
        }
        let deliveries: Vec<Ingested> = ingested.into_iter().filter(is_modelled).collect();
        let offered: Vec<Offered> = deliveries.iter().map(offered).collect();
        let plan = parts::incremental::rewrite_plan(&offered, &commits, parts::lake::plan_commit);
        files.sort_by(|left, right| order(left).cmp(&order(right)));
        Ok(Self {
            wanted: wanted(&deliveries, &plan),
            deliveries,
            plan,
            commits,
            files,
        })
    }

    /// The commit of a partition.
    pub fn commit(&self, partition: &Partition) -> Option<&Commit> {
        self.commits
            .iter()
            .find(|commit| commit.manifest.partition == *partition)
    }

    /// The accounts alone.
    pub fn accounts(&self) -> Vec<FileAccount> {
        self.files.iter().map(|file| file.account.clone()).collect()
    }
}

fn order(file: &FileState) -> (&str, i16, Date, &str) {
    (
        &file.account.dataset,
        file.program_year,
        file.publication,
        &file.account.file,
    )
}

fn is_modelled(ingested: &Ingested) -> bool {
    dataset_of(ingested).is_some_and(week1_schema::Dataset::is_modelled)
}

/// A delivery as the plan sees it.
pub fn offered(ingested: &Ingested) -> Offered {
    Offered {
        delivery: ingested.delivery.clone(),
        run_id: ingested.run_id.clone(),
    }
}

fn wanted(deliveries: &[Ingested], plan: &RewritePlan) -> Vec<Ingested> {
    let wanted = deliveries
        .iter()
        .zip(&plan.fates)
        .filter(|(_, fate)| !matches!(fate, Fate::Older { .. }));
    wanted.map(|(delivery, _)| delivery.clone()).collect()
}

fn committed_files(commit: &Commit) -> Vec<FileState> {
    let manifest = &commit.manifest;
    let state = |source: &week2_lake::SourceFile| FileState {
        account: FileAccount {
            file: source.name.clone(),
            dataset: manifest.partition.dataset.clone(),
            status: FileStatus::Committed,
            read: source.read,
            accepted: source.accepted,
            rejected: source.rejected,
        },
        program_year: manifest.partition.program_year,
        publication: manifest.publication,
        layout: source.layout.clone(),
        drift: source.drift.clone(),
        run_id: manifest.run_id.clone(),
        size: source.size,
        sha256: source.sha256.clone(),
    };
    manifest.sources.iter().map(state).collect()
}

/// Files of a delivery that is not the committed one.
fn other_files(ingested: &Ingested, commits: &[Commit]) -> Vec<FileState> {
    let partition = ingested.partition();
    let commit = commits
        .iter()
        .find(|commit| commit.manifest.partition == partition);
    let status = match commit.map(|commit| &commit.manifest) {
        _ if !is_modelled(ingested) => FileStatus::Archived,
        Some(committed) if committed.run_id == ingested.run_id => return Vec::new(),
        Some(committed) if committed.publication > ingested.delivery.publication => {
            FileStatus::Superseded
        }
        _ => FileStatus::Pending,
    };
    let state = |file: &crate::ingest::IngestedFile| FileState {
        account: FileAccount {
            file: file.audit.name.clone(),
            dataset: ingested.delivery.dataset.clone(),
            status,
            read: Account {
                rows: file.audit.records,
                cents: file.audit.cents,
            },
            accepted: Account::default(),
            rejected: Account::default(),
        },
        program_year: ingested.delivery.program_year,
        publication: ingested.delivery.publication,
        layout: file.layout.layout.clone(),
        drift: file.layout.drift.iter().map(ToString::to_string).collect(),
        run_id: ingested.run_id.clone(),
        size: file.audit.size,
        sha256: file.audit.sha256.clone(),
    };
    ingested.files.iter().map(state).collect()
}
