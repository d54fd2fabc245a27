//! Plans a backfill: what stands where, what is left to do, and in which order.
//!
//! Given: the line of a plan, and how commits are named. Yours: the state of a year, the
//! action that follows from it, the order, and who waits for whom.

use crate::{Action, Order, PlannedYear, Task, YearFacts, YearState};
use crate::{Progress, Trigger};

pub use crate::solution::{LOAD, QUALITY, REPORT};

/// One line for each year asked for, and for no other, in the order in which they will run.
/// Each year is asked for once.
///
/// A plan reads no file: it goes by names and sizes, and by what the lake says of itself.
/// Whether bytes are the same is found out when the year runs. So the first of these that is
/// true of a year is its state:
///
/// - the source has a file that the lake has not: all stages
/// - neither has any: nothing can be done
/// - its least advanced dataset failed, is ingested, is validated: what is behind that; and
///   where the source has the files of one that failed, they are read again
/// - all its datasets are committed, or it has none: nothing, unless the source has its
///   files, whose bytes are then compared
pub fn plan(
    years: impl IntoIterator<Item = i16>,
    facts: &[YearFacts],
    order: Order,
) -> Vec<PlannedYear> {
    let years: Vec<i16> = years.into_iter().collect();
    todo!("{years:?} {order:?}, each from its line of {facts:?} or from nothing")
}

fn plan_year(facts: &YearFacts) -> PlannedYear {
    let (state, why) = state(facts);
    PlannedYear {
        year: facts.year,
        state,
        action: action(state, !facts.offered.is_empty()),
        why,
    }
}

/// Where a year stands, and what decided it, in a sentence.
fn state(facts: &YearFacts) -> (YearState, String) {
    todo!("the first state of the list above that is true of {facts:?}")
}

/// `commits: general 2, ownership 1`.
fn committed(facts: &YearFacts) -> String {
    let commits = facts.datasets.iter().filter_map(|(dataset, progress)| {
        let Progress::Committed { sequence } = progress else {
            return None;
        };
        Some(format!("{dataset} {sequence}"))
    });
    format!("commits: {}", commits.collect::<Vec<_>>().join(", "))
}

/// What follows from a state; `is_offered` says whether the source has files of the year.
fn action(state: YearState, is_offered: bool) -> Action {
    todo!("what is left to do in {state:?}, with files in the source: {is_offered}")
}

/// The graph that carries out a plan: a task for each year of which there is anything, in
/// the plan's order, and then [`LOAD`], [`QUALITY`] and [`REPORT`].
///
/// A year waits for nobody. The warehouse is loaded when all of them have ended, well or
/// not; the two behind it each need the one before. A year in which nothing is left to do
/// has a task as well: it finds that out, and says so.
pub fn tasks(plan: &[PlannedYear]) -> Vec<Task> {
    todo!("one task for each of {plan:?}, and the three behind them")
}
