//! What happened to the lake, as rows for schema `audit` of the warehouse.
//!
//! Everything is read from the lake: chains of commits, deliveries, validations, run audits,
//! quality reports, attempts. So the tables can be lost and made again.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use week1_schema::Dataset;
use week2_lake::{Account, Commit, Partition, SourceFile, keys};
use week3_validation::Validation;
use week7_audit::RunFacts;

use crate::attempt::Attempt;
use crate::commit::RunAudit;
use crate::context::Capstone;
use crate::ingest::{Ingested, dataset_of};
use crate::lake::Lake;
use crate::load::{attempt_row, count};
use crate::quality::QualityReport;
use crate::warehouse::{AuditFile, AuditInput, AuditRun, CheckRow, RejectRow, Warehouse};
use crate::{load, parts};

/// Brings schema `audit` of the warehouse up to date; makes the file if there is none.
/// It does not wait for another process that has the file open: the next command catches
/// up.
pub fn refresh(capstone: &Capstone) -> anyhow::Result<()> {
    let input = History::read(&capstone.lake)?.rows(capstone)?;
    let path = capstone.home.warehouse();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let mut warehouse = Warehouse::open(path, &load::settings(capstone.threads))?;
    Ok(warehouse.refresh_audit(&input)?)
}

/// All that the lake remembers.
#[derive(Debug)]
pub struct History {
    /// Every commit, chain by chain, each chain in its order.
    pub commits: Vec<Commit>,
    ingested: Vec<Ingested>,
    validations: Vec<Validation>,
    audits: BTreeMap<String, RunAudit>,
    qualities: BTreeMap<String, QualityReport>,
    attempts: Vec<Attempt>,
}

/// A commit with its neighbours in the chain.
struct Link<'a> {
    commit: &'a Commit,
    before: Option<&'a Commit>,
    after: Option<&'a Commit>,
}

impl History {
    /// Reads it.
    pub fn read(lake: &Lake) -> anyhow::Result<Self> {
        let audits: Vec<RunAudit> = lake.documents("metadata/audit/")?;
        let mut commits = lake.all_commits()?;
        commits.sort_by(|left, right| chain_order(left).cmp(&chain_order(right)));
        let attempts = lake.attempts()?;
        Ok(Self {
            commits,
            ingested: lake.ingested()?,
            validations: lake.documents("metadata/validation/")?,
            audits: audits
                .into_iter()
                .map(|audit| (audit.run_id.clone(), audit))
                .collect(),
            qualities: qualities(lake, &attempts)?,
            attempts,
        })
    }

    /// What is known of the run whose id starts so, with its newest commit; `Err` names the
    /// candidates if there is not exactly one.
    pub fn run(&self, start: &str) -> Result<RunFacts, Vec<&str>> {
        let ids: BTreeSet<&str> = self.commits.iter().map(run_id).collect();
        let mut found = ids.iter().filter(|id| id.starts_with(start)).copied();
        let (Some(only), None) = (found.next(), found.next()) else {
            return Err(ids.into_iter().collect());
        };
        let mut newest_first = self.commits.iter().rev();
        let commit = newest_first.find(|commit| run_id(commit) == only);
        Ok(self.facts(commit.expect("the id is that of a commit")))
    }

    fn facts(&self, commit: &Commit) -> RunFacts {
        let id = run_id(commit);
        let validation = self.validations.iter().find(|found| found.run_id == id);
        let reasons = self.audits.get(id).map(|audit| audit.reasons.clone());
        RunFacts {
            manifest: commit.manifest.clone(),
            sequence: commit.sequence,
            reasons: reasons.unwrap_or_default(),
            checks: validation.map_or(Vec::new(), |found| found.checks.clone()),
        }
    }

