//! Mistakes about the order.

use crate::{GraphError, Task};

/// What can be ordered, taking the first of `pick`'s choice; the rest is left over.
fn kahn<'a>(
    tasks: &'a [Task],
    pick: impl Fn(Vec<&'a str>) -> Option<&'a str>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut order, mut left): (Vec<&str>, Vec<&Task>) = (Vec::new(), tasks.iter().collect());
    loop {
        let is_ready = |task: &&&Task| {
            let mut after = task.after.iter();
            after.all(|before| order.contains(&before.as_str()))
        };
        let ready = left.iter().filter(is_ready);
        let Some(next) = pick(ready.map(|task| task.name.as_str()).collect()) else {
            return (order, left.iter().map(|task| task.name.as_str()).collect());
        };
        order.push(next);
        left.retain(|task| task.name != next);
    }
}

/// Names that are none, as the reference finds them.
fn check_names(tasks: &[Task]) -> Result<(), GraphError> {
    match crate::solution::order(tasks) {
        Ok(_) | Err(GraphError::Cycle { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Kahn's algorithm without a look at what is left over.
pub mod cycle_left_over {
    pub use crate::solution::*;

    use crate::{GraphError, Task};

    /// Orders what can be ordered.
    pub fn order(tasks: &[Task]) -> Result<Vec<&str>, GraphError> {
        super::check_names(tasks)?;
        Ok(super::kahn(tasks, |ready| ready.into_iter().min()).0)
    }
}

/// Everything that can't start is said to be the cycle.
pub mod all_stuck_are_the_cycle {
    pub use crate::solution::*;

    use crate::{GraphError, Task};

    /// Orders, or names all that is left over.
    pub fn order(tasks: &[Task]) -> Result<Vec<&str>, GraphError> {
        super::check_names(tasks)?;
        let (order, mut stuck) = super::kahn(tasks, |ready| ready.into_iter().min());
        stuck.sort_unstable();
        match stuck.first().copied() {
            None => Ok(order),
            Some(first) => {
                let round = stuck.into_iter().chain([first]);
                let tasks = round.map(str::to_owned).collect();
                Err(GraphError::Cycle { tasks })
            }
        }
    }
}

/// Ties go as the tasks happen to be listed.
pub mod listing_order {
    pub use crate::solution::*;

    use crate::{GraphError, Task};

    /// Orders, the first listed first.
    pub fn order(tasks: &[Task]) -> Result<Vec<&str>, GraphError> {
        crate::solution::order(tasks)?;
        Ok(super::kahn(tasks, |ready| ready.first().copied()).0)
    }
}
