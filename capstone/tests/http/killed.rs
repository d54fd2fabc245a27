//! SIGKILL while a file is fetched, and between fetching and ingesting.

use std::os::unix::process::ExitStatusExt as _;

use crate::downloads::{NAME, TAG, call, delivered, ingest, same_as_local, spool_is_empty};
use crate::server::{Hold, Served, Server};
use crate::support::gate::wait_until;
use crate::support::{Desk, Ended, spawn};

/// Bytes that are noted down at a time.
const STEP: usize = 4 << 20;

#[test]
fn a_killed_download_goes_on_from_what_was_noted() {
    let desk = Desk::new();
    let spec = fixtures::Spec::new(vec![fixtures::PublicationSpec::first(2023)], 15_000, 1);
    let local = desk.real("real", &spec).join(NAME);
    let bytes = std::fs::read(&local).unwrap();
    assert!(
        bytes.len() > STEP + (STEP / 4),
        "too small to be cut: {}",
        bytes.len()
    );
    let delivery = Served { bytes, tag: TAG };
    let hold = Hold::new();
    let door = std::sync::Arc::clone(&hold);
    let server = Server::start(move |number, request| match number {
        0 => delivery.answer(request).held(STEP + 300_000, &door),
        _ => delivery.answer(request),
    });
    let url = server.url(&format!("/{NAME}"));
    let mut first = spawn(&mut call(
        &desk,
        &["run", "--lake", "lake", "--source", &url],
    ));
    hold.wait();
    let noted = || {
        let notes = crate::support::files_below(&desk.path("lake/spool"));
        notes.iter().any(|path| path.ends_with("note.json"))
    };
    wait_until("a note of what has arrived", noted);
    first.kill().unwrap();
    assert_eq!(first.wait().unwrap().signal(), Some(9));
    hold.open();

    let mut again = call(&desk, &["run", "--lake", "lake", "--source", &url]);
    Ended::of(again.output().unwrap()).expect(0);
    let range = server.headers("range")[1].clone().unwrap();
    let from: usize = range["bytes=".len()..range.len() - 1].parse().unwrap();
    assert!((STEP..=STEP + 300_000).contains(&from), "{range}");
    assert_eq!(server.headers("if-range")[1].as_deref(), Some(TAG));
    let local = local.to_str().unwrap();
    desk.run(&["run", "--lake", "plain", "--source", local])
        .expect(0);
    assert_eq!(desk.visible("lake"), desk.visible("plain"));
    spool_is_empty(&desk);
}

#[test]
fn a_file_that_was_fetched_and_not_ingested_is_not_fetched_again() {
    let (desk, local, delivery) = delivered();
    let server = Server::start(move |_, request| delivery.answer(request));
    let url = server.url(&format!("/{NAME}"));
    let mut killed = call(&desk, &["ingest", "--lake", "lake", "--source", &url]);
    let killed = killed.env("CAPSTONE_CRASH", "kill raw/").output().unwrap();
    assert!(killed.status.signal().is_some(), "{killed:?}");
    ingest(&desk, "lake", &url).expect(0);
    assert_eq!(
        server.headers("if-none-match"),
        [None, Some(TAG.to_owned())]
    );
    same_as_local(&desk, &local);
    spool_is_empty(&desk);
}
