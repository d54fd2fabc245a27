//! The peer: DuckDB alone in a process, with a script of the same contract.

use std::path::PathBuf;

use duckdb::{Config, Connection};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};

use super::engine::Peer;
use super::job::Job;
use super::sql::{self, text};

/// The script for one file: tuned by hand, with names and checks filled in.
pub fn script(job: &Job<'_>) -> anyhow::Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_template("duckdb.sql", Peer::Duckdb.script())?;
    let path = |folder: PathBuf, name: &str| text(&folder.join(name).to_string_lossy());
    let files = &job.files;
    Ok(environment.get_template("duckdb.sql")?.render(context! {
        source => text(&job.source.to_string_lossy()),
        plain_file => path(files.accepted(), "plain.parquet"),
        cleaned_file => path(files.accepted(), "cleaned.parquet"),
        rejected_file => path(files.records(), "all.parquet"),
        lines_file => path(files.lines(), "all.parquet"),
        ..Value::from(Serde(sql::fragments(job)))
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
