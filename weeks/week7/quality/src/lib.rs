//! Checkpoint 7.1, quality: rules as data, and what a measurement says about them.
//!
//! A quality rule is a question in words, a query that answers it with one
//! number, and the bound that the number has to keep. Rules live in a YAML file,
//! so that a reviewer reads them without reading Rust; this crate reads and
//! checks that file and judges measurements. It runs no query: the capstone
//! measures, and [`solution::evaluate`] judges.
//!
//! - [`Rule`], [`RuleSet`], [`Bound`]: a rule, the file of rules, and what a rule allows
//! - [`Verdict`], [`Status`], [`Summary`]: one judgement, and the gate over all of them
//! - [`solution`]: the reference, and the rules that the capstone runs on
//!
//! Invariants:
//! - A measurement that is absent, `NULL`, NaN or infinite never passes. An empty
//!   table makes most shares `NULL`; a gate that lets them through is open
//!   exactly when everything has gone wrong.
//! - A rule of severity `warn` never closes the gate, and one of severity `fail`
//!   that does not pass always does.

use std::fmt;

use serde::{Deserialize, Serialize};

pub mod solution;

/// What a rule is about. The names are those of `quality.results.dimension`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dimension {
    /// Is what should be filled really filled?
    Completeness,
    /// Does each thing stand once?
    Uniqueness,
    /// Does each value make sense by itself?
    Validity,
    /// Do values that depend on each other agree?
    Consistency,
    /// Is every row and every cent of the source accounted for?
    Accounting,
}

impl Dimension {
    /// Every dimension, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Completeness,
        Self::Uniqueness,
        Self::Validity,
        Self::Consistency,
        Self::Accounting,
    ];

    /// The name in the rules file and in `quality.results`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Uniqueness => "uniqueness",
            Self::Validity => "validity",
            Self::Consistency => "consistency",
            Self::Accounting => "accounting",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule that is not kept does to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Closes the gate: the run fails.
    Fail,
    /// Is reported, and the run goes on.
    Warn,
}

impl Severity {
    /// The name in the rules file and in `quality.results`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
        }
    }
}

/// How a measurement is to be read and shown. It never changes a verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A number of things.
    #[default]
    Count,
    /// A part of a whole, 0 to 1; shown in per cent.
    Share,
    /// US cents; shown in dollars.
    Cents,
}

impl Unit {
    /// The name in the rules file and in `quality.results`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "share",
            Self::Cents => "cents",
        }
    }
}

/// The numbers that a rule allows: both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound {
    /// The smallest that passes; `None` for no lower end.
    pub min: Option<f64>,
    /// The largest that passes; `None` for no upper end.
    pub max: Option<f64>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Stable name, lower snake case.
    pub id: String,
    /// The question in words, which a yes answers well.
    pub question: String,
    /// What it is about.
    pub dimension: Dimension,
    /// What happens when it is not kept.
    pub severity: Severity,
    /// How to show the measurement.
    pub unit: Unit,
    /// A query with one row and one column: the number observed.
    pub sql: String,
    /// What that number may be.
    pub bound: Bound,
    /// A query with one text column: one line for each row that breaks the rule.
    /// It names ids and places, never people.
    pub failing: Option<String>,
}

/// The rules of one file, in its order, checked by [`solution::parse`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleSet {
    /// At least one; ids are unique.
    pub rules: Vec<Rule>,
}

/// How a measurement was judged. The names are those of `quality.results.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The number keeps the bound.
    Passed,
    /// It does not, or there is none, and the rule only warns.
    Warned,
    /// It does not, or there is none, and the rule gates.
    Failed,
}

impl Status {
    /// The name in `quality.results`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
        }
    }
}

/// One rule judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Id of the rule.
    pub rule: String,
    /// Copied from the rule.
    pub dimension: Dimension,
    /// Copied from the rule.
    pub severity: Severity,
    /// The judgement.
    pub status: Status,
    /// What was measured; `None` where nothing usable was.
    pub observed: Option<f64>,
    /// The bound in words, such as `at most 1 %`.
    pub expected: String,
    /// Why it did not pass, in one sentence; `None` if it passed.
    pub reason: Option<String>,
}

/// All verdicts of a run in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rules that passed.
    pub passed: usize,
    /// Rules that warned.
    pub warned: usize,
    /// Rules that failed.
    pub failed: usize,
}

impl Summary {
    /// Number of rules judged.
    pub const fn total(self) -> usize {
        self.passed + self.warned + self.failed
    }

    /// Whether the run may go on: rules were judged, and none failed.
    pub const fn gate_open(self) -> bool {
        self.total() > 0 && self.failed == 0
    }
}

/// What is wrong with one rule of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule}: {problem}")]
pub struct RuleProblem {
    /// Id of the rule, or its position from 1 where it has none.
    pub rule: String,
    /// What to change.
    pub problem: String,
}

/// Why a file of rules can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Not YAML, an unknown key, or a value outside its list.
    #[error("the rules do not parse: {0}")]
    Syntax(String),
    /// There is nothing to check, so nothing could ever fail.
    #[error("the file has no rules")]
    Empty,
    /// Every problem found, not only the first.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<RuleProblem>),
}
