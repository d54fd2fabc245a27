//! An order in which every task comes after those it waits for, or the cycle that forbids it.
//!
//! Given: what waits for what ([`waiting`], which refuses names that nobody or two have), and
//! how a cycle is written down ([`closed`]). Yours: the order, and finding the cycle.

use std::collections::{BTreeMap, BTreeSet};

use crate::{GraphError, Task};

/// Each task by name, with the names that it still waits for.
type Waiting<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The names in an order that can be run one by one. Of tasks that could come next the
/// first by name does, so the same tasks have the same order however they are listed.
///
/// Names must be told apart, and known where they are waited for. Of tasks that can never
/// start a [cycle](GraphError::Cycle) is named, and nothing that only stands behind it: from
/// the first of its names by alphabet, each waiting for the next, round to that name again.
pub fn order(tasks: &[Task]) -> Result<Vec<&str>, GraphError> {
    todo!(
        "take out what waits for nothing, first by name, until none of {tasks:?} is left or all wait"
    )
}

fn waiting(tasks: &[Task]) -> Result<Waiting<'_>, GraphError> {
    let mut waiting = Waiting::new();
    for task in tasks {
        let after = task.after.iter().map(String::as_str).collect();
        if waiting.insert(task.name.as_str(), after).is_some() {
            let task = task.name.clone();
            return Err(GraphError::Duplicate { task });
        }
    }
    for (task, after) in &waiting {
        if let Some(missing) = after.iter().find(|name| !waiting.contains_key(*name)) {
            return Err(GraphError::Unknown {
                task: (*task).to_owned(),
                missing: (*missing).to_owned(),
            });
        }
    }
    Ok(waiting)
}

/// One cycle among tasks that all wait for one another or for a cycle, [`closed`].
fn cycle(waiting: &Waiting<'_>) -> Option<Vec<String>> {
    todo!("who follows what a task of {waiting:?} waits for comes back to where they were")
}

/// From its first name by alphabet, round to that name again.
fn closed(cycle: &[&str]) -> Vec<String> {
    let first = cycle.iter().enumerate().min_by_key(|(_, name)| **name);
    let start = first.map_or(0, |(index, _)| index);
    let round = cycle.iter().cycle().skip(start).take(cycle.len() + 1);
    round.map(ToString::to_string).collect()
}
