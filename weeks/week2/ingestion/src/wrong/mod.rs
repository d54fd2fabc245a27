//! Wrong answers: plausible, popular, and each rejected by a graded test.
//!
//! Every module is the reference but for one mistake. `checkpoint.toml` names the tests that
//! must fail, and explains the mistake to whoever has just made it.

mod bytes;
mod choices;
mod lake;
mod records;
mod retries;
mod telling;

pub use bytes::{
    any_amount_fits, chunks_at_newlines, error_ends_the_file, float_amounts, last_chunk_lost,
    short_read_is_the_end,
};
pub use choices::{
    clock_run_id, largest_share_counts, listed_order_run_id, name_is_believed, newest_by_name,
    one_newest_for_all, path_run_id,
};
pub use lake::{
    existence_is_enough, manifest_is_trusted, manifest_means_complete, objects_are_counted,
    publish_first, size_is_enough,
};
pub use records::{comma_counter, newline_splitter, padded_rows, toggled_quotes};
pub use retries::{
    any_byte_is_progress, budget_of_the_last_pause, client_errors_never_pass, deaf_to_retry_after,
    every_error_passes, jitter_without_budget,
};
pub use telling::{all_in_the_message, pause_as_text};
