//! Runs a graph.
//!
//! Invariants: a task starts once at most, and only when its trigger allows it; no more
//! than [`Runner::concurrency`] tasks are at work; an attempt never overlaps another one of
//! the same task. What a task does is its own affair, and so is a panic in it: the task
//! fails, and nobody else.
//!
//! All attempts are polled by whoever awaits [`run`], so they must not block: work that
//! does belongs on a thread.
//!
//! Given: the [`Schedule`]'s frame, what a panic becomes ([`ended`]), the timeout as a
//! future. Yours: the loop that keeps the places filled, the retries, and one attempt from
//! its start to the point where nobody works on it any more.

use std::future::pending;
use std::time::Duration;

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
    todo!(
        "start what {} tasks let start, {} at once, until all have ended",
        tasks.len(),
        runner.concurrency
    )
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
    todo!("attempts at {name}, with the pauses of {runner:?} between them")
}

/// One attempt: until it is done, has failed, or has stopped after it was asked to.
///
/// A [`Cancel`] of its own asks it, so that a timeout concerns this attempt alone. To catch
/// a panic before the first await as well, call `work` inside:
/// `AssertUnwindSafe(async { work(name, asked.clone()).await }).catch_unwind().map(ended)`.
async fn attempt<W, F>(runner: &Runner, cancel: &Cancel, name: &str, work: &W) -> Attempt
where
    W: Fn(&str, Cancel) -> F,
    F: Future<Output = Result<Done, Failure>>,
{
    todo!(
        "{name} against {:?} and a cancel; then at most {:?}",
        runner.timeout,
        runner.grace
    )
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
