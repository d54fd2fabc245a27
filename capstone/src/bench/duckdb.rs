//! The peer: DuckDB alone in a process, with a script of the same contract.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use duckdb::{Config, Connection};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use week1_schema::{Contract, Dataset, LayoutMap};
use week5_transform::Target;

use super::peer::PeerFiles;
use super::sql::{self, text};

/// The script, tuned by hand; names and checks are filled in.
const SCRIPT: &str = include_str!("../../bench/duckdb.sql");

/// The script for one file.
pub fn script(
    contract: &Contract,
    layout: &LayoutMap,
    target: Target,
    source: &Path,
    files: &PeerFiles,
) -> anyhow::Result<String> {
    let table = contract
        .table(Dataset::General)
        .context("the contract has general payments")?;
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_template("duckdb.sql", SCRIPT)?;
    let fragments = sql::fragments(contract, table, layout, target);
    let path = |path: &Path| text(&path.to_string_lossy());
    Ok(environment.get_template("duckdb.sql")?.render(context! {
        source => path(source),
        plain_file => path(&files.accepted().join("plain.parquet")),
        cleaned_file => path(&files.accepted().join("cleaned.parquet")),
        rejected_file => path(&files.records().join("all.parquet")),
        lines_file => path(&files.lines().join("all.parquet")),
        ..Value::from(Serde(fragments))
    })?)
}

/// Runs a script in a DuckDB of its own, in memory.
pub fn run(script: &str, settings: &Settings) -> anyhow::Result<()> {
    let connection = settings.open()?;
    connection.execute_batch(script)?;
    Ok(())
}

/// What DuckDB may use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Worker threads.
    pub threads: usize,
    /// Memory in MB before it spills; DuckDB's own limit is 80 % of the machine's.
    pub memory_mb: Option<u64>,
    /// Where it spills.
    pub spill: PathBuf,
}

impl Settings {
    /// A DuckDB in memory.
    pub fn open(&self) -> duckdb::Result<Connection> {
        let threads = i64::try_from(self.threads).unwrap_or(i64::MAX);
        let mut config = Config::default()
            .threads(threads)?
            .with("autoinstall_known_extensions", "false")?
            .with("temp_directory", self.spill.to_string_lossy())?;
        if let Some(megabytes) = self.memory_mb {
            config = config.max_memory(&format!("{megabytes}MB"))?;
        }
        Connection::open_in_memory_with_flags(config)
    }
}

/// The version of the library, such as `v1.5.6`.
pub fn version() -> anyhow::Result<String> {
    let connection = Connection::open_in_memory()?;
    Ok(connection.query_row("SELECT version()", [], |row| row.get(0))?)
}
