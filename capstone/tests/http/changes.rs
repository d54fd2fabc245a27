//! Files that change while they are fetched, and between two runs.

use crate::downloads::{NAME, TAG, delivered, ingest, ingested, same_as_local, spool_is_empty};
use crate::server::{Reply, Served, Server};
use crate::support::one_year;

/// Two deliveries under one name: the old one, and the new one with its own tag.
fn two() -> (
    crate::support::Desk,
    std::path::PathBuf,
    Served,
    std::path::PathBuf,
    Served,
) {
    let (desk, old_path, old) = delivered();
    let new_path = desk.real("new", &one_year(2023, 2)).join(NAME);
    let bytes = std::fs::read(&new_path).unwrap();
    let new = Served {
        bytes,
        tag: "\"two\"",
    };
    (desk, old_path, old, new_path, new)
}

#[test]
fn a_file_that_changes_between_two_ranges_is_fetched_anew() {
    let (desk, _, old, local, new) = two();
    let server = Server::start(move |number, request| match number {
        0 => old.answer(request).cut(50_000),
        _ => new.answer(request),
    });
    ingest(&desk, "lake", &server.url(&format!("/{NAME}"))).expect(0);
    same_as_local(&desk, &local);
    assert_eq!(server.headers("if-range"), [None, Some(TAG.to_owned())]);
}

#[test]
fn a_range_of_another_version_is_not_joined_even_if_the_server_sends_it() {
    let (desk, _, old, local, new) = two();
    let server = Server::start(move |number, request| {
        let from = 50_000;
        match number {
            0 => old.answer(request).cut(from),
            // Ignores If-Range.
            1 => {
                let total = new.bytes.len();
                let part = Reply::new(206, new.bytes[from..].to_vec()).with("etag", new.tag);
                part.with(
                    "content-range",
                    format!("bytes {from}-{}/{total}", total - 1),
                )
            }
            _ => new.answer(request),
        }
    });
    ingest(&desk, "lake", &server.url(&format!("/{NAME}"))).expect(0);
    same_as_local(&desk, &local);
    assert_eq!(
        server.headers("range")[2],
        None,
        "everything is asked for again"
    );
}

#[test]
fn ranges_that_do_not_fit_are_not_joined() {
    let (desk, local, delivery) = delivered();
    let server = Server::start(move |number, request| {
        let total = delivery.bytes.len();
        let range = |first: usize, total: usize| format!("bytes {first}-{}/{total}", total - 1);
        let part = |first: usize| Reply::new(206, delivery.bytes[first..].to_vec());
        match number {
            0 | 2 | 4 | 6 => delivery.answer(request).cut(1_000),
            1 => part(1_001).with("content-range", range(1_001, total)),
            3 => part(1_000).with("content-range", range(1_000, total + 1)),
            5 => Reply::new(416, "").with("content-range", format!("bytes */{total}")),
            _ => delivery.answer(request),
        }
    });
    let url = server.url(&format!("/{NAME}"));
    // More failures in a row than one run bears; the next one goes on.
    ingest(&desk, "lake", &url)
        .expect(3)
        .says(&["gave up after 5"]);
    ingest(&desk, "lake", &url).expect(0);
    same_as_local(&desk, &local);
    let ranges = server.headers("range");
    let asked: Vec<_> = ranges.iter().map(Option::is_some).collect();
    assert_eq!(asked, [false, true, false, true, false, true, false, true]);
}

#[test]
fn a_changed_file_is_fetched_and_one_that_was_replaced_by_other_means_too() {
    let (desk, old_path, old, new_path, new) = two();
    let server = Server::start(move |number, request| match number {
        0 => old.answer(request),
        _ => new.answer(request),
    });
    let url = server.url(&format!("/{NAME}"));
    ingest(&desk, "lake", &url).expect(0);
    ingest(&desk, "lake", &url).expect(0);
    assert_eq!(server.headers("if-none-match")[1].as_deref(), Some(TAG));
    let fetched = ingested(&desk, "lake");
    assert_eq!(
        fetched.len(),
        3,
        "both files are in raw, and the delivery is the newer"
    );

    // The old bytes again, by hand: what the server has is no longer what the lake has.
    ingest(&desk, "lake", old_path.to_str().unwrap()).expect(0);
    assert_ne!(ingested(&desk, "lake"), fetched);
    ingest(&desk, "lake", &url).expect(0);
    assert_eq!(
        server.headers("if-none-match")[2],
        None,
        "the memory does not hold"
    );
    assert_eq!(ingested(&desk, "lake"), fetched);
    ingest(&desk, "other", new_path.to_str().unwrap()).expect(0);
    spool_is_empty(&desk);
}

#[test]
fn years_that_were_left_out_are_fetched_when_they_are_asked_for() {
    let (desk, local, delivery) = delivered();
    let other = desk.real("other", &one_year(2022, 1));
    let other = other.join("OP_DTL_GNRL_PGYR2022_P06302023.csv");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for path in [&local, &other] {
        let name = path.file_name().unwrap().to_str().unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, &std::fs::read(path).unwrap()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let server = Server::start(move |_, request| {
        Served {
            bytes: bytes.clone(),
            ..delivery.clone()
        }
        .answer(request)
    });
    let url = server.url("/both.zip");
    let arguments = [
        "ingest", "--lake", "lake", "--source", &url, "--years", "2023",
    ];
    let output = crate::downloads::call(&desk, &arguments).output().unwrap();
    crate::support::Ended::of(output).expect(0);
    ingest(&desk, "lake", &url).expect(0);
    assert_eq!(server.headers("if-none-match"), [None, None]);
    let years: Vec<_> = ingested(&desk, "lake")
        .into_keys()
        .filter(|key| key.starts_with("raw/"))
        .collect();
    assert_eq!(years.len(), 2, "{years:?}");
}
