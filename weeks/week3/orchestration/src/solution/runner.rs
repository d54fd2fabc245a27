//! Runs a graph.
//!
//! Invariants: a task starts once at most, and only when its trigger allows it; no more
//! than [`Runner::concurrency`] tasks are at work; an attempt never overlaps another one of
//! the same task. What a task does is its own affair, and so is a panic in it: the task
//! fails, and nobody else.
//!
//! All attempts are polled by whoever awaits [`run`], so they must not block: work that
//! does belongs on a thread.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures::future::{FutureExt as _, pending};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::graph;
use super::schedule::Schedule;
use crate::{Cancel, Done, Failure, GraphError, Outcome, Report, Runner, Task};

/// Runs every task that can be run; reports on all, in the order in which they are listed.
///
/// Starting: of tasks that could start, the first listed does, and no more than
/// [`Runner::concurrency`] are at work at once; a task keeps its place while it pauses. A
/// task that fails takes those with it that need it ([`Trigger`](crate::Trigger)) and nobody
/// else: they are [`Outcome::Skipped`] because of the task that failed, however far before
/// them it stands. Where several before a task have failed, the first in its `after` counts,
/// whoever was faster.
///
/// Attempts: `work` makes one attempt at the task of this name. A failure that is
/// retryable is followed by the pause of [`Runner::pause_before`] and another attempt, until
/// that says `None`; a panic is a failure that is not retryable. [`Done::Already`] is a
/// success.
///
/// Stopping: `work` looks at the [`Cancel`] it is given wherever stopping is safe, and then
/// ends with any [`Failure`]. An attempt is asked when it has taken [`Runner::timeout`], and
/// when `cancel` is requested. From then on it has [`Runner::grace`]: if it is done by then,
/// that counts, however late; if it has stopped after a timeout, it is a failure that is
/// retryable; if it has done neither, the task has failed and is not tried again. Once
/// `cancel` is requested nothing starts, no pause is waited out, and all that is not done
/// is [`Outcome::Cancelled`].
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
    let mut schedule = Schedule::new(tasks);
    let mut at_work = FuturesUnordered::new();
    loop {
        schedule.skip();
        while at_work.len() < runner.concurrency.get() && !cancel.is_requested() {
            let Some(index) = schedule.start() else { break };
            let name = tasks[index].name.as_str();
            let attempts = attempts(runner, cancel, name, &work);
            at_work.push(attempts.map(move |outcome| (index, outcome)));
        }
        match at_work.next().await {
            Some((index, outcome)) => schedule.end(index, outcome),
            None => return Ok(schedule.reports()),
        }
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
        let pause = failure
            .retryable
            .then(|| (runner.pause_before)(attempts + 1, waited));
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
