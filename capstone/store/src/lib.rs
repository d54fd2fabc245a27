//! The lake's storage: a client that speaks S3 and nothing else, and an S3
//! server that lives in the same process and keeps plain files.
//!
//! ```no_run
//! # async fn example() -> Result<(), store::StoreError> {
//! use store::{Creation, Store, StoreConfig};
//!
//! let lake = Store::embedded(".lake", "open-payments", StoreConfig::default())?;
//! lake.ensure_bucket().await?;
//! match lake.create("metadata/commits/1.json", "{}".into()).await? {
//!     Creation::Created => println!("committed"),
//!     Creation::AlreadyExists { .. } => println!("another run was first"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Map
//!
//! - [`Store`]: one bucket and prefix; put, create, get, list and so on. The same
//!   code for [`Store::embedded`] and [`Store::remote`]: both go through
//!   `aws-sdk-s3`, only the connector differs
//! - [`StoreConfig`]: time limits, part sizes, and the one retry policy ([`Retry`], [`Sleep`])
//! - [`StoreError`]: what can go wrong, and what is worth a retry
//! - [`Creation`]: how a conditional create ended
//! - [`Digest`] is SHA-256, in hex and base64
//! - [`Faults`]: a network and a service that fail on purpose, for tests and drills
//! - [`serve`]: the embedded service on a socket, for any other S3 client
//!
//! # What it promises
//!
//! - Every object this client writes carries its SHA-256 as metadata `sha256`,
//!   and the service verifies it on arrival.
//! - An object appears whole or not at all; of several conditional creates of one
//!   key exactly one wins, whichever tasks and processes they come from.
//! - An object that was written survives a power cut, and so do all that were written
//!   before it: the embedded server forces bytes, then name, to disk before it answers.
//!   Removals and an object's recorded SHA-256 may be lost.
//! - Memory does not grow with the size of files that are uploaded or fetched.
//! - Every operation can be repeated, and is, as the injected policy says.
//!
//! # What it leaves out
//!
//! - Copies, versions, tags, access lists, encryption settings, presigned links,
//!   compare-and-swap by entity tag: the pipeline has no use for them, and the
//!   embedded server says `NotImplemented`.
//! - An embedded lake copied by a tool that drops modification times (`cp -r`; use
//!   `cp -a`) keeps its bytes and loses what else was known of them: [`ObjectInfo::sha256`]
//!   is then `None`.
//! - Keys that a file tree can't hold (see [`StoreError::InvalidKey`]); and on the
//!   embedded server one key can't be an object and a folder of others.
//! - Public networks: the embedded server has no TLS and one pair of keys.
//!
//! # Why not `s3s-fs`
//!
//! s3s comes with a file service. It suits one process; a lake is shared. In 0.14:
//! it checks `If-None-Match` and then renames, so two writers can both win; every
//! process names its temporary files `.tmp.0`, `.tmp.1` and so on in the shared
//! root and deletes those of others when it starts; a body with the wrong
//! checksum has replaced the object before it is refused; attributes are files
//! named by the base64 of the key, too long a name from about 150 bytes on, and
//! outlive the object; folders answer as objects; every page of a listing walks
//! the whole bucket. So the operations here are written on s3s itself.

mod config;
mod connect;
mod digest;
mod documents;
mod error;
mod faulty;
mod fetch;
mod key;
mod location;
mod server;
mod store;
mod upload;

pub use config::{Multipart, NoRetry, Retry, Sleep, StoreConfig, Timeouts, TokioSleep};
pub use digest::{Digest, NotADigest};
pub use error::StoreError;
pub use faulty::{Fault, Faults, Injected, NotFaults};
pub use location::{KeyPair, Remote, S3Url};
pub use server::{Server, serve};
pub use store::{BucketState, Listed, ObjectInfo, Store};
pub use upload::Creation;
