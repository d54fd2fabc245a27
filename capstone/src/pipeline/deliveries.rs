//! Stages ingest, validate and transform: what they find, delivery by delivery.
//!
//! They work for a whole lake or for one program year. What concerns one delivery alone
//! is a problem, and does not stop the others.

use std::time::{Duration, Instant};

use week2_lake::keys;
use week3_validation::{Validation, Verdict};

use crate::accounts::LakeState;
use crate::context::Capstone;
use crate::error::Stop;
use crate::ingest::{self, Audits, Ingested, Ingestion, Problem};
use crate::source::{self, SourceFile};
use crate::summary::{DeliveryLine, StageLine};
use crate::{commit, transform, validate};

/// What the stages found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What became of each delivery that was to be committed.
    pub(crate) deliveries: Vec<DeliveryLine>,
    /// What stage ingest brought to the raw zone, and what it could not.
    pub(crate) ingestion: Ingestion,
    /// What the later stages stopped, and why.
    pub(crate) problems: Vec<Problem>,
    /// When each stage was at work.
    pub(crate) spans: Vec<Span>,
    /// Records that were committed.
    pub(crate) records_accepted: u64,
    /// Records that were quarantined.
    pub(crate) records_rejected: u64,
}

impl Findings {
    /// All that can't be used, and why.
    pub(crate) fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        self.ingestion.problems.iter().chain(&self.problems)
    }

    /// Adds what was found elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.deliveries.extend(other.deliveries);
        let ingestion = &mut self.ingestion;
        ingestion.deliveries.extend(other.ingestion.deliveries);
        ingestion.problems.extend(other.ingestion.problems);
        self.problems.extend(other.problems);
        self.spans.extend(other.spans);
        self.records_accepted += other.records_accepted;
        self.records_rejected += other.records_rejected;
    }
}

/// A stretch of time in which a stage was at work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    stage: &'static str,
    bytes: Option<u64>,
    from: Instant,
    to: Instant,
}

/// The stages at work.
pub(crate) struct Deliveries<'a> {
    capstone: &'a Capstone,
    pub(crate) found: Findings,
}

/// Does the work of a stage; what goes wrong says in which stage it did.
pub(crate) fn timed<T>(
    stage: &'static str,
    bytes: Option<u64>,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, Span)> {
    let from = Instant::now();
    let result = work().map_err(|error| match error.downcast::<Stop>() {
        // A message of our own says everything.
        Ok(stop) => stop.into(),
        Err(error) => error.context(format!("stage {stage}")),
    })?;
    let to = Instant::now();
    let seconds = (to - from).as_secs_f64();
    tracing::info!(stage, seconds, bytes, "done");
    let span = Span {
        stage,
        bytes,
        from,
        to,
    };
    Ok((result, span))
}

/// One line per stage, in the order of their first spans. Years overlap: a moment in
/// which a stage was at work for two of them counts once.
pub(crate) fn stage_lines(mut spans: Vec<Span>) -> Vec<StageLine> {
    let mut lines: Vec<StageLine> = Vec::new();
    for span in &spans {
        let known = lines.iter_mut().find(|line| line.stage == span.stage);
        let bytes = span.bytes;
        match known {
            Some(line) => line.bytes = line.bytes.zip(bytes).map(|(sum, bytes)| sum + bytes),
            None => lines.push(StageLine {
                stage: span.stage,
                seconds: 0.0,
                bytes,
            }),
        }
    }
    spans.sort_by_key(|span| span.from);
    for line in &mut lines {
        let of_stage = spans.iter().filter(|span| span.stage == line.stage);
        line.seconds = covered(of_stage).as_secs_f64();
    }
    lines
}

/// The time that spans cover together; they come in the order of their beginnings.
fn covered<'a>(spans: impl Iterator<Item = &'a Span>) -> Duration {
    let (mut sum, mut end) = (Duration::ZERO, None);
    for span in spans {
        let from = end.map_or(span.from, |end: Instant| end.max(span.from));
        sum += span.to.saturating_duration_since(from);
        end = Some(end.map_or(span.to, |end: Instant| end.max(span.to)));
    }
    sum
}

