//! An HTTP server for one reader: loopback only, the whole book in memory.
//!
//! Answers come from a table of the files that were built, so no request reaches the disk and
//! no path leads outside. `GET /__changes` is a stream of server-sent events: a page that
//! hears one loads itself again. A build swaps the table at once; a failed one leaves it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Tells pages that they have changed.
const CHANGES: &str = "/__changes";
/// Asked for in every served page; a static build has none of it.
const RELOAD: &str = "<script>new EventSource(\"/__changes\").addEventListener(\"change\", () => location.reload());</script>\n";
/// The longest request line and the most header lines that a browser may send.
const LONGEST: u64 = 64 * 1024;
/// A comment at this interval finds out who has left.
const PULSE: Duration = Duration::from_secs(15);
/// How many ports after the wanted one are tried.
const PORTS: u16 = 50;

type Files = BTreeMap<String, Arc<[u8]>>;

/// What is served, and how often it has changed.
#[derive(Default)]
pub struct Shelf {
    state: Mutex<(u64, Arc<Files>)>,
    changed: Condvar,
}

impl Shelf {
    /// Takes the files under `out` in, all at once, and tells every open page.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn load(&self, out: &Path) -> io::Result<()> {
        let mut paths = BTreeSet::new();
        crate::links::walk(out, &mut paths)?;
        let mut files = Files::new();
        for path in paths {
            let mut bytes = std::fs::read(out.join(&path))?;
            if path.extension().is_some_and(|end| end == "html") {
                bytes = with_reload(bytes);
            }
            let name = format!("/{}", path.to_string_lossy().replace('\\', "/"));
            files.insert(name, bytes.into());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = (state.0 + 1, Arc::new(files));
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    fn now(&self) -> (u64, Arc<Files>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.0, Arc::clone(&state.1))
    }

    /// Waits for a change after `seen`, or for the pulse; the newest version.
    fn wait(&self, seen: u64) -> u64 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(state, PULSE, |state| state.0 == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0.0
    }
}

fn with_reload(page: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(page) {
        Ok(text) => match text.rfind("</body>") {
            Some(end) => format!("{}{RELOAD}{}", &text[..end], &text[end..]).into_bytes(),
            None => text.into_bytes(),
        },
        Err(other) => other.into_bytes(),
    }
}

/// Listens on the wanted port of this machine, or on the next free one.
///
/// # Errors
/// None of them is free.
pub fn listen(port: u16) -> io::Result<(TcpListener, u16)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for next in port..=port.saturating_add(PORTS) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, next)) {
            Ok(listener) => {
                let port = listener.local_addr()?.port();
                return Ok((listener, port));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Answers until the process ends; a thread for each connection.
pub fn serve(listener: &TcpListener, shelf: &Arc<Shelf>) {
    for stream in listener.incoming().flatten() {
        let shelf = Arc::clone(shelf);
        std::thread::spawn(move || {
            // A reader who leaves in the middle of an answer is no error.
            let _ = answer(&stream, &shelf);
        });
    }
}

fn answer(stream: &TcpStream, shelf: &Shelf) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream);
    // Browsers keep a connection for the next file.
    while let Some((method, target, host)) = request(&mut reader)? {
        // Another site's name for this machine must not read the learner's book.
        if !local(&host) {
            return reply(
                stream,
                "403 Forbidden",
                "text/plain",
                b"only for this machine\n",
                true,
            );
        }
        let body = method == "GET";
        if !body && method != "HEAD" {
            return reply(stream, "405 Method Not Allowed", "text/plain", b"", true);
        }
        let path = target.split(['?', '#']).next().unwrap_or("/");
        if path == CHANGES {
            return changes(stream, shelf);
        }
        let (_, files) = shelf.now();
        let name = if path.ends_with('/') {
            format!("{path}index.html")
        } else {
            decoded(path)
        };
        if let Some(bytes) = files.get(&name) {
            reply(stream, "200 OK", kind(&name), bytes, body)?;
        } else {
            let page = files
                .get("/404.html")
                .map_or(&b"not here\n"[..], |bytes| bytes);
            reply(
                stream,
                "404 Not Found",
                "text/html; charset=utf-8",
                page,
                body,
            )?;
        }
    }
    Ok(())
}

/// The next request's method, target and host; nothing when the reader is gone.
fn request(reader: &mut impl BufRead) -> io::Result<Option<(String, String, String)>> {
    let mut reader = reader.take(LONGEST);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (method, target) = (method.to_owned(), target.to_owned());
    let mut host = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(Some((method, target, host)));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            value.trim().clone_into(&mut host);
        }
    }
}

fn local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name == "127.0.0.1"
}

/// `%20` and its like undone; what is no UTF-8 then is found nowhere.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        if let (b'%', Some(byte)) = (first, code) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn reply(
    mut stream: &TcpStream,
    status: &str,
    kind: &str,
    bytes: &[u8],
    body: bool,
) -> io::Result<()> {
    let length = bytes.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    .into_bytes();
    if body {
        answer.extend_from_slice(bytes);
    }
    stream.write_all(&answer)
}

/// Holds the line and tells of changes.
fn changes(mut stream: &TcpStream, shelf: &Shelf) -> io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
    )?;
    let (mut seen, _) = shelf.now();
    loop {
        let now = shelf.wait(seen);
        let event = if now == seen {
            ":\n\n"
        } else {
            "event: change\ndata: \n\n"
        };
        seen = now;
        stream.write_all(event.as_bytes())?;
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with one page; its port.
    fn started(shelf: &Arc<Shelf>) -> u16 {
        let out = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(out.path().join("index.html"), "<body>hello</body>").expect("writable");
        shelf.load(out.path()).expect("readable");
        let (listener, port) = listen(0).expect("a free port");
        let shelf = Arc::clone(shelf);
        std::thread::spawn(move || serve(&listener, &shelf));
        port
    }

    fn asked(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        stream.shutdown(std::net::Shutdown::Write).expect("open");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn get(port: u16, path: &str) -> String {
        asked(
            port,
            &format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
        )
    }

    #[test]
    fn a_page_is_served_with_the_script_that_reloads_it() {
        let port = started(&Arc::default());
        let page = get(port, "/");
        assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
        assert!(page.contains("hello") && page.contains(CHANGES), "{page}");
    }

    #[test]
    fn no_path_leads_outside_of_the_book() {
        let port = started(&Arc::default());
        for path in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "//etc/passwd",
            "/..%5cCargo.toml",
            "",
        ] {
            let answer = get(port, path);
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
    }

    #[test]
    fn another_host_name_and_another_method_are_refused() {
        let port = started(&Arc::default());
        let answer = asked(port, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        let answer = asked(port, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    }

    #[test]
    fn an_open_page_hears_of_a_change() {
        let shelf = Arc::default();
        let port = started(&shelf);
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        let request = format!("GET {CHANGES} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.is_empty()), "the head of the answer");
        let out = tempfile::tempdir().expect("a temporary folder");
        // The stream may not have looked yet: it counts from when it did.
        let writer = std::thread::spawn(move || {
            for _ in 0..50 {
                shelf.load(out.path()).expect("readable");
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        assert!(lines.any(|line| line == "event: change"));
        writer.join().expect("it loads");
    }

    #[test]
    fn a_port_in_use_leads_to_the_next() {
        let (taken, port) = listen(0).expect("a free port");
        let (_next, other) = listen(port).expect("one of the next");
        assert_ne!(port, other);
        drop(taken);
    }
}
