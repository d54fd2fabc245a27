//! Runs a graph.
//!
//! Invariants: a task starts once at most, and only when its trigger allows it; no more
//! than [`Runner::concurrency`] tasks are at work; an attempt never overlaps another one of
//! the same task. What a task does is its own affair, and so is a panic in it: the task
//! fails, and nobody else.
//!
//! All attempts are polled by whoever awaits [`run`], so they must not block: work that
//! does belongs on a thread.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures::future::{FutureExt as _, pending};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::graph;
use crate::{Cancel, Done, Failure, GraphError, Outcome, Report, Runner, Task, Trigger};

/// Runs every task that can be run; reports on all, in the order in which they are listed.
///
/// Of tasks that could start, the first listed does. `work` makes one attempt at the task
/// of this name; it looks at the [`Cancel`] it is given wherever stopping is safe, and
/// then ends with any [`Failure`]. Once `cancel` is requested nothing new starts.
pub async fn run<W, F>(
    tasks: &[Task],
    runner: &Runner,
    cancel: &Cancel,
    work: W,
) -> Result<Vec<Report>, GraphError>
where
    W: Fn(&str, Cancel) -> F,
    F: Future<Output = Result<Done, Failure>>,
{
    graph::order(tasks)?;
    let mut state = State::new(tasks);
    let mut at_work = FuturesUnordered::new();
    loop {
        state.skip();
        while at_work.len() < runner.concurrency.get() && !cancel.is_requested() {
            let Some(index) = state.start() else { break };
            let name = tasks[index].name.as_str();
            let attempts = attempts(runner, cancel, name, &work);
            at_work.push(attempts.map(move |outcome| (index, outcome)));
        }
        match at_work.next().await {
            Some((index, outcome)) => state.outcomes[index] = Some(outcome),
            None => return Ok(state.reports()),
        }
    }
}

/// What has become of the tasks so far.
struct State<'a> {
    tasks: &'a [Task],
    /// For each task the positions of those that it waits for.
    after: Vec<Vec<usize>>,
    started: Vec<bool>,
    outcomes: Vec<Option<Outcome>>,
}

impl<'a> State<'a> {
    fn new(tasks: &'a [Task]) -> Self {
        let names = tasks.iter().enumerate();
        let positions: HashMap<&str, usize> = names
            .map(|(index, task)| (task.name.as_str(), index))
            .collect();
        let position = |name: &String| positions[name.as_str()];
        Self {
            tasks,
            after: tasks
                .iter()
                .map(|task| task.after.iter().map(position).collect())
                .collect(),
            started: vec![false; tasks.len()],
            outcomes: vec![None; tasks.len()],
        }
    }

    /// Takes out the tasks that can't be run any more, and those behind them.
    fn skip(&mut self) {
        while let Some((index, outcome)) =
            (0..self.tasks.len()).find_map(|index| Some((index, self.hopeless(index)?)))
        {
            self.outcomes[index] = Some(outcome);
        }
    }

    /// What becomes of a task that can't start any more. It waits for all before it, so
    /// that the cause it names does not depend on who was faster.
    fn hopeless(&self, index: usize) -> Option<Outcome> {
        if !self.is_next(index) || self.tasks[index].trigger == Trigger::AllEnded {
            return None;
        }
        self.after[index].iter().find_map(|before| {
            Some(match self.outcomes[*before].as_ref()? {
                Outcome::Failed { .. } => Outcome::Skipped {
                    because: self.tasks[*before].name.clone(),
                },
                // The cause, not the last link of the chain.
                Outcome::Skipped { because } => Outcome::Skipped {
                    because: because.clone(),
                },
                Outcome::Cancelled => Outcome::Cancelled,
                Outcome::Succeeded { .. } | Outcome::Already { .. } => return None,
            })
        })
    }

    /// Whether a task has not begun, and all before it have ended.
    fn is_next(&self, index: usize) -> bool {
        let ended = |before: &usize| self.outcomes[*before].is_some();
        !self.started[index]
            && self.outcomes[index].is_none()
            && self.after[index].iter().all(ended)
    }

