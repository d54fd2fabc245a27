//! Bodies in and out: received into a staged file with every promised checksum
//! verified, and streamed from an object's file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use bytes::Bytes;
use futures::stream::{Stream, StreamExt, try_unfold};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, ChecksumAlgorithm, StreamingBlob};
use s3s::{S3Result, TrailingHeaders, s3_error};

use super::files::failed;
use super::session::Staged;

/// Bytes per read of a streamed object: large, because each read crosses threads.
const READ_BYTES: u64 = 1 << 20;

/// Runs blocking file work off the async threads.
pub(super) async fn blocking<T, F>(work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> S3Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| s3_error!(InternalError, "file work stopped: {error}"))?
}

/// What the sender says of a body.
#[derive(Debug, Default)]
pub(super) struct Promised {
    /// `Content-Length`.
    pub(super) length: Option<i64>,
    /// `Content-MD5`, base64.
    pub(super) md5: Option<String>,
    /// `x-amz-checksum-*` headers.
    pub(super) checksum: Checksum,
    /// The algorithm of a checksum that comes after the body.
    pub(super) trailing: Option<ChecksumAlgorithm>,
    /// Where that checksum will be.
    pub(super) trailers: Option<TrailingHeaders>,
}

/// A body that is on disk, whole and verified.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) staged: Staged,
    pub(super) size: u64,
    pub(super) md5: [u8; 16],
}

/// Writes a body to a staged file. One blocking thread hashes and writes, so
/// that a small chunk costs no change of threads.
pub(super) async fn receive(
    staged: Staged,
    body: StreamingBlob,
    promised: Promised,
) -> S3Result<Received> {
    let runtime = tokio::runtime::Handle::current();
    blocking(move || runtime.block_on(drain(staged, body, promised))).await
}

async fn drain(
    mut staged: Staged,
    mut body: StreamingBlob,
    promised: Promised,
) -> S3Result<Received> {
    let mut hasher = promised.hasher();
    let mut md5 = Md5::new();
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| s3_error!(IncompleteBody, "{error}"))?;
        hasher.update(&chunk);
        md5.update(&chunk);
        staged.file.write_all(&chunk).map_err(failed)?;
        size += chunk.len() as u64;
    }
    let md5 = md5.finalize();
    promised.verify(size, md5, &hasher.finalize())?;
    Ok(Received { staged, size, md5 })
}

impl Promised {
    fn hasher(&self) -> ChecksumHasher {
        let trailing = self.trailing.as_ref().map(ChecksumAlgorithm::as_str);
        let wanted = |header: &Option<String>, name| header.is_some() || trailing == Some(name);
        let sums = &self.checksum;
        ChecksumHasher {
            crc32: wanted(&sums.checksum_crc32, ChecksumAlgorithm::CRC32).then(Default::default),
            crc32c: wanted(&sums.checksum_crc32c, ChecksumAlgorithm::CRC32C).then(Default::default),
            sha1: wanted(&sums.checksum_sha1, ChecksumAlgorithm::SHA1).then(Default::default),
            sha256: wanted(&sums.checksum_sha256, ChecksumAlgorithm::SHA256).then(Default::default),
            crc64nvme: wanted(&sums.checksum_crc64nvme, ChecksumAlgorithm::CRC64NVME)
                .then(Default::default),
        }
    }

    fn verify(&self, size: u64, md5: [u8; 16], found: &Checksum) -> S3Result<()> {
        if self
            .length
            .is_some_and(|length| u64::try_from(length) != Ok(size))
        {
            return Err(s3_error!(
                IncompleteBody,
                "{size} bytes came, {:?} were announced",
                self.length
            ));
        }
        let promised = &self.checksum;
        let sums = [
            (
                "md5",
                &self.md5,
                &Some(aws_smithy_types::base64::encode(md5)),
            ),
            ("crc32", &promised.checksum_crc32, &found.checksum_crc32),
            ("crc32c", &promised.checksum_crc32c, &found.checksum_crc32c),
            ("sha1", &promised.checksum_sha1, &found.checksum_sha1),
            ("sha256", &promised.checksum_sha256, &found.checksum_sha256),
            (
                "crc64nvme",
                &promised.checksum_crc64nvme,
                &found.checksum_crc64nvme,
            ),
        ];
        for (name, promised, found) in sums {
            let promised = promised.clone().or_else(|| self.trailer(name));
            if promised.is_some() && promised != *found {
                return Err(s3_error!(
                    BadDigest,
                    "{name} mismatch: {promised:?} promised, {found:?} found"
                ));
            }
        }
        Ok(())
    }

    fn trailer(&self, name: &str) -> Option<String> {
        let header = format!("x-amz-checksum-{name}");
        let read = |trailers: &TrailingHeaders| {
            trailers.read(|headers| Some(headers.get(&header)?.to_str().ok()?.to_owned()))
        };
        self.trailers.as_ref().and_then(read).flatten()
    }
}

/// Streams a range of a file that has at least that many bytes.
pub(super) fn stream(
    mut file: File,
    range: &Range<u64>,
) -> S3Result<impl Stream<Item = io::Result<Bytes>> + use<>> {
    file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
    let length = range.end - range.start;
    Ok(try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let length = left.min(READ_BYTES);
        let read = move || {
            let mut chunk = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
            (&mut file).take(length).read_to_end(&mut chunk)?;
            Ok::<_, io::Error>((Bytes::from(chunk), file))
        };
        let (chunk, file) = tokio::task::spawn_blocking(read)
            .await
            .map_err(io::Error::other)??;
        if (chunk.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((chunk, (file, left - length))))
    }))
}
