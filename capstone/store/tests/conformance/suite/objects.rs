//! Buckets, objects, ranges, listings, keys.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{StreamExt, iter};
use store::{BucketState, Creation, Digest, Listed, StoreError};

use super::{keys_of, lake};
use crate::Backend;
use crate::support::{PART, noise};

pub(crate) async fn a_bucket_is_created_once_and_found_from_then_on(backend: &Backend) {
    let store = backend.open("bucket-twice").await;
    assert_eq!(store.ensure_bucket().await.unwrap(), BucketState::Created);
    assert_eq!(
        store.ensure_bucket().await.unwrap(),
        BucketState::AlreadyMine
    );
    store.put("a", Bytes::from_static(b"1")).await.unwrap();
    assert_eq!(
        store.ensure_bucket().await.unwrap(),
        BucketState::AlreadyMine
    );
    assert_eq!(store.get("a").await.unwrap(), "1");
}

pub(crate) async fn a_missing_bucket_is_reported_as_such(backend: &Backend) {
    let store = backend.open("no-such-bucket").await;
    let large = tempfile::NamedTempFile::new().unwrap();
    large.as_file().set_len(PART + 1).unwrap();
    let errors = [
        store.get("a").await.unwrap_err(),
        store.put("a", Bytes::new()).await.unwrap_err(),
        store.create("a", Bytes::new()).await.unwrap_err(),
        store.put_file("a", large.path(), None).await.unwrap_err(),
        store.list("").await.unwrap_err(),
        store.delete("a").await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(&error, StoreError::NoSuchBucket { bucket } if bucket == "no-such-bucket"),
            "{error:?}"
        );
    }
    // The answer to HEAD has no body that could tell key from bucket.
    let error = store.head("a").await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::NotFound { .. } | StoreError::NoSuchBucket { .. }
        ),
        "{error:?}"
    );
}

pub(crate) async fn an_object_comes_back_as_it_went(backend: &Backend) {
    let store = lake(backend, "round-trip").await;
    let body = Bytes::from(noise(300_000));
    let put = store.put("raw/a.csv", body.clone()).await.unwrap();
    assert_eq!(store.get("raw/a.csv").await.unwrap(), body);
    let head = store.head("raw/a.csv").await.unwrap();
    assert_eq!((head.size, head.sha256), (300_000, Some(Digest::of(&body))));
    assert_eq!(put, head);
}

pub(crate) async fn an_empty_object_is_an_object(backend: &Backend) {
    let store = lake(backend, "empty-object").await;
    store.put("empty", Bytes::new()).await.unwrap();
    assert_eq!(store.get("empty").await.unwrap(), Bytes::new());
    assert_eq!(store.head("empty").await.unwrap().size, 0);
    let empty = tempfile::NamedTempFile::new().unwrap();
    store
        .put_file("empty-file", empty.path(), None)
        .await
        .unwrap();
    let expected = ["empty", "empty-file"].map(|key| (key.to_owned(), 0));
    assert_eq!(sizes(&store.list("").await.unwrap()), expected);
}

pub(crate) async fn a_put_replaces_the_object_and_its_digest(backend: &Backend) {
    let store = lake(backend, "replace").await;
    for body in ["first", "other", "a longer one", ""] {
        store.put("a", Bytes::from(body)).await.unwrap();
        assert_eq!(store.get("a").await.unwrap(), body);
        assert_eq!(
            store.head("a").await.unwrap().sha256,
            Some(Digest::of(body.as_bytes()))
        );
    }
    assert_eq!(keys_of(&store, "").await, ["a"]);
}

pub(crate) async fn a_missing_key_is_not_found(backend: &Backend) {
    let store = lake(backend, "missing-key").await;
    let folder = tempfile::tempdir().unwrap();
    let errors = [
        store.get("a/b").await.unwrap_err(),
        store.get_range("a/b", 0..1).await.unwrap_err(),
        store.head("a/b").await.unwrap_err(),
        store
            .fetch_to(folder.path(), "a/b", Digest::of(b""))
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(&error, StoreError::NotFound { key } if key == "a/b"),
            "{error:?}"
        );
    }
}

