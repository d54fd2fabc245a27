//! Rows by pages from a service that caps, shortens, repeats, and changes its mind.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::downloads::{call, ingest, ingested, spool_is_empty};
use crate::server::{Reply, Request, Server};
use crate::support::{Desk, Ended, one_year};

const PATH: &str = "/api/1/datastore/query/0a1b-2c3d/0";
const NAME: &str = "datastore-0a1b-2c3d-0.csv";

/// Rows as the service has them, sorted by record id.
#[derive(Clone)]
struct Datastore {
    rows: Vec<Value>,
    /// Most rows on a page.
    cap: usize,
    /// Whether it says so.
    echo: bool,
}

impl Datastore {
    fn answer(&self, request: &Request) -> Reply {
        self.answer_at(request, self.rows.len(), 0)
    }

    /// A page, and a count that need not be true; `shift` rows away from where it should be.
    fn answer_at(&self, request: &Request, count: usize, shift: usize) -> Reply {
        let query = query(request);
        let number = |name: &str| query[name].parse::<usize>().unwrap();
        assert_eq!(query["sorts[0][property]"], "record_id");
        assert_eq!(query["count"], "true");
        let (offset, limit) = (number("offset"), number("limit").min(self.cap));
        assert!(number("limit") <= 500, "the cap of CMS");
        let rows: Vec<_> = self
            .rows
            .iter()
            .skip(offset - shift.min(offset))
            .take(limit)
            .collect();
        let echo = if self.echo {
            json!({ "limit": limit })
        } else {
            json!({})
        };
        let page = json!({ "results": rows, "count": count, "query": echo });
        Reply::new(200, page.to_string()).with("content-type", "application/json")
    }
}

fn query(request: &Request) -> BTreeMap<String, String> {
    let url = url::Url::parse(&format!("http://x{}", request.target)).unwrap();
    url.query_pairs().into_owned().collect()
}

/// A desk, the local file that a datastore stands for, and the datastore. Ids that are
/// equally long are in the same order as numbers and as texts.
fn stored(file: &str) -> (Desk, Datastore) {
    let desk = Desk::new();
    let spec = fixtures::Spec {
        ownership_rows: 1_234,
        ..one_year(2023, 1)
    };
    let text = fs::read_to_string(desk.real("real", &spec).join(file)).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    let names: Vec<_> = header.split(',').map(cut).collect();
    let mut rows: Vec<_> = lines
        .lines()
        .map(|line| (line, values(line, &names)))
        .collect();
    rows.sort_by_key(|(_, row)| row["record_id"].as_str().unwrap().parse::<u64>().unwrap());
    let sorted: Vec<_> = rows.iter().map(|(line, _)| *line).collect();
    desk.write(
        &format!("sorted/{NAME}"),
        format!("{header}\n{}\n", sorted.join("\n")),
    );
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    (
        desk,
        Datastore {
            rows,
            cap: 500,
            echo: true,
        },
    )
}

fn ownership() -> (Desk, Datastore) {
    stored("OP_DTL_OWNRSHP_PGYR2023_P06282024.csv")
}

/// As DKAN names a column.
fn cut(name: &str) -> String {
    let name = name.trim().to_lowercase();
    match name.len() {
        65.. => format!("{}_ccfc", &name[..59]),
        _ => name,
    }
}

