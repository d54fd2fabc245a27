//! Events over HTTP, to a server that does as it likes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::Value;

use crate::story::{first, lines};
use crate::support::{Desk, Ended};

/// A request: its line, its headers, its body.
#[derive(Debug)]
struct Request {
    line: String,
    headers: String,
    body: Value,
}

/// A server that answers with these statuses, one after the other and the last for ever; it
/// hangs up where there is none.
struct Server {
    url: String,
    requests: Receiver<Request>,
}

impl Server {
    fn start(statuses: &'static [Option<u16>]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            let mut statuses = statuses.iter().copied();
            let mut last = None;
            for stream in listener.incoming().map_while(Result::ok) {
                last = statuses.next().unwrap_or(last);
                serve(&stream, last, &sender);
            }
        });
        Self { url, requests }
    }

    /// All requests so far, by method, path and type of event.
    fn seen(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

/// One request for each connection.
fn serve(stream: &TcpStream, status: Option<u16>, seen: &Sender<Request>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && reader.read_line(&mut headers).unwrap() > 2 {}
    let headers = headers.to_ascii_lowercase();
    let length = headers.split("content-length: ").nth(1).unwrap();
    let length: usize = length.lines().next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    let _ = seen.send(Request {
        line,
        headers,
        body,
    });
    if let Some(status) = status {
        let reply =
            format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        let _ = (&*stream).write_all(reply.as_bytes());
    }
}

/// `capstone ingest` with this server; its requests.
fn ingest(server: &Server, more: &[(&str, &str)]) -> (Desk, Ended, Vec<Request>) {
    let desk = Desk::new();
    let source = desk.real("good", &first(1));
    let arguments = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    let mut ingest = desk.capstone(&arguments);
    ingest
        .env("OPENLINEAGE_URL", &server.url)
        .env("NO_PROXY", "127.0.0.1");
    ingest.envs(more.iter().copied());
    let ended = Ended::of(ingest.output().unwrap()).expect(0);
    (desk, ended, server.seen())
}

fn types(requests: &[Request]) -> Vec<&str> {
    let types = requests
        .iter()
        .map(|request| request.body["eventType"].as_str().unwrap());
    types.collect()
}

#[test]
fn a_server_gets_each_event_once_with_the_key_that_it_asked_for() {
    let server = Server::start(&[Some(201)]);
    let key = [
        ("OPENLINEAGE_API_KEY", "s3cr3t"),
        ("OPENLINEAGE_ENDPOINT", "events"),
    ];
    let (desk, ended, requests) = ingest(&server, &key);
    assert_eq!(types(&requests), ["START", "COMPLETE"]);
    for request in &requests {
        assert!(
            request.line.starts_with("POST /events HTTP/1.1"),
            "{request:?}"
        );
        assert!(
            request.headers.contains("authorization: bearer s3cr3t"),
            "{request:?}"
        );
        assert!(
            request.headers.contains("content-type: application/json"),
            "{request:?}"
        );
    }
    let bodies: Vec<_> = requests.into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, lines(&desk, "lake"), "the file has the same");
    assert!(!ended.stderr.contains("lineage: "), "{}", ended.stderr);
}

#[test]
fn a_server_that_is_busy_or_hangs_up_is_asked_again() {
    let server = Server::start(&[Some(503), None, Some(200)]);
    let (_desk, ended, requests) = ingest(&server, &[]);
    assert_eq!(types(&requests), ["START", "START", "START", "COMPLETE"]);
    assert!(requests[0].line.starts_with("POST /api/v1/lineage "));
    assert!(!requests[0].headers.contains("authorization"));
    assert!(!ended.stderr.contains("lineage: "), "{}", ended.stderr);
}

#[test]
fn a_server_that_refuses_or_is_away_costs_one_warning_and_nothing_else() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (_sender, requests) = channel();
    let gone = Server {
        url: format!("http://u:s3cr3t@{gone}/?sig=s3cr3t"),
        requests,
    };
    let cases: [(Server, &[&str]); 3] = [
        (Server::start(&[Some(400)]), &["START", "COMPLETE"]),
        (
            Server::start(&[None]),
            &["START", "START", "START", "COMPLETE"],
        ),
        (gone, &[]),
    ];
    for (server, expected) in cases {
        let (desk, ended, requests) = ingest(&server, &[("OPENLINEAGE_API_KEY", "s3cr3t")]);
        assert_eq!(types(&requests), expected);
        let warnings = ended.stderr.matches("lineage: ").count();
        assert_eq!(warnings, 1, "{}", ended.stderr);
        assert!(!ended.stderr.contains("s3cr3t"), "{}", ended.stderr);
        assert_eq!(lines(&desk, "lake").len(), 2);
    }
}

#[test]
fn an_address_that_is_none_is_said_and_a_disabled_one_not_used() {
    let server = Server::start(&[Some(200)]);
    let (_desk, ended, requests) = ingest(&server, &[("OPENLINEAGE_DISABLED", "True")]);
    assert!(requests.is_empty(), "{requests:?}");
    assert!(!ended.stderr.contains("lineage: "));
    let nonsense = Server {
        url: "marquez:5000".into(),
        ..server
    };
    let (_desk, ended, _) = ingest(&nonsense, &[]);
    ended.says(&["lineage: ", "OPENLINEAGE_URL does not start with http"]);
}