impl<'a> Deliveries<'a> {
    pub(crate) fn new(capstone: &'a Capstone) -> Self {
        Self {
            capstone,
            found: Findings::default(),
        }
    }

    fn timed<T>(
        &mut self,
        stage: &'static str,
        bytes: Option<u64>,
        work: impl FnOnce(&mut Self) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let (result, span) = timed(stage, bytes, || work(self))?;
        self.found.spans.push(span);
        Ok(result)
    }

    /// Stage ingest, which `work` does on files of so many bytes.
    pub(crate) fn ingest(
        &mut self,
        bytes: u64,
        work: impl FnOnce(&Capstone) -> anyhow::Result<Ingestion>,
    ) -> anyhow::Result<()> {
        self.timed("ingest", Some(bytes), |this| {
            this.found.ingestion = work(this.capstone)?;
            Ok(())
        })
    }

    /// The half of stage ingest that only reads, for one program year.
    pub(crate) fn audit_year(&mut self, year: i16, files: &[SourceFile]) -> anyhow::Result<Audits> {
        let bytes = source::bytes(files);
        self.timed("ingest", Some(bytes), |this| {
            Ok(ingest::audit_year(this.capstone, year, files))
        })
    }

    /// The other half, whose bytes have been counted.
    pub(crate) fn store_year(&mut self, audited: Audits) -> anyhow::Result<()> {
        self.ingest(0, |capstone| audited.store(capstone))
    }

    /// Stage validate: every delivery that is not committed yet.
    pub(crate) fn validate(
        &mut self,
        state: &LakeState,
        wanted: &[Ingested],
    ) -> anyhow::Result<()> {
        self.timed("validate", None, |this| {
            for ingested in open(state, wanted) {
                let validation = validate::validate(this.capstone, ingested)?;
                this.found.problems.extend(failures(ingested, &validation));
            }
            Ok(())
        })
    }

    /// Stage transform: every delivery that was validated and is not committed yet.
    pub(crate) fn transform(
        &mut self,
        state: &LakeState,
        wanted: &[Ingested],
    ) -> anyhow::Result<()> {
        let bytes = open(state, wanted)
            .flat_map(|ingested| &ingested.files)
            .map(|file| file.audit.size)
            .sum();
        self.timed("transform", Some(bytes), |this| {
            for ingested in wanted {
                match this.deliver(state, ingested) {
                    Ok(line) => this.found.deliveries.push(line),
                    Err(error) => this.set_aside(ingested, error)?,
                }
            }
            Ok(())
        })
    }

    fn set_aside(&mut self, ingested: &Ingested, error: anyhow::Error) -> anyhow::Result<()> {
        match error.downcast::<Stop>() {
            Ok(Stop::NotYet(error)) => {
                let subject = subject(ingested);
                self.found.problems.push(Problem { subject, error });
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
            self.found.records_accepted += source.accepted.rows;
            self.found.records_rejected += source.rejected.rows;
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
            self.found.problems.push(Problem {
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
            if !self.found.problems.contains(&problem) {
                self.found.problems.push(problem);
            }
        }
        Ok(false)
    }
}

fn open<'a>(
    state: &'a LakeState,
    wanted: &'a [Ingested],
) -> impl Iterator<Item = &'a Ingested> + use<'a> {
    let open = |ingested: &&Ingested| !is_committed(state, ingested);
    wanted.iter().filter(open)
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
                "{}: check {} failed: {}. {}",
                check.file,
                check.name,
                check.found,
                check.next_step()
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_in_which_two_years_were_in_one_stage_counts_once() {
        let start = Instant::now();
        let span = |stage, bytes, from, to| Span {
            stage,
            bytes: Some(bytes),
            from: start + Duration::from_secs(from),
            to: start + Duration::from_secs(to),
        };
        let lines = stage_lines(vec![
            span("ingest", 10, 5, 9),
            span("transform", 1, 0, 1),
            span("ingest", 10, 4, 6),
            span("ingest", 10, 20, 21),
            span("ingest", 10, 5, 8),
        ]);
        let found: Vec<_> = lines
            .iter()
            .map(|line| (line.stage, line.seconds, line.bytes))
            .collect();
        assert_eq!(
            found,
            [("ingest", 6.0, Some(40)), ("transform", 1.0, Some(1))]
        );
    }
}
