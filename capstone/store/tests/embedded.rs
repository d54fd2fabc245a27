//! What only the embedded server promises: plain files, nothing left behind, and
//! a socket with keys.

mod support;

use std::fs;
use std::path::Path;

use bytes::Bytes;
use store::{Creation, Digest, KeyPair, Store, StoreError, serve};
use support::{PART, connect, files_in, keys, noise, small_parts};

async fn lake(root: &Path) -> Store {
    let store = Store::embedded(root, "lake", small_parts()).unwrap();
    store.ensure_bucket().await.unwrap();
    store
}

#[tokio::test]
async fn an_object_is_a_plain_file_where_its_key_says() {
    let root = tempfile::tempdir().unwrap();
    let store = lake(root.path()).await;
    store
        .put("year=2023/a b.csv", Bytes::from_static(b"1,2\n"))
        .await
        .unwrap();
    let path = store.local_path("year=2023/a b.csv").unwrap();
    assert_eq!(
        path,
        root.path()
            .canonicalize()
            .unwrap()
            .join("lake/year=2023/a b.csv")
    );
    assert_eq!(fs::read(path).unwrap(), b"1,2\n");
}

#[tokio::test]
async fn a_bucket_folder_has_objects_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let mut config = small_parts();
    // One part at a time, so that none is still arriving when an upload fails.
    config.multipart.concurrency = 1;
    let store = Store::embedded(root.path(), "lake", config).unwrap();
    store.ensure_bucket().await.unwrap();
    let large = tempfile::NamedTempFile::new().unwrap();
    large.as_file().set_len(2 * PART).unwrap();
    store.put("a", Bytes::from_static(b"1")).await.unwrap();
    store.put("a", Bytes::from_static(b"2")).await.unwrap();
    store.put_file("large", large.path(), None).await.unwrap();
    store.create("a", Bytes::from_static(b"3")).await.unwrap();
    store
        .put_file("b", large.path(), Some(Digest::of(b"")))
        .await
        .unwrap_err();

    let bucket = store.local_path("a").unwrap().parent().unwrap().to_owned();
    let mut files = files_in(&bucket);
    files.sort();
    assert_eq!(files, [bucket.join("a"), bucket.join("large")]);
    let control = root.path().join(".s3");
    assert_eq!(
        files_in(&control.join("attributes")).len(),
        2,
        "one per object"
    );
    let staging = files_in(&control.join("staging"));
    assert_eq!(staging.len(), 1, "only this session's lock: {staging:?}");
}

#[tokio::test]
async fn a_deleted_object_leaves_no_attributes_to_the_next_one() {
    let root = tempfile::tempdir().unwrap();
    let store = lake(root.path()).await;
    store.put("a", Bytes::from_static(b"1")).await.unwrap();
    store.delete("a").await.unwrap();
    assert_eq!(files_in(&root.path().join(".s3/attributes")).len(), 0);
}

#[tokio::test]
async fn a_file_put_there_by_hand_is_an_object_without_a_digest() {
    let root = tempfile::tempdir().unwrap();
    let store = lake(root.path()).await;
    fs::write(store.local_path("by-hand").unwrap(), "hello").unwrap();
    let head = store.head("by-hand").await.unwrap();
    assert_eq!((head.size, head.sha256), (5, None));
    assert_eq!(store.get("by-hand").await.unwrap(), "hello");
    let same = store
        .create("by-hand", Bytes::from_static(b"hello"))
        .await
        .unwrap();
    assert_eq!(same, Creation::AlreadyExists { identical: true });
    let other = store
        .create("by-hand", Bytes::from_static(b"hullo"))
        .await
        .unwrap();
    assert_eq!(other, Creation::AlreadyExists { identical: false });
}

