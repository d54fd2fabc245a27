//! Sources over HTTP: the real binary against a server in this process that throttles,
//! truncates, drops connections, ignores ranges, and lies. It ends with the bytes of the
//! local file, or with a sentence and an exit code.
//!
//! Pauses between tries are those of the policy, tenths of a second; the server asks for
//! none.

#[allow(dead_code, reason = "other test binaries use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

mod any_server;
mod changes;
mod datastore;
mod downloads;
#[cfg(unix)]
mod killed;
mod refusals;
mod server;
