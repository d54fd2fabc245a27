//! Mistakes about years and what is left to do for them.

/// The end does not count, as in a Rust or Python range.
pub mod half_open_years {
    pub use crate::solution::*;

    use std::ops::RangeInclusive;

    use crate::YearsError;

    /// Reads years, without the last one of a range.
    pub fn parse_years(text: &str) -> Result<RangeInclusive<i16>, YearsError> {
        let years = crate::solution::parse_years(text)?;
        let half_open = text.contains("..") && !text.contains("..=");
        Ok(*years.start()..=years.end() - i16::from(half_open))
    }
}

/// A range that runs backwards holds no year, and that is that.
pub mod empty_range {
    pub use crate::solution::*;

    use std::ops::RangeInclusive;

    use crate::YearsError;

    /// Reads years, in whatever order.
    pub fn parse_years(text: &str) -> Result<RangeInclusive<i16>, YearsError> {
        match crate::solution::parse_years(text) {
            Err(YearsError::Backwards { first, last }) => Ok(first..=last),
            other => other,
        }
    }
}

/// A file is known by its name.
pub mod names_only {
    pub use crate::solution::*;

    use crate::{FileFact, Order, PlannedYear, YearFacts};

    /// Plans without looking at sizes.
    pub fn plan(
        years: impl IntoIterator<Item = i16>,
        facts: &[YearFacts],
        order: Order,
    ) -> Vec<PlannedYear> {
        let mut facts = facts.to_vec();
        for file in facts.iter_mut().flat_map(|year| &mut year.known) {
            let offered = FileFact {
                name: file.name.clone(),
                size: 0,
            };
            *file = offered;
        }
        for file in facts.iter_mut().flat_map(|year| &mut year.offered) {
            file.size = 0;
        }
        crate::solution::plan(years, &facts, order)
    }
}

/// A year is where its most advanced dataset is.
pub mod one_dataset_is_enough {
    pub use crate::solution::*;

    use crate::{Order, PlannedYear, YearFacts};

    /// Plans by the best of a year.
    pub fn plan(
        years: impl IntoIterator<Item = i16>,
        facts: &[YearFacts],
        order: Order,
    ) -> Vec<PlannedYear> {
        let mut facts = facts.to_vec();
        for year in &mut facts {
            let best = year.datasets.iter().map(|(_, progress)| progress).max();
            let best = best.cloned();
            year.datasets
                .retain(|(_, progress)| Some(progress) == best.as_ref());
        }
        crate::solution::plan(years, &facts, order)
    }
}

/// What is committed need not be looked at again.
pub mod done_years_left_out {
    pub use crate::solution::*;

    use crate::{Action, Order, PlannedYear, YearFacts};

    /// Plans nothing for a committed year, whatever the source has.
    pub fn plan(
        years: impl IntoIterator<Item = i16>,
        facts: &[YearFacts],
        order: Order,
    ) -> Vec<PlannedYear> {
        let mut plan = crate::solution::plan(years, facts, order);
        for planned in &mut plan {
            if planned.action == Action::Check {
                planned.action = Action::Nothing;
            }
        }
        plan
    }
}

/// One year after another, as `depends_on_past` would have it.
pub mod years_in_a_chain {
    pub use crate::solution::*;

    use crate::{PlannedYear, Task};

    /// Each year waits for the one planned before it.
    pub fn tasks(plan: &[PlannedYear]) -> Vec<Task> {
        let mut tasks = crate::solution::tasks(plan);
        for index in 1..tasks.len() {
            let before = tasks[index - 1].name.clone();
            if tasks[index].after.is_empty() && tasks[index].name.parse::<i16>().is_ok() {
                tasks[index].after.push(before);
            }
        }
        tasks
    }
}
