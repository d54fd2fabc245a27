//! Plans a backfill: what stands where, what is left to do, and in which order.

use crate::{Action, Order, PlannedYear, Progress, Task, Trigger, YearFacts, YearState};

/// The task that loads the warehouse.
pub const LOAD: &str = "load";
/// The task that measures the quality rules.
pub const QUALITY: &str = "quality";
/// The task that writes the report.
pub const REPORT: &str = "report";

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
    let facts_of = |year| facts.iter().find(|facts| facts.year == year);
    let unknown = |year| YearFacts {
        year,
        ..YearFacts::default()
    };
    let years = years.into_iter();
    let mut plan: Vec<PlannedYear> = years
        .map(|year| facts_of(year).map_or_else(|| plan_year(&unknown(year)), plan_year))
        .collect();
    plan.sort_by_key(|planned| planned.year);
    if order == Order::NewestFirst {
        plan.reverse();
    }
    plan
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

fn state(facts: &YearFacts) -> (YearState, String) {
    let new = |file: &&crate::FileFact| !facts.known.contains(file);
    let (offered, new) = (
        facts.offered.len(),
        facts.offered.iter().filter(new).count(),
    );
    if new > 0 {
        let why = format!("{new} of {offered} files in the source are not in the lake");
        return (YearState::NotIngested, why);
    }
    if facts.known.is_empty() {
        let why = "neither the source nor the lake has a file of this year";
        return (YearState::MissingSource, why.to_owned());
    }
    // The least advanced dataset decides.
    let Some((dataset, progress)) = facts.datasets.iter().min_by_key(|(_, progress)| progress)
    else {
        let why = "its datasets are kept in raw only";
        return (YearState::Committed, why.to_owned());
    };
    match progress {
        Progress::Failed { reason } => (YearState::FailedBefore, format!("{dataset}: {reason}")),
        Progress::Ingested => (
            YearState::Ingested,
            format!("{dataset} is in raw and not validated"),
        ),
        Progress::Validated => (
            YearState::Validated,
            format!("{dataset} is validated and not committed"),
        ),
        Progress::Committed { .. } => (YearState::Committed, committed(facts)),
    }
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

fn action(state: YearState, is_offered: bool) -> Action {
    match (state, is_offered) {
        (YearState::MissingSource, _) | (YearState::Committed, false) => Action::Nothing,
        (YearState::Committed, true) => Action::Check,
        (YearState::NotIngested, _) | (YearState::FailedBefore, true) => Action::Ingest,
        (YearState::FailedBefore, false) | (YearState::Ingested | YearState::Validated, _) => {
            Action::Resume
        }
    }
}

/// The graph that carries out a plan: a task for each year of which there is anything, in
/// the plan's order, and then [`LOAD`], [`QUALITY`] and [`REPORT`].
///
/// A year waits for nobody. The warehouse is loaded when all of them have ended, well or
/// not; the two behind it each need the one before. A year in which nothing is left to do
/// has a task as well: it finds that out, and says so.
pub fn tasks(plan: &[PlannedYear]) -> Vec<Task> {
    let exists = |planned: &&PlannedYear| planned.state != YearState::MissingSource;
    let planned = plan.iter().filter(exists);
    let years: Vec<String> = planned.map(|year| year.year.to_string()).collect();
    let mut tasks: Vec<Task> = years.iter().map(|year| Task::new(year, &[])).collect();
    tasks.push(Task {
        name: LOAD.to_owned(),
        after: years,
        trigger: Trigger::AllEnded,
    });
    tasks.push(Task::new(QUALITY, &[LOAD]));
    tasks.push(Task::new(REPORT, &[QUALITY]));
    tasks
}