    /// The first task that can start now; it counts as started.
    fn start(&mut self) -> Option<usize> {
        // Those that may not start have been skipped.
        let index = (0..self.tasks.len()).find(|index| self.is_next(*index))?;
        self.started[index] = true;
        Some(index)
    }

    /// Whatever has not ended by now was cancelled.
    fn reports(self) -> Vec<Report> {
        let names = self.tasks.iter().map(|task| task.name.clone());
        let reports = names.zip(self.outcomes).map(|(task, outcome)| Report {
            task,
            outcome: outcome.unwrap_or(Outcome::Cancelled),
        });
        reports.collect()
    }
}

/// How one attempt ended.
enum Attempt {
    Done(Done),
    Failed(Failure),
    Cancelled,
}

/// One task, as often as it takes.
async fn attempts<W, F>(runner: &Runner, cancel: &Cancel, name: &str, work: &W) -> Outcome
where
    W: Fn(&str, Cancel) -> F,
    F: Future<Output = Result<Done, Failure>>,
{
    let (mut attempts, mut waited) = (1, Duration::ZERO);
    loop {
        let failure = match attempt(runner, cancel, name, work).await {
            Attempt::Done(Done::Worked) => return Outcome::Succeeded { attempts },
            Attempt::Done(Done::Already { reason }) => return Outcome::Already { reason },
            Attempt::Cancelled => return Outcome::Cancelled,
            Attempt::Failed(failure) => failure,
        };
        let again = failure.retryable && !cancel.is_requested();
        let pause = again.then(|| (runner.pause_before)(attempts + 1, waited));
        let Some(pause) = pause.flatten() else {
            let error = failure.error;
            return Outcome::Failed { attempts, error };
        };
        tokio::select! {
            biased;
            () = cancel.requested() => return Outcome::Cancelled,
            () = (runner.sleep)(pause) => {}
        }
        attempts += 1;
        waited += pause;
    }
}

async fn attempt<W, F>(runner: &Runner, cancel: &Cancel, name: &str, work: &W) -> Attempt
where
    W: Fn(&str, Cancel) -> F,
    F: Future<Output = Result<Done, Failure>>,
{
    // Its own, so that a timeout concerns this attempt alone.
    let asked = Cancel::default();
    // Called inside, so that a panic before the first await is caught as well.
    let attempt = async { work(name, asked.clone()).await };
    let mut attempt = pin!(AssertUnwindSafe(attempt).catch_unwind().map(ended));
    let cancelled = tokio::select! {
        biased;
        ended = &mut attempt => return ended,
        () = cancel.requested() => true,
        () = timeout(runner) => false,
    };
    asked.request();
    let stopped = tokio::select! {
        biased;
        ended = &mut attempt => Some(ended),
        () = (runner.sleep)(runner.grace) => None,
    };
    match stopped {
        // Done is done, however late.
        Some(Attempt::Done(done)) => Attempt::Done(done),
        _ if cancelled => Attempt::Cancelled,
        stopped => Attempt::Failed(too_slow(runner, stopped.is_some())),
    }
}

fn ended(result: std::thread::Result<Result<Done, Failure>>) -> Attempt {
    match result {
        Ok(Ok(done)) => Attempt::Done(done),
        Ok(Err(failure)) => Attempt::Failed(failure),
        Err(_panic) => Attempt::Failed(Failure {
            error: "it panicked, which is a defect of the program".to_owned(),
            retryable: false,
        }),
    }
}

async fn timeout(runner: &Runner) {
    match runner.timeout {
        Some(timeout) => (runner.sleep)(timeout).await,
        None => pending().await,
    }
}

/// An attempt that did not stop when asked may still be at work somewhere: trying again
/// beside it would be two at once.
fn too_slow(runner: &Runner, stopped: bool) -> Failure {
    let timeout = runner.timeout.unwrap_or_default();
    let (grace, limit) = (runner.grace, format!("it took longer than {timeout:?}"));
    Failure {
        error: if stopped {
            limit
        } else {
            format!("{limit}, and had not stopped {grace:?} after it was asked to")
        },
        retryable: stopped,
    }
}
