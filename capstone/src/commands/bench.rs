//! `capstone bench`, and the processes that it starts.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use tokio::runtime::Handle;
use week1_schema::Dataset;
use week5_transform::Target;

use super::voice::{json, print};
use crate::bench::duckdb::Settings;
use crate::bench::peer::PeerFiles;
use crate::bench::proof::{Pair, prove};
use crate::bench::report::Comparison;
use crate::bench::{Plan, Stage, Workload, duckdb, measure, run_stage};
use crate::cli::Cli;
use crate::context::{self, Home, Place};
use crate::parts;
use crate::ui::say;

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct Bench {
    /// GB of CSV, 10^9 bytes. More take longer in proportion.
    #[arg(long, value_delimiter = ',', default_value = "0.2")]
    pub sizes: Vec<f64>,
    /// Columns of the layout, 91 (since 2022) and 75 (before).
    #[arg(long, value_delimiter = ',', default_value = "91")]
    pub layouts: Vec<usize>,
    /// Shares of records with a fault.
    #[arg(long, value_delimiter = ',', default_value = "0%,0.5%", value_parser = crate::cli::parse_share)]
    pub faults: Vec<f64>,
    /// Turns of every engine.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Measure our side step by step, too. Twice the time.
    #[arg(long)]
    pub ablation: bool,
    /// Memory of DuckDB in MB before it spills. Default: 80 % of the machine's.
    #[arg(long, value_name = "MB")]
    pub duckdb_memory_mb: Option<u64>,
    /// Where files are kept.
    #[arg(long, value_name = "DIR", default_value = ".lake/bench")]
    pub work: PathBuf,
}

/// Measures, and shows.
pub(super) fn run(cli: &Cli, bench: &Bench) -> anyhow::Result<ExitCode> {
    let all = super::threads(cli);
    let mut workloads = Vec::new();
    for &gigabytes in &bench.sizes {
        for &columns in &bench.layouts {
            for &faults in &bench.faults {
                workloads.push(Workload {
                    gigabytes,
                    faults,
                    columns,
                });
            }
        }
    }
    let plan = Plan {
        workloads,
        threads: match cli.common.threads {
            None if all > 1 => vec![1, all],
            _ => vec![all],
        },
        rounds: bench.rounds,
        ablation: bench.ablation,
        duckdb_memory_mb: bench.duckdb_memory_mb,
        work: bench.work.clone(),
        program: std::env::current_exe()?,
    };
    let found = plan.run(&|text| say(cli.common.log_format, text))?;
    super::voice::show(cli, &found, || {
        found
            .iter()
            .map(Comparison::to_text)
            .collect::<Vec<_>>()
            .join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

/// One process of a benchmark.
#[derive(Debug, Clone, Args)]
pub struct BenchPart {
    /// What it does.
    #[command(subcommand)]
    pub part: Part,
}

/// What the processes of a benchmark do.
#[derive(Debug, Clone, Subcommand)]
pub enum Part {
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
    /// Write the DuckDB script for a file.
    Script {
        /// The source file.
        source: PathBuf,
        /// Where DuckDB is to put its files.
        files: PathBuf,
    },
    /// Prove that the lake of --lake and a peer's files are equal, and print what was compared.
    Prove {
        /// The source file.
        source: PathBuf,
        /// What the peer wrote.
        files: PathBuf,
    },
}

/// Does one part, in this process.
pub(super) fn part(cli: &Cli, part: &Part, runtime: &Handle) -> anyhow::Result<ExitCode> {
    match part {
        Part::Measure { command } => print(&json(&measure::measure(command)?)),
        Part::Stage { stage, source } => {
            let place = place(cli)?;
            let home = Home::new(&place, None);
            let capstone = super::open(cli, &place, home, runtime)?;
            run_stage(&capstone, *stage, source)?;
        }
        Part::Duckdb { script, memory_mb } => {
            let script_text = std::fs::read_to_string(script)?;
            let settings = Settings {
                threads: super::threads(cli),
                memory_mb: *memory_mb,
                spill: script.with_extension("spill"),
            };
            duckdb::run(&script_text, &settings)?;
        }
        Part::Script { source, files } => print(&script(source, files)?),
        Part::Prove { source, files } => proof(cli, runtime, source, files)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn place(cli: &Cli) -> anyhow::Result<Place> {
    cli.common
        .lake
        .clone()
        .ok_or_else(|| anyhow::anyhow!("a part of a benchmark names its lake"))
}

fn script(source: &Path, files: &Path) -> anyhow::Result<String> {
    let contract = context::contract()?;
    let layout = layout(source, &contract)?;
    let name = source
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.and_then(|name| parts::ingestion::parse_file_name(&name));
    let name = name.ok_or_else(|| anyhow::anyhow!("no name of CMS"))?;
    let (Some(program_year), Some(publication)) = (name.program_year, name.publication) else {
        anyhow::bail!("a name without dates")
    };
    let target = Target {
        program_year,
        publication,
    };
    let files = PeerFiles::new(files, program_year);
    files.clear()?;
    duckdb::script(&contract, &layout, target, source, &files)
}

fn layout(
    source: &Path,
    contract: &week1_schema::Contract,
) -> anyhow::Result<week1_schema::LayoutMap> {
    use std::io::BufRead;
    let mut line = Vec::new();
    std::io::BufReader::new(std::fs::File::open(source)?).read_until(b'\n', &mut line)?;
    Ok(parts::schema::recognise_line(&line, contract)?)
}

fn proof(cli: &Cli, runtime: &Handle, source: &Path, files: &Path) -> anyhow::Result<()> {
    let place = place(cli)?;
    let home = Home::new(&place, None);
    let capstone = super::open(cli, &place, home, runtime)?;
    let commits = capstone.lake.newest_commits()?;
    let [commit] = commits.as_slice() else {
        anyhow::bail!("one commit")
    };
    let local = |files: &[week2_lake::DataFile]| -> anyhow::Result<Vec<PathBuf>> {
        files
            .iter()
            .map(|file| capstone.lake.local_file(file))
            .collect()
    };
    let layout = layout(source, &capstone.contract)?;
    let peer = PeerFiles::new(files, commit.manifest.partition.program_year);
    let pair = Pair {
        contract: &capstone.contract,
        table: capstone
            .contract
            .table(Dataset::General)
            .ok_or_else(|| anyhow::anyhow!("general"))?,
        layout: &layout,
        accepted: local(&commit.manifest.data)?,
        rejected: local(&commit.manifest.rejected)?,
        peer: &peer,
    };
    let settings = Settings {
        threads: capstone.threads,
        memory_mb: None,
        spill: files.join("spill"),
    };
    print(&json(&prove(&pair, &settings)?));
    Ok(())
}
