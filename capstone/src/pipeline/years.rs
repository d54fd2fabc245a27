//! Program years on the runner of checkpoint 3.1: each is a task, and the warehouse follows
//! when all of them have ended.
//!
//! Years overlap where they only read: copying and transforming, which take memory, is done
//! by one of them at a time, with every thread. So memory is bounded as for one year alone.
//!
//! A year fails alone. What is wrong with its data is a problem that the summary names;
//! what is wrong around the program (a disk, a connection) is the attempt's error, once
//! every year has had its try.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use store::StoreError;
use tokio::sync::oneshot;
use week2_ingestion::RetryPolicy;
use week3_orchestration::{Cancel, Done, Failure, Report, Runner};

use super::Pipeline;
use super::deliveries::{Deliveries, Findings};
use crate::accounts::LakeState;
use crate::backfill::Backfill;
use crate::context::Capstone;
use crate::error::{NOT_YET, exit_code};
use crate::ingest::{Ingestion, Problem};
use crate::parts::{self, orchestration};

impl Pipeline<'_> {
    /// Carries out a plan, at most `concurrency` years at once: what became of each task,
    /// and the error of the attempt.
    pub fn years(
        &mut self,
        backfill: &Backfill,
        concurrency: NonZeroUsize,
    ) -> (Vec<Report>, anyhow::Result<()>) {
        self.summary.problems.extend(backfill.problems.clone());
        self.summary.unchanged.extend(backfill.unchanged());
        let tasks = orchestration::tasks(&backfill.plan);
        let capstone = self.capstone;
        let work = Work {
            capstone,
            backfill,
            turn: Mutex::new(()),
            years: Mutex::default(),
            errors: Mutex::default(),
            pipeline: Mutex::new(self),
        };
        let reports = thread::scope(|scope| {
            let start = |task: &str, _: Cancel| {
                let (done, result) = oneshot::channel();
                let (work, task) = (&work, task.to_owned());
                // Nobody listens once the runner is gone.
                scope.spawn(move || drop(done.send(work.guarded(&task))));
                async { result.await.unwrap_or_else(|_| Err(defect())) }
            };
            let (runner, cancel) = (runner(concurrency), Cancel::default());
            let run = orchestration::run(&tasks, &runner, &cancel, start);
            capstone.lake.runtime().block_on(run)
        });
        let reports = reports.expect("a year stands once in a plan, and waits for nobody");
        let result = work.end(&reports);
        (reports, result)
    }
}

/// The lake's client has repeated single requests already; what is still lost then may be
/// back in half a minute.
const RETRY: RetryPolicy = RetryPolicy {
    max_attempts: 3,
    base: Duration::from_secs(1),
    cap: Duration::from_secs(30),
    budget: Duration::from_mins(1),
};

fn runner(concurrency: NonZeroUsize) -> Runner {
    let pause_before =
        |attempt, waited| parts::ingestion::delay_before(&RETRY, attempt, waited, rand::random());
    Runner {
        concurrency,
        // A year takes as long as its bytes do; every request to the lake has its limit.
        timeout: None,
        grace: Duration::ZERO,
        pause_before: Arc::new(pause_before),
        sleep: Arc::new(|pause| Box::pin(tokio::time::sleep(pause))),
    }
}

/// One year's last attempt.
struct Year {
    found: Findings,
    error: Option<anyhow::Error>,
}

/// What all tasks share.
struct Work<'a, 'b, 'c> {
    capstone: &'a Capstone,
    backfill: &'a Backfill,
    /// Held by the one year that copies or transforms.
    turn: Mutex<()>,
    years: Mutex<BTreeMap<i16, Year>>,
    /// What ends the attempt with an error, in the order in which it was found.
    errors: Mutex<Vec<anyhow::Error>>,
    pipeline: Mutex<&'b mut Pipeline<'c>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failure(error: impl Into<String>) -> Failure {
    Failure {
        error: error.into(),
        retryable: false,
    }
}

/// The panic hook has said more.
fn defect() -> Failure {
    failure("it ended in a defect of the program")
}

