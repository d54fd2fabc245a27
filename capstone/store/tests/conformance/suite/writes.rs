//! Conditional creates, uploads in parts, files fetched.

use std::fs;

use bytes::Bytes;
use futures::future::join_all;
use store::{Creation, Digest, StoreError};

use super::{keys_of, lake};
use crate::Backend;
use crate::support::{PART, noise};

pub(crate) async fn a_create_refuses_to_replace(backend: &Backend) {
    let store = lake(backend, "create").await;
    assert_eq!(
        store
            .create("c", Bytes::from_static(b"mine"))
            .await
            .unwrap(),
        Creation::Created
    );
    let again = store.create("c", Bytes::from_static(b"mine")).await;
    assert!(backend.found_its_own(again.unwrap()));
    for body in ["thei", "longer"] {
        let outcome = store.create("c", Bytes::from(body)).await.unwrap();
        let refused = Creation::AlreadyExists { identical: false };
        assert_eq!(outcome, refused, "{body}");
    }
    assert_eq!(store.get("c").await.unwrap(), "mine");
    assert_eq!(
        store.head("c").await.unwrap().sha256,
        Some(Digest::of(b"mine"))
    );
}

pub(crate) async fn of_many_creates_of_one_key_exactly_one_wins(backend: &Backend) {
    let store = lake(backend, "race").await;
    for round in 0..5 {
        let key = format!("commits/{round}.json");
        let creates = (0..16).map(|writer| {
            let (store, key) = (store.clone(), key.clone());
            tokio::spawn(async move {
                store
                    .create(&key, Bytes::from(format!("{writer:02}")))
                    .await
                    .unwrap()
            })
        });
        let outcomes: Vec<_> = join_all(creates)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let winners: Vec<_> = (0..16)
            .filter(|&writer| outcomes[writer] == Creation::Created)
            .collect();
        assert_eq!(winners.len(), 1, "round {round}: {outcomes:?}");
        let body = format!("{:02}", winners[0]);
        assert_eq!(store.get(&key).await.unwrap(), body);
        assert_eq!(
            store.head(&key).await.unwrap().sha256,
            Some(Digest::of(body.as_bytes()))
        );
    }
}

/// A file of two whole parts and a little one.
fn large_file(first: &str) -> (tempfile::NamedTempFile, Vec<u8>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let length = usize::try_from(2 * PART + 12_345).unwrap();
    let bytes = [first.as_bytes(), &noise(length)].concat();
    fs::write(file.path(), &bytes).unwrap();
    (file, bytes)
}

pub(crate) async fn a_large_file_goes_in_parts_and_comes_back(backend: &Backend) {
    let store = lake(backend, "multipart").await;
    let (file, bytes) = large_file("a");
    let digest = Digest::of(&bytes);
    for known in [None, Some(digest)] {
        let put = store
            .put_file("raw/large.csv", file.path(), known)
            .await
            .unwrap();
        assert_eq!((put.size, put.sha256), (bytes.len() as u64, Some(digest)));
        assert_eq!(store.head("raw/large.csv").await.unwrap(), put);
    }
    assert!(
        store.get("raw/large.csv").await.unwrap() == bytes,
        "other bytes came back"
    );
    let across = PART - 10..PART + 10;
    let expected =
        &bytes[usize::try_from(across.start).unwrap()..usize::try_from(across.end).unwrap()];
    assert_eq!(
        store.get_range("raw/large.csv", across).await.unwrap(),
        expected
    );
    assert_eq!(keys_of(&store, "").await, ["raw/large.csv"]);
}

pub(crate) async fn a_large_create_refuses_to_replace(backend: &Backend) {
    let store = lake(backend, "multipart-create").await;
    let (file, bytes) = large_file("a");
    let (other, _) = large_file("b");
    assert_eq!(
        store.create_file("a", file.path(), None).await.unwrap(),
        Creation::Created
    );
    let again = store.create_file("a", file.path(), None).await;
    assert!(backend.found_its_own(again.unwrap()));
    let refused = store.create_file("a", other.path(), None).await.unwrap();
    assert_eq!(refused, Creation::AlreadyExists { identical: false });
    assert_eq!(
        store.head("a").await.unwrap().sha256,
        Some(Digest::of(&bytes))
    );
}

pub(crate) async fn of_many_large_creates_of_one_key_exactly_one_wins(backend: &Backend) {
    let store = lake(backend, "multipart-race").await;
    let files = ["a", "b", "c"].map(large_file);
    let creates = files
        .iter()
        .map(|(file, _)| store.create_file("a", file.path(), None));
    let outcomes: Vec<_> = join_all(creates)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let winners: Vec<_> = (0..3)
        .filter(|&n| outcomes[n] == Creation::Created)
        .collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let expected = Digest::of(&files[winners[0]].1);
    assert_eq!(store.head("a").await.unwrap().sha256, Some(expected));
    assert_eq!(Digest::of(&store.get("a").await.unwrap()), expected);
}

pub(crate) async fn a_file_that_is_not_what_was_promised_is_not_uploaded(backend: &Backend) {
    let store = lake(backend, "wrong-file").await;
    let small = tempfile::NamedTempFile::new().unwrap();
    fs::write(small.path(), "small").unwrap();
    let (large, _) = large_file("a");
    for file in [small, large] {
        let error = store
            .put_file("a", file.path(), Some(Digest::of(b"else")))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Checksum { .. }), "{error:?}");
    }
    assert_eq!(keys_of(&store, "").await, Vec::<String>::new());
}

pub(crate) async fn a_fetched_file_is_cached_and_verified(backend: &Backend) {
    let store = lake(backend, "fetch").await;
    let folder = tempfile::tempdir().unwrap();
    let (file, bytes) = large_file("a");
    let digest = Digest::of(&bytes);
    store
        .put_file("x/part.parquet", file.path(), Some(digest))
        .await
        .unwrap();

    let path = store
        .fetch_to(folder.path(), "x/part.parquet", digest)
        .await
        .unwrap();
    assert_eq!(path.extension().unwrap(), "parquet");
    assert!(
        fs::read(&path).unwrap() == bytes,
        "other bytes were fetched"
    );

    // A damaged cache is repaired; an intact one needs no object.
    fs::write(&path, "damaged").unwrap();
    assert_eq!(
        store
            .fetch_to(folder.path(), "x/part.parquet", digest)
            .await
            .unwrap(),
        path
    );
    assert!(
        fs::read(&path).unwrap() == bytes,
        "the cache was not repaired"
    );
    store.delete("x/part.parquet").await.unwrap();
    assert_eq!(
        store
            .fetch_to(folder.path(), "x/part.parquet", digest)
            .await
            .unwrap(),
        path
    );

    store
        .put("x/other", Bytes::from_static(b"1"))
        .await
        .unwrap();
    let error = store
        .fetch_to(folder.path(), "x/other", digest)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Checksum { .. }), "{error:?}");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "a wrong file was kept"
    );
}
