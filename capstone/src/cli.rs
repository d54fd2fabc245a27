//! The command line.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help that a terminal shows"
)]

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use store::Faults;
use week1_environment::{parse_address, parse_time};

use crate::commands::bench::Bench;
use crate::commands::bench_part::BenchPart;
use crate::commands::{BackfillArgs, ReplayArgs};
use crate::context::Place;
use crate::parts::orchestration;
use crate::settings::Settings;
use crate::source::Location;
use crate::ui::LogFormat;

/// A production-grade pipeline over CMS Open Payments.
///
/// Exit codes: 0 done, 1 the data or the work is not there yet, 2 usage,
/// 3 environment, 130 interrupted.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 90)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// A folder, or s3://bucket/prefix. Default: .lake/synthetic, or .lake/real with --source.
    #[arg(long, global = true, value_name = "PLACE")]
    pub lake: Option<Place>,
    /// Another S3 service than AWS, such as http://127.0.0.1:9000.
    #[arg(long, global = true, value_name = "URL", value_parser = parse_address)]
    pub endpoint: Option<String>,
    /// The DuckDB file. Default: warehouse.duckdb in the lake's folder.
    #[arg(long, global = true, value_name = "FILE")]
    pub warehouse: Option<PathBuf>,
    /// How long to wait for a warehouse that another process has open, such as 10s. Default: 60s.
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_time)]
    pub wait: Option<Duration>,
    /// Program years: 2023, or 2016..2023 with both ends.
    #[arg(long, global = true, value_parser = orchestration::parse_years)]
    pub years: Option<RangeInclusive<i16>>,
    /// Threads that work at once. Default: one per core.
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Print one JSON document instead of tables.
    #[arg(long, global = true)]
    pub json: bool,
    /// How logs are written to standard error. Default: text.
    #[arg(long, global = true, value_enum)]
    pub log_format: Option<LogFormat>,
    /// A drill: requests to the lake fail on purpose, such as seed=7,rate=0.1.
    #[arg(
        long,
        global = true,
        value_name = "FAULTS",
        env = "CAPSTONE_FAULTS",
        hide = true
    )]
    pub lake_faults: Option<Faults>,
    /// What files and the environment say.
    #[arg(skip)]
    pub settings: Settings,
}

impl Common {
    /// How logs are written.
    pub fn log_format(&self) -> LogFormat {
        self.log_format.unwrap_or(LogFormat::Text)
    }
}

/// The stages, one by one or all.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Everything: generate (unless --source), ingest, validate, transform, load, quality, report.
    ///
    /// Example: capstone run --source ~/Downloads/open-payments
    Run {
        /// A CSV, a zip as CMS ships it, or a folder of both; an https:// address of either, or of a
        /// CMS datastore query. Instead of generated files.
        #[arg(long, value_name = "PLACE")]
        source: Option<Location>,
        /// What to generate.
        #[command(flatten)]
        synthetic: Synthetic,
    },
    /// Plan and run many program years; what is done already is left alone.
    ///
    /// Example: capstone backfill --years 2016..2023 --source ~/Downloads/open-payments --plan
    Backfill(BackfillArgs),
    /// Write synthetic Open Payments files.
    ///
    /// Example: capstone generate --years 2023 --rows 1000000 --faults 0.5%
    Generate {
        /// Where to. Default: source/ in the lake's folder.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
        /// What to generate.
        #[command(flatten)]
        synthetic: Synthetic,
    },
    /// Audit files and copy them to the raw zone.
    Ingest {
        /// A CSV, a zip as CMS ships it, or a folder of both; an https:// address of either, or of a
        /// CMS datastore query. Default: the generated files.
        #[arg(long, value_name = "PLACE")]
        source: Option<Location>,
    },
    /// Judge what was ingested, delivery by delivery.
    Validate,
    /// Type rows, quarantine the others, commit.
    Transform,
    /// Rebuild the warehouse from committed files.
    Load,
    /// Measure every quality rule on the warehouse.
    Quality,
    /// Write the report page.
    Report,
    /// Ask the warehouse.
    ///
    /// Example: capstone query "select nature_of_payment, sum(amount_usd) from marts.fct_payments group by all"
    Query {
        /// A SELECT; or the name of an analysis, such as top_companies. None lists the analyses.
        sql: Option<String>,
        /// A variable of the analysis, such as company_id=100000000053. Can be repeated.
        #[arg(long = "var", value_name = "NAME=VALUE", value_parser = parse_var)]
        vars: Vec<(String, String)>,
    },
    /// Build one run again from raw and its manifest, and repair its files.
    ///
    /// Example: capstone replay 3f9a
    Replay(ReplayArgs),
    /// Remove what interrupted runs left in the lake: files that no commit lists.
    ///
    /// Raw files, commits and history always stay, and so does what this program did not write.
    Gc {
        /// Spare files younger than this: a run at work has files that no commit lists yet.
        ///
        /// The default is the shortest time that Iceberg's remove_orphan_files accepts.
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_time)]
        older_than: Duration,
        /// Only say what would be removed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Show the history of attempts and commits; or what changed between two runs.
    ///
    /// Example: capstone runs --compare 3f9a 81c0
    Runs {
        /// Two run ids, the earlier one first; the start of an id will do.
        #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"])]
        compare: Option<Vec<String>>,
    },
    /// Show every setting, and who said it: default, open-payments.toml, .env, environment, flag.
    Settings,
    /// Print every OpenLineage event of this lake, one JSON document a line.
    Lineage,
    /// Compare the pipeline with DuckDB on the same files, after proving equal results.
    ///
    /// Fresh processes, in turns, with 1 thread and with all (or with --threads). The default
    /// takes two minutes on 2 cores. Polars for Python and PySpark take part where
    /// `eval "$(cargo xtask engines --bench)"` has put them. Exit code 1, and no table, if the
    /// results differ.
    ///
    /// Example: capstone bench --sizes 1 --layouts 91,75 --ablation
    Bench(Bench),
    /// One process of a benchmark.
    #[command(hide = true)]
    BenchPart(BenchPart),
    /// Serve the embedded lake to any other S3 client, until Ctrl-C.
    S3 {
        /// Port; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

/// What to generate.
#[derive(Debug, Clone, Args)]
pub struct Synthetic {
    /// General payment records per publication.
    #[arg(long, default_value_t = 75_000)]
    pub rows: u64,
    /// Share of records with an injected fault, such as 0.5%.
    #[arg(long, default_value = "0.1%", value_parser = parse_share, value_name = "SHARE")]
    pub faults: f64,
    /// Inject faults of whole files too: byte order mark, drifted header.
    #[arg(long)]
    pub file_faults: bool,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
}

/// `NAME=VALUE`.
fn parse_var(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is no NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `0.5%` or `0.005`.
pub(crate) fn parse_share(text: &str) -> Result<f64, String> {
    let (number, scale) = text
        .strip_suffix('%')
        .map_or((text, 1.0), |number| (number, 100.0));
    let share: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("{text:?} is no share: write 0.5%"))?;
    Ok(share / scale)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_have_a_unit_and_do_not_run_backwards() {
        let hours = |hours| Ok(Duration::from_hours(hours));
        assert_eq!(parse_time("24h"), hours(24));
        assert_eq!(parse_time("7d"), hours(168));
        assert_eq!(parse_time("0s"), hours(0));
        for text in ["24", "-1h", "1 month", "soon"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_may_be_a_percentage() {
        assert_eq!(parse_share("0.5%"), Ok(0.005));
        assert_eq!(parse_share("0.005"), Ok(0.005));
        assert!(parse_share("some").is_err());
    }
}
