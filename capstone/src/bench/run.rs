//! Turns: every engine in a process of its own, one after the other, again and again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use super::measure::Cost;
use super::peer::PeerFiles;
use super::proof::Proof;
use super::report::{Comparison, Engine, Runs};
use super::stage::Stage;
use super::workload::{Source, Workload};

/// What is measured, and how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Files, one after the other.
    pub workloads: Vec<Workload>,
    /// Threads of every engine, one setting after the other.
    pub threads: Vec<usize>,
    /// Turns of every engine.
    pub rounds: usize,
    /// Whether our side is also measured step by step.
    pub ablation: bool,
    /// Memory of DuckDB in MB before it spills; none for its own limit.
    pub duckdb_memory_mb: Option<u64>,
    /// Where everything is kept.
    pub work: PathBuf,
    /// This program.
    pub program: PathBuf,
}

/// One workload with one number of threads.
struct Match<'a> {
    plan: &'a Plan,
    source: &'a Source,
    threads: usize,
    lake: PathBuf,
    peer: PeerFiles,
    peer_folder: PathBuf,
    script: PathBuf,
}

impl Plan {
    /// Runs everything; `tell` hears what comes next. An engine that gives another result
    /// than ours ends it with an error.
    pub fn run(&self, tell: &dyn Fn(&str)) -> anyhow::Result<Vec<Comparison>> {
        let mut comparisons = Vec::new();
        for workload in &self.workloads {
            tell(&format!("{}: making the file", workload.name()));
            let most = self.threads.iter().copied().max().unwrap_or(1);
            let source = workload.source(&self.work, most)?;
            for &threads in &self.threads {
                let found = self.compare(workload, &source, threads, tell)?;
                comparisons.push(found);
            }
        }
        Ok(comparisons)
    }

    fn compare(
        &self,
        workload: &Workload,
        source: &Source,
        threads: usize,
        tell: &dyn Fn(&str),
    ) -> anyhow::Result<Comparison> {
        let place = Match::new(self, workload, source, threads)?;
        let mut runs = Engine::all(self.ablation)
            .map(Runs::new)
            .collect::<Vec<_>>();
        let mut proof = None;
        for round in 0..self.rounds {
            // Whoever is first reads a colder cache and a quieter machine.
            let mut order: Vec<&mut Runs> = runs.iter_mut().collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for runs in order {
                tell(&format!(
                    "{}, {threads} threads, round {} of {}: {}",
                    workload.name(),
                    round + 1,
                    self.rounds,
                    runs.engine
                ));
                runs.costs.push(place.turn(runs.engine)?);
            }
            if proof.is_none() {
                tell(&format!("{}: comparing the results", workload.name()));
                proof = Some(place.prove()?);
            }
        }
        Ok(Comparison {
            workload: *workload,
            bytes: source.bytes,
            records: source.records,
            faults: source.faults,
            threads,
            proof: proof.context("at least one round")?,
            runs,
        })
    }
}

impl<'a> Match<'a> {
    fn new(
        plan: &'a Plan,
        workload: &Workload,
        source: &'a Source,
        threads: usize,
    ) -> anyhow::Result<Self> {
        let folder = plan.work.join("runs");
        fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        let peer_folder = folder.join("duckdb");
        let program_year = workload.publication()?.program_year;
        let place = Self {
            plan,
            source,
            threads,
            lake: folder.join("lake"),
            peer: PeerFiles::new(&peer_folder, program_year),
            script: folder.join("duckdb.sql"),
            peer_folder,
        };
        let script = place.output(&["script", &text(&source.path), &text(&place.peer_folder)])?;
        fs::write(&place.script, script)?;
        Ok(place)
    }

    /// One run of one engine. What it starts from is prepared outside of the measurement.
    fn turn(&self, engine: Engine) -> anyhow::Result<Cost> {
        match engine {
            Engine::Ours(stage) => {
                self.prepare_lake(stage)?;
                self.stage(stage)
            }
            Engine::Duckdb => {
                self.peer.clear()?;
                let mut part = vec!["duckdb".to_owned(), text(&self.script)];
                if let Some(megabytes) = self.plan.duckdb_memory_mb {
                    part.extend(["--memory-mb".to_owned(), megabytes.to_string()]);
                }
                self.measured(part)
            }
        }
    }

    /// A lake of its own for every run; ingested, where the stage starts behind ingestion.
    fn prepare_lake(&self, stage: Stage) -> anyhow::Result<()> {
        if self.lake.exists() {
            fs::remove_dir_all(&self.lake)?;
        }
        if matches!(stage, Stage::Ingest | Stage::All) {
            return Ok(());
        }
        self.stage(Stage::Ingest).map(drop)
    }

    fn stage(&self, stage: Stage) -> anyhow::Result<Cost> {
        let lake = text(&self.lake);
        let source = text(&self.source.path);
        self.measured(vec![
            "stage".to_owned(),
            stage.to_string(),
            source,
            "--lake".to_owned(),
            lake,
        ])
    }

    fn measured(&self, part: Vec<String>) -> anyhow::Result<Cost> {
        let threads = self.threads.to_string();
        let program = text(&self.plan.program);
        let head = ["measure", "--", &program, "bench-part"].map(str::to_owned);
        let tail = ["--threads".to_owned(), threads];
        let arguments: Vec<String> = head.into_iter().chain(part).chain(tail).collect();
        self.document(&arguments)
    }

    /// Ours must lie in the lake, committed; whichever stage ran last.
    fn prove(&self) -> anyhow::Result<Proof> {
        self.prepare_lake(Stage::All)?;
        self.stage(Stage::All)?;
        self.document(&[
            "prove".to_owned(),
            text(&self.source.path),
            text(&self.peer_folder),
            "--lake".to_owned(),
            text(&self.lake),
        ])
    }

    fn document<T: DeserializeOwned>(&self, arguments: &[String]) -> anyhow::Result<T> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let text = self.output(&arguments)?;
        serde_json::from_str(&text).with_context(|| format!("a part printed {text:?}"))
    }

    fn output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(&self.plan.program)
            .arg("bench-part")
            .args(arguments)
            .env("RUST_LOG", "error")
            .stderr(Stdio::piped())
            .output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{}", errors.trim());
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
