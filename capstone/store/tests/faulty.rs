//! Each fault alone, and what the store makes of it.

mod support;

use std::fs;
use std::time::Duration;

use bytes::Bytes;
use store::{Creation, Digest, Fault, Faults, Store, StoreConfig, StoreError, serve};
use support::{PART, Patient, connect, keys, noise, small_parts};
use tempfile::TempDir;

/// Every request fails, until `limit` have.
fn only(kind: Fault, limit: u64) -> Faults {
    Faults {
        rate: 1.0,
        kinds: vec![kind],
        limit: Some(limit),
        ..Faults::default()
    }
}

/// A lake with its bucket, and a second look at it that fails as said.
async fn lake(root: &TempDir, faults: impl Into<Option<Faults>>, patient: &Patient) -> Store {
    let calm = Store::embedded(root.path(), "lake", small_parts()).unwrap();
    calm.ensure_bucket().await.unwrap();
    let config = StoreConfig {
        faults: faults.into(),
        ..patient.config()
    };
    Store::embedded(root.path(), "lake", config).unwrap()
}

#[tokio::test]
async fn one_fault_of_any_kind_is_outlived_by_any_request() {
    for kind in Fault::ALL {
        let root = tempfile::tempdir().unwrap();
        let patient = Patient::new(2);
        let body = Bytes::from(noise(1000));
        let fresh = || lake(&root, only(kind, 1), &patient);
        assert_eq!(
            fresh().await.create("a", body.clone()).await.unwrap(),
            Creation::Created,
            "{kind}"
        );
        assert_eq!(fresh().await.get("a").await.unwrap(), body, "{kind}");
        let part = fresh().await.get_range("a", 10..20).await.unwrap();
        assert_eq!(part, body[10..20], "{kind}");
        assert_eq!(fresh().await.head("a").await.unwrap().size, 1000, "{kind}");
        assert_eq!(fresh().await.list("").await.unwrap().len(), 1, "{kind}");
        fresh().await.put("a", body.clone()).await.unwrap();
        let last = fresh().await;
        last.delete("a").await.unwrap();
        assert_eq!(last.injected().into_iter().collect::<Vec<_>>(), [(kind, 1)]);
        let slept = patient.slept.lock().unwrap();
        assert_eq!(*slept, [Duration::from_secs(1); 7], "{kind}");
    }
}

#[tokio::test]
async fn a_fault_at_any_request_of_an_upload_in_parts_leaves_one_whole_object() {
    let bytes = noise(usize::try_from(PART + 1).unwrap());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &bytes).unwrap();
    for kind in Fault::ALL {
        // Start, two parts, completion; with one fault of each the upload has eight requests.
        for faults in 1..=8 {
            let root = tempfile::tempdir().unwrap();
            let rough = lake(&root, only(kind, faults), &Patient::new(10)).await;
            let made = rough.create_file("a", file.path(), None).await.unwrap();
            assert_eq!(made, Creation::Created, "{faults} of {kind}");
            let calm = lake(&root, None, &Patient::new(1)).await;
            assert_eq!(
                calm.head("a").await.unwrap().sha256,
                Some(Digest::of(&bytes))
            );
            assert_eq!(calm.list("").await.unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_create_that_gave_up_after_it_was_carried_out_is_found_by_the_next() {
    let root = tempfile::tempdir().unwrap();
    let rough = lake(&root, only(Fault::LostReply, 9), &Patient::new(3)).await;
    let error = rough.create("commit", "mine".into()).await.unwrap_err();
    assert!(matches!(error, StoreError::Broken { .. }), "{error:?}");
    let calm = lake(&root, None, &Patient::new(1)).await;
    assert_eq!(calm.get("commit").await.unwrap(), "mine");
    let again = calm.create("commit", "mine".into()).await.unwrap();
    assert_eq!(again, Creation::AlreadyExists { identical: true });
}

#[tokio::test]
async fn a_file_that_is_fetched_is_whole_or_not_there() {
    let root = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bytes = Bytes::from(noise(usize::try_from(2 * PART + 7).unwrap()));
    let digest = Digest::of(&bytes);
    let calm = lake(&root, None, &Patient::new(1)).await;
    calm.put("a.csv", bytes.clone()).await.unwrap();
    let faults = |limit| only(Fault::ShortBody, limit);

    let hopeless = lake(&root, faults(u64::MAX), &Patient::new(3)).await;
    hopeless
        .fetch_to(folder.path(), "a.csv", digest)
        .await
        .unwrap_err();
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "half a file was left");

    let rough = lake(&root, faults(9), &Patient::new(20)).await;
    let path = rough.fetch_to(folder.path(), "a.csv", digest).await;
    assert!(
        fs::read(path.unwrap()).unwrap() == bytes,
        "other bytes were fetched"
    );
    assert_eq!(rough.injected()[&Fault::ShortBody], 9);
}

#[tokio::test]
async fn a_lake_behind_a_socket_fails_and_recovers_in_the_same_way() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let config = StoreConfig {
        faults: Some("seed=3,rate=0.4".parse().unwrap()),
        ..Patient::new(50).config()
    };
    let store = connect(&server.endpoint(), "lake", keys(), config).await;
    store.ensure_bucket().await.unwrap();
    for number in 0..30 {
        let (key, body) = (format!("k{number}"), format!("body {number}"));
        let made = store.create(&key, body.clone().into()).await.unwrap();
        assert_eq!(made, Creation::Created, "{key}");
        assert_eq!(store.get(&key).await.unwrap(), body);
    }
    assert_eq!(store.list("").await.unwrap().len(), 30);
    let injected = store.injected();
    for kind in Fault::ALL {
        assert!(injected.contains_key(&kind), "{injected:?}");
    }
}
