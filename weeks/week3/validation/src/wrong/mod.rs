//! Plausible mistakes, each with the tests that catch it in `checkpoint.toml`.
//!
//! Many are the reference with something put around it: the tests can't tell, and what is
//! wrong stands alone.

mod checks;
mod results;

pub use checks::{
    bounds_only, drift_fails, everything_rejected, lines_are_records, malformed_twice,
    sum_of_lengths,
};
pub use results::{
    as_found, cut_silently, empty_passes, from_the_start, latest_only, release_on_store,
    store_on_success, when_it_ends,
};