impl Work<'_, '_, '_> {
    /// A panic is one task's failure.
    fn guarded(&self, task: &str) -> Result<Done, Failure> {
        let task = || match task.parse() {
            Ok(year) => self.year(year),
            Err(_) => self.warehouse(task),
        };
        catch_unwind(AssertUnwindSafe(task)).unwrap_or_else(|_| Err(defect()))
    }

    fn year(&self, year: i16) -> Result<Done, Failure> {
        let _span = tracing::info_span!("program_year", year).entered();
        let mut deliveries = Deliveries::new(self.capstone);
        let result = self.stages(year, &mut deliveries);
        let found = deliveries.found;
        let outcome = match &result {
            Err(error) => Err(Failure {
                error: format!("{error:#}"),
                retryable: is_retryable(error),
            }),
            Ok(()) => done(&found),
        };
        let error = result.err();
        lock(&self.years).insert(year, Year { found, error });
        outcome
    }

    /// Ctrl-C is not asked for between stages: the program may end at any point, and every
    /// point is safe.
    fn stages(&self, year: i16, deliveries: &mut Deliveries<'_>) -> anyhow::Result<()> {
        let files = self.backfill.files_of(year);
        let audited = (!files.is_empty()).then(|| deliveries.audit_year(year, files));
        let audited = audited.transpose()?;
        let _turn = lock(&self.turn);
        if let Some(audited) = audited {
            deliveries.store_year(audited)?;
        }
        let state = LakeState::read(&self.capstone.lake)?;
        let mut wanted = state.wanted.clone();
        wanted.retain(|ingested| ingested.delivery.program_year == year);
        deliveries.validate(&state, &wanted)?;
        deliveries.transform(&state, &wanted)
    }

    fn warehouse(&self, task: &str) -> Result<Done, Failure> {
        let mut pipeline = lock(&self.pipeline);
        let result = match task {
            orchestration::LOAD => {
                let ingested = self.merge(&mut pipeline);
                self.settle(ingested)?;
                self.can_be_loaded(&pipeline)?;
                pipeline.load()
            }
            orchestration::QUALITY => pipeline.quality(),
            orchestration::REPORT => pipeline.report(),
            other => unreachable!("{other} is no task of a plan"),
        };
        result
            .map(|()| Done::Worked)
            .map_err(|error| self.ends(error))
    }

    /// The attempt ends with this error.
    fn ends(&self, error: anyhow::Error) -> Failure {
        let failure = failure(format!("{error:#}"));
        lock(&self.errors).push(error);
        failure
    }

    /// Adds up the years, all of which have ended; gives what they ingested.
    fn merge(&self, pipeline: &mut Pipeline<'_>) -> Ingestion {
        let mut sum = Findings::default();
        for (year, Year { found, error }) in std::mem::take(&mut *lock(&self.years)) {
            sum.add(found);
            let subject = format!("program year {year}");
            match error {
                Some(error) if exit_code(&error) == NOT_YET => sum.problems.push(Problem {
                    subject,
                    error: format!("{error:#}"),
                }),
                Some(error) => lock(&self.errors).push(error.context(subject)),
                None => {}
            }
        }
        sum.deliveries.sort_by(|left, right| {
            (&left.dataset, left.program_year).cmp(&(&right.dataset, right.program_year))
        });
        pipeline.take(sum)
    }

    /// Lets go of what was fetched, unless a year may still need it.
    fn settle(&self, ingested: Ingestion) -> Result<(), Failure> {
        if !lock(&self.errors).is_empty() {
            return Ok(());
        }
        let settled = self.backfill.settle(self.capstone, ingested);
        settled.map_err(|error| self.ends(error))
    }

    /// Where the environment is broken or there is nothing, the reason is known already.
    fn can_be_loaded(&self, pipeline: &Pipeline<'_>) -> Result<(), Failure> {
        if !lock(&self.errors).is_empty() {
            return Err(failure("a year was stopped by what is around the program"));
        }
        if pipeline.summary.problems.is_empty() {
            return Ok(());
        }
        match self.capstone.lake.newest_commits() {
            Ok(commits) if commits.is_empty() => Err(failure("nothing is committed")),
            _ => Ok(()),
        }
    }

    /// What ends the attempt; a defect has left nothing else behind.
    fn end(self, reports: &[Report]) -> anyhow::Result<()> {
        let errors = self.errors.into_inner();
        let error = errors
            .unwrap_or_else(PoisonError::into_inner)
            .into_iter()
            .next();
        let problems = &mut lock(&self.pipeline).summary.problems;
        if error.is_none() && problems.is_empty() {
            let failed = reports.iter().filter(|report| !report.outcome.is_success());
            problems.extend(failed.map(|report| Problem {
                subject: report.task.clone(),
                error: report.outcome.to_string(),
            }));
        }
        error.map_or(Ok(()), Err)
    }
}

fn is_retryable(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| {
        cause
            .downcast_ref::<StoreError>()
            .is_some_and(StoreError::retryable)
    })
}

/// How a year ended whose stages all came to their end.
fn done(found: &Findings) -> Result<Done, Failure> {
    let problems: Vec<_> = found.all_problems().map(ToString::to_string).collect();
    if !problems.is_empty() {
        return Err(failure(problems.join("; ")));
    }
    if found
        .deliveries
        .iter()
        .any(|line| line.outcome != "unchanged")
    {
        return Ok(Done::Worked);
    }
    let commits = found.deliveries.iter().map(|line| {
        let sequence = line.sequence.unwrap_or_default();
        format!("{} {sequence}", line.dataset)
    });
    let commits: Vec<_> = commits.collect();
    Ok(Done::Already {
        reason: format!("unchanged since commits {}", commits.join(", ")),
    })
}
