use jiff::civil::date;
use proptest::prelude::*;

use super::subject::{commit_key, curated_key, newest_commit, raw_key, rejected_key};
use crate::support::{law, numbers, partition};

const RUN: &str = "0123456789abcdef0123456789abcdef";
const SHA: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

#[test]
fn the_names_of_files_are_locked() {
    let general = partition("general", 2023);
    let found = [
        raw_key(&general, date(2024, 6, 28), SHA, "a.csv"),
        curated_key(&general, RUN, 3, SHA),
        rejected_key(&general, RUN, 0, SHA),
        commit_key(&general, 7),
    ];
    let expected = [
        "raw/dataset=general/program_year=2023/publication=2024-06-28/fedcba98/a.csv",
        "curated/dataset=general/program_year=2023/01234567-part-00003-fedcba98.parquet",
        "staging/rejected/dataset=general/program_year=2023/01234567-part-00000-fedcba98.parquet",
        "metadata/commits/general/2023/00000000000000000007.json",
    ];
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(
            found, expected,
            "objects under the old name would not be found any more"
        );
    }
}

#[test]
fn a_raw_key_carries_the_publication_and_no_other_date() {
    for (publication, expected) in [
        (date(2024, 6, 28), "publication=2024-06-28"),
        (date(2025, 1, 3), "publication=2025-01-03"),
    ] {
        let key = raw_key(&partition("general", 2023), publication, SHA, "a.csv");
        assert!(
            key.split('/').any(|folder| folder == expected),
            "{key} should stand in {expected}, whenever it is delivered"
        );
    }
}

#[test]
fn a_name_holds_whatever_a_file_is_called_and_however_many_parts_there_are() {
    let general = partition("general", 2023);
    let raw = raw_key(&general, date(2024, 6, 28), SHA, "PGYR 2023+ü.csv");
    assert!(
        raw.ends_with("/fedcba98/PGYR 2023+ü.csv"),
        "{raw}: a file keeps the name that it was delivered by"
    );
    let many = curated_key(&general, RUN, 123_456, SHA);
    assert!(many.contains("-part-123456-"), "{many}");
    let short = raw_key(&general, date(2024, 6, 28), "fed", "a.csv");
    assert!(
        short.ends_with("/fed/a.csv"),
        "{short}: of something shorter than eight digits all of them"
    );
}

#[test]
fn the_newest_commit_is_the_highest_number_whatever_else_is_listed() {
    let nine = "metadata/commits/general/2023/00000000000000000009.json";
    let ten = "metadata/commits/general/2023/00000000000000000010.json";
    let strays = [
        "metadata/commits/general/2023/latest.json",
        "metadata/commits/general/2023/99.json",
    ];
    for listed in [
        [nine, ten, strays[0], strays[1]],
        [strays[0], ten, strays[1], nine],
    ] {
        assert_eq!(newest_commit(listed), Some(ten), "of {listed:?}");
    }
    assert_eq!(newest_commit(strays), None, "no commit among {strays:?}");
}

#[test]
fn other_bytes_under_the_same_name_have_another_key() {
    let values = ("[0-9a-f]{64}", "[0-9a-f]{64}");
    law(values, &|(left, right)| {
        prop_assume!(left[..8] != right[..8]);
        let general = partition("general", 2023);
        let raw = |sha256: &str| raw_key(&general, date(2024, 6, 28), sha256, "a.csv");
        prop_assert_ne!(
            raw(&left),
            raw(&right),
            "the second delivery overwrites the first"
        );
        let data = |sha256: &str| curated_key(&general, RUN, 0, sha256);
        prop_assert_ne!(data(&left), data(&right));
        let rejected = |sha256: &str| rejected_key(&general, RUN, 0, sha256);
        prop_assert_ne!(rejected(&left), rejected(&right));
        Ok(())
    });
}

#[test]
fn keys_of_commits_sort_as_their_numbers() {
    let values = prop::collection::vec(numbers(), 2);
    law(values, &|numbers| {
        let general = partition("general", 2023);
        let (left, right) = (numbers[0], numbers[1]);
        let keys = (commit_key(&general, left), commit_key(&general, right));
        prop_assert_eq!(
            keys.0.cmp(&keys.1),
            left.cmp(&right),
            "a listing has {:?} in another order than their numbers",
            keys
        );
        Ok(())
    });
}

#[test]
fn the_newest_commit_does_not_depend_on_the_order_of_the_listing() {
    let values = prop::collection::vec(numbers(), 1..20);
    law(values, &|numbers| {
        let key = |number: &u64| format!("metadata/commits/general/2023/{number:020}.json");
        let listed: Vec<_> = numbers.iter().map(key).collect();
        let newest = newest_commit(listed.iter().map(String::as_str));
        let highest = numbers.iter().max().map(key);
        prop_assert_eq!(newest, highest.as_deref(), "of {:?}", listed);
        Ok(())
    });
}
