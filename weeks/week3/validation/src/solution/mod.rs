//! The reference.

mod conclusion;
mod counts;
mod dag;
mod deadline;
mod flow;
mod report;
mod schema;

use crate::{Check, Delivered, Limits, Validation, Verdict};

pub use conclusion::{conclude, document};
pub use counts::check_counts;
pub use dag::tasks;
pub use deadline::misses;
pub use flow::{check_flow, flow};
pub use report::{HEIGHT, WIDTH, report};
pub use schema::check_schema;

/// Asks every question of every file.
pub fn validate(run_id: &str, files: &[Delivered<'_>], limits: &Limits) -> Validation {
    let checks = files.iter().flat_map(|file| {
        let counts = check_counts(file).into_iter();
        let rest = counts.chain(check_flow(file, limits));
        check_schema(file).into_iter().chain(rest)
    });
    let mut validation = conclude(run_id, checks.collect());
    validation.flow = flow(files, validation.verdict);
    validation
}

fn check(file: &Delivered<'_>, name: &str, (verdict, found): (Verdict, String)) -> Check {
    Check {
        name: name.to_owned(),
        file: file.audit.name.clone(),
        verdict,
        found,
    }
}
