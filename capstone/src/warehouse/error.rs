//! What can go wrong with the warehouse, in words that say what to do.
//!
//! DuckDB reports most failures as text alone, so the few that deserve advice are told apart
//! by the stable parts of that text; tests provoke each of them for real.

use std::path::{Path, PathBuf};

/// Why the warehouse can't be opened, loaded or asked.
#[derive(Debug, thiserror::Error)]
pub enum WarehouseError {
    /// Another process has the file open.
    #[error(
        "{} is in use by another process, {holder}; end it, or give this run another file with --warehouse",
        path.display()
    )]
    Locked {
        /// The warehouse file.
        path: PathBuf,
        /// Its program and process id, as far as DuckDB knows them.
        holder: String,
    },
    /// Written by a DuckDB that is newer than the one linked here.
    #[error(
        "{} was written by a newer DuckDB; move it away, and the next load makes it again ({message})",
        path.display()
    )]
    Newer {
        /// The warehouse file.
        path: PathBuf,
        /// DuckDB's words, with both versions.
        message: String,
    },
    /// Something else than a DuckDB file.
    #[error("{} is no DuckDB file; give another one with --warehouse", path.display())]
    NotDuckDb {
        /// The file.
        path: PathBuf,
    },
    /// Nothing to ask yet.
    #[error("{} does not exist yet; run `capstone load` first", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Any other failure to open the file.
    #[error("{} can't be opened: {message}", path.display())]
    Open {
        /// The warehouse file.
        path: PathBuf,
        /// DuckDB's words.
        message: String,
    },
    /// A query that would change something.
    #[error(
        "the warehouse is open for reading only, and this statement changes something: {message}"
    )]
    ReadOnly {
        /// DuckDB's words.
        message: String,
    },
    /// A query that DuckDB refuses.
    #[error("{message}")]
    Query {
        /// DuckDB's words.
        message: String,
    },
    /// A step of the load that DuckDB refuses. What was published before still stands.
    #[error("load, {step}: {message}")]
    Load {
        /// Such as `model fct_payments`.
        step: String,
        /// DuckDB's words.
        message: String,
    },
    /// The contract has no table for a dataset that has committed files.
    #[error("the contract does not describe the dataset {dataset}, so its files can't be loaded")]
    NotInContract {
        /// The dataset.
        dataset: week1_schema::Dataset,
    },
}

impl WarehouseError {
    pub(super) fn open(path: &Path, error: &duckdb::Error) -> Self {
        let (path, message) = (path.to_owned(), words(error));
        if message.contains("Could not set lock") {
            let holder = holder(&message).to_owned();
            Self::Locked { path, holder }
        } else if message.contains("version number") && message.contains("can only read") {
            Self::Newer { path, message }
        } else if message.contains("not a valid DuckDB database file") {
            Self::NotDuckDb { path }
        } else {
            Self::Open { path, message }
        }
    }

    pub(super) fn query(error: &duckdb::Error) -> Self {
        let message = words(error);
        if message.contains("read-only mode") {
            Self::ReadOnly { message }
        } else {
            Self::Query { message }
        }
    }

    /// For `map_err`: names the step.
    pub(super) fn load(step: &str) -> impl Fn(duckdb::Error) -> Self + use<> {
        let step = step.to_owned();
        move |error| Self::Load {
            step: step.clone(),
            message: words(&error),
        }
    }
}

/// DuckDB says `Conflicting lock is held in <program> (PID <id>). See also …`.
fn holder(message: &str) -> &str {
    let after = message.split_once("held in ").map(|(_, after)| after);
    let program = after.and_then(|after| Some(after.split_once(". See also")?.0));
    program.unwrap_or(message)
}

/// DuckDB's own message, without the binding's numbers around it.
fn words(error: &duckdb::Error) -> String {
    match error {
        duckdb::Error::DuckDBFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}
