//! What holds of any listing.

use week2_lake::keys::{self, Kind};
use week2_lake::solution::{newest_commit, partition_of, sequence_of};

/// A listing with one key per line.
pub(crate) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let listed: Vec<&str> = text.lines().collect();
    for key in &listed {
        check_key(key);
    }
    let newest = newest_commit(listed.iter().copied());
    let backwards = newest_commit(listed.iter().rev().copied());
    assert_eq!(newest, backwards, "the order of a listing means nothing");
    let highest = listed.iter().filter_map(|key| sequence_of(key)).max();
    assert_eq!(newest.and_then(sequence_of), highest);
}

fn check_key(key: &str) {
    match (partition_of(key), sequence_of(key)) {
        (Some(partition), Some(sequence)) => {
            assert_eq!(keys::commit(&partition, sequence), key);
            assert_eq!(Kind::of(key), Some(Kind::Commit));
        }
        (partition, sequence) => assert_eq!((partition, sequence), (None, None), "{key}"),
    }
}
