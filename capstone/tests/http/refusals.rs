//! What can't be had is said in one sentence, with the right exit code, and leaves nothing.

use std::sync::Arc;

use crate::downloads::{NAME, call, delivered, ingest, same_as_local, spool_is_empty};
use crate::server::{Reply, Server};
use crate::support::{Desk, Ended};

/// Ingests from a server that always answers like this: how it ends, after how many requests.
fn asked(
    path: &str,
    answer: impl Fn(&Shelf) -> Reply + Send + Sync + 'static,
) -> (Desk, Ended, Server) {
    let (desk, _, delivery) = delivered();
    let shelf = Shelf {
        bytes: delivery.bytes,
    };
    let server = Server::start(move |_, _| answer(&shelf));
    let ended = ingest(&desk, "lake", &server.url(path));
    assert!(
        !desk.path("lake/s3/open-payments").exists(),
        "nothing is ingested"
    );
    spool_is_empty(&desk);
    (desk, ended, server)
}

/// What the server has.
struct Shelf {
    bytes: Vec<u8>,
}

#[test]
fn what_is_not_there_is_not_asked_for_twice() {
    for (status, code) in [(404, 1), (410, 1), (400, 3), (401, 3), (403, 3)] {
        let (_, ended, server) = asked("/a.csv", move |_| Reply::new(status, "no"));
        let said = format!("status {status}");
        ended
            .expect(code)
            .says(&["error: ", &server.url("/a.csv"), &said]);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn a_server_that_always_fails_is_tried_five_times() {
    let (_, ended, server) = asked("/a.csv", |_| Reply::new(500, "").with("retry-after", "0"));
    ended.expect(3).says(&[
        "error: ",
        &server.url("/a.csv"),
        "status 500",
        "gave up after 5",
    ]);
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_server_that_asks_for_an_hour_is_left_alone() {
    let (_, ended, server) = asked("/a.csv", |_| {
        Reply::new(503, "").with("retry-after", "3600")
    });
    ended
        .expect(3)
        .says(&["status 503", "asks to wait 3600 s", "again later"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn nobody_there_is_an_error_of_the_environment() {
    let desk = Desk::new();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{port}/a.csv");
    ingest(&desk, "lake", &url)
        .expect(3)
        .says(&["error: ", &url, "gave up after 5"]);
}

#[test]
fn redirects_in_a_circle_and_to_nowhere_end() {
    let (_, ended, server) = asked("/a.csv", |_| Reply::new(302, "").with("location", "/a.csv"));
    ended
        .expect(3)
        .says(&["error: ", "more than 10 redirects", &server.url("/a.csv")]);
    assert_eq!(server.requests().len(), 11);
    for to in ["", "ftp://cms.gov/a.csv", "http://"] {
        let (_, ended, _) = asked("/a.csv", move |_| Reply::new(301, "").with("location", to));
        if to.is_empty() {
            // An empty reference is the address itself.
            ended.expect(3).says(&["more than 10 redirects"]);
        } else {
            ended.expect(3).says(&["redirects to no address"]);
        }
    }
}

#[test]
fn a_page_that_asks_to_sign_in_is_no_data() {
    let page = "\n<!DOCTYPE html><html><body>Sign in to the hotel network</body></html>";
    for kind in ["text/html; charset=utf-8", "text/csv", "application/zip"] {
        for path in ["/a.csv", "/a.zip"] {
            let reply = move |_: &Shelf| Reply::new(200, page).with("content-type", kind);
            let (_, ended, server) = asked(path, reply);
            let parts = [
                "error: ",
                &server.url(path),
                "web page",
                "asks you to sign in",
            ];
            ended.expect(1).says(&parts);
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn a_zip_that_is_none_is_named_and_fetched_again_by_the_next_run() {
    let (desk, ended, server) = asked("/a.zip", |_| Reply::new(200, "PK no").with("etag", "\"x\""));
    ended
        .expect(1)
        .says(&["error: ", "a.zip", "no sound zip file"]);
    ingest(&desk, "lake", &server.url("/a.zip")).expect(1);
    assert_eq!(server.headers("if-none-match"), [None, None]);
}

#[test]
fn a_file_that_can_not_be_used_is_fetched_again_by_the_next_run() {
    let (desk, local, delivery) = delivered();
    let server = Server::start(move |number, request| match number {
        0 => Reply::new(200, "no,known,header\n1,2,3\n").with("etag", delivery.tag),
        _ => delivery.answer(request),
    });
    let url = server.url(&format!("/{NAME}"));
    ingest(&desk, "lake", &url)
        .expect(1)
        .says(&["NOT DONE", NAME]);
    spool_is_empty(&desk);
    ingest(&desk, "lake", &url).expect(0);
    assert_eq!(server.headers("if-none-match"), [None, None]);
    same_as_local(&desk, &local);
}

#[test]
fn a_length_that_is_never_reached_is_an_error() {
    let (desk, _, delivery) = delivered();
    let length = delivery.bytes.len();
    let server = Server::start(move |_, request| {
        // It has as much as it has, and always states one byte more.
        match request.header("range") {
            Some(_) => Reply::new(416, "").with("content-range", format!("bytes */{}", length + 1)),
            None => delivery
                .answer(request)
                .with("content-length", (length + 1).to_string()),
        }
    });
    let url = server.url(&format!("/{NAME}"));
    ingest(&desk, "lake", &url)
        .expect(3)
        .says(&["error: ", &url, "gave up after 5"]);
    assert!(!desk.path("lake/s3/open-payments").exists());
}

#[test]
fn a_reply_that_states_no_length_is_not_trusted() {
    let (_, ended, _) = asked("/a.csv", |shelf| {
        Reply::new(200, shelf.bytes.clone()).without("content-length")
    });
    ended.expect(3).says(&["states no length"]);
}

#[test]
fn a_reply_in_an_encoding_that_nobody_asked_for_is_refused() {
    let (_, ended, server) = asked("/a.csv", |shelf| {
        Reply::new(200, shelf.bytes.clone()).with("content-encoding", "gzip")
    });
    ended.expect(3).says(&["encoded as gzip"]);
    assert_eq!(
        server.headers("accept-encoding")[0].as_deref(),
        Some("identity")
    );
}

#[test]
fn addresses_that_make_no_sense_are_usage() {
    let desk = Desk::new();
    for (source, said) in [
        ("https://me:secret@cms.gov/a.csv", "ends up in logs"),
        ("s3://bucket/a.csv", "is no source"),
        ("https://", "is no address"),
    ] {
        let arguments = ["ingest", "--lake", "lake", "--source", source];
        let ended = Ended::of(call(&desk, &arguments).output().unwrap()).expect(2);
        assert!(ended.stderr.contains(said), "{ended:#?}");
    }
}

#[test]
fn a_query_that_may_be_a_secret_is_not_shown() {
    let server = Arc::new(Server::start(|_, _| Reply::new(404, "")));
    let desk = Desk::new();
    let ended = ingest(&desk, "lake", &server.url("/a.csv?signature=abracadabra")).expect(1);
    assert!(!format!("{ended:?}").contains("abracadabra"), "{ended:#?}");
    assert_eq!(server.requests()[0].target, "/a.csv?signature=abracadabra");
}
