//! One workload with one number of threads: what every engine finds, and its processes.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use fixtures::PublicationSpec;
use serde::de::DeserializeOwned;

use super::engine::{Engine, Peer};
use super::measure::Cost;
use super::peer::PeerFiles;
use super::proof::Proof;
use super::run::Plan;
use super::stage::Stage;
use super::workload::{Source, Workload};

/// An engine that is not on this machine.
#[derive(Debug, thiserror::Error)]
#[error("not available here: eval \"$(cargo xtask engines --bench)\" installs it")]
pub(super) struct Missing;

/// Folders, scripts, and the processes of one comparison.
pub(super) struct Pitch<'a> {
    plan: &'a Plan,
    source: &'a Source,
    threads: usize,
    folder: PathBuf,
    publication: PublicationSpec,
    /// The lake holds the ingested file and nothing else.
    ingested: Cell<bool>,
}

impl<'a> Pitch<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        workload: &Workload,
        source: &'a Source,
        threads: usize,
    ) -> anyhow::Result<Self> {
        let folder = plan.work.join("runs");
        fs::create_dir_all(&folder)?;
        let pitch = Self {
            plan,
            source,
            threads,
            folder: folder.canonicalize()?,
            publication: workload.publication()?,
            ingested: Cell::new(false),
        };
        for peer in Peer::ALL {
            let delivery = pitch.delivery(peer);
            let delivery = delivery.iter().map(String::as_str);
            let arguments: Vec<&str> = ["job", peer.as_str()].into_iter().chain(delivery).collect();
            let job = pitch.output(&arguments)?;
            fs::write(pitch.job(peer), job)?;
            fs::write(pitch.script(peer), peer.script())?;
        }
        Ok(pitch)
    }

    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    fn lake(&self) -> PathBuf {
        self.folder.join("lake")
    }

    fn files_of(&self, peer: Peer) -> PathBuf {
        self.folder.join(peer.as_str())
    }

    /// What the peer is told: the whole script, or the contract for its script.
    fn job(&self, peer: Peer) -> PathBuf {
        let ending = if peer == Peer::Duckdb { "sql" } else { "json" };
        self.folder.join(format!("{}-job.{ending}", peer.as_str()))
    }

    fn script(&self, peer: Peer) -> PathBuf {
        self.folder.join(format!("{}_peer.py", peer.as_str()))
    }

    /// One run of one engine. What it starts from is prepared outside of the measurement.
    pub(super) fn turn(&self, engine: Engine) -> anyhow::Result<Cost> {
        match engine {
            Engine::Ours(stage) => self.stage(stage),
            Engine::Peer(peer) => {
                let command = self.command(peer)?;
                let year = self.publication.program_year;
                PeerFiles::new(&self.files_of(peer), year).clear()?;
                self.measure(&command)
            }
        }
    }

    fn command(&self, peer: Peer) -> anyhow::Result<Vec<String>> {
        let (job, threads) = (text(&self.job(peer)), self.threads.to_string());
        if peer == Peer::Duckdb {
            let mut command = self.part(&["duckdb", &job]);
            if let Some(megabytes) = self.plan.duckdb_memory_mb {
                command.extend(["--memory-mb".to_owned(), megabytes.to_string()]);
            }
            return Ok(command);
        }
        let known = self.plan.pythons.iter().find(|(known, _)| *known == peer);
        let (_, python) = known.ok_or(Missing)?;
        Ok(vec![text(python), text(&self.script(peer)), job, threads])
    }

    fn stage(&self, stage: Stage) -> anyhow::Result<Cost> {
        let from_source = matches!(stage, Stage::Ingest | Stage::All);
        if from_source {
            self.remove_lake()?;
        } else if !self.ingested.get() {
            self.stage(Stage::Ingest)?;
        }
        let (stage_name, source) = (stage.to_string(), text(&self.source.path));
        let lake = text(&self.lake());
        let cost = self.measure(&self.part(&["stage", &stage_name, &source, "--lake", &lake]))?;
        self.ingested.set(stage.leaves_ingested());
        Ok(cost)
    }

    fn remove_lake(&self) -> std::io::Result<()> {
        if self.lake().exists() {
            fs::remove_dir_all(self.lake())?;
        }
        Ok(())
    }

    /// Makes our result once more, for comparison.
    pub(super) fn commit_ours(&self) -> anyhow::Result<()> {
        self.stage(Stage::All).map(drop)
    }

    /// Compares our committed lake with what the peer wrote.
    pub(super) fn prove(&self, peer: Peer) -> anyhow::Result<Proof> {
        let (lake, delivery) = (text(&self.lake()), self.delivery(peer));
        let delivery = delivery.iter().map(String::as_str);
        let arguments: Vec<&str> = ["prove", "--lake", &lake]
            .into_iter()
            .chain(delivery)
            .collect();
        self.document(&arguments)
    }

    /// What is delivered, and where the peer writes.
    fn delivery(&self, peer: Peer) -> [String; 4] {
        let PublicationSpec {
            program_year,
            published,
            ..
        } = self.publication;
        [
            text(&self.source.path),
            text(&self.files_of(peer)),
            program_year.to_string(),
            published.to_string(),
        ]
    }

    /// Arguments that make this program one part of a benchmark.
    fn part(&self, arguments: &[&str]) -> Vec<String> {
        let (program, threads) = (text(&self.plan.program), self.threads.to_string());
        let head = [program.as_str(), "bench-part", "--threads", &threads];
        let all = head.iter().chain(arguments);
        all.map(|argument| (*argument).to_owned()).collect()
    }

    fn measure(&self, command: &[String]) -> anyhow::Result<Cost> {
        let command = command.iter().map(String::as_str);
        let arguments: Vec<&str> = ["measure", "--"].into_iter().chain(command).collect();
        self.document(&arguments)
    }

    fn document<T: DeserializeOwned>(&self, arguments: &[&str]) -> anyhow::Result<T> {
        let text = self.output(arguments)?;
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
        let why = last_words(&errors);
        anyhow::ensure!(output.status.success(), "{why}");
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Why a part failed. Our programs say `error:` and all that there is to say, and the one
/// that measures adds how the measured one ended; of a traceback the last line tells most.
fn last_words(errors: &str) -> &str {
    let errors = errors.trim();
    let measured = errors
        .rsplit_once('\n')
        .filter(|(_, last)| last.starts_with("error: ") && last.contains(" ended with "))
        .map_or(errors, |(before, _)| before.trim());
    match measured.split_once("error: ") {
        Some((before, why)) if before.is_empty() || before.ends_with('\n') => why,
        _ => measured.lines().last().unwrap_or("it ended without a word"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_the_measured_program_is_what_is_shown() {
        let end = "error: python ended with exit status: 1";
        assert_eq!(
            last_words("error: typed rows differ:\n3\n"),
            "typed rows differ:\n3"
        );
        let traceback = format!("Traceback\n  line 1\nKeyError: 'x'\n{end}\n");
        assert_eq!(last_words(&traceback), "KeyError: 'x'");
        let ours = format!("{{\"level\":1}}\nerror: no file\n{end}\n");
        assert_eq!(last_words(&ours), "no file");
        assert_eq!(last_words(end), "python ended with exit status: 1");
        assert_eq!(last_words(""), "it ended without a word");
    }
}
