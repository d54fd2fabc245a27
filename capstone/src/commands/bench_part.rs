//! `capstone bench-part`: the processes that a benchmark starts.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use tokio::runtime::Handle;
use week2_lake::DataFile;
use week5_transform::Target;

use super::voice::{json, print};
use crate::bench::duckdb::{self, Settings};
use crate::bench::job::Job;
use crate::bench::proof::{Pair, prove};
use crate::bench::{Peer, Stage, measure, run_stage};
use crate::cli::Cli;
use crate::context::{self, Capstone, Home, Place};

/// One process of a benchmark.
#[derive(Debug, Clone, Args)]
pub struct BenchPart {
    #[command(subcommand)]
    part: Part,
}

/// What the processes of a benchmark do.
#[derive(Debug, Clone, Subcommand)]
enum Part {
    /// Start a command, wait for it, print what it cost as JSON.
    Measure {
        /// Program and arguments.
        #[arg(trailing_var_arg = true, required = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Our pipeline up to a stage, on the lake of --lake.
    Stage {
        /// How far.
        stage: Stage,
        /// The source file.
        source: PathBuf,
    },
    /// DuckDB alone, with a script.
    Duckdb {
        /// The script.
        script: PathBuf,
        /// Memory in MB before it spills. Default: 80 % of the machine's.
        #[arg(long)]
        memory_mb: Option<u64>,
    },
    /// Print what a peer is told: DuckDB's whole script, or the contract for the others'.
    Job {
        /// Whom.
        peer: Peer,
        /// About what.
        #[command(flatten)]
        delivery: Delivery,
    },
    /// Prove that the lake of --lake and a peer's files are equal; print what was compared.
    Prove {
        /// Of what.
        #[command(flatten)]
        delivery: Delivery,
    },
}

/// One file and what a peer makes of it.
#[derive(Debug, Clone, Args)]
struct Delivery {
    /// The source file.
    source: PathBuf,
    /// Where the peer writes.
    files: PathBuf,
    /// The program year that the file delivers.
    program_year: i16,
    /// The day of its publication.
    publication: Date,
}

/// Does one part, in this process.
pub(super) fn run(cli: &Cli, part: &BenchPart, runtime: &Handle) -> anyhow::Result<ExitCode> {
    match &part.part {
        Part::Measure { command } => print(&json(&measure::measure(command)?)),
        Part::Stage { stage, source } => run_stage(&capstone(cli, runtime)?, *stage, source)?,
        Part::Duckdb { script, memory_mb } => {
            let settings = Settings {
                threads: super::threads(cli),
                memory_mb: *memory_mb,
                spill: script.with_extension("spill"),
            };
            duckdb::run(&fs::read_to_string(script)?, &settings)?;
        }
        Part::Job { peer, delivery } => {
            let contract = context::contract()?;
            let job = delivery.job(&contract)?;
            print(&match peer {
                Peer::Duckdb => duckdb::script(&job)?,
                Peer::Polars | Peer::Spark => json(&job.to_json()?),
            });
        }
        Part::Prove { delivery } => {
            let capstone = capstone(cli, runtime)?;
            print(&json(&compare(&capstone, delivery)?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Delivery {
    fn job<'a>(&self, contract: &'a week1_schema::Contract) -> anyhow::Result<Job<'a>> {
        let target = Target {
            program_year: self.program_year,
            publication: self.publication,
        };
        Job::new(contract, &self.source, target, &self.files)
    }
}

fn capstone(cli: &Cli, runtime: &Handle) -> anyhow::Result<Capstone> {
    let place: Option<Place> = cli.common.lake.clone();
    let place = place.context("a part of a benchmark names its lake")?;
    super::open(cli, &place, Home::new(&place, None), runtime)
}

fn compare(capstone: &Capstone, delivery: &Delivery) -> anyhow::Result<crate::bench::proof::Proof> {
    let commits = capstone.lake.newest_commits()?;
    let commit = commits.first().context("the lake has no commit")?;
    let local = |files: &[DataFile]| -> anyhow::Result<Vec<PathBuf>> {
        let files = files.iter();
        files.map(|file| capstone.lake.local_file(file)).collect()
    };
    let pair = Pair {
        job: &delivery.job(&capstone.contract)?,
        accepted: local(&commit.manifest.data)?,
        rejected: local(&commit.manifest.rejected)?,
    };
    let settings = Settings {
        threads: capstone.threads,
        memory_mb: None,
        spill: delivery.files.join("spill"),
    };
    prove(&pair, &settings)
}
