//! Turns: every engine in a process of its own, one after the other, again and again.

use std::path::PathBuf;

use anyhow::Context as _;

use super::engine::{Engine, Peer};
use super::machine::Machine;
use super::pitch::Pitch;
use super::report::{Comparison, Report, Runs};
use super::stage::Stage;
use super::workload::{Source, Workload};

/// What is measured, and how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Files, one after the other.
    pub workloads: Vec<Workload>,
    /// Threads of every engine, one setting after the other.
    pub threads: Vec<usize>,
    /// Turns of every engine, at least one.
    pub rounds: u32,
    /// Whether our side is also measured step by step.
    pub ablation: bool,
    /// Memory of `DuckDB` in MB before it spills; none for its own limit.
    pub duckdb_memory_mb: Option<u64>,
    /// Where everything is kept.
    pub work: PathBuf,
    /// This program.
    pub program: PathBuf,
    /// The Pythons that have an engine.
    pub pythons: Vec<(Peer, PathBuf)>,
}

impl Plan {
    /// Runs everything; `tell` hears what comes next. If `DuckDB` gives another result than
    /// ours, or any engine does on a file without faults, there is an error and no figure.
    pub fn run(&self, tell: &dyn Fn(&str)) -> anyhow::Result<Report> {
        let mut comparisons = Vec::new();
        for workload in &self.workloads {
            tell(&format!("{workload}: making the file"));
            let most = self.threads.iter().copied().max().unwrap_or(1);
            let source = workload.source(&self.work, most)?;
            for &threads in &self.threads {
                let pitch = Pitch::new(self, workload, &source, threads)?;
                let tell = |what: &str| tell(&format!("{workload}, {threads} threads: {what}"));
                let found = self.compare(&pitch, workload, &source, &tell);
                comparisons.push(found.with_context(|| workload.to_string())?);
            }
        }
        Ok(Report {
            machine: Machine::this()?,
            rounds: self.rounds,
            comparisons,
        })
    }

    fn compare(
        &self,
        pitch: &Pitch<'_>,
        workload: &Workload,
        source: &Source,
        tell: &dyn Fn(&str),
    ) -> anyhow::Result<Comparison> {
        let mut runs: Vec<Runs> = Engine::all(self.ablation)
            .into_iter()
            .map(Runs::new)
            .collect();
        let mut proof = None;
        for round in 1..=self.rounds {
            // Whoever is first finds a colder cache.
            runs.swap(0, 1);
            for runs in runs.iter_mut().filter(|runs| runs.note.is_none()) {
                tell(&format!(
                    "round {round} of {}: {}",
                    self.rounds, runs.engine
                ));
                match pitch.turn(runs.engine) {
                    Ok(cost) => runs.costs.push(cost),
                    Err(error) => runs.give_up(&error, workload)?,
                }
            }
            if round == 1 {
                tell("comparing the results");
                pitch.commit_ours()?;
                proof = Some(pitch.prove(Peer::Duckdb)?);
                prove_others(pitch, workload, &mut runs)?;
            }
        }
        runs.sort_by_key(|runs| runs.engine != Engine::Ours(Stage::All));
        Ok(Comparison {
            workload: *workload,
            bytes: source.bytes,
            records: source.records,
            faults: source.faults,
            threads: pitch.threads(),
            proof: proof.context("at least one round")?,
            runs,
        })
    }
}

/// The engines that are not always there.
fn prove_others(pitch: &Pitch<'_>, workload: &Workload, runs: &mut [Runs]) -> anyhow::Result<()> {
    for runs in runs.iter_mut().filter(|runs| runs.note.is_none()) {
        if let Engine::Peer(peer @ (Peer::Polars | Peer::Spark)) = runs.engine
            && let Err(error) = pitch.prove(peer)
        {
            runs.give_up(&error, workload)?;
        }
    }
    Ok(())
}

impl Runs {
    /// A Python engine that is missing, or that can't do a file with faults, is left out.
    fn give_up(&mut self, error: &anyhow::Error, workload: &Workload) -> anyhow::Result<()> {
        let may_be_left_out = matches!(self.engine, Engine::Peer(Peer::Polars | Peer::Spark));
        let missing = error.is::<super::pitch::Missing>();
        if !may_be_left_out || !missing && workload.faults == 0.0 {
            anyhow::bail!("{}: {error:#}", self.engine.to_string().trim());
        }
        let why = if missing {
            ""
        } else {
            "no figure, its result is another one: "
        };
        self.costs.clear();
        self.note = Some(format!("{why}{error:#}"));
        Ok(())
    }
}
