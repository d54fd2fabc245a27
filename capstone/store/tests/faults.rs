//! What the client does when the service fails: scripted answers over a real socket.

mod scripted;
mod support;

use std::time::Duration;

use bytes::Bytes;
use scripted::{Answer, Scripted};
use store::{BucketState, Creation, Digest, Store, StoreConfig, StoreError, Timeouts, serve};
use support::{PART, Patient, connect, keys, small_parts};

async fn store_on(server: &Scripted, config: StoreConfig) -> Store {
    connect(&server.endpoint, "lake", keys(), config).await
}

fn slow_down() -> Answer {
    Answer::error(503, "SlowDown")
}

#[tokio::test]
async fn a_busy_service_is_asked_again_as_the_policy_says() {
    let server = Scripted::start([slow_down(), slow_down(), Answer::ok("body")]).await;
    let patient = Patient::new(3);
    let store = store_on(&server, patient.config()).await;
    assert_eq!(store.get("a").await.unwrap(), "body");
    assert_eq!(server.seen(), ["GET /lake/a"; 3]);
    assert_eq!(
        *patient.slept.lock().unwrap(),
        [1, 2].map(Duration::from_secs)
    );
}

#[tokio::test]
async fn the_last_error_is_returned_when_the_policy_gives_up() {
    let server = Scripted::start([slow_down(), slow_down(), Answer::ok("too late")]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    let error = store.get("a").await.unwrap_err();
    assert!(matches!(error, StoreError::SlowDown { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn without_a_policy_nothing_is_sent_twice() {
    let server = Scripted::start([slow_down(), Answer::ok("too late")]).await;
    let store = store_on(&server, small_parts()).await;
    store.get("a").await.unwrap_err();
    assert_eq!(server.seen().len(), 1, "the SDK retried by itself");
}

#[tokio::test]
async fn an_error_that_stays_is_not_asked_again() {
    let cases = [
        (404, "NoSuchKey"),
        (404, "NoSuchBucket"),
        (403, "AccessDenied"),
        (403, "InvalidAccessKeyId"),
        (301, "PermanentRedirect"),
        (400, "InvalidArgument"),
    ];
    for (status, code) in cases {
        let server = Scripted::start([Answer::error(status, code)]).await;
        let store = store_on(&server, Patient::new(5).config()).await;
        let error = store.get("a").await.unwrap_err();
        let expected = match code {
            "NoSuchKey" => matches!(error, StoreError::NotFound { .. }),
            "NoSuchBucket" => matches!(error, StoreError::NoSuchBucket { .. }),
            "PermanentRedirect" => matches!(error, StoreError::WrongRegion { .. }),
            "InvalidArgument" => matches!(error, StoreError::Other { .. }),
            _ => matches!(error, StoreError::AccessDenied { .. }),
        };
        assert!(expected && !error.retryable(), "{code}: {error:?}");
        assert_eq!(server.seen().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_named_with_what_to_try() {
    let server = Scripted::start([]).await;
    let endpoint = server.endpoint.clone();
    drop(server);
    let patient = Patient::new(3);
    let store = connect(&endpoint, "lake", keys(), patient.config()).await;
    let error = store.ensure_bucket().await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Connect { endpoint: named, .. } if *named == endpoint),
        "{error:?}"
    );
    assert!(error.to_string().contains("Is it running"), "{error}");
    assert_eq!(patient.slept.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_a_timeout() {
    let server = Scripted::start([Answer::silence()]).await;
    let timeouts = Timeouts {
        attempt: Duration::from_millis(50),
        ..Timeouts::default()
    };
    let store = store_on(
        &server,
        StoreConfig {
            timeouts,
            ..small_parts()
        },
    )
    .await;
    let error = store.get("a").await.unwrap_err();
    assert!(matches!(error, StoreError::Timeout { .. }), "{error:?}");
    assert!(error.retryable());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again() {
    let server = Scripted::start([
        Answer::ok("whole body").cut_after(4),
        Answer::ok("whole body"),
    ])
    .await;
    let store = store_on(&server, Patient::new(2).config()).await;
    assert_eq!(store.get("a").await.unwrap(), "whole body");
}

#[tokio::test]
async fn a_whole_object_with_other_bytes_than_were_written_is_read_again() {
    let digest = Digest::of(b"written");
    let answer = |body| Answer::ok(body).header(&format!("x-amz-meta-sha256: {digest}"));
    let server = Scripted::start([answer("changed"), answer("written")]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    assert_eq!(store.get("a").await.unwrap(), "written");
    assert_eq!(server.seen().len(), 2);
}

/// The only page of a listing.
const PAGE: &str = "<ListBucketResult><KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>\
    <Contents><Key>a</Key><Size>1</Size></Contents>\
    <Contents><Key>bb</Key><Size>1</Size></Contents></ListBucketResult>";

#[tokio::test]
async fn a_listing_that_ends_early_without_a_length_is_asked_for_again() {
    // Inside the last key, between two keys, before the end, at the very start.
    let cuts = [
        "bb</Key>",
        "<Contents><Key>bb",
        "</ListBucketResult>",
        "<ListBucketResult>",
    ];
    for cut in cuts {
        let length = PAGE.find(cut).unwrap();
        let half = Answer::unmeasured(&PAGE[..length + usize::from(cut.starts_with('b'))]);
        let server = Scripted::start([half, Answer::unmeasured(PAGE)]).await;
        let store = store_on(&server, Patient::new(2).config()).await;
        let keys: Vec<_> = store
            .list("")
            .await
            .unwrap()
            .into_iter()
            .map(|listed| listed.key)
            .collect();
        assert_eq!(keys, ["a", "bb"], "cut before {cut}");
        assert_eq!(server.seen().len(), 2, "cut before {cut}");
    }
}

#[tokio::test]
async fn a_refusal_without_its_reason_is_asked_for_again() {
    let half = Answer::error(404, "NoSuchBucket").cut_after(20);
    let server = Scripted::start([half, Answer::ok("body")]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    assert_eq!(store.get("a").await.unwrap(), "body");
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_is_sent_twice() {
    let server = Scripted::start([Answer::error(507, "InsufficientStorage")]).await;
    let store = store_on(&server, Patient::new(5).config()).await;
    let error = store.put("a", Bytes::from_static(b"1")).await.unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert!(error.to_string().contains("is full"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_finds_its_own_object() {
    let root = tempfile::tempdir().unwrap();
    let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
        .await
        .unwrap();
    let direct = connect(&server.endpoint(), "lake", keys(), small_parts()).await;
    direct.ensure_bucket().await.unwrap();

    // The request is carried out, its answer never arrives.
    let lossy = Scripted::start([Answer::forward(server.address()).lost()]).await;
    let store = store_on(&lossy, Patient::new(2).config()).await;
    let outcome = store.create("commit", Bytes::from_static(b"mine")).await;
    assert!(
        matches!(outcome, Err(StoreError::Broken { .. })),
        "{outcome:?}"
    );
    assert_eq!(
        direct.get("commit").await.unwrap(),
        "mine",
        "it was carried out"
    );

    let through = || Answer::forward(server.address());
    let lossy = Scripted::start([through().lost(), through(), through()]).await;
    let store = store_on(&lossy, Patient::new(2).config()).await;
    let outcome = store
        .create("other", Bytes::from_static(b"mine"))
        .await
        .unwrap();
    assert_eq!(outcome, Creation::Created);
    assert_eq!(
        lossy.seen(),
        ["PUT /lake/other", "PUT /lake/other", "HEAD /lake/other"]
    );

    // A retry that finds somebody else's object has lost.
    let lossy = Scripted::start([slow_down(), through(), through(), through()]).await;
    let store = store_on(&lossy, Patient::new(2).config()).await;
    let outcome = store
        .create("other", Bytes::from_static(b"your"))
        .await
        .unwrap();
    assert_eq!(outcome, Creation::AlreadyExists { identical: false });
}

#[tokio::test]
async fn a_conditional_conflict_is_tried_again() {
    let conflict = Answer::error(409, "ConditionalRequestConflict");
    let server = Scripted::start([conflict, Answer::ok("")]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    assert_eq!(
        store.create("a", Bytes::from_static(b"1")).await.unwrap(),
        Creation::Created
    );
}

#[tokio::test]
async fn a_bucket_of_somebody_else_is_recognised() {
    let server = Scripted::start([
        Answer::error(403, "AccessDenied"),
        Answer::error(409, "BucketAlreadyExists"),
    ])
    .await;
    let error = store_on(&server, small_parts())
        .await
        .ensure_bucket()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::BucketTaken { bucket } if bucket == "lake"),
        "{error:?}"
    );

    // Ours, without the right to list it.
    let server = Scripted::start([
        Answer::error(403, "AccessDenied"),
        Answer::error(409, "BucketAlreadyOwnedByYou"),
    ])
    .await;
    let state = store_on(&server, small_parts())
        .await
        .ensure_bucket()
        .await
        .unwrap();
    assert_eq!(state, BucketState::AlreadyMine);
}

/// A file of one whole part and a short one.
fn two_parts() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(PART + 1).unwrap();
    file
}

fn started() -> Answer {
    Answer::ok(
        "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
    )
}

fn part() -> Answer {
    Answer::ok("").header("ETag: \"tag\"")
}

fn completed() -> Answer {
    Answer::ok(
        "<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag></CompleteMultipartUploadResult>",
    )
}

#[tokio::test]
async fn an_error_inside_a_successful_answer_is_an_error() {
    let failed =
        Answer::ok("<Error><Code>InternalError</Code><Message>We failed</Message></Error>");
    let server = Scripted::start([started(), part(), part(), failed, completed()]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    store.put_file("a", two_parts().path(), None).await.unwrap();
    let completions = server
        .seen()
        .iter()
        .filter(|line| line.starts_with("POST /lake/a?uploadId"))
        .count();
    assert_eq!(completions, 2);
}

#[tokio::test]
async fn a_failed_upload_is_aborted() {
    let denied = || Answer::error(403, "AccessDenied");
    let server = Scripted::start([started(), denied(), denied(), Answer::ok("")]).await;
    let mut config = small_parts();
    config.multipart.concurrency = 1;
    let store = store_on(&server, config).await;
    let error = store
        .put_file("a", two_parts().path(), None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::AccessDenied { .. }),
        "{error:?}"
    );
    let seen = server.seen();
    assert!(
        seen.last().unwrap().starts_with("DELETE /lake/a?"),
        "{seen:?}"
    );
    assert!(seen.last().unwrap().contains("uploadId=u1"), "{seen:?}");
}

#[tokio::test]
async fn after_a_conflict_the_whole_upload_starts_again() {
    let conflict = Answer::error(409, "ConditionalRequestConflict");
    let aborted = Answer::ok("");
    let again = [started(), part(), part(), completed()];
    let server = Scripted::start(
        [started(), part(), part(), conflict, aborted]
            .into_iter()
            .chain(again),
    )
    .await;
    let store = store_on(&server, Patient::new(2).config()).await;
    let file = two_parts();
    assert_eq!(
        store.create_file("a", file.path(), None).await.unwrap(),
        Creation::Created
    );
    let starts = server
        .seen()
        .iter()
        .filter(|line| line.starts_with("POST /lake/a?uploads"))
        .count();
    assert_eq!(starts, 2);
}

#[tokio::test]
async fn a_completion_whose_answer_was_lost_finds_its_own_object() {
    let file = two_parts();
    let digest = Digest::of_file(file.path()).unwrap();
    let found = Answer::head_only(&[
        format!("Content-Length: {}", PART + 1),
        format!("x-amz-meta-sha256: {digest}"),
    ]);
    let lost = completed().lost();
    let gone = Answer::error(404, "NoSuchUpload");
    let server = Scripted::start([started(), part(), part(), lost, gone, found]).await;
    let store = store_on(&server, Patient::new(2).config()).await;
    let outcome = store
        .create_file("a", file.path(), Some(digest))
        .await
        .unwrap();
    assert_eq!(outcome, Creation::Created);
}
