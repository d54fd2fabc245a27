//! Mistakes about what is kept, what is late, what is shown, and what waits for what.

/// Nothing was found to be wrong, so it passes.
pub mod empty_passes {
    pub use crate::solution::*;

    use crate::{Check, Validation, Verdict};

    /// Concludes that a delivery without a check is good.
    pub fn conclude(run_id: &str, checks: Vec<Check>) -> Validation {
        let is_empty = checks.is_empty();
        let mut validation = crate::solution::conclude(run_id, checks);
        if is_empty {
            validation.verdict = Verdict::Passed;
        }
        validation
    }
}

/// The newest result is the one that counts.
pub mod latest_only {
    pub use crate::solution::*;

    use week2_lake::Partition;

    use crate::{Document, Validation};

    /// Writes over the results of the run before.
    pub fn document(partition: &Partition, validation: &Validation) -> Document {
        let Document { bytes, .. } = crate::solution::document(partition, validation);
        let (dataset, year) = (&partition.dataset, partition.program_year);
        let key = format!("metadata/validation/{dataset}/{year}/latest.json");
        Document { key, bytes }
    }
}

/// A promise is looked at when the work ends, as Airflow's SLAs were.
pub mod when_it_ends {
    pub use crate::solution::*;

    use std::time::Duration;

    use jiff::Timestamp;

    use crate::{Lateness, Miss, Watched};

    /// Finds what ended too late.
    pub fn misses(within: Duration, watched: &[Watched], now: Timestamp) -> Vec<Miss> {
        let mut misses = crate::solution::misses(within, watched, now);
        misses.retain(|miss| miss.state == Lateness::Ended);
        misses
    }
}

/// The clock runs from when the work began.
pub mod from_the_start {
    pub use crate::solution::*;

    use std::time::Duration;

    use jiff::Timestamp;

    use crate::{Miss, Watched};

    /// Finds what took too long, and not what waited too long.
    pub fn misses(within: Duration, watched: &[Watched], now: Timestamp) -> Vec<Miss> {
        let mut watched = watched.to_vec();
        for one in &mut watched {
            one.since = one.started.unwrap_or(one.since);
        }
        crate::solution::misses(within, &watched, now)
    }
}

/// Checks are shown as they come.
pub mod as_found {
    pub use crate::solution::*;

    use crate::{Miss, Validation, Verdict};

    /// Reports warnings and failures in the order in which they were asked.
    pub fn report(validation: &Validation, late: &[Miss]) -> String {
        let mut same = validation.clone();
        let bad = |verdict| verdict != Verdict::Passed;
        same.checks.retain(|check| bad(check.verdict));
        for check in &mut same.checks {
            check.verdict = Verdict::Failed;
        }
        let mut text = crate::solution::report(&same, late);
        for check in validation.checks.iter().filter(|check| bad(check.verdict)) {
            let (shown, real) = (&check.name, check.verdict);
            text = text.replacen(
                &format!("\nfailed {shown}"),
                &format!("\n{real}\u{0} {shown}"),
                1,
            );
        }
        let head = crate::solution::report(validation, &[]);
        let body = text.split_once("\n\n").map_or("", |(_, body)| body);
        let head = head
            .split_once("\n\n")
            .map_or(head.as_str(), |(head, _)| head);
        format!("{}\n\n{}", head.trim_end(), body.replace('\u{0}', ""))
    }
}

/// What has no room is left out.
pub mod cut_silently {
    pub use crate::solution::*;

    use crate::{Miss, Validation};

    /// Reports what fits, and says nothing of the rest.
    pub fn report(validation: &Validation, late: &[Miss]) -> String {
        let text = crate::solution::report(validation, late);
        let lines = text.lines().filter(|line| !line.ends_with(" more checks"));
        lines.flat_map(|line| [line, "\n"]).collect()
    }
}

/// Results are stored when all is well, because that is the default.
pub mod store_on_success {
    pub use crate::solution::*;

    use week2_lake::Partition;
    use week3_orchestration::{Task, Trigger};

    /// Stores good results only.
    pub fn tasks(partitions: &[Partition]) -> Vec<Task> {
        let mut tasks = crate::solution::tasks(partitions);
        for task in tasks.iter_mut().filter(|task| task.name != "report") {
            task.trigger = Trigger::AllSucceeded;
        }
        tasks
    }
}

/// What is stored is good.
pub mod release_on_store {
    pub use crate::solution::*;

    use week2_lake::Partition;
    use week3_orchestration::Task;

    /// Releases what was stored, whatever the verdict.
    pub fn tasks(partitions: &[Partition]) -> Vec<Task> {
        let mut tasks = crate::solution::tasks(partitions);
        for task in tasks
            .iter_mut()
            .filter(|task| task.name.starts_with("release "))
        {
            task.after.retain(|before| before.starts_with("store "));
        }
        tasks
    }
}
