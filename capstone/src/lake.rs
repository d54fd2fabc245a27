//! The lake as the stages see it: typed documents over the object store.
//!
//! Stages run on plain threads and wait for the store here, so that no other module
//! knows of the runtime.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::future::Future;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Creation, Digest, Injected, Listed, Store, StoreError};
use tokio::runtime::Handle;
use week1_environment::Operation;
use week2_lake::{
    Commit, DataFile, DataKind, FORMAT_VERSION, Identity, Partition, StoredObject, keys,
};

use crate::attempt::Attempt;
use crate::crash;
use crate::error::Stop;
use crate::ingest::{self, Ingested};
use crate::parts;

/// What must not happen while a gc removes files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Committing files that are there.
    Commit,
    /// Removing files that no commit lists.
    Remove,
}

/// One lake, and where copies of its files may be kept.
#[derive(Clone)]
pub struct Lake {
    store: Store,
    /// Where files go that are written for a trial.
    elsewhere: Option<Store>,
    runtime: Handle,
    cache: PathBuf,
}

impl Lake {
    /// A lake in `store`; `cache` is used only if its objects are no local files.
    pub fn new(store: Store, runtime: Handle, cache: PathBuf) -> Self {
        Self {
            store,
            elsewhere: None,
            runtime,
            cache,
        }
    }

