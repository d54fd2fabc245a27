//! `capstone bench`: our pipeline beside other engines.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::voice::show;
use crate::bench::{Peer, Plan, Workload};
use crate::cli::{Cli, parse_share};
use crate::error::Stop;
use crate::ui::say;

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct Bench {
    /// GB of CSV, 10^9 bytes. 5 needs 15 GB of disk.
    #[arg(long, value_delimiter = ',', default_values_t = [0.2])]
    pub sizes: Vec<f64>,
    /// Columns of the layout: 91 (published since 2022), 75 (before).
    #[arg(long, value_delimiter = ',', default_values_t = [91])]
    pub layouts: Vec<usize>,
    /// Shares of the records that have a fault.
    #[arg(long, value_delimiter = ',', default_value = "0%,0.5%", value_parser = parse_share)]
    pub faults: Vec<f64>,
    /// Turns of every engine.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Measure our side step by step, too: about half as long again.
    #[arg(long)]
    pub ablation: bool,
    /// All sizes (0.2, 1, 5) and layouts, with steps: hours, and 50 GB of disk.
    #[arg(long, conflicts_with_all = ["sizes", "layouts", "ablation"])]
    pub full: bool,
    /// Memory of DuckDB in MB before it spills. Default: 80 % of the machine's.
    #[arg(long, value_name = "MB")]
    pub duckdb_memory_mb: Option<u64>,
    /// Where files are kept, and used again.
    #[arg(long, value_name = "DIR", default_value = ".lake/bench")]
    pub work: PathBuf,
}

/// Measures, and shows.
pub(super) fn run(cli: &Cli, bench: &Bench) -> anyhow::Result<ExitCode> {
    let plan = plan(cli, bench)?;
    let report = plan.run(&|text| say(cli.common.log_format(), text))?;
    show(cli, &report, || report.to_text());
    Ok(ExitCode::SUCCESS)
}

fn plan(cli: &Cli, bench: &Bench) -> anyhow::Result<Plan> {
    let most = super::threads(cli);
    Ok(Plan {
        workloads: workloads(bench)?,
        threads: match cli.common.threads {
            None if most > 1 => vec![1, most],
            _ => vec![most],
        },
        rounds: bench.rounds,
        ablation: bench.ablation || bench.full,
        duckdb_memory_mb: bench.duckdb_memory_mb,
        work: bench.work.clone(),
        program: env::current_exe()?,
        pythons: Peer::ALL
            .into_iter()
            .filter_map(|peer| Some((peer, env::var_os(peer.variable()?)?.into())))
            .collect(),
    })
}

fn workloads(bench: &Bench) -> anyhow::Result<Vec<Workload>> {
    let (sizes, layouts) = if bench.full {
        (vec![0.2, 1.0, 5.0], vec![91, 75])
    } else {
        (bench.sizes.clone(), bench.layouts.clone())
    };
    let mut workloads = Vec::new();
    for &gigabytes in &sizes {
        for &columns in &layouts {
            for &faults in &bench.faults {
                let workload = Workload {
                    gigabytes,
                    faults,
                    columns,
                };
                workload
                    .check()
                    .map_err(|error| Stop::Usage(error.to_string()))?;
                workloads.push(workload);
            }
        }
    }
    Ok(workloads)
}
