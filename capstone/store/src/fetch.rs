//! Large objects to local files, and a cache of them.
//!
//! An object is read in ranges, several at once, each with its own retries; its
//! bytes are hashed in order and written as they come, so memory does not grow
//! with its size. The file appears under its name only when its SHA-256 is right.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{Stream, StreamExt, TryStreamExt, iter};

use crate::digest::{Digest, Hasher};
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// The object with this key and digest as a file in the cache folder `folder`.
    ///
    /// Cached files are named by digest, so they are never out of date; one that
    /// is there is verified again before it is returned, and fetched again if its
    /// bytes are wrong. The object's extension is kept for readers that look at it.
    pub async fn fetch_to(
        &self,
        folder: &Path,
        key: &str,
        expected: Digest,
    ) -> Result<PathBuf, StoreError> {
        let full = self.full_key(key)?;
        let extension = Path::new(key)
            .extension()
            .map(|extension| format!(".{}", extension.display()));
        let path = folder.join(format!("{expected}{}", extension.unwrap_or_default()));
        if is_intact(path.clone(), expected).await? {
            return Ok(path);
        }
        fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
        // A name of its own: another process may be fetching the same object.
        let partial = Partial(folder.join(format!(".{}.part", uuid::Uuid::new_v4())));
        let fetch = || async {
            let size = self.head_full(&full).await?.size;
            let file = File::create(&partial.0).map_err(StoreError::io(&partial.0))?;
            let found = self.copy_full(&full, size, file, &partial.0).await?;
            if found == expected {
                Ok(())
            } else {
                Err(StoreError::checksum(&full, expected, found))
            }
        };
        let wrong_bytes = |error: &StoreError| matches!(error, StoreError::Checksum { .. });
        self.retrying_if(wrong_bytes, fetch).await.0?;
        fs::rename(&partial.0, &path).map_err(StoreError::io(&path))?;
        Ok(path)
    }

    /// The digest of an object's bytes, by the whole key.
    pub(crate) async fn digest_full(&self, key: &str, size: u64) -> Result<Digest, StoreError> {
        self.copy_full(key, size, io::sink(), Path::new("")).await
    }

    /// Writes an object's bytes in order and returns their digest; `path` names the
    /// sink in errors.
    async fn copy_full<W>(
        &self,
        key: &str,
        size: u64,
        sink: W,
        path: &Path,
    ) -> Result<Digest, StoreError>
    where
        W: Write + Send + 'static,
    {
        let copy = |(mut sink, mut hasher): (W, Hasher), chunk: Bytes| {
            let failed = StoreError::io(path);
            off_thread(move || {
                hasher.update(&chunk);
                sink.write_all(&chunk).map_err(failed)?;
                Ok((sink, hasher))
            })
        };
        let (_, hasher) = self
            .ranges(key, size)
            .try_fold((sink, Hasher::default()), copy)
            .await?;
        Ok(hasher.finish())
    }

    /// An object's bytes in order, in pieces.
    fn ranges(&self, key: &str, size: u64) -> impl Stream<Item = Result<Bytes, StoreError>> {
        let policy = &self.config.multipart;
        let step = policy.part_bytes.max(1);
        iter(0..size.div_ceil(step))
            .map(move |index| {
                let start = index * step;
                self.read_exactly(key, start..size.min(start + step))
            })
            .buffered(policy.concurrency.max(1))
    }

    /// A range that lies within the object: no less of it will do.
    async fn read_exactly(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        let wanted = range.end - range.start;
        let bytes = self.read_full(key, Some(range)).await?;
        if bytes.len() as u64 == wanted {
            Ok(bytes)
        } else {
            // It has become shorter since its size was asked for.
            Err(self.asked("get", key).short(wanted, bytes.len() as u64))
        }
    }
}

/// A file that is removed unless it was renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // Absent after the rename.
        let _ = fs::remove_file(&self.0);
    }
}

async fn is_intact(path: PathBuf, expected: Digest) -> Result<bool, StoreError> {
    let failed = StoreError::io(&path);
    match off_thread(move || Digest::of_file(&path)).await {
        Ok(found) => Ok(found == expected),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Runs file work and hashing off the async threads.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        // Blocking work can't be cancelled once it runs, so it has panicked.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
