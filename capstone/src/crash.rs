//! Crash points: one hook, always compiled, so that tests kill the program that is shipped.
//!
//! Whatever changes a lake is a write of a key, so dying before a named key is dying
//! anywhere in the commit protocol. `CAPSTONE_CRASH="kill metadata/commits/"` ends the
//! process before the first key with that prefix is written, as a power cut would;
//! `panic` instead of `kill` panics.

use std::sync::LazyLock;

static CRASH: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("CAPSTONE_CRASH").ok());

/// Called before a key is written.
pub fn before(key: &str) {
    let Some((how, prefix)) = CRASH.as_deref().and_then(|crash| crash.split_once(' ')) else {
        return;
    };
    if !key.starts_with(prefix) {
        return;
    }
    match how {
        "kill" => std::process::abort(),
        "panic" => panic!("CAPSTONE_CRASH asks for it, before {key}"),
        _ => {}
    }
}
