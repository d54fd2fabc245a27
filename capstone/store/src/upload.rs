//! Writing objects: whole, or in parts.
//!
//! A file of [`Multipart::threshold_bytes`](crate::Multipart) and more goes in
//! parts, read in order by one reader and sent several at once. Crash points:
//! until the upload is completed nothing is visible; a crash leaves parts that
//! S3 keeps until a lifecycle rule (set one: `AbortIncompleteMultipartUpload`)
//! and the embedded server until its next start removes them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use futures::stream::{Stream, TryStreamExt, try_unfold};

use crate::digest::{Digest, Hasher};
use crate::error::StoreError;
use crate::fetch::off_thread;
use crate::store::{ObjectInfo, SHA256, Store};

/// How a conditional create ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// This call made the object. That includes a call whose first attempt
    /// succeeded while its answer was lost: the retry finds its own bytes.
    Created,
    /// The object was there before this call.
    AlreadyExists {
        /// Whether it has the same bytes: then an earlier, interrupted run of the
        /// same work made it, or another run that does the same.
        identical: bool,
    },
}

/// May the object take the place of another?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Replace,
    CreateOnly,
}

impl Mode {
    fn if_none_match(self) -> Option<String> {
        (self == Self::CreateOnly).then(|| "*".to_owned())
    }
}

/// What is about to be an object.
struct Source {
    /// The whole key.
    key: String,
    size: u64,
    sha256: Digest,
}

impl Source {
    fn info(&self, key: &str) -> ObjectInfo {
        ObjectInfo {
            key: key.to_owned(),
            size: self.size,
            sha256: Some(self.sha256),
        }
    }
}

impl Store {
    /// Writes an object, replacing what was there.
    pub async fn put(&self, key: &str, body: Bytes) -> Result<ObjectInfo, StoreError> {
        let source = self.source(key, &body).await?;
        self.put_whole(&source, &body, Mode::Replace).await?;
        Ok(source.info(key))
    }

    /// Writes an object unless one is there (`If-None-Match: *`).
    pub async fn create(&self, key: &str, body: Bytes) -> Result<Creation, StoreError> {
        let source = self.source(key, &body).await?;
        let result = self.put_whole(&source, &body, Mode::CreateOnly).await;
        self.settle(&source, result).await
    }

    /// Writes a local file as an object, replacing what was there.
    ///
    /// `sha256` is the file's, if the caller knows it; otherwise the file is read
    /// once more, before anything is sent. A file that turns out to have other
    /// bytes does not become an object: [`StoreError::Checksum`].
    pub async fn put_file(
        &self,
        key: &str,
        path: &Path,
        sha256: Option<Digest>,
    ) -> Result<ObjectInfo, StoreError> {
        let source = self.source_file(key, path, sha256).await?;
        self.put_path(&source, path, Mode::Replace).await?;
        Ok(source.info(key))
    }

    /// Writes a local file as an object unless one is there; see [`Store::put_file`].
    pub async fn create_file(
        &self,
        key: &str,
        path: &Path,
        sha256: Option<Digest>,
    ) -> Result<Creation, StoreError> {
        let source = self.source_file(key, path, sha256).await?;
        let result = self.put_path(&source, path, Mode::CreateOnly).await;
        self.settle(&source, result).await
    }

    async fn source(&self, key: &str, body: &Bytes) -> Result<Source, StoreError> {
        let key = self.full_key(key)?;
        let (size, body) = (body.len() as u64, body.clone());
        let sha256 = off_thread(move || Digest::of(&body)).await;
        Ok(Source { key, size, sha256 })
    }

    async fn source_file(
        &self,
        key: &str,
        path: &Path,
        known: Option<Digest>,
    ) -> Result<Source, StoreError> {
        let key = self.full_key(key)?;
        let failed = StoreError::io(path);
        let path = path.to_owned();
        let measure = move || {
            let size = std::fs::metadata(&path)?.len();
            let sha256 = known.map_or_else(|| Digest::of_file(&path), Ok)?;
            Ok((size, sha256))
        };
        let (size, sha256) = off_thread(measure).await.map_err(failed)?;
        Ok(Source { key, size, sha256 })
    }

