//! Which task comes next, and which never will.

use std::collections::HashMap;

use crate::{Outcome, Report, Task, Trigger};

/// What has become of the tasks so far.
pub(super) struct Schedule<'a> {
    tasks: &'a [Task],
    /// For each task the positions of those that it waits for.
    after: Vec<Vec<usize>>,
    started: Vec<bool>,
    outcomes: Vec<Option<Outcome>>,
}

impl<'a> Schedule<'a> {
    /// Nothing has begun. The tasks are a graph.
    pub(super) fn new(tasks: &'a [Task]) -> Self {
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
    pub(super) fn skip(&mut self) {
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
    pub(super) fn start(&mut self) -> Option<usize> {
        // Those that may not start have been skipped.
        let index = (0..self.tasks.len()).find(|index| self.is_next(*index))?;
        self.started[index] = true;
        Some(index)
    }

    /// A task that was started has ended.
    pub(super) fn end(&mut self, index: usize, outcome: Outcome) {
        self.outcomes[index] = Some(outcome);
    }

    /// Whatever has not ended by now was cancelled.
    pub(super) fn reports(self) -> Vec<Report> {
        let names = self.tasks.iter().map(|task| task.name.clone());
        let reports = names.zip(self.outcomes).map(|(task, outcome)| Report {
            task,
            outcome: outcome.unwrap_or(Outcome::Cancelled),
        });
        reports.collect()
    }
}
