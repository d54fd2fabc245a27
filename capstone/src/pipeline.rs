//! What the commands do: stages in order, timed, recorded as an attempt.

mod deliveries;
mod star_schema;
mod years;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use anyhow::Context as _;
use week2_lake::DataKind;

use self::deliveries::{Deliveries, Findings, stage_lines, timed};
use crate::accounts::LakeState;
use crate::alive::{self, Alive};
use crate::attempt::{Attempt, Outcome};
use crate::audit;
use crate::commit::RunAudit;
use crate::context::Capstone;
use crate::error::Stop;
use crate::ingest::{self, Ingested, Ingestion};
use crate::lineage::{Delivered, Lineage, Work};
use crate::parts;
use crate::source::{self, Location, Source};
use crate::summary::{FileLine, RunSummary};

/// A command at work: what it found so far, and how long each stage took.
pub struct Pipeline<'a> {
    capstone: &'a Capstone,
    attempt: Attempt,
    delivered: Vec<Delivered>,
    /// What is shown at the end.
    pub summary: RunSummary,
}

impl<'a> Pipeline<'a> {
    /// Starts an attempt of `command`.
    pub fn new(capstone: &'a Capstone, command: &str) -> Self {
        let id = capstone.clock.attempt_id().to_string();
        let attempt = Attempt::start(id, command, capstone.clock.now());
        Self {
            capstone,
            attempt,
            delivered: Vec::new(),
            summary: RunSummary::default(),
        }
    }

