//! What was measured, as a table and as a document.

use std::fmt::Write as _;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::engine::{Engine, Peer};
use super::machine::Machine;
use super::measure::Cost;
use super::proof::Proof;
use super::workload::Workload;

/// Everything that one call found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// On what.
    pub machine: Machine,
    /// Turns of every engine.
    pub rounds: u32,
    /// Workload by workload, and each by number of threads.
    pub comparisons: Vec<Comparison>,
}

/// Engines at the same work.
#[derive(Debug, Clone)]
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
    /// What our result and `DuckDB`'s have in common.
    pub proof: Proof,
    /// Ours first.
    pub runs: Vec<Runs>,
}

/// All turns of one engine.
#[derive(Debug, Clone)]
pub struct Runs {
    /// Who.
    pub engine: Engine,
    /// In the order of the rounds; none where `note` says why.
    pub costs: Vec<Cost>,
    /// Why there is no figure.
    pub note: Option<String>,
}

/// A measure over all rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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
            note: None,
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

/// What is derived from an engine's turns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// Records of the file per second from start to end.
    rows_per_s: Option<f64>,
    /// Records per second of processor time.
    rows_per_s_per_core: Option<f64>,
    /// 10^6 bytes of the file per second from start to end.
    mb_per_s: Option<f64>,
    /// Records per second of processor time, `DuckDB`'s being 1.
    ratio: Option<f64>,
}

impl Comparison {
    /// Medians against the size of the file, and against `DuckDB`.
    pub fn rates(&self, runs: &Runs) -> Rates {
        let per = |amount: f64, time: Option<Spread>| Some(amount / time?.median);
        let (rows, wall, cpu) = (self.records as f64, runs.wall_s(), runs.cpu_s());
        let duckdb = self
            .runs
            .iter()
            .find(|runs| runs.engine == Engine::Peer(Peer::Duckdb));
        let duckdb = duckdb.and_then(Runs::cpu_s);
        Rates {
            rows_per_s: per(rows, wall),
            rows_per_s_per_core: per(rows, cpu),
            mb_per_s: per(self.bytes as f64 / 1e6, wall),
            ratio: duckdb.and_then(|duckdb| per(duckdb.median, cpu)),
        }
    }

    fn title(&self) -> String {
        let threads = match self.threads {
            1 => "1 thread".to_owned(),
            several => format!("{several} threads"),
        };
        format!(
            "{} columns, {:.2} GB, {} records, {} faults, {threads}\n",
            self.workload.columns,
            self.bytes as f64 / 1e9,
            self.records,
            self.faults,
        )
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        let proof = &self.proof;
        let mut out = self.title();
        let _ = write!(
            out,
            "equal results: {} rows accepted, {} rejected",
            proof.accepted, proof.rejected
        );
        if proof.swallowed > 0 {
            let _ = write!(
                out,
                "; but {} behind an open quote at the end of a line, which DuckDB loses",
                proof.swallowed
            );
        }
        let _ = writeln!(
            out,
            "\n{:<24}{:>20}{:>20}{:>9}{:>10}{:>12}{:>7}{:>7}",
            "", "wall s", "CPU s", "peak MB", "rows/s", "rows/s/core", "MB/s", "ratio"
        );
        for runs in &self.runs {
            out += &self.line(runs);
        }
        out
    }

    fn line(&self, runs: &Runs) -> String {
        let name = runs.engine.to_string();
        if let Some(note) = &runs.note {
            return format!("{name:<24}  {note}\n");
        }
        let rates = self.rates(runs);
        let whole = |value: Option<f64>| shown(value.map(|value| format!("{value:.0}")));
        format!(
            "{name:<24}{:>20}{:>20}{:>9}{:>10}{:>12}{:>7}{:>7}\n",
            seconds(runs.wall_s()),
            seconds(runs.cpu_s()),
            shown(
                runs.peak_bytes()
                    .map(|bytes| (bytes / 1_000_000).to_string())
            ),
            whole(rates.rows_per_s),
            whole(rates.rows_per_s_per_core),
            whole(rates.mb_per_s),
            shown(rates.ratio.map(|ratio| format!("{ratio:.2}"))),
        )
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let engines: Vec<_> = self.runs.iter().map(|runs| self.document(runs)).collect();
        let mut document = serializer.serialize_struct("Comparison", 7)?;
        document.serialize_field("workload", &self.workload)?;
        document.serialize_field("bytes", &self.bytes)?;
        document.serialize_field("records", &self.records)?;
        document.serialize_field("faults", &self.faults)?;
        document.serialize_field("threads", &self.threads)?;
        document.serialize_field("proof", &self.proof)?;
        document.serialize_field("engines", &engines)?;
        document.end()
    }
}

/// An engine in the document: what was measured, and what follows from it.
#[derive(Serialize)]
struct EngineDocument<'a> {
    engine: Engine,
    note: Option<&'a str>,
    wall_s: Option<Spread>,
    cpu_s: Option<Spread>,
    peak_bytes: Option<u64>,
    #[serde(flatten)]
    rates: Rates,
    rounds: &'a [Cost],
}

impl Comparison {
    fn document<'a>(&self, runs: &'a Runs) -> EngineDocument<'a> {
        EngineDocument {
            engine: runs.engine,
            note: runs.note.as_deref(),
            wall_s: runs.wall_s(),
            cpu_s: runs.cpu_s(),
            peak_bytes: runs.peak_bytes(),
            rates: self.rates(runs),
            rounds: &runs.costs,
        }
    }
}

impl Report {
    /// For a terminal.
    pub fn to_text(&self) -> String {
        let tables: Vec<String> = self.comparisons.iter().map(Comparison::to_text).collect();
        format!(
            "{}{} rounds: median (least to most). Ratio: rows/s/core against DuckDB's.\n\n{}",
            self.machine.to_text(),
            self.rounds,
            tables.join("\n")
        )
    }
}

fn seconds(spread: Option<Spread>) -> String {
    shown(spread.map(|spread| {
        let Spread {
            median,
            least,
            most,
        } = spread;
        format!("{median:.2} ({least:.2}-{most:.2})")
    }))
}

fn shown(value: Option<String>) -> String {
    value.unwrap_or_else(|| "n/a".to_owned())
}