fn values(line: &str, names: &[String]) -> Value {
    let mut values = Vec::new();
    let mut rest = line;
    loop {
        let (value, next) = if let Some(quoted) = rest.strip_prefix('"') {
            let mut end = quoted.find('"').unwrap();
            while quoted[end + 1..].starts_with('"') {
                end += 2 + quoted[end + 2..].find('"').unwrap();
            }
            (quoted[..end].replace("\"\"", "\""), &quoted[end + 1..])
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        // Both forms of nothing are served.
        let nothing = if values.len() % 2 == 0 {
            Value::Null
        } else {
            json!("")
        };
        values.push(if value.is_empty() {
            nothing
        } else {
            json!(value)
        });
        let Some(next) = next.strip_prefix(',') else {
            break;
        };
        rest = next;
    }
    assert_eq!(values.len(), names.len(), "{line}");
    names
        .iter()
        .cloned()
        .zip(values)
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The lake has what it would have from a file with the same rows.
#[track_caller]
fn same_as_file(desk: &Desk) {
    let file = desk.path(&format!("sorted/{NAME}"));
    ingest(desk, "local", file.to_str().unwrap()).expect(0);
    assert!(
        ingested(desk, "lake") == ingested(desk, "local"),
        "other bytes"
    );
    spool_is_empty(desk);
}

/// Ends with code 1 and these words, and leaves no lake.
#[track_caller]
fn refused(
    answer: impl Fn(usize, &Request, &Datastore) -> Reply + Send + Sync + 'static,
    parts: &[&str],
) {
    let (desk, store) = ownership();
    let server = Server::start(move |number, request| answer(number, request, &store));
    let url = server.url(PATH);
    let ended = ingest(&desk, "lake", &url).expect(1);
    ended.says(&[&["error: ", &url], parts].concat());
    assert!(
        !desk.path("lake/s3/open-payments").exists(),
        "nothing is ingested"
    );
    spool_is_empty(&desk);
}

#[test]
fn the_pages_of_a_query_give_the_commits_of_a_file_with_the_same_rows() {
    let (desk, store) = ownership();
    let server = Server::start(move |_, request| store.answer(request));
    let url = server.url(&format!("{PATH}?limit=10&offset=0&count=true&rowIds=false"));
    for (lake, source) in [
        ("lake", url.as_str()),
        (
            "local",
            desk.path(&format!("sorted/{NAME}")).to_str().unwrap(),
        ),
    ] {
        let mut run = call(&desk, &["run", "--lake", lake, "--source", source]);
        Ended::of(run.output().unwrap()).expect(0);
    }
    assert_eq!(desk.visible("lake"), desk.visible("local"));
    spool_is_empty(&desk);
    let offsets: Vec<_> = server
        .requests()
        .iter()
        .map(|request| query(request)["offset"].clone())
        .collect();
    assert_eq!(offsets, ["0", "500", "1000"]);
}

#[test]
fn general_payments_have_a_name_that_dkan_cuts() {
    let (desk, store) = stored("OP_DTL_GNRL_PGYR2023_P06282024.csv");
    let server = Server::start(move |_, request| store.answer(request));
    ingest(&desk, "lake", &server.url(PATH)).expect(0);
    same_as_file(&desk);
}

#[test]
fn a_page_that_fails_is_fetched_again() {
    let (desk, store) = ownership();
    let server = Server::start(move |number, request| match number {
        0 => Reply::new(429, "").with("retry-after", "0"),
        2 => Reply::new(500, ""),
        3 => store.answer(request).cut(10_000),
        4 => store.answer(request).without("content-length").cut(10_000),
        5 => store.answer(request).without("content-length"),
        6 => {
            let page = store.answer(request);
            page.without("content-length")
                .with("transfer-encoding", "chunked")
                .cut(0)
        }
        _ => store.answer(request),
    });
    ingest(&desk, "lake", &server.url(PATH)).expect(0);
    same_as_file(&desk);
    let offsets: Vec<_> = server
        .requests()
        .iter()
        .map(|request| query(request)["offset"].clone())
        .collect();
    assert_eq!(
        offsets,
        ["0", "0", "500", "500", "500", "500", "1000", "1000"]
    );
}

#[test]
fn a_service_with_a_smaller_cap_that_says_so_is_followed() {
    let (desk, store) = ownership();
    let store = Datastore { cap: 100, ..store };
    let server = Server::start(move |_, request| store.answer(request));
    ingest(&desk, "lake", &server.url(PATH)).expect(0);
    same_as_file(&desk);
    assert_eq!(server.requests().len(), 13);
}

#[test]
fn ids_may_be_sorted_as_texts() {
    let (desk, mut store) = ownership();
    let id = |row: &Value| row["record_id"].as_str().unwrap().to_owned();
    // Ids of different length, so that the two orders differ.
    for (at, row) in store.rows.iter_mut().enumerate() {
        row["record_id"] = json!((1 + at * 7).to_string());
    }
    store.rows.sort_by_key(id);
    let server = Server::start(move |_, request| store.answer(request));
    ingest(&desk, "lake", &server.url(PATH)).expect(0);
}

#[test]
fn a_short_page_is_an_error() {
    refused(
        |_, request, store| {
            Datastore {
                cap: 499,
                echo: false,
                ..store.clone()
            }
            .answer(request)
        },
        &[
            "the page at offset 0 has 499 rows and should have 500",
            "nothing was ingested",
        ],
    );
}

#[test]
fn rows_that_the_count_promises_and_nobody_sends_are_missed() {
    refused(
        |_, request, store| store.answer_at(request, 1_235, 0),
        &["the page at offset 1000 has 234 rows and should have 235"],
    );
}

#[test]
fn a_count_that_changes_is_an_error() {
    refused(
        |number, request, store| store.answer_at(request, 1_234 + number / 2, 0),
        &["it stated 1234 rows and then, at offset 1000, 1235"],
    );
}

#[test]
fn rows_that_come_twice_are_an_error_even_if_the_count_is_right() {
    refused(
        |number, request, store| store.answer_at(request, 1_234, usize::from(number == 1)),
        &["row 501 has record id", "repeated or out of order"],
    );
}

#[test]
fn rows_in_no_order_are_an_error() {
    refused(
        |_, request, store| {
            let mut store = store.clone();
            store.rows.swap(10, 20);
            store.answer(request)
        },
        &["row 12 has record id", "out of order"],
    );
}

#[test]
fn what_is_no_page_of_rows_is_said() {
    refused(
        |_, _, _| Reply::new(404, "{\"message\": \"No dataset\"}"),
        &["status 404"],
    );
    refused(
        |_, _, _| Reply::new(200, "<html>").with("content-type", "text/html"),
        &["a web page"],
    );
    refused(
        |_, _, _| Reply::new(200, "{\"rows\": []}"),
        &["no page of rows"],
    );
    refused(
        |_, _, _| Reply::new(200, "{\"results\": [], \"count\": 0}"),
        &["it has no rows"],
    );
    refused(
        |_, request, store| {
            let mut store = store.clone();
            for row in &mut store.rows {
                row["brand_new"] = json!("x");
            }
            store.answer(request)
        },
        &["brand_new"],
    );
}

#[test]
fn a_query_that_the_service_refuses_is_shown_with_its_reason() {
    let desk = Desk::new();
    let refusal = "{\"message\": \"Invalid sort property\", \"status\": 400}";
    let server = Server::start(move |_, _| Reply::new(400, refusal));
    let ended = ingest(&desk, "lake", &server.url(PATH)).expect(3);
    ended.says(&["error: ", "status 400", "Invalid sort property"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn part_of_a_publication_is_not_asked_for() {
    let desk = Desk::new();
    let server = Server::start(|_, _| Reply::new(500, ""));
    for (path, said) in [
        (
            &*format!("{PATH}?conditions[0][property]=recipient_state"),
            "would replace the whole",
        ),
        ("/api/1/datastore/query/", "names no dataset"),
    ] {
        ingest(&desk, "lake", &server.url(path))
            .expect(2)
            .says(&["error: ", said]);
    }
    assert!(server.requests().is_empty());
}
