//! Whatever breaks on the way, the lake ends with the bytes of the local file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::server::{Reply, Request, Served, Server};
use crate::support::{Desk, Ended, files_below, one_year};

pub(crate) const NAME: &str = "OP_DTL_GNRL_PGYR2023_P06282024.csv";
pub(crate) const TAG: &str = "\"one\"";

/// A desk, a delivered file on it, and the file as it is served.
pub(crate) fn delivered() -> (Desk, PathBuf, Served) {
    let desk = Desk::new();
    let path = desk.real("real", &one_year(2023, 1)).join(NAME);
    let bytes = fs::read(&path).unwrap();
    (desk, path, Served { bytes, tag: TAG })
}

/// The program, which reaches the server and no proxy of whoever runs this test.
pub(crate) fn call(desk: &Desk, arguments: &[&str]) -> std::process::Command {
    let mut command = desk.capstone(arguments);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

pub(crate) fn ingest(desk: &Desk, lake: &str, source: &str) -> Ended {
    let mut command = call(desk, &["ingest", "--lake", lake, "--source", source]);
    Ended::of(command.output().unwrap())
}

/// What ingestion wrote: the bytes in raw, and the deliveries with their run ids.
pub(crate) fn ingested(desk: &Desk, lake: &str) -> BTreeMap<String, Vec<u8>> {
    let bucket = desk.path(lake).join("s3/open-payments");
    let files = ["raw", "metadata/ingested"].map(|zone| files_below(&bucket.join(zone)));
    let named = files.concat().into_iter().map(|path| {
        let key = path.strip_prefix(&bucket).unwrap().display().to_string();
        (key, fs::read(&path).unwrap())
    });
    named.collect()
}

/// The lake has what it would have from the local file.
#[track_caller]
pub(crate) fn same_as_local(desk: &Desk, local: &Path) {
    if !desk.path("local").exists() {
        ingest(desk, "local", local.to_str().unwrap()).expect(0);
    }
    assert!(
        ingested(desk, "lake") == ingested(desk, "local"),
        "other bytes"
    );
}

/// Nothing but locks is left in the spool.
#[track_caller]
pub(crate) fn spool_is_empty(desk: &Desk) {
    let mut left = files_below(&desk.path("lake/spool"));
    left.retain(|path| path.extension().is_none_or(|extension| extension != "lock"));
    assert_eq!(left, Vec::<PathBuf>::new());
}

/// Ingests the file from a server that answers like this, and finds it as it should be.
fn fetched(answer: impl Fn(usize, &Request, &Served) -> Reply + Send + Sync + 'static) -> Server {
    let (desk, local, delivery) = delivered();
    let server = Server::start(move |number, request| answer(number, request, &delivery));
    ingest(&desk, "lake", &server.url(&format!("/files/{NAME}"))).expect(0);
    same_as_local(&desk, &local);
    spool_is_empty(&desk);
    server
}

#[test]
fn a_csv_over_http_gives_the_commits_of_the_file_and_a_second_run_fetches_nothing() {
    let (desk, local, delivery) = delivered();
    let server = Server::start(move |_, request| delivery.answer(request));
    let url = server.url(&format!("/files/{NAME}"));
    let run = |lake: &str, source: &str| {
        let mut run = call(
            &desk,
            &["run", "--lake", lake, "--source", source, "--json"],
        );
        Ended::of(run.output().unwrap()).expect(0).json()
    };
    run("plain", local.to_str().unwrap());
    let first = run("lake", &url);
    assert_eq!(first["deliveries"][0]["outcome"], "committed");
    assert_eq!(desk.visible("lake"), desk.visible("plain"));
    spool_is_empty(&desk);

    let second = run("lake", &url);
    assert_eq!(second["deliveries"][0]["outcome"], "unchanged");
    assert_eq!(second["unchanged"][0], url);
    assert_eq!(
        server.headers("if-none-match"),
        [None, Some(TAG.to_owned())]
    );
    assert_eq!(desk.visible("lake"), desk.visible("plain"));
    spool_is_empty(&desk);
}

#[test]
fn a_zip_over_http_gives_what_its_files_give() {
    let (desk, local, delivery) = delivered();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(NAME, zip::write::SimpleFileOptions::default())
        .unwrap();
    std::io::Write::write_all(&mut zip, &delivery.bytes).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let half = bytes.len() / 2;
    let delivery = Served { bytes, tag: TAG };
    let server = Server::start(move |number, request| match number {
        0 => delivery.answer(request).cut(half),
        _ => delivery.answer(request),
    });
    let url = server.url("/PGYR2023_P06282024.ZIP");
    ingest(&desk, "lake", &url).expect(0);
    same_as_local(&desk, &local);
    spool_is_empty(&desk);
    assert_eq!(
        server.headers("range"),
        [None, Some(format!("bytes={half}-"))]
    );
    ingest(&desk, "lake", &url)
        .expect(0)
        .says(&["unchanged", &url]);
}

#[test]
fn dropped_connections_are_resumed_where_they_broke() {
    let server = fetched(|number, request, delivery| match number {
        0 => delivery.answer(request).cut(1_000),
        1 => delivery.answer(request).cut(0),
        2 => delivery.answer(request).cut(2_000),
        _ => delivery.answer(request),
    });
    let from = |from: u64| Some(format!("bytes={from}-"));
    assert_eq!(
        server.headers("range"),
        [None, from(1_000), from(1_000), from(3_000)]
    );
    let tags = server.headers("if-range");
    assert!(
        tags[1..].iter().all(|tag| tag.as_deref() == Some(TAG)),
        "{tags:?}"
    );
}

#[test]
fn a_server_that_ignores_ranges_sends_everything_again() {
    let server = fetched(|number, _, delivery| {
        let whole = Reply::new(200, delivery.bytes.clone()).with("etag", TAG);
        if number < 3 {
            whole.cut(9_000 - 2_000 * number)
        } else {
            whole
        }
    });
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn without_a_strong_validator_nothing_is_joined() {
    let weak = |reply: Reply| reply.without("etag").with("etag", "W/\"one\"");
    let server = fetched(move |number, request, delivery| match number {
        0 => weak(delivery.answer(request)).cut(5_000),
        _ => weak(delivery.answer(request)),
    });
    assert_eq!(server.headers("range"), [None, None]);
}

#[test]
fn a_date_of_change_that_is_old_enough_joins_two_replies() {
    const CHANGED: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    let server = fetched(|number, request, delivery| {
        let dated = Served {
            tag: CHANGED,
            ..delivery.clone()
        };
        let reply = dated
            .answer(request)
            .without("etag")
            .with("last-modified", CHANGED);
        if number == 0 { reply.cut(5_000) } else { reply }
    });
    assert_eq!(server.headers("if-range"), [None, Some(CHANGED.to_owned())]);
    assert_eq!(server.headers("range")[1].as_deref(), Some("bytes=5000-"));
}

#[test]
fn a_part_of_a_part_is_followed_by_the_rest() {
    let server = fetched(|number, request, delivery| match number {
        0 => delivery.answer(request).cut(1_000),
        1 => {
            let range = format!("bytes 1000-1999/{}", delivery.bytes.len());
            let part = Reply::new(206, delivery.bytes[1_000..2_000].to_vec());
            part.with("content-range", range)
        }
        _ => delivery.answer(request),
    });
    assert_eq!(server.headers("range")[2].as_deref(), Some("bytes=2000-"));
}

#[test]
fn a_chunked_reply_has_no_length_and_an_end() {
    fetched(|_, _, delivery| {
        let mut body = format!("{:x}\r\n", delivery.bytes.len()).into_bytes();
        body.extend_from_slice(&delivery.bytes);
        body.extend_from_slice(b"\r\n0\r\n\r\n");
        let reply = Reply::new(200, body).without("content-length");
        reply.with("transfer-encoding", "chunked")
    });
}

#[test]
fn a_server_that_throttles_is_asked_again_when_it_says() {
    let server = fetched(|number, request, delivery| match number {
        0 => Reply::new(503, "busy").with("retry-after", "0"),
        1 => Reply::new(429, "slow down").with("retry-after", crate::server::NOW),
        2 => Reply::new(408, ""),
        3 => delivery.answer(request).cut(100),
        _ => delivery.answer(request),
    });
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn redirects_are_followed_and_the_name_is_that_of_the_address() {
    let server = fetched(|_, request, delivery| {
        let redirect = |to: &str| Reply::new(302, "").with("location", to);
        match request.target.as_str() {
            "/hop?signed=1" => redirect("../objects/4711"),
            "/objects/4711" => delivery.answer(request),
            _ => redirect("/hop?signed=1"),
        }
        .with("x-delivery-by", "test")
    });
    let targets: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(targets[0], format!("/files/{NAME}"));
    assert_eq!(targets.last().unwrap(), "/objects/4711");
}

#[test]
fn a_name_that_the_server_gives_goes_before_the_address() {
    let (desk, local, delivery) = delivered();
    let given = format!("attachment; filename=\"{NAME}\"");
    let server = Server::start(move |_, request| {
        delivery
            .answer(request)
            .with("content-disposition", given.clone())
    });
    ingest(&desk, "lake", &server.url("/download?id=4711")).expect(0);
    same_as_local(&desk, &local);
}

#[test]
fn a_proxy_of_the_environment_is_used() {
    let (desk, local, delivery) = delivered();
    let proxy = Server::start(move |_, request| delivery.answer(request));
    let url = format!("http://cms.invalid/{NAME}");
    let mut ingest = call(&desk, &["ingest", "--lake", "lake", "--source", &url]);
    ingest.env("HTTP_PROXY", proxy.url(""));
    Ended::of(ingest.output().unwrap()).expect(0);
    assert_eq!(proxy.requests()[0].target, url);
    same_as_local(&desk, &local);
}

#[test]
fn two_runs_that_fetch_the_same_do_not_disturb_each_other() {
    let (desk, local, delivery) = delivered();
    let hold = crate::server::Hold::new();
    let door = Arc::clone(&hold);
    let server = Server::start(move |number, request| match number {
        0 => delivery.answer(request).held(10_000, &door),
        _ => delivery.answer(request),
    });
    let url = server.url(&format!("/{NAME}"));
    let arguments = ["ingest", "--lake", "lake", "--source", &url];
    let first = crate::support::spawn(&mut call(&desk, &arguments));
    hold.wait();
    ingest(&desk, "lake", &url).expect(0);
    same_as_local(&desk, &local);
    hold.open();
    Ended::of(first.wait_with_output().unwrap()).expect(0);
    same_as_local(&desk, &local);
    assert_eq!(
        server.headers("range"),
        [None, None],
        "one does not go on from the other's bytes"
    );
    spool_is_empty(&desk);
}