    fn links(&self) -> impl Iterator<Item = Link<'_>> {
        let neighbour = |index: Option<usize>, of: &Commit| {
            let commit = self.commits.get(index?)?;
            (commit.manifest.partition == of.manifest.partition).then_some(commit)
        };
        let commits = self.commits.iter().enumerate();
        commits.map(move |(index, commit)| Link {
            commit,
            before: neighbour(index.checked_sub(1), commit),
            after: neighbour(Some(index + 1), commit),
        })
    }

    fn rows(&self, capstone: &Capstone) -> anyhow::Result<AuditInput> {
        let current = self.links().filter(|link| link.after.is_none());
        let rejected = current.flat_map(|link| &link.commit.manifest.rejected);
        let rejected_files: anyhow::Result<_> = rejected
            .map(|file| capstone.lake.local_file(file))
            .collect();
        Ok(AuditInput {
            runs: self.links().map(|link| run_row(&link)).collect(),
            files: self.files(),
            checks: self.checks(),
            rejects: self.links().flat_map(|link| self.rejects(&link)).collect(),
            rejected_files: rejected_files?,
            attempts: self.attempts.iter().map(attempt_row).collect(),
        })
    }

    /// Each delivered file once: as the newest commit that lists it has it, or as it waits.
    fn files(&self) -> Vec<AuditFile> {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        let links: Vec<_> = self.links().collect();
        for link in links.iter().rev() {
            let manifest = &link.commit.manifest;
            for source in &manifest.sources {
                let key = (&manifest.partition, manifest.publication, &source.sha256);
                if seen.insert(key) {
                    rows.push(committed_file(link, source));
                }
            }
        }
        for ingested in &self.ingested {
            if !self
                .commits
                .iter()
                .any(|commit| run_id(commit) == ingested.run_id)
            {
                rows.extend(self.waiting_files(ingested));
            }
        }
        rows.sort_by(|left, right| file_order(left).cmp(&file_order(right)));
        rows
    }

    /// Files of a delivery that no commit states.
    fn waiting_files(&self, ingested: &Ingested) -> Vec<AuditFile> {
        let partition = ingested.partition();
        let newest = self.newest(&partition);
        let is_older = newest
            .is_some_and(|commit| commit.manifest.publication > ingested.delivery.publication);
        let status = match dataset_of(ingested) {
            dataset if !dataset.is_some_and(Dataset::is_modelled) => "archived",
            _ if is_older => "superseded",
            _ => "pending",
        };
        let row = |file: &crate::ingest::IngestedFile| {
            let superseded = status == "superseded";
            AuditFile {
                file_name: file.audit.name.clone(),
                dataset: partition.dataset.clone(),
                program_year: i32::from(partition.program_year),
                publication: ingested.delivery.publication,
                run_id: ingested.run_id.clone(),
                status: status.to_owned(),
                layout: file.layout.layout.clone(),
                drift: file.layout.drift.iter().map(ToString::to_string).collect(),
                size_bytes: count(file.audit.size),
                sha256: file.audit.sha256.clone(),
                records_read: count(file.audit.records),
                records_accepted: 0,
                records_rejected: 0,
                records_superseded: if superseded {
                    count(file.audit.records)
                } else {
                    0
                },
                cents_read: file.audit.cents,
                cents_accepted: 0,
                cents_rejected: 0,
                cents_superseded: if superseded { file.audit.cents } else { 0 },
            }
        };
        ingested.files.iter().map(row).collect()
    }

    fn newest(&self, partition: &Partition) -> Option<&Commit> {
        let mut newest_first = self.commits.iter().rev();
        newest_first.find(|commit| commit.manifest.partition == *partition)
    }

    fn rejects(&self, link: &Link<'_>) -> Vec<RejectRow> {
        let manifest = &link.commit.manifest;
        // A run that was committed twice counts where it was committed last.
        let again = self.links().any(|other| {
            run_id(other.commit) == manifest.run_id && other.commit.sequence > link.commit.sequence
        });
        let Some(audit) = self.audits.get(&manifest.run_id).filter(|_| !again) else {
            return Vec::new();
        };
        let of_file = |(file, reasons): (&String, &BTreeMap<String, u64>)| {
            let row = |(reason, records): (&String, &u64)| RejectRow {
                run_id: manifest.run_id.clone(),
                dataset: manifest.partition.dataset.clone(),
                program_year: i32::from(manifest.partition.program_year),
                publication: manifest.publication,
                is_current: link.after.is_none(),
                file_name: file.clone(),
                reason: reason.clone(),
                records: count(*records),
            };
            reasons.iter().map(row).collect::<Vec<_>>()
        };
        audit.reasons.iter().flat_map(of_file).collect()
    }

    fn checks(&self) -> Vec<CheckRow> {
        let validations = self
            .validations
            .iter()
            .flat_map(|validation| self.of_validation(validation));
        let qualities = self.attempts.iter().filter_map(|attempt| {
            let report = self.qualities.get(&attempt.attempt_id)?;
            Some(of_quality(attempt, report))
        });
        validations.chain(qualities.flatten()).collect()
    }

    fn of_validation(&self, validation: &Validation) -> Vec<CheckRow> {
        let partition = self.partition_of(&validation.run_id);
        let row = |check: &week3_validation::Check| CheckRow {
            source: "validation".to_owned(),
            run_id: Some(validation.run_id.clone()),
            dataset: partition.as_ref().map(|found| found.dataset.clone()),
            program_year: partition.as_ref().map(|found| found.program_year.into()),
            file_name: Some(check.file.clone()),
            name: check.name.clone(),
            status: verdict_name(check.verdict).to_owned(),
            severity: "by_verdict".to_owned(),
            detail: Some(check.found.clone()),
            ..CheckRow::default()
        };
        validation.checks.iter().map(row).collect()
    }

    fn partition_of(&self, run: &str) -> Option<Partition> {
        let delivered = self.ingested.iter().find(|ingested| ingested.run_id == run);
        let committed = self.commits.iter().find(|commit| run_id(commit) == run);
        let committed = committed.map(|commit| commit.manifest.partition.clone());
        delivered.map(Ingested::partition).or(committed)
    }
}

fn chain_order(commit: &Commit) -> (&Partition, u64) {
    (&commit.manifest.partition, commit.sequence)
}

fn file_order(file: &AuditFile) -> (&str, i32, jiff::civil::Date, &str) {
    (
        &file.dataset,
        file.program_year,
        file.publication,
        &file.file_name,
    )
}

