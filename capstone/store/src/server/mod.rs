//! The embedded S3: s3s speaks the protocol, this module keeps the files.
//!
//! ```text
//! <root>/<bucket>/<key>            the object's bytes, a plain file of the same name
//! <root>/.s3/attributes/<bucket>/  entity tag, content type, user metadata
//! <root>/.s3/staging/<session>/    bodies that are still arriving
//! ```
//!
//! - [`files`]: buckets and objects; what makes writes atomic
//! - [`durable`]: what a power cut leaves
//! - [`attributes`]: what is kept besides the bytes
//! - [`session`]: staging, and what a crashed process left of it
//! - [`multipart`]: uploads in parts
//! - [`listing`]: keys in order, page by page
//! - [`body`]: bytes in and out, checksums
//! - [`service`], [`convert`]: the S3 operations over all this

mod attributes;
mod body;
mod convert;
mod durable;
mod files;
mod listing;
mod multipart;
mod service;
mod session;

use std::net::SocketAddr;
use std::path::Path;

use async_trait::async_trait;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{KeyPair, StoreError};

/// The service over the files under `root`, which is created if need be.
pub(crate) fn service(root: &Path, keys: KeyPair) -> Result<S3Service, StoreError> {
    let files = files::Files::open(root).map_err(StoreError::io(root))?;
    let mut builder = S3ServiceBuilder::new(service::FileService::new(files));
    builder.set_auth(OnePair(keys));
    Ok(builder.build())
}

/// Knows one pair of keys, and says what AWS says of any other.
struct OnePair(KeyPair);

#[async_trait]
impl S3Auth for OnePair {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.0.access_key {
            Ok(self.0.secret_key.as_str().into())
        } else {
            Err(s3_error!(InvalidAccessKeyId))
        }
    }
}

/// An S3 server on a socket. Dropping it stops it, too, but nobody waits for it
/// then; see [`Server::shutdown`].
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<()>,
    accepting: JoinHandle<()>,
}

/// Serves the buckets under `root` to whoever has `keys`.
///
/// `address` may have port 0 for any free one. Plain HTTP: keep it on loopback,
/// as `127.0.0.1:0` does. Several processes may serve, or have embedded stores
/// on, the same root.
pub async fn serve(address: SocketAddr, root: &Path, keys: KeyPair) -> Result<Server, StoreError> {
    let service = service(root, keys)?;
    let unreachable = |error: std::io::Error| StoreError::Connect {
        endpoint: address.to_string(),
        message: format!("can't listen there: {error}"),
    };
    let listener = TcpListener::bind(address).await.map_err(unreachable)?;
    let address = listener.local_addr().map_err(unreachable)?;
    let (stop, stopped) = watch::channel(());
    let accepting = tokio::spawn(accept(listener, service, stopped));
    Ok(Server {
        address,
        stop,
        accepting,
    })
}

impl Server {
    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint for any S3 client: `http://127.0.0.1:41234`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections, lets requests under way finish, and returns.
    pub async fn shutdown(self) {
        let Self {
            stop, accepting, ..
        } = self;
        drop(stop);
        // An accept loop that panicked has stopped, too.
        let _ = accepting.await;
    }
}

async fn accept(listener: TcpListener, service: S3Service, mut stopped: watch::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            // Resolves, with an error, when the sender is dropped.
            _ = stopped.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => attend(socket, &service, &connections),
                Err(error) => tracing::warn!(%error, "a connection was not accepted"),
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

fn attend(socket: TcpStream, service: &S3Service, connections: &GracefulShutdown) {
    // Answers are written whole; waiting to fill a packet only delays them.
    let _ = socket.set_nodelay(true);
    let builder = Builder::new(TokioExecutor::new());
    let connection = builder
        .serve_connection(TokioIo::new(socket), service.clone())
        .into_owned();
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}
