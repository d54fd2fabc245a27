//! The warehouse: one DuckDB file that holds the star schema.
//!
//! It never holds the payments' only copy: everything in it is made from committed files and
//! can be made again. [`Warehouse::load`] does so in one transaction, so a reader sees either
//! the star schema before the load or the one after it, and a load that dies, fails or breaks
//! a data test leaves the old one in place.
//!
//! - [`Warehouse`], [`Settings`]: opening the file
//! - [`LoadInput`] and its rows: what the lake hands over; the tables of schema `lake`
//! - [`AuditInput`] and its rows: the tables of schema `audit`
//! - [`LoadReport`]: what was built and tested; [`LastLoad`]: the same, of a load before
//! - [`QueryResult`]: the answer to a question, as a text table or as JSON
//!
//! Schemas `lake` and those of the models belong to the load, which drops and makes them
//! again. Schema `audit` is the lake's history, replaced by every command that works on the
//! lake, loaded or not. Any other schema in the file is left alone.

mod audit;
mod error;
mod fingerprint;
mod input;
mod lake;
mod load;
mod query;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};

pub use self::audit::{AuditFile, AuditInput, AuditRun, CheckRow, RejectRow};
pub use self::error::WarehouseError;
pub use self::fingerprint::LastLoad;
pub use self::input::{AttemptRow, ChangesRow, DataFile, FileRow, LoadInput, PropertyRow, RunRow};
pub use self::load::{LoadReport, ModelReport, Progress, TestReport};
pub use self::query::{QueryColumn, QueryResult};

/// What the engine may use. The content of the star schema does not depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Worker threads, at least one.
    pub threads: usize,
    /// Memory in MB before it spills to disk; DuckDB's own limit is 80 % of the machine's.
    pub memory_limit_mb: Option<u64>,
    /// Where it spills; DuckDB's own place is beside the file.
    pub temp_directory: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            threads: 2,
            memory_limit_mb: None,
            temp_directory: None,
        }
    }
}

/// An open warehouse file. One process at a time may have it open for writing, or any
/// number for reading.
pub struct Warehouse {
    connection: Connection,
    path: PathBuf,
}

impl Warehouse {
    /// Opens the file for loading and makes it if it does not exist.
    pub fn open(path: &Path, settings: &Settings) -> Result<Self, WarehouseError> {
        Self::open_as(path, settings, AccessMode::ReadWrite)
    }

    /// Opens the file for questions: statements that change anything are refused.
    pub fn open_read_only(path: &Path, settings: &Settings) -> Result<Self, WarehouseError> {
        if !path.exists() {
            return Err(WarehouseError::Missing {
                path: path.to_owned(),
            });
        }
        Self::open_as(path, settings, AccessMode::ReadOnly)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for the stages that ask many questions.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs one query and collects its whole answer.
    pub fn query(&self, sql: &str) -> Result<QueryResult, WarehouseError> {
        query::run(&self.connection, sql).map_err(|error| WarehouseError::query(&error))
    }

    /// Rebuilds schema `lake` and the models, tests them, and publishes all of it or nothing.
    ///
    /// A failing test of severity `error` is no `Err`: the report says which it is, with
    /// `published` false. `progress` hears of every step before it starts.
    pub fn load(
        &mut self,
        input: &LoadInput<'_>,
        project: &week4_modeling::Compilation,
        progress: &mut dyn FnMut(&Progress<'_>),
    ) -> Result<LoadReport, WarehouseError> {
        load::load(&mut self.connection, input, project, progress)
    }

    /// Keeps the attempts fresh and builds nothing, if the star schema is the one that
    /// [`Self::load`] would build; `None` if it is not, and then nothing was done.
    pub fn refresh(
        &mut self,
        input: &LoadInput<'_>,
        project: &week4_modeling::Compilation,
    ) -> Result<Option<LastLoad>, WarehouseError> {
        load::refresh(&mut self.connection, input, project)
    }

    /// Replaces schema `audit`, all of it or nothing. The models do not read it.
    pub fn refresh_audit(&mut self, input: &AuditInput) -> Result<(), WarehouseError> {
        audit::replace(&mut self.connection, input)
    }

    /// The fingerprint of what the star schema was built from, if there is one.
    pub fn built_from(&self) -> Result<Option<String>, WarehouseError> {
        fingerprint::stored(&self.connection)
    }

    fn open_as(path: &Path, settings: &Settings, mode: AccessMode) -> Result<Self, WarehouseError> {
        let open = || Connection::open_with_flags(path, config(settings, mode)?);
        let connection = open().map_err(|error| WarehouseError::open(path, &error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }
}

fn config(settings: &Settings, mode: AccessMode) -> duckdb::Result<Config> {
    let threads = i64::try_from(settings.threads.max(1)).unwrap_or(i64::MAX);
    let mut config = Config::default()
        .access_mode(mode)?
        .threads(threads)?
        // All that is needed is built in; a pipeline does not fetch code while it runs.
        .with("autoinstall_known_extensions", "false")?;
    if let Some(megabytes) = settings.memory_limit_mb {
        config = config.max_memory(&format!("{megabytes}MB"))?;
    }
    if let Some(directory) = &settings.temp_directory {
        config = config.with("temp_directory", directory.to_string_lossy())?;
    }
    Ok(config)
}