fn run_id(commit: &Commit) -> &str {
    &commit.manifest.run_id
}

/// Lower-case name.
pub(crate) const fn verdict_name(verdict: week3_validation::Verdict) -> &'static str {
    match verdict {
        week3_validation::Verdict::Passed => "passed",
        week3_validation::Verdict::Warned => "warned",
        week3_validation::Verdict::Failed => "failed",
    }
}

/// By attempt; not every attempt measures.
fn qualities(lake: &Lake, attempts: &[Attempt]) -> anyhow::Result<BTreeMap<String, QualityReport>> {
    let measured = lake.keys("metadata/quality/")?;
    let measured: BTreeSet<&str> = measured.iter().map(String::as_str).collect();
    let ids = attempts.iter().map(|attempt| &attempt.attempt_id);
    ids.filter(|id| measured.contains(keys::quality(id).as_str()))
        .filter_map(|id| {
            let report = lake.read_json(&keys::quality(id)).transpose()?;
            Some(report.map(|report| (id.clone(), report)))
        })
        .collect()
}

fn run_row(link: &Link<'_>) -> AuditRun {
    let manifest = &link.commit.manifest;
    let sum = |part: fn(&SourceFile) -> Account| manifest.sources.iter().map(part).sum::<Account>();
    let (read, accepted, rejected) = (
        sum(|file| file.read),
        sum(|file| file.accepted),
        sum(|file| file.rejected),
    );
    AuditRun {
        run_id: manifest.run_id.clone(),
        dataset: manifest.partition.dataset.clone(),
        program_year: i32::from(manifest.partition.program_year),
        publication: manifest.publication,
        sequence: count(link.commit.sequence),
        contract_version: manifest.contract_version.clone(),
        is_current: link.after.is_none(),
        supersedes: link.before.map(|commit| run_id(commit).to_owned()),
        superseded_by: link.after.map(|commit| run_id(commit).to_owned()),
        source_files: count(manifest.sources.len() as u64),
        records_read: count(read.rows),
        records_accepted: count(accepted.rows),
        records_rejected: count(rejected.rows),
        cents_read: read.cents,
        cents_accepted: accepted.cents,
        cents_rejected: rejected.cents,
        data_files: count(manifest.data.len() as u64),
        data_bytes: count(manifest.data.iter().map(|file| file.size).sum()),
        rows_curated: count(manifest.data.iter().map(|file| file.rows).sum()),
        rows_quarantined: count(manifest.rejected.iter().map(|file| file.rows).sum()),
    }
}

fn committed_file(link: &Link<'_>, source: &SourceFile) -> AuditFile {
    let manifest = &link.commit.manifest;
    let is_current = link.after.is_none();
    let now = |account: Account| {
        if is_current {
            account
        } else {
            Account::default()
        }
    };
    let (accepted, rejected) = (now(source.accepted), now(source.rejected));
    let superseded = if is_current {
        Account::default()
    } else {
        source.read
    };
    AuditFile {
        file_name: source.name.clone(),
        dataset: manifest.partition.dataset.clone(),
        program_year: i32::from(manifest.partition.program_year),
        publication: manifest.publication,
        run_id: manifest.run_id.clone(),
        status: if is_current {
            "committed"
        } else {
            "superseded"
        }
        .to_owned(),
        layout: source.layout.clone(),
        drift: source.drift.clone(),
        size_bytes: count(source.size),
        sha256: source.sha256.clone(),
        records_read: count(source.read.rows),
        records_accepted: count(accepted.rows),
        records_rejected: count(rejected.rows),
        records_superseded: count(superseded.rows),
        cents_read: source.read.cents,
        cents_accepted: accepted.cents,
        cents_rejected: rejected.cents,
        cents_superseded: superseded.cents,
    }
}

fn of_quality(attempt: &Attempt, report: &QualityReport) -> Vec<CheckRow> {
    let row = |result: &crate::quality::RuleResult| CheckRow {
        source: "quality".to_owned(),
        attempt_id: Some(attempt.attempt_id.clone()),
        name: result.rule.clone(),
        status: result.status.as_str().to_owned(),
        severity: result.severity.as_str().to_owned(),
        observed: result.observed,
        expected: Some(result.expected.clone()),
        detail: result.detail.clone(),
        checked_at: Some(attempt.started_at),
        ..CheckRow::default()
    };
    report.results.iter().map(row).collect()
}

/// What changed from the run whose id starts with `before` to the one with `after`.
pub fn compare(
    history: &History,
    before: &str,
    after: &str,
) -> anyhow::Result<week7_audit::Comparison> {
    let find = |start: &str| {
        history.run(start).map_err(|ids| {
            let known = if ids.is_empty() {
                "no run is committed".to_owned()
            } else {
                format!("there are {}", ids.join(", "))
            };
            crate::error::Stop::Usage(format!(
                "{start:?} is the start of no single run id; {known}"
            ))
        })
    };
    let compared = parts::audit::compare(&find(before)?, &find(after)?);
    compared.map_err(|error| crate::error::Stop::Usage(error.to_string()).into())
}
