//! Checkpoint 3.1, orchestration: what runs when, and what becomes of the rest when one
//! part fails.
//!
//! - [`Task`], [`Trigger`], [`GraphError`]: what waits for what
//! - [`Runner`], [`Cancel`]: how many at once, how long, how often again
//! - [`Done`], [`Failure`], [`Outcome`], [`Report`]: what became of every task
//! - [`FIRST_YEAR`], [`YearsError`]: the program years that somebody may ask for
//! - [`YearFacts`], [`PlannedYear`]: which years are to be done, from where on, and why
//! - [`solution`]: the reference; `exercise`: yours; `wrong`: popular mistakes
//!
//! The same work as an Airflow DAG stands in `solution/dags` and `exercise/dags`.
//!
//! Time comes in: a runner sleeps and draws its jitter through the functions it is given,
//! so that a test of an hour of retries takes no time and always ends the same way.

use std::fmt;
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

#[cfg(feature = "exercise")]
pub mod exercise;
pub mod solution;
#[cfg(feature = "exercise")]
pub mod wrong;

/// The first program year of Open Payments.
pub const FIRST_YEAR: i16 = 2013;
/// No program year comes after this one: a typing error does.
pub const LAST_YEAR: i16 = 2100;

/// Text that names no program years.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YearsError {
    /// No number of a year.
    #[error("{text:?} is no year")]
    NotAYear {
        /// The part of the text that was to be one.
        text: String,
    },
    /// A year that has no program.
    #[error("{year}: Open Payments starts in {FIRST_YEAR}, and {LAST_YEAR} is far enough")]
    OutOfRange {
        /// The year.
        year: i16,
    },
    /// A range whose end lies before its start.
    #[error("{first}..{last} runs backwards: write {last}..{first}")]
    Backwards {
        /// As written first.
        first: i16,
        /// As written last.
        last: i16,
    },
}

// ANCHOR: task
/// A node of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name, which no other task has.
    pub name: String,
    /// Names of the tasks that it waits for.
    pub after: Vec<String>,
    /// How they must have ended.
    pub trigger: Trigger,
}
// ANCHOR_END: task

impl Task {
    /// A task that runs when all of `after` have succeeded.
    pub fn new(name: &str, after: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            after: after.iter().map(ToString::to_string).collect(),
            trigger: Trigger::AllSucceeded,
        }
    }
}

// ANCHOR: trigger
/// When a task may start. Airflow calls them `all_success` and `all_done`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trigger {
    /// All tasks before it have succeeded; if one has not, this one is skipped.
    #[default]
    AllSucceeded,
    /// All tasks before it have ended, well or not.
    AllEnded,
}
// ANCHOR_END: trigger

/// Tasks that are no graph, or none that can be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Two tasks have one name.
    #[error("two tasks are called {task:?}")]
    Duplicate {
        /// The name.
        task: String,
    },
    /// A task waits for one that is not there.
    #[error("{task:?} waits for {missing:?}, and there is no such task")]
    Unknown {
        /// The task that waits.
        task: String,
        /// The name that nobody has.
        missing: String,
    },
    /// Tasks that wait for each other.
    #[error("a cycle, which could never start: {}", .tasks.join(" waits for "))]
    Cycle {
        /// Each waits for the next; the first stands at the end again.
        tasks: Vec<String>,
    },
}

/// A pause on the way.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

// ANCHOR: runner
/// How tasks are run.
#[derive(Clone)]
pub struct Runner {
    /// Tasks at work at once.
    pub concurrency: NonZeroUsize,
    /// How long one attempt may take; `None` for as long as it needs.
    pub timeout: Option<Duration>,
    /// How long an attempt that was asked to stop may take to get to a safe point. After
    /// that it is abandoned, and not repeated: it may still be at work somewhere, and a second
    /// attempt beside it would be two at once.
    pub grace: Duration,
    /// The pause before an attempt (the first retry is attempt 2), given the sum of the
    /// task's pauses so far; `None` to give up. Checkpoint 2.1 decides it.
    pub pause_before: Arc<dyn Fn(u32, Duration) -> Option<Duration> + Send + Sync>,
    /// Waits.
    pub sleep: Arc<dyn Fn(Duration) -> Pause + Send + Sync>,
}
// ANCHOR_END: runner

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("concurrency", &self.concurrency)
            .field("timeout", &self.timeout)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}

