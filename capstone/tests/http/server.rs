//! A server that does what a test tells it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Longer than any step of a test takes on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
/// A time to be served at.
pub(crate) const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// A request: its target, and its headers in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) target: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What is sent back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Bytes of the body that are sent before the connection is closed.
    cut: Option<usize>,
    /// Stop there until the test lets go.
    hold: Option<Arc<Hold>>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = ("content-length", body.len().to_string());
        Self {
            status,
            headers: vec![length, ("date", NOW.into())],
            body,
            cut: None,
            hold: None,
        }
    }

    /// With a header, instead of one of that name.
    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        let mut reply = self.without(name);
        reply.headers.push((name, value.into()));
        reply
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| *found != name);
        self
    }

    /// Closed after so many bytes of the body.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.cut = Some(after.min(self.body.len()));
        self
    }

    /// Held back after so many bytes of the body.
    pub(crate) fn held(mut self, after: usize, hold: &Arc<Hold>) -> Self {
        self.hold = Some(Arc::clone(hold));
        self.cut(after)
    }
}

/// Where a reply stops, and goes on when the test says so.
#[derive(Debug)]
pub(crate) struct Hold {
    reached: Mutex<Sender<()>>,
    waits: Mutex<Receiver<()>>,
    open: Mutex<bool>,
    opened: Condvar,
}

impl Hold {
    pub(crate) fn new() -> Arc<Self> {
        let (reached, waits) = channel();
        Arc::new(Self {
            reached: Mutex::new(reached),
            waits: Mutex::new(waits),
            open: Mutex::new(false),
            opened: Condvar::new(),
        })
    }

    /// Waits until a reply has come this far.
    pub(crate) fn wait(&self) {
        let reached = self.waits.lock().unwrap().recv_timeout(PATIENCE);
        reached.expect("the reply that is waited for never began");
    }

    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn stop(&self) {
        let _ = self.reached.lock().unwrap().send(());
        let open = self.open.lock().unwrap();
        let stopped = self
            .opened
            .wait_timeout_while(open, PATIENCE, |open| !*open);
        drop(stopped.unwrap());
    }
}

/// A server on a port of its own.
pub(crate) struct Server {
    base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

type Answer = Arc<dyn Fn(usize, &Request) -> Reply + Send + Sync>;

impl Server {
    /// Answers each request, the first being number 0.
    pub(crate) fn start(answer: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer): (_, Answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(&client, &seen, &answer));
            }
        });
        Self { base, requests }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// One header of every request.
    pub(crate) fn headers(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.requests();
        let values = requests.iter().map(|request| request.header(name));
        values.map(|value| value.map(str::to_owned)).collect()
    }
}

/// One request per connection. A client that goes away is no concern of the server's.
fn serve(client: &TcpStream, seen: &Mutex<Vec<Request>>, answer: &Answer) {
    let mut lines = BufReader::new(client).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    let request = Request {
        target,
        headers: headers.collect(),
    };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    drop(send(client, answer(number, &request)));
    let _ = client.shutdown(Shutdown::Both);
}

fn send(mut client: &TcpStream, reply: Reply) -> std::io::Result<()> {
    write!(
        client,
        "HTTP/1.1 {} Such\r\nconnection: close\r\n",
        reply.status
    )?;
    for (name, value) in &reply.headers {
        write!(client, "{name}: {value}\r\n")?;
    }
    client.write_all(b"\r\n")?;
    let (now, later) = reply.body.split_at(reply.cut.unwrap_or(reply.body.len()));
    client.write_all(now)?;
    if let Some(hold) = reply.hold {
        hold.stop();
        client.write_all(later)?;
    }
    Ok(())
}

/// A file as a good server has it: with a tag, ranges, and conditions.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) bytes: Vec<u8>,
    pub(crate) tag: &'static str,
}

impl Served {
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        if request.header("if-none-match") == Some(self.tag) {
            return Reply::new(304, "")
                .without("content-length")
                .with("etag", self.tag);
        }
        match request.header("range") {
            Some(range) if request.header("if-range") == Some(self.tag) => self.part(range),
            _ => Reply::new(200, self.bytes.clone()).with("etag", self.tag),
        }
    }

    fn part(&self, range: &str) -> Reply {
        let total = self.bytes.len();
        let from = range
            .strip_prefix("bytes=")
            .and_then(|range| range.strip_suffix('-'));
        let from: usize = from.unwrap().parse().unwrap();
        if from >= total {
            return Reply::new(416, "").with("content-range", format!("bytes */{total}"));
        }
        let range = format!("bytes {from}-{}/{total}", total - 1);
        let part = Reply::new(206, self.bytes[from..].to_vec());
        part.with("etag", self.tag).with("content-range", range)
    }
}