    async fn put_path(&self, source: &Source, path: &Path, mode: Mode) -> Result<(), StoreError> {
        if source.size >= self.config.multipart.threshold_bytes {
            return self.put_parts(source, path, mode).await;
        }
        let mut parts = std::pin::pin!(read_parts(source, path, source.size));
        let body = parts
            .try_next()
            .await?
            .map(|part| part.body)
            .unwrap_or_default();
        self.put_whole(source, &body, mode).await
    }

    async fn put_whole(&self, source: &Source, body: &Bytes, mode: Mode) -> Result<(), StoreError> {
        let put = || async {
            let request = self
                .client
                .put_object()
                .bucket(self.bucket())
                .key(&source.key)
                .metadata(SHA256, source.sha256.to_string())
                .checksum_sha256(source.sha256.base64())
                .set_if_none_match(mode.if_none_match())
                .body(ByteStream::from(body.clone()));
            // The checksum is in the signed headers; signing the payload would hash it twice.
            let sent = request.customize().disable_payload_signing().send().await;
            sent.map(|_| ())
                .map_err(|error| self.asked("put", &source.key).failed(&error))
        };
        let tried = self.retrying(put).await;
        self.unless_mine(source, tried).await
    }

    /// Sends a file in parts. After a conflict (409) S3 wants the whole upload again.
    async fn put_parts(&self, source: &Source, path: &Path, mode: Mode) -> Result<(), StoreError> {
        let upload = || async {
            let id = self.start_upload(source).await?;
            let result = self.finish_upload(source, path, &id, mode).await;
            if result.is_err() {
                self.abort_upload(source, &id).await;
            }
            result
        };
        self.retrying_if(is_conflict, upload).await.0
    }

    async fn start_upload(&self, source: &Source) -> Result<String, StoreError> {
        let start = || async {
            let request = self
                .client
                .create_multipart_upload()
                .bucket(self.bucket())
                .key(&source.key)
                .metadata(SHA256, source.sha256.to_string())
                .checksum_algorithm(ChecksumAlgorithm::Sha256);
            let asked = self.asked("start uploading", &source.key);
            let started = request.send().await.map_err(|error| asked.failed(&error))?;
            started.upload_id.ok_or_else(|| asked.incomplete())
        };
        self.retrying(start).await.0
    }

