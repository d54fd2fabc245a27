//! Properties of the lake's documents and listings, for any bytes.
//!
//! `check` is what holds; the fuzz targets in `capstone/fuzz` call it too, and the seeds
//! that they found are tried again here.

mod check;
mod commits;
#[path = "../../../../../capstone/fuzz/replay.rs"]
mod replay;

use proptest::prelude::*;
use replay::replay;

#[test]
fn seeds_of_commits_hold() {
    replay("commit", check::commit::check);
}

#[test]
fn seeds_of_listings_hold() {
    replay("lake_keys", check::lake_keys::check);
}

proptest! {
    #[test]
    fn strays_among_commits_are_passed_over(
        keys in prop::collection::vec(
            "metadata/(commits|manifests)/[a-z.]{0,3}(/[+-]?[0-9]{1,6})?/(x/)?[0-9+]{18,21}(\\.json)?", 0..8,
        ),
    ) {
        check::lake_keys::check(keys.join("\n").as_bytes());
    }

    #[test]
    fn any_text_is_a_listing(text in "(.{0,30}\n){0,5}") {
        check::lake_keys::check(text.as_bytes());
    }
}
