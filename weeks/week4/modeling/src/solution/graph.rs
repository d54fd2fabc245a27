//! The order in which models are built.

use std::collections::{BTreeMap, BTreeSet};

use crate::ModelingError;

/// Sorts models so that each follows all that it reads.
///
/// `reads` maps each model to the models that it reads; names that are no key of it are
/// taken as there already. Among models that are ready, the alphabetically first comes
/// first, so that a project always builds in one order. Models that wait for each other
/// are a [`ModelingError::Cycle`].
pub fn order(reads: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>, ModelingError> {
    let mut waiting = waiting_for(reads);
    let mut free: BTreeSet<&str> = waiting
        .iter()
        .filter(|(_, missing)| missing.is_empty())
        .map(|(name, _)| *name)
        .collect();
    let mut order = Vec::with_capacity(reads.len());
    while let Some(name) = free.pop_first() {
        waiting.remove(name);
        order.push(name.to_owned());
        for (waiter, missing) in &mut waiting {
            if missing.remove(name) && missing.is_empty() {
                free.insert(waiter);
            }
        }
    }
    if waiting.is_empty() {
        Ok(order)
    } else {
        Err(ModelingError::Cycle {
            path: cycle(&waiting),
        })
    }
}

fn waiting_for(reads: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<&str, BTreeSet<&str>> {
    reads
        .iter()
        .map(|(name, names)| {
            let known = names
                .iter()
                .map(String::as_str)
                .filter(|name| reads.contains_key(*name));
            (name.as_str(), known.collect())
        })
        .collect()
}

/// One cycle among models of which each waits for another: follow the first of what each
/// waits for until a name comes back.
fn cycle(waiting: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut path: Vec<&str> = waiting.keys().take(1).copied().collect();
    while let Some(next) = path.last().and_then(|name| waiting[name].first()) {
        if let Some(start) = path.iter().position(|name| name == next) {
            path.push(next);
            return path[start..]
                .iter()
                .map(|name| (*name).to_owned())
                .collect();
        }
        path.push(next);
    }
    path.into_iter().map(str::to_owned).collect()
}
