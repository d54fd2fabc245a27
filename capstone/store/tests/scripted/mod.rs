//! An HTTP server that answers what it is told to, one request per connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    from: From,
    /// Bytes of the answer that are sent; the connection ends there.
    cut: Option<usize>,
}

#[derive(Debug, Clone)]
enum From {
    Text { head: String, body: String },
    Server(SocketAddr),
    Silence,
}

impl Answer {
    pub(crate) fn ok(body: &str) -> Self {
        Self::text(200, body)
    }

    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::text(
            status,
            &format!("<Error><Code>{code}</Code><Message>scripted</Message></Error>"),
        )
    }

    /// An answer to HEAD, with these header lines and no body.
    pub(crate) fn head_only(lines: &[String]) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n{}\r\n",
            lines.join("\r\n")
        );
        Self {
            from: From::Text {
                head,
                body: String::new(),
            },
            cut: None,
        }
    }

    /// An answer whose only end is that of the connection.
    pub(crate) fn unmeasured(body: &str) -> Self {
        Self {
            from: From::Text {
                head: "HTTP/1.1 200 OK\r\nConnection: close\r\n".to_owned(),
                body: body.to_owned(),
            },
            cut: None,
        }
    }

    /// What another server answers to the same request.
    pub(crate) fn forward(to: SocketAddr) -> Self {
        Self {
            from: From::Server(to),
            cut: None,
        }
    }

    /// No answer, and the connection stays open.
    pub(crate) fn silence() -> Self {
        Self {
            from: From::Silence,
            cut: None,
        }
    }

    fn text(status: u16, body: &str) -> Self {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\nConnection: close\r\nContent-Length: {length}\r\n"
        );
        Self {
            from: From::Text {
                head,
                body: body.to_owned(),
            },
            cut: None,
        }
    }

    pub(crate) fn header(mut self, line: &str) -> Self {
        if let From::Text { head, .. } = &mut self.from {
            head.push_str(line);
            head.push_str("\r\n");
        }
        self
    }

    /// Ends after this many bytes of the body.
    pub(crate) fn cut_after(mut self, body_bytes: usize) -> Self {
        if let From::Text { head, .. } = &self.from {
            self.cut = Some(head.len() + 2 + body_bytes);
        }
        self
    }

    /// Ends before the first byte.
    pub(crate) fn lost(mut self) -> Self {
        self.cut = Some(0);
        self
    }
}

/// Answers from a script, in the order in which requests come.
pub(crate) struct Scripted {
    pub(crate) endpoint: String,
    seen: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Scripted {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::default();
        let script: Vec<_> = script.into_iter().collect();
        let serving = tokio::spawn(serve(listener, script, Arc::clone(&seen)));
        Self {
            endpoint,
            seen,
            serving,
        }
    }

    /// `METHOD target` of every request, without the SDK's `x-id` parameter.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, script: Vec<Answer>, seen: Arc<Mutex<Vec<String>>>) {
    let mut open = Vec::new();
    let mut script = script.into_iter();
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        let Some(request) = read_request(&mut socket).await else {
            continue;
        };
        seen.lock().unwrap().push(first_line(&request));
        // Past the end of the script nobody answers: the test looks at what was seen.
        let Some(answer) = script.next() else {
            continue;
        };
        let mut bytes = match answer.from {
            From::Text { head, body } => format!("{head}\r\n{body}").into_bytes(),
            From::Server(address) => forward(address, &request).await,
            From::Silence => {
                open.push(socket);
                continue;
            }
        };
        bytes.truncate(answer.cut.unwrap_or(usize::MAX));
        socket.write_all(&bytes).await.unwrap();
        socket.shutdown().await.unwrap();
    }
}

/// A whole request; `None` if the client hung up.
async fn read_request(socket: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if socket.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        if let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
            if text.contains("expect: 100-continue") && request.len() == head + 4 {
                socket
                    .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                    .await
                    .ok()?;
            }
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if request.len() >= head + 4 + length.unwrap_or(0) {
                return Some(request);
            }
        }
    }
}

fn first_line(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let mut words = text.split_whitespace();
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("x-id="))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} {path}{mark}{}", query.join("&"))
}

/// Sends the request on and returns the answer, head and all.
async fn forward(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut server = TcpStream::connect(address).await.unwrap();
    // So that the answer ends with the connection. The header is not a signed one.
    let first = request
        .windows(2)
        .position(|window| window == b"\r\n")
        .unwrap()
        + 2;
    let (line, rest) = request.split_at(first);
    server
        .write_all(&[line, b"Connection: close\r\n", rest].concat())
        .await
        .unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await.unwrap();
    answer
}