    async fn finish_upload(
        &self,
        source: &Source,
        path: &Path,
        id: &str,
        mode: Mode,
    ) -> Result<(), StoreError> {
        let policy = &self.config.multipart;
        let mut sent: Vec<CompletedPart> =
            read_parts(source, path, policy.part_bytes_for(source.size))
                .map_ok(|part| self.send_part(source, id, part))
                .try_buffer_unordered(policy.concurrency.max(1))
                .try_collect()
                .await?;
        sent.sort_unstable_by_key(CompletedPart::part_number);
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(sent))
            .build();
        let complete = || async {
            let request = self
                .client
                .complete_multipart_upload()
                .bucket(self.bucket())
                .key(&source.key)
                .upload_id(id)
                .multipart_upload(parts.clone())
                .set_if_none_match(mode.if_none_match());
            let asked = self.asked("complete the upload of", &source.key);
            let completed = request.send().await.map_err(|error| asked.failed(&error))?;
            // Its head says 200 before the work is done; only the body says how it ended.
            completed.e_tag.map(drop).ok_or_else(|| asked.incomplete())
        };
        let worth = |error: &StoreError| error.retryable() && !is_conflict(error);
        let tried = self.retrying_if(worth, complete).await;
        self.unless_mine(source, tried).await
    }

    async fn send_part(
        &self,
        source: &Source,
        id: &str,
        part: Part,
    ) -> Result<CompletedPart, StoreError> {
        let send = || async {
            let request = self
                .client
                .upload_part()
                .bucket(self.bucket())
                .key(&source.key)
                .upload_id(id)
                .part_number(part.number)
                .checksum_sha256(part.sha256.base64())
                .body(ByteStream::from(part.body.clone()));
            let sent = request.customize().disable_payload_signing().send().await;
            sent.map_err(|error| self.asked("upload a part of", &source.key).failed(&error))
        };
        let answer = self.retrying(send).await.0?;
        Ok(CompletedPart::builder()
            .part_number(part.number)
            .set_e_tag(answer.e_tag)
            .checksum_sha256(part.sha256.base64())
            .build())
    }

    async fn abort_upload(&self, source: &Source, id: &str) {
        let abort = || async {
            let request = self.client.abort_multipart_upload().bucket(self.bucket());
            let aborted = request.key(&source.key).upload_id(id).send().await;
            aborted.map_err(|error| {
                self.asked("abort the upload of", &source.key)
                    .failed(&error)
            })
        };
        match self.retrying(abort).await.0 {
            // Gone is gone, whoever ended it.
            Ok(_) | Err(StoreError::NoSuchUpload { .. }) => {}
            // The upload's own error is the one to return.
            Err(error) => tracing::warn!(%error, "parts of a failed upload may remain"),
        }
    }

    /// A repeated request that finds its own work done has succeeded.
    async fn unless_mine(
        &self,
        source: &Source,
        (result, attempts): (Result<(), StoreError>, u32),
    ) -> Result<(), StoreError> {
        match result {
            Err(StoreError::AlreadyExists { .. } | StoreError::NoSuchUpload { .. })
                if attempts > 1 && self.is_there(source).await? =>
            {
                Ok(())
            }
            result => result,
        }
    }

    async fn settle(
        &self,
        source: &Source,
        result: Result<(), StoreError>,
    ) -> Result<Creation, StoreError> {
        match result {
            Ok(()) => Ok(Creation::Created),
            Err(StoreError::AlreadyExists { .. }) => Ok(Creation::AlreadyExists {
                identical: self.is_there(source).await?,
            }),
            Err(error) => Err(error),
        }
    }

    /// Whether the object at the source's key has the source's bytes.
    async fn is_there(&self, source: &Source) -> Result<bool, StoreError> {
        let found = match self.head_full(&source.key).await {
            Err(StoreError::NotFound { .. }) => return Ok(false),
            found => found?,
        };
        if found.size != source.size {
            return Ok(false);
        }
        let sha256 = match found.sha256 {
            Some(sha256) => sha256,
            // Another tool wrote it: only its bytes can tell.
            None => self.digest_full(&source.key, found.size).await?,
        };
        Ok(sha256 == source.sha256)
    }
}

fn is_conflict(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict { .. })
}

/// One part of a file.
struct Part {
    /// From 1.
    number: i32,
    body: Bytes,
    sha256: Digest,
}

/// The one reader of a file under way.
struct Reader {
    file: File,
    whole: Hasher,
    number: i32,
    left: u64,
}

/// A file's parts in order; ends with an error if the file does not have the
/// source's size and digest, so that a wrong file is never completed.
fn read_parts(
    source: &Source,
    path: &Path,
    part_bytes: u64,
) -> impl Stream<Item = Result<Part, StoreError>> + use<> {
    let (key, expected, size) = (source.key.clone(), source.sha256, source.size);
    let path = path.to_owned();
    try_unfold(None, move |reader: Option<Reader>| {
        let (key, path) = (key.clone(), path.clone());
        off_thread(move || {
            let reader = match reader {
                Some(reader) => reader,
                None => Reader::open(&path, size).map_err(StoreError::io(&path))?,
            };
            if reader.left == 0 && reader.number > 0 {
                return Ok(None);
            }
            let (part, reader) = reader.next(part_bytes).map_err(StoreError::io(&path))?;
            let found = reader.whole.clone().finish();
            if reader.left == 0 && found != expected {
                return Err(StoreError::checksum(&key, expected, found));
            }
            Ok(Some((part, Some(reader))))
        })
    })
}

impl Reader {
    fn open(path: &Path, size: u64) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
            whole: Hasher::default(),
            number: 0,
            left: size,
        })
    }

    /// Reads and hashes the next part; an error if the file has become shorter.
    fn next(mut self, part_bytes: u64) -> io::Result<(Part, Self)> {
        let length = self.left.min(part_bytes);
        let mut body = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.file.read_exact(&mut body)?;
        self.whole.update(&body);
        self.left -= length;
        self.number += 1;
        let part = Part {
            number: self.number,
            sha256: Digest::of(&body),
            body: body.into(),
        };
        Ok((part, self))
    }
}