pub(crate) async fn a_folder_of_objects_is_not_an_object(backend: &Backend) {
    let store = lake(backend, "folders").await;
    store.put("a/b/c", Bytes::from_static(b"1")).await.unwrap();
    for key in ["a", "a/b", "a/b/c/d"] {
        assert!(
            matches!(store.get(key).await, Err(StoreError::NotFound { .. })),
            "get {key}"
        );
        assert!(
            matches!(store.head(key).await, Err(StoreError::NotFound { .. })),
            "head {key}"
        );
        store.delete(key).await.unwrap();
    }
    assert_eq!(keys_of(&store, "").await, ["a/b/c"]);
}

pub(crate) async fn deleting_twice_is_deleting_once(backend: &Backend) {
    let store = lake(backend, "delete").await;
    store.put("a", Bytes::from_static(b"1")).await.unwrap();
    store.delete("a").await.unwrap();
    store.delete("a").await.unwrap();
    assert!(matches!(
        store.get("a").await,
        Err(StoreError::NotFound { .. })
    ));
    assert_eq!(keys_of(&store, "").await, Vec::<String>::new());
    assert_eq!(
        store.create("a", Bytes::from_static(b"2")).await.unwrap(),
        Creation::Created
    );
}

pub(crate) async fn a_range_ends_where_the_object_ends(backend: &Backend) {
    let store = lake(backend, "ranges").await;
    store
        .put("a", Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    for (range, expected) in [
        (0..1, "0"),
        (3..7, "3456"),
        (9..10, "9"),
        (8..100, "89"),
        (0..10, "0123456789"),
    ] {
        assert_eq!(
            store.get_range("a", range.clone()).await.unwrap(),
            expected,
            "{range:?}"
        );
    }
    assert_eq!(store.get_range("a", 4..4).await.unwrap(), "");
}

pub(crate) async fn a_range_after_the_end_is_out_of_range(backend: &Backend) {
    let store = lake(backend, "out-of-range").await;
    store
        .put("a", Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    store.put("empty", Bytes::new()).await.unwrap();
    for (key, start) in [("a", 10), ("a", 11), ("empty", 0)] {
        let error = store.get_range(key, start..start + 1).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::OutOfRange { start: found, .. } if *found == start),
            "{error:?}"
        );
    }
}

pub(crate) async fn a_listing_has_every_page_in_key_order(backend: &Backend) {
    let store = lake(backend, "many-keys").await;
    // Written in another order than they sort in; `-` sorts before `/`, `0` after it.
    let keys: BTreeSet<String> = (0..1203)
        .map(|n| format!("k{}{}{n}", n % 7, ["-", "/", "0"][n % 3]))
        .collect();
    let puts = keys
        .iter()
        .rev()
        .map(|key| store.put(key, Bytes::copy_from_slice(key.as_bytes())));
    iter(puts)
        .buffer_unordered(16)
        .for_each(|put| async { drop(put.unwrap()) })
        .await;
    let expected: Vec<_> = keys
        .iter()
        .map(|key| (key.clone(), key.len() as u64))
        .collect();
    assert_eq!(sizes(&store.list("").await.unwrap()), expected);
}

pub(crate) async fn a_listing_tells_when_an_object_was_last_written(backend: &Backend) {
    let store = lake(backend, "modified").await;
    let written = async || {
        store.put("a", Bytes::new()).await.unwrap();
        store.list("a").await.unwrap()[0].modified.unwrap()
    };
    // Made by the same clock; services keep seconds, so both are rounded down.
    let file = tempfile::NamedTempFile::new().unwrap();
    let now = file.as_file().metadata().unwrap().modified().unwrap();
    let first = written().await;
    let apart = first
        .duration_since(now)
        .unwrap_or_else(|early| early.duration());
    assert!(apart < Duration::from_mins(1), "{first:?} is not {now:?}");
    assert!(written().await >= first);
}

