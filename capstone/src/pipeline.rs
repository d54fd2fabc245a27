//! What the commands do: stages in order, timed, recorded as an attempt.

mod star_schema;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Context as _;
use week2_lake::{DataKind, keys};
use week3_validation::{Validation, Verdict};

use crate::accounts::LakeState;
use crate::alive::{self, Alive};
use crate::attempt::{Attempt, Outcome};
use crate::commit::RunAudit;
use crate::context::Capstone;
use crate::error::Stop;
use crate::ingest::{Ingested, Problem};
use crate::source::{self, Location, Source};
use crate::summary::{DeliveryLine, FileLine, RunSummary, StageLine};
use crate::{commit, ingest, transform, validate};

/// A command at work: what it found so far, and how long each stage took.
pub struct Pipeline<'a> {
    capstone: &'a Capstone,
    attempt: Attempt,
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
        self.record_dead()?;
        let result = work(self);
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
        result.and(recorded)
    }

    fn record(&self) -> anyhow::Result<()> {
        self.capstone
            .lake
            .put_json(&keys::attempt(&self.attempt.attempt_id), &self.attempt)
    }

    /// Writes down which earlier attempts of this machine ended without a word.
    fn record_dead(&self) -> anyhow::Result<()> {
        let lake = &self.capstone.lake;
        for dead in alive::dead(&self.capstone.home.attempts())? {
            let key = keys::attempt(&dead.attempt_id);
            let attempt: Option<Attempt> = lake.read_json(&key)?;
            if let Some(mut attempt) = attempt
                && attempt.ends_with(std::slice::from_ref(&dead))
            {
                lake.put_json(&key, &attempt)?;
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
        let start = Instant::now();
        let result = work(self).map_err(|error| match error.downcast::<Stop>() {
            // A message of our own says everything.
            Ok(stop) => stop.into(),
            Err(error) => error.context(format!("stage {stage}")),
        })?;
        let seconds = start.elapsed().as_secs_f64();
        tracing::info!(stage, seconds, bytes, "done");
        self.summary.stages.push(StageLine {
            stage,
            seconds,
            bytes,
        });
        Ok(result)
    }

    /// Finds or fetches the delivered files. Comes before the attempt: a source that is
    /// not there leaves no trace in the lake.
    pub fn find(&mut self, location: &Location) -> anyhow::Result<Source> {
        let capstone = self.capstone;
        self.timed("find", None, |_| source::discover(capstone, location))
    }

    /// Stage ingest.
    pub fn ingest(&mut self, source: &Source) -> anyhow::Result<()> {
        let capstone = self.capstone;
        self.summary.problems.extend(source.problems.clone());
        self.summary.unchanged.extend(source.unchanged.clone());
        self.timed("ingest", Some(source.bytes()), |this| {
            let ingestion = ingest::ingest(capstone, source)?;
            source.settle(capstone, &ingestion)?;
            let files = ingestion
                .deliveries
                .iter()
                .flat_map(|delivery| &delivery.files);
            this.attempt.files = files.count() as u64;
            this.attempt.records_read = ingestion.deliveries.iter().map(Ingested::records).sum();
            this.summary.problems.extend(ingestion.problems);
            Ok(())
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
        self.timed("validate", None, |this| {
            let (state, wanted) = this.wanted()?;
            for ingested in wanted
                .iter()
                .filter(|ingested| !is_committed(&state, ingested))
            {
                let validation = validate::validate(this.capstone, ingested)?;
                this.summary
                    .problems
                    .extend(failures(ingested, &validation));
            }
            Ok(())
        })
    }

    /// Stage transform: every delivery that was validated and is not committed yet.
    pub fn transform(&mut self) -> anyhow::Result<()> {
        let (state, wanted) = self.wanted()?;
        let open = wanted
            .iter()
            .filter(|ingested| !is_committed(&state, ingested));
        let bytes = open
            .flat_map(|ingested| &ingested.files)
            .map(|file| file.audit.size)
            .sum();
        self.timed("transform", Some(bytes), |this| {
            for ingested in &wanted {
                match this.deliver(&state, ingested) {
                    Ok(line) => this.summary.deliveries.push(line),
                    Err(error) => this.set_aside(ingested, error)?,
                }
            }
            Ok(())
        })
    }

    /// What concerns one delivery alone does not stop the others.
    fn set_aside(&mut self, ingested: &Ingested, error: anyhow::Error) -> anyhow::Result<()> {
        match error.downcast::<Stop>() {
            Ok(Stop::NotYet(error)) => {
                let subject = subject(ingested);
                self.summary.problems.push(Problem { subject, error });
                Ok(())
            }
            Ok(stop) => Err(stop.into()),
            Err(error) => Err(error),
        }
    }

    fn deliver(&mut self, state: &LakeState, ingested: &Ingested) -> anyhow::Result<DeliveryLine> {
        let partition = ingested.partition();
        let line = |outcome: &str, sequence| DeliveryLine {
            dataset: partition.dataset.clone(),
            program_year: partition.program_year,
            publication: ingested.delivery.publication.to_string(),
            run_id: ingested.run_id.clone(),
            outcome: outcome.to_owned(),
            sequence,
        };
        if let Some(found) = state
            .commit(&partition)
            .filter(|_| is_committed(state, ingested))
        {
            return Ok(line("unchanged", Some(found.sequence)));
        }
        if !self.may_go_on(ingested)? {
            return Ok(line("stopped", None));
        }
        let transformed = transform::transform(self.capstone, ingested)?;
        for source in &transformed.sources {
            self.attempt.records_accepted += source.accepted.rows;
            self.attempt.records_rejected += source.rejected.rows;
        }
        let sequence = commit::commit(&self.capstone.lake, ingested, transformed)?;
        tracing::info!(
            dataset = partition.dataset,
            program_year = partition.program_year,
            sequence,
            "committed"
        );
        Ok(line("committed", Some(sequence)))
    }

    /// The gate: a delivery without a good verdict is not transformed.
    fn may_go_on(&mut self, ingested: &Ingested) -> anyhow::Result<bool> {
        let key = keys::validation(&ingested.partition(), &ingested.run_id);
        let Some(validation) = self.capstone.lake.read_json::<Validation>(&key)? else {
            self.summary.problems.push(Problem {
                subject: subject(ingested),
                error: "not validated yet: run `capstone validate`".into(),
            });
            return Ok(false);
        };
        if validation.verdict != Verdict::Failed {
            return Ok(true);
        }
        // A run has heard of it while it validated; a later call has not.
        for problem in failures(ingested, &validation) {
            if !self.summary.problems.contains(&problem) {
                self.summary.problems.push(problem);
            }
        }
        Ok(false)
    }

    /// Fills in what every command shows: files, reasons, places.
    pub fn describe(&mut self) -> anyhow::Result<()> {
        let state = LakeState::read(&self.capstone.lake)?;
        let mut reasons = BTreeMap::new();
        for commit in &state.commits {
            let manifest = &commit.manifest;
            let audit: Option<RunAudit> = self
                .capstone
                .lake
                .read_json(&keys::audit(&manifest.partition, &manifest.run_id))?;
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

fn is_committed(state: &LakeState, ingested: &Ingested) -> bool {
    state
        .commit(&ingested.partition())
        .is_some_and(|commit| commit.manifest.run_id == ingested.run_id)
}

fn subject(ingested: &Ingested) -> String {
    let delivery = &ingested.delivery;
    format!(
        "{} {} of {}",
        delivery.dataset, delivery.program_year, delivery.publication
    )
}

fn failures(ingested: &Ingested, validation: &Validation) -> Vec<Problem> {
    let failed = validation
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed);
    failed
        .map(|check| Problem {
            subject: subject(ingested),
            error: format!(
                "{}: check {} failed: {}",
                check.file, check.name, check.found
            ),
        })
        .collect()
}
