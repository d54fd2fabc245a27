// What may be done where in the lake.

use proptest::prelude::*;
use week1_environment::Operation::{Collect, Create, Remove, Replace, Rewrite};
use week1_environment::{Lifetime, Operation, Refused, Zone};

use super::subject;
use super::support::cases;

const ALL: [Operation; 5] = [Create, Rewrite, Replace, Collect, Remove];
const RAW: &str = "raw/dataset=general/program_year=2023/publication=2024-06-28/1f2e3d4c/a.csv";
const REJECTED: &str =
    "staging/rejected/dataset=general/program_year=2023/1f2e3d4c-part-00000-0a1b2c3d.parquet";
const CURATED: &str =
    "curated/dataset=general/program_year=2023/1f2e3d4c-part-00000-0a1b2c3d.parquet";
const COMMIT: &str = "metadata/commits/general/2023/00000000000000000001.json";

// Everything that the pipeline writes.
const KEYS: [(&str, Lifetime); 14] = [
    (RAW, Lifetime::Kept),
    (REJECTED, Lifetime::Sealed),
    (CURATED, Lifetime::Sealed),
    (COMMIT, Lifetime::Once),
    ("metadata/lake.json", Lifetime::Once),
    ("metadata/lineage/0193/1-start.json", Lifetime::Once),
    ("metadata/quality/0193.json", Lifetime::Kept),
    (
        "metadata/validation/general/2023/1f2e.json",
        Lifetime::Sealed,
    ),
    ("metadata/audit/general/2023/1f2e.json", Lifetime::Sealed),
    (
        "metadata/manifests/general/2023/1f2e.json",
        Lifetime::Sealed,
    ),
    ("metadata/changes/general/2023/1f2e.json", Lifetime::Sealed),
    (
        "metadata/ingested/general/2023/2024-06-28.json",
        Lifetime::Current,
    ),
    ("metadata/sources/1f2e.json", Lifetime::Current),
    ("metadata/attempts/0193.json", Lifetime::Current),
];

// That exactly these operations are allowed.
#[track_caller]
fn assert_allows(key: &str, allowed: &[Operation]) {
    let granted: Vec<_> = ALL
        .into_iter()
        .filter(|operation| subject::permit(key, *operation).is_ok())
        .collect();
    assert_eq!(granted, allowed, "what may be done to {key}");
}

#[track_caller]
fn assert_no_zone(key: &str) {
    let expected = Refused::NoZone { key: key.into() };
    assert_eq!(subject::zone_of(key), Err(expected.clone()));
    assert_eq!(subject::permit(key, Create), Err(expected));
}

#[test]
fn the_first_folder_is_the_zone() {
    for (key, zone) in [
        (RAW, Zone::Raw),
        (REJECTED, Zone::Staging),
        (CURATED, Zone::Curated),
        (COMMIT, Zone::Metadata),
        ("raw/a", Zone::Raw),
        ("curated/raw/a", Zone::Curated),
    ] {
        assert_eq!(subject::zone_of(key), Ok(zone), "{key}");
    }
}

#[test]
fn a_folder_that_only_begins_like_a_zone_is_none() {
    for key in [
        "rawdata/a.csv",
        "raw.csv",
        "raw-2023/a.csv",
        "RAW/a.csv",
        "curated2/a.parquet",
        "metadata_old/lake.json",
        "s3/raw/a.csv",
        "warehouse.duckdb",
    ] {
        assert_no_zone(key);
    }
}

#[test]
fn a_zone_alone_is_no_object() {
    for key in ["raw", "raw/", "metadata", "metadata/", ""] {
        assert_no_zone(key);
    }
}

#[test]
fn delivered_bytes_are_never_replaced_and_never_deleted() {
    assert_allows(RAW, &[Create, Rewrite]);
}

#[test]
fn a_commit_is_written_once_by_whoever_comes_first() {
    assert_allows(COMMIT, &[Create]);
    assert_allows("metadata/lake.json", &[Create]);
    assert_allows("metadata/lineage/0193/2-end.json", &[Create]);
}

#[test]
fn files_of_a_run_can_be_repaired_and_collected_and_are_never_replaced() {
    for key in [
        REJECTED,
        CURATED,
        "metadata/manifests/general/2023/1f2e.json",
    ] {
        assert_allows(key, &[Create, Rewrite, Collect]);
    }
}

#[test]
fn what_shows_the_present_is_replaced_and_never_deleted() {
    assert_allows("metadata/attempts/0193.json", &[Create, Rewrite, Replace]);
    assert_allows(
        "metadata/ingested/general/2023/2024-06-28.json",
        &[Create, Rewrite, Replace],
    );
}

#[test]
fn every_key_of_the_pipeline_has_its_lifetime() {
    for (key, lifetime) in KEYS {
        assert_eq!(subject::lifetime(key), Ok(lifetime), "{key}");
    }
}

#[test]
fn what_has_no_rule_is_refused() {
    for key in [
        "metadata/notes/a.json",
        "metadata/commits",
        "metadata/commits.json",
        "metadata/lake.json.bak",
        "metadata/lake.json/a",
        "metadata/attempts-2023/a.json",
        "metadata/a.json",
    ] {
        let expected = Refused::NoRule { key: key.into() };
        assert_eq!(subject::lifetime(key), Err(expected.clone()));
        for operation in ALL {
            assert_eq!(subject::permit(key, operation), Err(expected.clone()));
        }
    }
}

#[test]
fn nothing_is_removed_that_something_may_need() {
    for (key, lifetime) in KEYS {
        let expected = Refused::Forbidden {
            key: key.into(),
            operation: Remove,
            lifetime,
        };
        assert_eq!(subject::permit(key, Remove), Err(expected));
    }
}

#[test]
fn a_permit_is_for_one_key_and_one_operation() {
    let permit = subject::permit(CURATED, Collect).expect("an orphan may be collected");
    assert_eq!((permit.key(), permit.operation()), (CURATED, Collect));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_key_that_leads_out_of_its_folder_is_in_no_zone(
        (key, _) in proptest::sample::select(&KEYS[..]),
        part in proptest::sample::select(vec!["..", ".", ""]),
        place in 0_usize..8,
    ) {
        let mut parts: Vec<&str> = key.split('/').collect();
        parts.insert(place.min(parts.len()), part);
        let key = parts.join("/");
        let expected = Refused::NoZone { key: key.clone() };
        prop_assert_eq!(subject::zone_of(&key), Err(expected.clone()));
        prop_assert_eq!(subject::lifetime(&key), Err(expected.clone()));
        prop_assert_eq!(subject::permit(&key, Create), Err(expected));
    }

    #[test]
    fn names_below_a_folder_change_nothing(
        (key, lifetime) in proptest::sample::select(&KEYS[..]),
        name in "[a-z0-9=_-]{1,12}(/[a-z0-9_-][a-z0-9._-]{2,11}){0,2}",
    ) {
        let (folder, _) = key.rsplit_once('/').unwrap();
        // What the lake is has no folder of its own.
        let key = match folder {
            "metadata" => key.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        prop_assert_eq!(subject::lifetime(&key), Ok(lifetime), "{}", key);
    }
}