fn sizes(listed: &[Listed]) -> Vec<(String, u64)> {
    let entries = listed.iter();
    entries
        .map(|entry| (entry.key.clone(), entry.size))
        .collect()
}

pub(crate) async fn a_listing_prefix_is_text_and_not_a_folder(backend: &Backend) {
    let store = lake(backend, "prefixes").await;
    for key in ["a-b", "a/b", "a/c/d", "ab", "b"] {
        store.put(key, Bytes::new()).await.unwrap();
    }
    assert_eq!(keys_of(&store, "a").await, ["a-b", "a/b", "a/c/d", "ab"]);
    assert_eq!(keys_of(&store, "a/").await, ["a/b", "a/c/d"]);
    assert_eq!(keys_of(&store, "a/c/d").await, ["a/c/d"]);
    assert_eq!(keys_of(&store, "c").await, Vec::<String>::new());
}

pub(crate) async fn keys_may_have_what_hive_paths_have(backend: &Backend) {
    let store = lake(backend, "odd-keys").await;
    let mut keys = [
        "curated/dataset=general/program_year=2023/part-0.parquet",
        "date=2024-06-28 00:00/x",
        "percent/100%25/%/%20",
        "signs/+&;,@$!'()*~[]{}^|`\"<>",
        "query/a?b=c#d",
        "unicode/Zürich-東京-🦀",
        "dots/..a/.b/c.",
        // 41 segments, more bytes than any file name may have.
        &vec!["long=segment/of-a-key"; 41].join("/"),
    ];
    keys.sort_unstable();
    for key in keys {
        store
            .put(key, Bytes::copy_from_slice(key.as_bytes()))
            .await
            .unwrap();
    }
    for key in keys {
        assert_eq!(store.get(key).await.unwrap(), key);
        assert_eq!(
            store.head(key).await.unwrap().sha256,
            Some(Digest::of(key.as_bytes())),
            "{key}"
        );
        assert_eq!(keys_of(&store, key).await, [key]);
    }
    assert_eq!(keys_of(&store, "").await, keys);
    for key in keys {
        store.delete(key).await.unwrap();
    }
    assert_eq!(keys_of(&store, "").await, Vec::<String>::new());
}

pub(crate) async fn a_prefix_hides_everything_beside_it(backend: &Backend) {
    let outer = lake(backend, "prefixed").await;
    outer
        .put("teams/b/x", Bytes::from_static(b"other"))
        .await
        .unwrap();
    let inner = outer.with_prefix("teams/a").unwrap();
    inner.put("x", Bytes::from_static(b"mine")).await.unwrap();
    assert_eq!(keys_of(&inner, "").await, ["x"]);
    assert_eq!(inner.get("x").await.unwrap(), "mine");
    assert_eq!(inner.head("x").await.unwrap().key, "x");
    assert_eq!(keys_of(&outer, "").await, ["teams/a/x", "teams/b/x"]);
    assert_eq!(inner.url(), "s3://prefixed/teams/a/");
}

pub(crate) async fn a_key_that_no_file_tree_can_hold_is_refused(backend: &Backend) {
    let store = lake(backend, "bad-keys").await;
    for key in ["", "/a", "a/", "a//b", "a/../../b", "a\nb"] {
        let outcomes = [
            store.put(key, Bytes::new()).await.map(|_| ()),
            store.create(key, Bytes::new()).await.map(|_| ()),
            store.get(key).await.map(|_| ()),
            store.head(key).await.map(|_| ()),
            store.delete(key).await,
        ];
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(StoreError::InvalidKey { .. })),
                "{key:?}: {outcome:?}"
            );
        }
    }
    assert_eq!(keys_of(&store, "").await, Vec::<String>::new());
}
