//! Stops a process at a chosen step: a door between it and its S3 service.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use store::{KeyPair, Server};
use tokio::runtime::Runtime;

/// Longer than any step of a test takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// An S3 service in this process.
pub(crate) struct Service {
    pub(crate) endpoint: String,
    pub(crate) address: SocketAddr,
    _server: Server,
    _runtime: Runtime,
}

impl Service {
    /// Serves what is below `root` to whoever has the keys `right` and `right`.
    pub(crate) fn start(root: &Path) -> Self {
        let runtime = Runtime::new().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let keys = KeyPair::new("right", "right");
        let server = runtime.block_on(store::serve(address, root, keys)).unwrap();
        Self {
            endpoint: server.endpoint(),
            address: server.address(),
            _server: server,
            _runtime: runtime,
        }
    }
}

/// Gives a command the keys of a [`Service`], or others.
pub(crate) fn with_keys(mut command: Command, id: &str, secret: &str) -> Command {
    command
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_REGION", "us-east-1");
    command
}

/// Passes requests on until the first one that is waited for, which it holds back.
pub(crate) struct Gate {
    pub(crate) endpoint: String,
    reached: Receiver<()>,
    open: Arc<(Mutex<bool>, Condvar)>,
}

#[derive(Clone)]
struct Door {
    request: &'static str,
    reached: Sender<()>,
    open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    /// Holds back the first request that starts like this: `PUT /bucket/curated/`.
    pub(crate) fn before(request: &'static str, service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, reached) = channel();
        let open = Arc::new((Mutex::new(false), Condvar::new()));
        let door = Door {
            request,
            reached: sender,
            open: Arc::clone(&open),
        };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(service).unwrap();
                let (answers, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let door = door.clone();
                thread::spawn(move || door.pass(client, server));
                thread::spawn(move || copy(answers, back));
            }
        });
        Self {
            endpoint,
            reached,
            open,
        }
    }

    /// Waits until a process stands before the door.
    pub(crate) fn wait(&self) {
        let reached = self.reached.recv_timeout(PATIENCE);
        reached.expect("the request that is waited for never came");
    }

    pub(crate) fn open(&self) {
        *self.open.0.lock().unwrap() = true;
        self.open.1.notify_all();
    }
}

impl Door {
    fn pass(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            // The head of a request is sent in one piece.
            if buffer[..length].starts_with(self.request.as_bytes()) {
                let mut open = self.open.0.lock().unwrap();
                if !*open {
                    // Nobody waits any more if the test has failed.
                    let _ = self.reached.send(());
                }
                while !*open {
                    open = self.open.1.wait(open).unwrap();
                }
            }
            if server.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Write);
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

/// Presses Ctrl-C in the terminal of a process.
pub(crate) fn interrupt(process: &Child) {
    let id = process.id().to_string();
    let mut kill = Command::new("sh");
    let sent = kill.args(["-c", "kill -INT \"$1\"", "sh", &id]).status();
    assert!(sent.unwrap().success());
}

/// Looks again and again until something is so.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never happened: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
