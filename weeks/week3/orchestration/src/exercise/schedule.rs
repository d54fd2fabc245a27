//! Which task comes next, and which never will.
//!
//! Given: the frame. Yours: who may start, and what becomes of those who never can.

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

    /// What becomes of a task that can't start any more; `None` while it still may. The cause
    /// that it names must not depend on who was faster.
    fn hopeless(&self, index: usize) -> Option<Outcome> {
        todo!("the outcome of task {index} if one before it makes its trigger impossible")
    }

    /// The first task that can start now; it counts as started.
    pub(super) fn start(&mut self) -> Option<usize> {
        todo!(
            "the first of {} tasks that has not begun and may",
            self.tasks.len()
        )
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
