//! What the tests share: settings, bytes, and a policy that waits for nothing.

// Each test target uses some of it.
#![allow(dead_code)]

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::{KeyPair, Multipart, Remote, Retry, Sleep, Store, StoreConfig, StoreError};

/// S3's smallest part: the least that makes a small file a multipart one.
pub(crate) const PART: u64 = 5 << 20;

/// Parts as small as S3 takes them.
pub(crate) fn small_parts() -> StoreConfig {
    StoreConfig {
        multipart: Multipart {
            threshold_bytes: PART,
            part_bytes: PART,
            concurrency: 3,
        },
        ..StoreConfig::default()
    }
}

/// Bytes that differ everywhere and are the same on every run.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Files under a folder, at any depth.
pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else {
            files.push(path);
        }
    }
    files
}

pub(crate) fn keys() -> KeyPair {
    KeyPair::new("test-access", "test-secret")
}

/// A store behind an endpoint.
pub(crate) async fn connect(
    endpoint: &str,
    bucket: &str,
    keys: KeyPair,
    config: StoreConfig,
) -> Store {
    let remote = Remote {
        url: format!("s3://{bucket}").parse().unwrap(),
        endpoint: Some(endpoint.to_owned()),
        region: Some("us-east-1".to_owned()),
        keys: Some(keys),
    };
    Store::remote(remote, config).await.unwrap()
}

/// Tries `attempts` times, 1 s apart, and writes down how long it was told to wait.
#[derive(Clone)]
pub(crate) struct Patient {
    attempts: u32,
    pub(crate) slept: Arc<Mutex<Vec<Duration>>>,
}

impl Patient {
    pub(crate) fn new(attempts: u32) -> Self {
        Self {
            attempts,
            slept: Arc::default(),
        }
    }

    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig {
            retry: Arc::new(self.clone()),
            sleep: Arc::new(self.clone()),
            ..small_parts()
        }
    }
}

impl Retry for Patient {
    fn next_delay(&self, attempt: u32, error: &StoreError) -> Option<Duration> {
        assert!(error.retryable(), "asked about {error}");
        (attempt < self.attempts).then(|| Duration::from_secs(u64::from(attempt)))
    }
}

impl Sleep for Patient {
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.slept.lock().unwrap().push(delay);
        Box::pin(std::future::ready(()))
    }
}