    /// The same lake to read from. Files that are put go to `elsewhere`, so that work can
    /// be tried without changing anything.
    #[must_use]
    pub fn on_trial(&self, elsewhere: &Self) -> Self {
        Self {
            elsewhere: Some(elsewhere.store.clone()),
            ..self.clone()
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

    /// Faults that were injected on purpose so far.
    pub fn injected(&self) -> Injected {
        self.store.injected()
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

    /// A whole object, if it is there.
    pub fn get(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match self.wait(self.store.get(key)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is known of an object, if it is there.
    pub fn about(&self, key: &str) -> Result<Option<store::ObjectInfo>, StoreError> {
        match self.wait(self.store.head(key)) {
            Ok(found) => Ok(Some(found)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
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
        // Its own bytes again: what is there is cut off, or damaged.
        let put = |key: &str| self.wait(self.store.put_file(key, path, Some(digest)));
        change(key, Operation::Rewrite, put)?;
        Ok(true)
    }

    fn write(&self, key: &str, operation: Operation, bytes: Vec<u8>) -> anyhow::Result<()> {
        let store = self.elsewhere.as_ref().unwrap_or(&self.store);
        let put = |key: &str| self.wait(store.put(key, bytes.into()));
        change(key, operation, put).map(drop)
    }

    /// Writes an object that is named by its content.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        self.write(key, Operation::Rewrite, bytes)
    }

    /// Writes a document that is named by the run or the content that it speaks of.
    pub fn put_json(&self, key: &str, document: &impl Serialize) -> anyhow::Result<()> {
        self.put(key, to_json(document)?)
    }

    /// Writes a document that shows the present, in place of the one before.
    pub fn replace_json(&self, key: &str, document: &impl Serialize) -> anyhow::Result<()> {
        self.write(key, Operation::Replace, to_json(document)?)
    }

    /// Writes an object unless one is there.
    pub fn create(&self, key: &str, bytes: Vec<u8>) -> anyhow::Result<Creation> {
        let create = |key: &str| self.wait(self.store.create(key, bytes.into()));
        change(key, Operation::Create, create)
    }

    /// The bytes of an object.
    pub fn bytes(&self, key: &str) -> Result<Bytes, StoreError> {
        self.wait(self.store.get(key))
    }

    /// Writes a document unless one is there.
    pub fn create_json(&self, key: &str, document: &impl Serialize) -> anyhow::Result<Creation> {
        self.create(key, to_json(document)?)
    }

    /// Writes a commit unless one with its number is there.
    pub fn create_commit(&self, commit: &Commit) -> anyhow::Result<Creation> {
        let key = parts::lake::commit_key(&commit.manifest.partition, commit.sequence);
        self.create(&key, parts::lake::commit_bytes(commit))
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

    /// Keys below a prefix, in their order.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        match self.wait(self.store.list(prefix)) {
            Ok(listed) => Ok(listed.into_iter().map(|object| object.key).collect()),
            Err(StoreError::NoSuchBucket { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Every object of the lake.
    pub fn objects(&self) -> anyhow::Result<Vec<StoredObject>> {
        self.listed("")
    }

    /// What is known of one object; `None` if there is none.
    pub fn object(&self, key: &str) -> anyhow::Result<Option<StoredObject>> {
        let listed = self.listed(key)?;
        Ok(listed.into_iter().find(|object| object.key == key))
    }

    fn listed(&self, prefix: &str) -> anyhow::Result<Vec<StoredObject>> {
        let stored = |object: Listed| {
            let modified = object.modified.map(Timestamp::try_from).transpose()?;
            Ok(StoredObject {
                key: object.key,
                size: object.size,
                modified,
            })
        };
        match self.wait(self.store.list(prefix)) {
            Ok(listed) => listed.into_iter().map(stored).collect(),
            Err(StoreError::NoSuchBucket { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an orphan; no error if there is none.
    pub fn collect(&self, key: &str) -> anyhow::Result<()> {
        let permit = parts::environment::permit(key, Operation::Collect)?;
        let delete = || self.wait(self.store.delete(permit.key()));
        Ok(crash::named("delete", key, delete)?)
    }

    /// Whether a file is there as a manifest lists it.
    pub fn holds(&self, file: &DataFile) -> anyhow::Result<bool> {
        match self.wait(self.store.head(&file.key)) {
            // Without a digest somebody else has copied the lake; names tell the content.
            Ok(found) => Ok(found.size == file.size
                && found
                    .sha256
                    .is_none_or(|digest| digest.to_string() == file.sha256)),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for the turn to commit or to remove: many may commit at once, and whoever
    /// removes is alone. Counts between processes that use the same folder of this
    /// machine, until the file is dropped; where files have no locks, for nobody.
    pub fn turn(&self, turn: Turn) -> anyhow::Result<File> {
        let path = self.cache.with_file_name("commits.lock");
        let context = || path.display().to_string();
        std::fs::create_dir_all(path.parent().unwrap_or(&self.cache)).with_context(context)?;
        let file = File::create(&path).with_context(context)?;
        let free = match turn {
            Turn::Commit => file.try_lock_shared(),
            Turn::Remove => file.try_lock(),
        };
        if matches!(free, Err(TryLockError::WouldBlock)) {
            tracing::warn!("waiting for another process that is about to commit, or for a gc");
            match turn {
                Turn::Commit => file.lock_shared(),
                Turn::Remove => file.lock(),
            }
            .with_context(context)?;
        }
        Ok(file)
    }

    /// Every document below a prefix, in the order of their keys.
    pub fn documents<T: DeserializeOwned>(&self, prefix: &str) -> anyhow::Result<Vec<T>> {
        let keys = self.keys(prefix)?;
        keys.iter()
            .filter_map(|key| self.read_json(key).transpose())
            .collect()
    }

    /// Every delivery that was ever ingested.
    pub fn ingested(&self) -> anyhow::Result<Vec<Ingested>> {
        let keys = self.keys("metadata/ingested/")?;
        keys.iter()
            .filter_map(|key| self.delivery(key).transpose())
            .collect()
    }

    fn delivery(&self, key: &str) -> anyhow::Result<Option<Ingested>> {
        let ingested: Option<Ingested> = self.read_json(key)?;
        if let Some(ingested) = &ingested {
            ingest::check(ingested).map_err(|error| {
                Stop::Environment(format!("{key}: {error}; ingest its files again"))
            })?;
        }
        Ok(ingested)
    }

    /// Every attempt, oldest first.
    pub fn attempts(&self) -> anyhow::Result<Vec<Attempt>> {
        self.documents("metadata/attempts/")
    }

    /// Every commit, also those that newer ones replaced.
    pub fn all_commits(&self) -> anyhow::Result<Vec<Commit>> {
        let keys = self.keys("metadata/commits/")?;
        keys.iter()
            .filter(|key| parts::lake::sequence_of(key).is_some())
            .filter_map(|key| self.commit(key).transpose())
            .collect()
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
        parts::lake::newest_commit(keys).map_or(Ok(None), |key| self.commit(key))
    }

    fn commit(&self, key: &str) -> anyhow::Result<Option<Commit>> {
        let commit: Option<Commit> = self.read_json(key)?;
        if let Some(commit) = &commit {
            let sound = parts::lake::check_commit(key, commit);
            sound.map_err(|error| Stop::Environment(format!("{key}: {error}")))?;
        }
        Ok(commit)
    }

    /// The path of a committed file: the object itself, or a verified copy.
    pub fn local_file(&self, file: &DataFile) -> anyhow::Result<PathBuf> {
        if let Some(path) = self.store.local_path(&file.key) {
            return Ok(path);
        }
        let copy = cached(&self.cache, file);
        let folder = copy.parent().unwrap_or(&self.cache);
        let digest: Digest = file.sha256.parse().context("a digest of a commit")?;
        Ok(self.wait(self.store.fetch_to(folder, &file.key, digest))?)
    }
}

/// Where the copy of a bucket's file is. Engines read the partition from the path, so it
/// keeps its folders.
pub fn cached(cache: &Path, file: &DataFile) -> PathBuf {
    let key = Path::new(&file.key);
    let extension = key.extension().unwrap_or_default();
    cache
        .join(key)
        .with_file_name(&file.sha256)
        .with_extension(extension)
}

fn to_json(document: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every change goes through here, and none without leave of the zone rules.
fn change<T>(
    key: &str,
    operation: Operation,
    change: impl FnOnce(&str) -> Result<T, StoreError>,
) -> anyhow::Result<T> {
    let permit = parts::environment::permit(key, operation)?;
    Ok(crash::key(permit.key(), || change(permit.key()))?)
}
