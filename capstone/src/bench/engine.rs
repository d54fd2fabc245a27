//! Who takes turns.

use std::fmt;

use clap::ValueEnum;
use serde::{Serialize, Serializer};

use super::stage::Stage;

/// Another engine, with a script of the same contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Peer {
    /// The linked library, alone in a process, with `capstone/bench/duckdb.sql`.
    Duckdb,
    /// Polars for Python, with `capstone/bench/polars_peer.py`.
    Polars,
    /// `PySpark` in local mode, with `capstone/bench/spark_peer.py`.
    Spark,
}

/// Who works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Our pipeline, as far as a stage.
    Ours(Stage),
    /// Another engine.
    Peer(Peer),
}

impl Peer {
    /// In the order of the table.
    pub const ALL: [Self; 3] = [Self::Duckdb, Self::Polars, Self::Spark];

    /// A folder name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duckdb => "duckdb",
            Self::Polars => "polars",
            Self::Spark => "spark",
        }
    }

    /// The variable that names the Python which has it; none for what is linked.
    pub const fn variable(self) -> Option<&'static str> {
        match self {
            Self::Duckdb => None,
            Self::Polars => Some("POLARS_PYTHON"),
            Self::Spark => Some("SPARK_PYTHON"),
        }
    }

    /// Its script, as it stands in the repository.
    pub(super) const fn script(self) -> &'static str {
        match self {
            Self::Duckdb => include_str!("../../bench/duckdb.sql"),
            Self::Polars => include_str!("../../bench/polars_peer.py"),
            Self::Spark => include_str!("../../bench/spark_peer.py"),
        }
    }
}

impl Engine {
    /// Ours and `DuckDB` first, which alternate; last what ours is made of, in an order in
    /// which few lakes have to be made again.
    pub(super) fn all(ablation: bool) -> Vec<Self> {
        let whole = [Self::Ours(Stage::All)].into_iter();
        let peers = Peer::ALL.into_iter().map(Self::Peer);
        let steps: &[Stage] = if ablation {
            &[
                Stage::Ingest,
                Stage::Read,
                Stage::Split,
                Stage::Type,
                Stage::Write,
                Stage::Commit,
            ]
        } else {
            &[Stage::Ingest, Stage::Commit]
        };
        let steps = steps.iter().copied().map(Self::Ours);
        whole.chain(peers).chain(steps).collect()
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Peer(Peer::Duckdb) => "DuckDB",
            Self::Peer(Peer::Polars) => "Polars for Python",
            Self::Peer(Peer::Spark) => "PySpark local",
            Self::Ours(Stage::All) => "ours",
            Self::Ours(Stage::Ingest) => "ours: ingest alone",
            Self::Ours(Stage::Read) => "ours: read",
            Self::Ours(Stage::Split) => "  + split",
            Self::Ours(Stage::Type) => "  + type and validate",
            Self::Ours(Stage::Write) => "  + write",
            Self::Ours(Stage::Commit) => "  + commit = transform",
        })
    }
}

impl Serialize for Engine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Peer(peer) => serializer.serialize_str(peer.as_str()),
            Self::Ours(stage) => serializer.collect_str(&format_args!("ours_{stage}")),
        }
    }
}
