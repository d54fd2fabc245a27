//! The lake as the stages see it: typed documents over the object store.
//!
//! Stages run on plain threads and wait for the store here, so that no other module
//! knows of the runtime.

use std::collections::BTreeMap;
use std::future::Future;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Creation, Digest, Store, StoreError};
use tokio::runtime::Handle;
use week2_lake::{Commit, DataFile, DataKind, FORMAT_VERSION, Identity, Partition, keys};

use crate::attempt::Attempt;
use crate::crash;
use crate::error::Stop;
use crate::ingest::Ingested;
use crate::parts;

/// One lake, and where copies of its files may be kept.
#[derive(Clone)]
pub struct Lake {
    store: Store,
    runtime: Handle,
    cache: PathBuf,
}

impl Lake {
    /// A lake in `store`; `cache` is used only if its objects are no local files.
    pub fn new(store: Store, runtime: Handle, cache: PathBuf) -> Self {
        Self {
            store,
            runtime,
            cache,
        }
    }

    /// Its `s3://bucket/prefix`.
    pub fn url(&self) -> String {
        self.store.url()
    }

    /// What its requests run on.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.runtime.block_on(work)
    }

    /// Creates bucket and identity, or checks that they fit.
    pub fn prepare(&self, data: DataKind) -> anyhow::Result<()> {
        self.wait(self.store.ensure_bucket())?;
        let ours = Identity {
            format_version: FORMAT_VERSION,
            data,
        };
        if self.create_json(keys::IDENTITY, &ours)? == Creation::Created {
            return Ok(());
        }
        let found = self.identity()?.unwrap_or(ours);
        Ok(parts::lake::check_identity(&found, data)?)
    }

    /// What the lake is; `None` before anything was ingested.
    pub fn identity(&self) -> anyhow::Result<Option<Identity>> {
        let found: Option<Identity> = self.read_json(keys::IDENTITY)?;
        if let Some(identity) = &found {
            parts::lake::check_identity(identity, identity.data)?;
        }
        Ok(found)
    }

    /// Part of an object.
    pub fn range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.wait(self.store.get_range(key, range))
    }

    /// Writes an immutable file, unless the same bytes are there already.
    pub fn upload(&self, key: &str, path: &Path, sha256: &str) -> anyhow::Result<bool> {
        let digest: Digest = sha256.parse().context("a digest of our own")?;
        let size = std::fs::metadata(path)
            .with_context(|| path.display().to_string())?
            .len();
        match self.wait(self.store.head(key)) {
            Ok(found) if found.sha256 == Some(digest) && found.size == size => return Ok(false),
            Ok(_) | Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let put = || self.wait(self.store.put_file(key, path, Some(digest)));
        crash::key(key, put)?;
        Ok(true)
    }

    /// Writes an object that is named by its content.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        crash::key(key, || self.wait(self.store.put(key, bytes.into()))).map(drop)
    }

    /// Writes a document, replacing the one before.
    pub fn put_json(&self, key: &str, document: &impl Serialize) -> anyhow::Result<()> {
        Ok(self.put(key, to_json(document)?)?)
    }

    /// Writes a document unless one is there.
    pub fn create_json(&self, key: &str, document: &impl Serialize) -> anyhow::Result<Creation> {
        let bytes = to_json(document)?;
        Ok(crash::key(key, || {
            self.wait(self.store.create(key, bytes.into()))
        })?)
    }

    /// Writes a commit unless one with its number is there.
    pub fn create_commit(&self, commit: &Commit) -> Result<Creation, StoreError> {
        let key = keys::commit(&commit.manifest.partition, commit.sequence);
        let bytes = parts::lake::commit_bytes(commit);
        crash::key(&key, || self.wait(self.store.create(&key, bytes.into())))
    }

    /// A document, if it is there.
    pub fn read_json<T: DeserializeOwned>(&self, key: &str) -> anyhow::Result<Option<T>> {
        let bytes = match self.wait(self.store.get(key)) {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound { .. } | StoreError::NoSuchBucket { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let document = serde_json::from_slice(&bytes);
        document
            .map(Some)
            .with_context(|| format!("the lake's {key} can't be read"))
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        match self.wait(self.store.list(prefix)) {
            Ok(listed) => Ok(listed.into_iter().map(|object| object.key).collect()),
            Err(StoreError::NoSuchBucket { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn documents<T: DeserializeOwned>(&self, prefix: &str) -> anyhow::Result<Vec<T>> {
        let keys = self.keys(prefix)?;
        keys.iter()
            .filter_map(|key| self.read_json(key).transpose())
            .collect()
    }

    /// Every delivery that was ever ingested.
    pub fn ingested(&self) -> anyhow::Result<Vec<Ingested>> {
        self.documents("metadata/ingested/")
    }

    /// Every attempt, oldest first.
    pub fn attempts(&self) -> anyhow::Result<Vec<Attempt>> {
        self.documents("metadata/attempts/")
    }

    /// The newest commit of a partition.
    pub fn newest_commit(&self, partition: &Partition) -> anyhow::Result<Option<Commit>> {
        let keys = self.keys(&keys::commits(partition))?;
        self.newest_of(keys.iter().map(String::as_str))
    }

    /// The newest commit of every partition.
    pub fn newest_commits(&self) -> anyhow::Result<Vec<Commit>> {
        let keys = self.keys("metadata/commits/")?;
        let mut partitions: BTreeMap<Partition, Vec<&str>> = BTreeMap::new();
        for key in &keys {
            if let Some(partition) = parts::lake::partition_of(key) {
                partitions.entry(partition).or_default().push(key);
            }
        }
        partitions
            .into_values()
            .filter_map(|keys| self.newest_of(keys).transpose())
            .collect()
    }

    /// The newest of a partition's commits.
    fn newest_of<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<Option<Commit>> {
        let Some(key) = parts::lake::newest_commit(keys) else {
            return Ok(None);
        };
        let commit: Option<Commit> = self.read_json(key)?;
        if let Some(format) = commit.as_ref().map(|commit| commit.format_version)
            && format > FORMAT_VERSION
        {
            let message = format!(
                "{key} has format {format}, and this program knows formats up to \
                 {FORMAT_VERSION}: update the program"
            );
            return Err(Stop::Environment(message).into());
        }
        Ok(commit)
    }

    /// The path of a committed file: the object itself, or a verified copy.
    pub fn local_file(&self, file: &DataFile) -> anyhow::Result<PathBuf> {
        if let Some(path) = self.store.local_path(&file.key) {
            return Ok(path);
        }
        // Engines read the partition from the path, so the copy keeps its folders.
        let folder = Path::new(&file.key).parent().unwrap_or(Path::new(""));
        let digest: Digest = file.sha256.parse().context("a digest of a commit")?;
        Ok(self.wait(
            self.store
                .fetch_to(&self.cache.join(folder), &file.key, digest),
        )?)
    }
}

fn to_json(document: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}