    /// Runs `work` on a lake that holds, or will hold, data of this kind, and writes down
    /// how it ended.
    pub fn attempt(
        &mut self,
        data: DataKind,
        work: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.capstone.lake.prepare(data)?;
        self.summary.data = Some(data.as_str().to_owned());
        let attempts = self.capstone.home.attempts();
        let _alive = Alive::claim(&attempts, &self.attempt.attempt_id)
            .with_context(|| attempts.display().to_string())?;
        self.record()?;
        let lineage = Lineage::new(self.capstone, data.as_str());
        self.record_dead(&lineage)?;
        lineage.start(&self.attempt);
        let worked = catch_unwind(AssertUnwindSafe(|| work(self)));
        let (result, panic) = match worked {
            Ok(result) => (result, None),
            Err(panic) => (Err(anyhow::anyhow!("a defect of the program")), Some(panic)),
        };
        let complete = result.is_ok() && self.summary.is_success();
        self.attempt.outcome = if complete {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        self.attempt.error = match &result {
            Err(error) => Some(format!("{error:#}")),
            Ok(()) => self
                .summary
                .problems
                .first()
                .map(|problem| format!("{}: {}", problem.subject, problem.error)),
        };
        self.attempt.ended_at = Some(self.capstone.clock.now());
        // The first error counts, not the one of writing it down.
        let recorded = self.record();
        self.tell(&lineage);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
        result.and(recorded)
    }

    /// Lineage and audit tables follow what happened; they never decide how it ends.
    fn tell(&self, lineage: &Lineage<'_>) {
        let work = Work {
            summary: &self.summary,
            delivered: &self.delivered,
        };
        lineage.end(&self.attempt, &work);
        if let Err(error) = audit::refresh(self.capstone) {
            tracing::warn!("the audit tables are those of the last command: {error:#}");
        }
    }

    fn record(&self) -> anyhow::Result<()> {
        self.capstone.lake.replace_json(
            &parts::lake::attempt_key(&self.attempt.attempt_id),
            &self.attempt,
        )
    }

    /// Writes down which earlier attempts of this machine ended without a word.
    fn record_dead(&self, lineage: &Lineage<'_>) -> anyhow::Result<()> {
        let lake = &self.capstone.lake;
        for dead in alive::dead(&self.capstone.home.attempts())? {
            let key = parts::lake::attempt_key(&dead.attempt_id);
            let attempt: Option<Attempt> = lake.read_json(&key)?;
            if let Some(mut attempt) = attempt {
                if attempt.ends_with(std::slice::from_ref(&dead)) {
                    lake.replace_json(&key, &attempt)?;
                }
                lineage.close(&attempt);
            }
            dead.bury();
        }
        Ok(())
    }

    fn timed<T>(
        &mut self,
        stage: &'static str,
        bytes: Option<u64>,
        work: impl FnOnce(&mut Self) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let (result, span) = timed(stage, bytes, || work(self))?;
        self.summary.stages.extend(stage_lines(vec![span]));
        Ok(result)
    }

    /// Takes over what work on deliveries found; gives back what it ingested.
    fn take(&mut self, found: Findings) -> Ingestion {
        let summary = &mut self.summary;
        summary.problems.extend(found.all_problems().cloned());
        summary.deliveries.extend(found.deliveries);
        summary.stages.extend(stage_lines(found.spans));
        let ingested = &found.ingestion.deliveries;
        let files = ingested.iter().flat_map(|ingested| &ingested.files);
        self.attempt.files += files.count() as u64;
        self.attempt.records_read += ingested.iter().map(Ingested::records).sum::<u64>();
        self.attempt.records_accepted += found.records_accepted;
        self.attempt.records_rejected += found.records_rejected;
        found.ingestion
    }

    /// Lets work on deliveries go as far as it does, and keeps what it found.
    fn deliveries(
        &mut self,
        work: impl FnOnce(&mut Deliveries<'a>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut deliveries = Deliveries::new(self.capstone);
        let result = work(&mut deliveries);
        self.take(deliveries.found);
        result
    }

    /// Finds or fetches the delivered files. Comes before the attempt: a source that is
    /// not there leaves no trace in the lake.
    pub fn find(&mut self, location: &Location) -> anyhow::Result<Source> {
        let capstone = self.capstone;
        let source = self.timed("find", None, |_| source::discover(capstone, location))?;
        self.delivered = Delivered::files(location, &source, &capstone.home.spool());
        Ok(source)
    }

    /// Stage ingest.
    pub fn ingest(&mut self, source: &Source) -> anyhow::Result<()> {
        self.summary.problems.extend(source.problems.clone());
        self.summary.unchanged.extend(source.unchanged.clone());
        self.deliveries(|deliveries| {
            deliveries.ingest(source.bytes(), |capstone| {
                let ingestion = ingest::ingest(capstone, source)?;
                source.settle(capstone, &ingestion)?;
                Ok(ingestion)
            })
        })
    }

    /// Deliveries that should be in the curated zone, for the years asked for.
    fn wanted(&self) -> anyhow::Result<(LakeState, Vec<Ingested>)> {
        let mut state = LakeState::read(&self.capstone.lake)?;
        let wanted = std::mem::take(&mut state.wanted);
        let wanted: Vec<_> = wanted
            .into_iter()
            .filter(|ingested| self.capstone.wants(ingested.delivery.program_year))
            .collect();
        if wanted.is_empty() && self.summary.problems.is_empty() && state.files.is_empty() {
            return Err(Stop::NotYet(
                "nothing was ingested into this lake yet: run `capstone ingest`".into(),
            )
            .into());
        }
        Ok((state, wanted))
    }

    /// Stage validate: every delivery that is not committed yet.
    pub fn validate(&mut self) -> anyhow::Result<()> {
        let (state, wanted) = self.wanted()?;
        self.deliveries(|deliveries| deliveries.validate(&state, &wanted))
    }

    /// Stage transform: every delivery that was validated and is not committed yet. What
    /// is committed then is compared with the publication before it.
    pub fn transform(&mut self) -> anyhow::Result<()> {
        let (state, wanted) = self.wanted()?;
        self.deliveries(|deliveries| deliveries.transform(&state, &wanted))?;
        let state = LakeState::read(&self.capstone.lake)?;
        self.compare(&state).map(drop)
    }

    /// Fills in what every command shows: files, reasons, places.
    pub fn describe(&mut self) -> anyhow::Result<()> {
        let state = LakeState::read(&self.capstone.lake)?;
        let mut reasons = BTreeMap::new();
        for commit in &state.commits {
            let manifest = &commit.manifest;
            let audit: Option<RunAudit> = self.capstone.lake.read_json(&parts::lake::audit_key(
                &manifest.partition,
                &manifest.run_id,
            ))?;
            for (file, counts) in audit.map(|audit| audit.reasons).unwrap_or_default() {
                reasons.insert((manifest.run_id.clone(), file), counts);
            }
        }
        let files = state
            .files
            .iter()
            .filter(|file| self.capstone.wants(file.program_year));
        self.summary.files = files
            .map(|file| {
                let key = (file.run_id.clone(), file.account.file.clone());
                FileLine::new(file, reasons.get(&key).cloned().unwrap_or_default())
            })
            .collect();
        let home = &self.capstone.home;
        let places = [
            ("lake", self.capstone.lake.url()),
            ("folder", home.folder().display().to_string()),
            ("warehouse", home.warehouse().display().to_string()),
            ("report", home.report().display().to_string()),
        ];
        self.summary.places = places.map(|(what, place)| (what.to_owned(), place)).into();
        Ok(())
    }
}