#[tokio::test]
async fn readers_see_one_version_or_the_other_and_never_a_mixture() {
    let root = tempfile::tempdir().unwrap();
    let (writer, reader) = (lake(root.path()).await, lake(root.path()).await);
    let bodies = [Bytes::from(noise(100_000)), Bytes::from(vec![7; 100_000])];
    writer.put("a", bodies[0].clone()).await.unwrap();
    let writing = tokio::spawn({
        let bodies = bodies.clone();
        async move {
            for n in 0..200 {
                writer.put("a", bodies[n % 2].clone()).await.unwrap();
            }
        }
    });
    let digests = bodies.each_ref().map(|body| Some(Digest::of(body)));
    while !writing.is_finished() {
        assert!(digests.contains(&reader.head("a").await.unwrap().sha256));
        assert!(bodies.contains(&reader.get("a").await.unwrap()));
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_a_folder_of_others_is_refused_in_words() {
    let root = tempfile::tempdir().unwrap();
    let store = lake(root.path()).await;
    store.put("a/b", Bytes::from_static(b"1")).await.unwrap();
    for key in ["a", "a/b/c"] {
        let outcomes = [
            store.put(key, Bytes::new()).await.map(|_| ()),
            store.create(key, Bytes::new()).await.map(|_| ()),
        ];
        for outcome in outcomes {
            let error = outcome.unwrap_err().to_string();
            assert!(
                error.contains("a folder of other objects"),
                "{key}: {error}"
            );
        }
    }
    assert_eq!(store.get("a/b").await.unwrap(), "1");
}

/// A client with the SDK's own defaults, as other programs use it.
fn plain_client(endpoint: &str) -> aws_sdk_s3::Client {
    let credentials =
        aws_sdk_s3::config::Credentials::new("test-access", "test-secret", None, None, "test");
    let settings = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(credentials)
        .build();
    aws_sdk_s3::Client::from_conf(settings)
}

#[tokio::test]
async fn a_body_with_the_wrong_checksum_leaves_the_old_object() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let store = connect(&server.endpoint(), "lake", keys(), small_parts()).await;
    store.ensure_bucket().await.unwrap();
    store.put("a", Bytes::from_static(b"good")).await.unwrap();

    let client = plain_client(&server.endpoint());
    let wrong = || aws_smithy_types::base64::encode([7; 32]);
    let put = client
        .put_object()
        .bucket("lake")
        .key("a")
        .checksum_sha256(wrong());
    let error = put
        .body(Bytes::from_static(b"evil").into())
        .send()
        .await
        .unwrap_err();
    let error = aws_sdk_s3::error::DisplayErrorContext(error).to_string();
    assert!(error.contains("BadDigest"), "{error}");
    assert_eq!(store.get("a").await.unwrap(), "good");
}

#[tokio::test]
async fn a_client_with_default_settings_is_served() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let store = connect(&server.endpoint(), "lake", keys(), small_parts()).await;
    store.ensure_bucket().await.unwrap();
    let client = plain_client(&server.endpoint());

    // As clients of today send it by default: a CRC after the body.
    let put = client.put_object().bucket("lake").key("b");
    put.body(Bytes::from_static(b"fine").into())
        .send()
        .await
        .unwrap();
    assert_eq!(store.get("b").await.unwrap(), "fine");

    let buckets = client.list_buckets().send().await.unwrap();
    let names: Vec<_> = buckets
        .buckets()
        .iter()
        .filter_map(|bucket| bucket.name())
        .collect();
    assert_eq!(names, ["lake"], "the control folder is no bucket");

    let list = client.list_objects_v2().bucket("lake").delimiter("/");
    store.put("year=2023/a", Bytes::new()).await.unwrap();
    let page = list.send().await.unwrap();
    let folders: Vec<_> = page
        .common_prefixes()
        .iter()
        .filter_map(|group| group.prefix())
        .collect();
    assert_eq!(
        (page.contents()[0].key(), folders),
        (Some("b"), vec!["year=2023/"])
    );
}

#[tokio::test]
async fn a_key_that_leads_out_of_the_bucket_is_refused_by_the_server_too() {
    let root = tempfile::tempdir().unwrap();
    let server = serve(
        "127.0.0.1:0".parse().unwrap(),
        &root.path().join("lake-root"),
        keys(),
    )
    .await
    .unwrap();
    connect(&server.endpoint(), "lake", keys(), small_parts())
        .await
        .ensure_bucket()
        .await
        .unwrap();
    for key in ["../../evil", "a/../../../evil", "/../evil"] {
        let put = plain_client(&server.endpoint())
            .put_object()
            .bucket("lake")
            .key(key);
        put.body(Bytes::from_static(b"evil").into())
            .send()
            .await
            .unwrap_err();
    }
    let files = files_in(root.path());
    assert!(
        files.iter().all(|file| !file.ends_with("evil")),
        "{files:?}"
    );
}

#[tokio::test]
async fn wrong_keys_are_refused_and_the_error_says_which_half() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let pairs = [
        (
            KeyPair::new("nobody", "test-secret"),
            "InvalidAccessKeyId",
            "AWS_ACCESS_KEY_ID",
        ),
        (
            KeyPair::new("test-access", "guess"),
            "SignatureDoesNotMatch",
            "AWS_SECRET_ACCESS_KEY",
        ),
    ];
    for (pair, expected, variable) in pairs {
        let store = connect(&server.endpoint(), "lake", pair, small_parts()).await;
        for error in [
            store.ensure_bucket().await.unwrap_err(),
            store.get("a").await.unwrap_err(),
        ] {
            assert!(
                matches!(&error, StoreError::AccessDenied { code, .. } if code == expected),
                "{error:?}"
            );
            assert!(error.to_string().contains(variable), "{error}");
        }
    }
    assert!(
        files_in(root.path())
            .iter()
            .all(|path| path.starts_with(root.path().join(".s3")))
    );
}

#[tokio::test]
async fn after_shutdown_nobody_answers_and_the_error_names_the_endpoint() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let endpoint = server.endpoint();
    let store = connect(&endpoint, "lake", keys(), small_parts()).await;
    store.ensure_bucket().await.unwrap();
    server.shutdown().await;
    let error = store.list("").await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Connect { endpoint: named, .. } if *named == endpoint),
        "{error:?}"
    );
    assert!(error.to_string().contains(&endpoint), "{error}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_clear_error() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let error = serve(server.address(), root.path(), keys())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&server.address().to_string()), "{error}");
}
