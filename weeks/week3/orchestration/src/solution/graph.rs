//! An order in which every task comes after those it waits for, or the cycle that forbids it.

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
    let mut waiting = waiting(tasks)?;
    let mut behind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (task, after) in &waiting {
        for before in after {
            behind.entry(before).or_default().push(task);
        }
    }
    let free = waiting.iter().filter(|(_, after)| after.is_empty());
    let mut ready: BTreeSet<&str> = free.map(|(task, _)| *task).collect();
    let mut order = Vec::with_capacity(tasks.len());
    while let Some(task) = ready.pop_first() {
        order.push(task);
        waiting.remove(task);
        for next in behind.remove(task).unwrap_or_default() {
            if let Some(after) = waiting.get_mut(next) {
                after.remove(task);
                if after.is_empty() {
                    ready.insert(next);
                }
            }
        }
    }
    match cycle(&waiting) {
        Some(tasks) => Err(GraphError::Cycle { tasks }),
        None => Ok(order),
    }
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

/// A cycle among tasks that each wait for one another: whoever follows what a task waits
/// for must come back to where they were.
fn cycle(waiting: &Waiting<'_>) -> Option<Vec<String>> {
    let mut path = vec![*waiting.keys().next()?];
    loop {
        let next = waiting[path.last()?].first()?;
        if let Some(start) = path.iter().position(|seen| seen == next) {
            return Some(closed(&path[start..]));
        }
        path.push(next);
    }
}

/// From its first name by alphabet, round to that name again.
fn closed(cycle: &[&str]) -> Vec<String> {
    let first = cycle.iter().enumerate().min_by_key(|(_, name)| **name);
    let start = first.map_or(0, |(index, _)| index);
    let round = cycle.iter().cycle().skip(start).take(cycle.len() + 1);
    round.map(ToString::to_string).collect()
}