/// Asks for an end. Nobody is torn away from work: who is at work looks at it wherever
/// stopping is safe. Clones are one and the same.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Asks, for good.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody has asked: for work that stands at a safe point.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub async fn requested(&self) {
        let asked = self.0.subscribe().wait_for(|asked| *asked).await.is_ok();
        debug_assert!(asked, "the sender lives as long as this borrow");
    }
}

// ANCHOR: attempt
/// How an attempt ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The work was done.
    Worked,
    /// It had been done before, and nothing was changed.
    Already {
        /// How the task knows.
        reason: String,
    },
}

/// How an attempt ended badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, in a sentence.
    pub error: String,
    /// Whether the same may go well later: a lost connection may, bad data will not.
    pub retryable: bool,
}
// ANCHOR_END: attempt

// ANCHOR: outcome
/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It did its work.
    Succeeded {
        /// Attempts, the last included.
        attempts: u32,
    },
    /// There was nothing to do.
    Already {
        /// How the task knows.
        reason: String,
    },
    /// It failed, and retrying was useless or used up.
    Failed {
        /// Attempts, the last included.
        attempts: u32,
        /// The last one's error.
        error: String,
    },
    /// It never started: a task before it failed.
    Skipped {
        /// The one that failed.
        because: String,
    },
    /// Everything was asked to stop before it was done; it left off at a safe point or
    /// never started.
    Cancelled,
}
// ANCHOR_END: outcome

impl Outcome {
    /// Whether tasks behind it can build on it.
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded { .. } | Self::Already { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Succeeded { attempts: 1 } => f.write_str("done"),
            Self::Succeeded { attempts } => write!(f, "done at attempt {attempts}"),
            Self::Already { reason } => write!(f, "nothing to do: {reason}"),
            Self::Failed { attempts: 1, error } => write!(f, "failed: {error}"),
            Self::Failed { attempts, error } => {
                write!(f, "failed {attempts} times, at last: {error}")
            }
            Self::Skipped { because } => write!(f, "skipped, because {because} failed"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

/// One task and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its name.
    pub task: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A delivered file as a plan looks at it, without reading it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileFact {
    /// Name as delivered.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
}

/// How far the newest delivery of a dataset has come in the lake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Validation stopped it.
    Failed {
        /// Why.
        reason: String,
    },
    /// In the raw zone.
    Ingested,
    /// Judged, and good enough.
    Validated,
    /// Visible to readers.
    Committed {
        /// Number of the commit.
        sequence: u64,
    },
}

// ANCHOR: facts
/// What is known about a program year before anything runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct YearFacts {
    /// The program year.
    pub year: i16,
    /// Its files in the source.
    pub offered: Vec<FileFact>,
    /// Its files in the lake, of all publications and datasets.
    pub known: Vec<FileFact>,
    /// Its datasets that are to be committed, and how far each has come.
    pub datasets: Vec<(String, Progress)>,
}
// ANCHOR_END: facts

/// Where a year stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum YearState {
    /// Neither the source nor the lake has a file of it.
    MissingSource,
    /// The source has files that the lake has not.
    NotIngested,
    /// Validation has stopped a delivery before.
    FailedBefore,
    /// In the raw zone, not yet judged.
    Ingested,
    /// Judged, not yet committed.
    Validated,
    /// Committed in all its datasets.
    Committed,
}

impl fmt::Display for YearState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MissingSource => "missing source",
            Self::NotIngested => "not ingested",
            Self::FailedBefore => "failed before",
            Self::Ingested => "ingested",
            Self::Validated => "validated",
            Self::Committed => "committed",
        })
    }
}

/// What will be done for a year. Whatever the source has of it is read first: only its bytes
/// can tell that it is what the lake has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing can or need be done.
    Nothing,
    /// Nothing, if the checksums are those of the lake; else all stages.
    Check,
    /// All stages: ingest, validate, transform, commit.
    Ingest,
    /// The stages behind ingestion.
    Resume,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing",
            Self::Check => "compare checksums",
            Self::Ingest => "all stages",
            Self::Resume => "validate, transform, commit",
        })
    }
}

/// One line of a backfill's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedYear {
    /// The program year.
    pub year: i16,
    /// Where it stands.
    pub state: YearState,
    /// What will be done.
    pub action: Action,
    /// Why, in a sentence that names what decided: a count of files, a dataset, the reason of
    /// a failure, the number of a commit.
    pub why: String,
}

/// Which years come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The recent years, which people ask about most.
    #[default]
    NewestFirst,
    /// The history, in its order.
    OldestFirst,
}
