//! Mistakes about what runs when, and how often.

/// The first failure ends the run.
pub mod fail_fast {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task};

    /// Runs until one task has failed.
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
        let attempt = |name: &str, asked: Cancel| {
            let attempt = work(name, asked.clone());
            async move {
                let result = attempt.await;
                let is_final = |failure: &Failure| !failure.retryable && !asked.is_requested();
                if result.as_ref().is_err_and(is_final) {
                    cancel.request();
                }
                result
            }
        };
        crate::solution::run(tasks, runner, cancel, attempt).await
    }
}

/// A skipped task blames the one just before it.
pub mod last_link {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Outcome, Report, Runner, Task};

    /// Runs, and names the last link of a chain.
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
        let mut reports = crate::solution::run(tasks, runner, cancel, work).await?;
        let ended = reports.clone();
        let is_well = |name: &String| {
            let mut ended = ended.iter();
            ended.any(|report| report.task == *name && report.outcome.is_success())
        };
        for (report, task) in reports.iter_mut().zip(tasks) {
            if let Outcome::Skipped { because } = &mut report.outcome {
                let before = task.after.iter().find(|before| !is_well(before));
                *because = before.cloned().unwrap_or_default();
            }
        }
        Ok(reports)
    }
}

/// Every task needs all before it, because that is the default.
pub mod default_trigger {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task, Trigger};

    /// Runs, whatever the triggers say.
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
        let mut tasks = tasks.to_vec();
        for task in &mut tasks {
            task.trigger = Trigger::AllSucceeded;
        }
        crate::solution::run(&tasks, runner, cancel, work).await
    }
}

/// Whatever can start does: `join_all`, or a task spawned for each.
pub mod unbounded {
    pub use crate::solution::*;

    use std::num::NonZeroUsize;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task};

    /// Runs all that can run, at once.
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
        let concurrency = NonZeroUsize::MAX;
        let runner = Runner {
            concurrency,
            ..runner.clone()
        };
        crate::solution::run(tasks, &runner, cancel, work).await
    }
}

/// A failure is a failure: try again.
pub mod retries_everything {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task};

    /// Runs, and repeats what no repetition mends.
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
        let attempt = |name: &str, asked: Cancel| {
            let attempt = work(name, asked);
            async {
                attempt.await.map_err(|failure| Failure {
                    retryable: true,
                    ..failure
                })
            }
        };
        crate::solution::run(tasks, runner, cancel, attempt).await
    }
}

/// The policy is asked about retries, and answers about attempts.
pub mod counts_retries {
    pub use crate::solution::*;

    use std::sync::Arc;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task};

    /// Runs, one attempt too often.
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
        let policy = Arc::clone(&runner.pause_before);
        let runner = Runner {
            pause_before: Arc::new(move |attempt, waited| policy(attempt - 1, waited)),
            ..runner.clone()
        };
        crate::solution::run(tasks, &runner, cancel, work).await
    }
}

/// `tokio::time::timeout` and a retry: the future is dropped, the work goes on.
pub mod torn_away {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Report, Runner, Task};

    /// Runs, and lets go of an attempt that takes too long.
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
        let (timeout, sleep) = (runner.timeout, &runner.sleep);
        let attempt = |name: &str, asked: Cancel| {
            let attempt = work(name, asked);
            async move {
                let Some(timeout) = timeout else {
                    return attempt.await;
                };
                tokio::select! {
                    biased;
                    result = attempt => result,
                    () = sleep(timeout) => Err(Failure {
                        error: format!("it took longer than {timeout:?}"),
                        retryable: true,
                    }),
                }
            }
        };
        let runner = Runner {
            timeout: None,
            ..runner.clone()
        };
        crate::solution::run(tasks, &runner, cancel, attempt).await
    }
}

/// Nothing to do is no success: a task that skips itself skips all behind it.
pub mod done_is_skipped {
    pub use crate::solution::*;

    use crate::{Cancel, Done, Failure, GraphError, Outcome, Report, Runner, Task};

    const MARK: &str = "nothing to do: ";

    /// Runs, and builds on nothing that was done before.
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
        let attempt = |name: &str, asked: Cancel| {
            let attempt = work(name, asked);
            async {
                match attempt.await? {
                    Done::Worked => Ok(Done::Worked),
                    Done::Already { reason } => Err(Failure {
                        error: format!("{MARK}{reason}"),
                        retryable: false,
                    }),
                }
            }
        };
        let mut reports = crate::solution::run(tasks, runner, cancel, attempt).await?;
        for report in &mut reports {
            if let Outcome::Failed { error, .. } = &report.outcome
                && let Some(reason) = error.strip_prefix(MARK)
            {
                let reason = reason.to_owned();
                report.outcome = Outcome::Already { reason };
            }
        }
        Ok(reports)
    }
}
