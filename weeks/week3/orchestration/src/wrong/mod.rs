//! Plausible mistakes, each with the tests that catch it in `checkpoint.toml`.
//!
//! Many are the reference with something put around it: the tests can't tell, and what is
//! wrong stands alone.

mod graphs;
mod plans;
mod runs;

pub use graphs::{all_stuck_are_the_cycle, cycle_left_over, listing_order};
pub use plans::{
    done_years_left_out, empty_range, half_open_years, names_only, one_dataset_is_enough,
    years_in_a_chain,
};
pub use runs::{
    counts_retries, default_trigger, done_is_skipped, fail_fast, last_link, retries_everything,
    torn_away, unbounded,
};
