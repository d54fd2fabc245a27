//! What was measured, as a table and as a document.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::measure::Cost;
use super::proof::Proof;
use super::stage::Stage;
use super::workload::Workload;

/// Who works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Our pipeline, as far as a stage.
    Ours(Stage),
    /// DuckDB with the script.
    Duckdb,
}

impl Engine {
    /// Who takes turns. The steps of ours come after what is compared.
    pub(super) fn all(ablation: bool) -> impl Iterator<Item = Self> {
        let steps = [
            Stage::Ingest,
            Stage::Read,
            Stage::Split,
            Stage::Type,
            Stage::Write,
        ];
        let steps = steps.into_iter().filter(move |_| ablation);
        [
            Self::Ours(Stage::All),
            Self::Duckdb,
            Self::Ours(Stage::Commit),
        ]
        .into_iter()
        .chain(steps.map(Self::Ours))
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duckdb => "DuckDB",
            Self::Ours(Stage::All) => "ours",
            Self::Ours(Stage::Commit) => "ours, transform alone",
            Self::Ours(Stage::Ingest) => "  ingest alone",
            Self::Ours(Stage::Read) => "  read",
            Self::Ours(Stage::Split) => "  + split",
            Self::Ours(Stage::Type) => "  + type and validate",
            Self::Ours(Stage::Write) => "  + write",
        })
    }
}

impl Serialize for Engine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.to_string().trim_start())
    }
}

/// All turns of one engine.
#[derive(Debug, Clone, Serialize)]
pub struct Runs {
    /// Who.
    pub engine: Engine,
    /// In the order of the rounds.
    pub costs: Vec<Cost>,
}

/// Engines at the same work.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Which file.
    pub workload: Workload,
    /// Its bytes.
    pub bytes: u64,
    /// Its data records.
    pub records: u64,
    /// Faults in it, harmless ones included.
    pub faults: u64,
    /// Threads of every engine.
    pub threads: usize,
    /// What the results have in common.
    pub proof: Proof,
    /// Ours first.
    pub runs: Vec<Runs>,
}

/// A measure over all rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle one; of an even number the mean of the middle two.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// None of no values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(*values.get(middle.checked_sub(1)?)?, values[middle])
        };
        Some(Self {
            median,
            least: *values.first()?,
            most: *values.last()?,
        })
    }
}

impl Runs {
    /// Nothing yet.
    pub(super) fn new(engine: Engine) -> Self {
        Self {
            engine,
            costs: Vec::new(),
        }
    }

    /// Processor seconds; none where the system does not account for them.
    pub fn cpu_s(&self) -> Option<Spread> {
        let all: Option<Vec<f64>> = self.costs.iter().map(|cost| cost.cpu_s).collect();
        Spread::of(all?)
    }

    /// Seconds from start to end.
    pub fn wall_s(&self) -> Option<Spread> {
        Spread::of(self.costs.iter().map(|cost| cost.wall_s))
    }

    /// The most memory that any round held.
    pub fn peak_bytes(&self) -> Option<u64> {
        self.costs.iter().filter_map(|cost| cost.peak_bytes).max()
    }
}

impl Comparison {
    /// For a terminal.
    pub fn to_text(&self) -> String {
        let workload = &self.workload;
        let mut out = format!(
            "{} columns, {} records, {:.2} GB, {} faults ({} %), {}\n",
            workload.columns,
            self.records,
            self.bytes as f64 / 1e9,
            self.faults,
            workload.faults * 100.0,
            if self.threads == 1 {
                "1 thread".to_owned()
            } else {
                format!("{} threads", self.threads)
            },
        );
        let proof = &self.proof;
        let _ = writeln!(
            out,
            "equal: {} accepted, {} rejected; {} that DuckDB loses behind an open quote",
            proof.accepted, proof.rejected, proof.swallowed
        );
        let _ = writeln!(
            out,
            "{:<24}{:>16}{:>16}{:>9}{:>11}{:>12}{:>8}{:>8}",
            "", "wall s", "CPU s", "peak MB", "rows/s", "rows/s/core", "MB/s", "ratio"
        );
        for runs in &self.runs {
            out += &self.line(runs);
        }
        out
    }

    fn line(&self, runs: &Runs) -> String {
        let (wall, cpu) = (runs.wall_s(), runs.cpu_s());
        let rate = |amount: f64, spread: Option<Spread>| {
            shown(spread.map(|spread| format!("{:.0}", amount / spread.median)))
        };
        let rows = self.records as f64;
        format!(
            "{:<24}{:>16}{:>16}{:>9}{:>11}{:>12}{:>8}{:>8}\n",
            runs.engine.to_string(),
            seconds(wall),
            seconds(cpu),
            shown(
                runs.peak_bytes()
                    .map(|bytes| (bytes / 1_000_000).to_string())
            ),
            rate(rows, wall),
            rate(rows, cpu),
            rate(self.bytes as f64 / 1e6, wall),
            shown(self.ratio(runs).map(|ratio| format!("{ratio:.2}"))),
        )
    }

    /// Rows per second and core against DuckDB's, which is 1.
    pub fn ratio(&self, runs: &Runs) -> Option<f64> {
        let duckdb = self
            .runs
            .iter()
            .find(|runs| runs.engine == Engine::Duckdb)?;
        Some(duckdb.cpu_s()?.median / runs.cpu_s()?.median)
    }
}

fn seconds(spread: Option<Spread>) -> String {
    shown(spread.map(|spread| {
        format!(
            "{:.2} ({:.2}-{:.2})",
            spread.median, spread.least, spread.most
        )
    }))
}

fn shown(value: Option<String>) -> String {
    value.unwrap_or_else(|| "n/a".to_owned())
}
