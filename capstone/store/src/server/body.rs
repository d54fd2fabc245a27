//! Bodies in and out: received into a staged file with every promised checksum
//! verified, and streamed from an object's file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use bytes::Bytes;
use futures::stream::{Stream, StreamExt, try_unfold};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Result, TrailingHeaders, s3_error};

use super::files::failed;
use super::session::Staged;

/// Bytes per read of a streamed object: large, because each read crosses threads.
const READ_BYTES: u64 = 1 << 20;

/// What the headers of all checksums start with.
const CHECKSUM_HEADER: &str = "x-amz-checksum-";

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
    /// Name of the header with a checksum that comes after the body (`x-amz-trailer`).
    pub(super) trailer_name: Option<String>,
    /// Where that header will be.
    pub(super) trailers: Option<TrailingHeaders>,
}

/// A body that is on disk, whole and verified.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) staged: Staged,
    pub(super) size: u64,
    pub(super) tag: Tag,
}

/// What an entity tag is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// MD5 of the bytes, as S3 does it.
    Md5([u8; 16]),
    /// Half of the SHA-256 that the sender promised and that was verified: MD5 is
    /// the slowest thing in an upload, and a tag only has to differ.
    Sha256([u8; 16]),
}

impl Tag {
    pub(super) fn bytes(self) -> [u8; 16] {
        let (Self::Md5(bytes) | Self::Sha256(bytes)) = self;
        bytes
    }
}

impl fmt::Display for Tag {
    /// A tag that is no MD5 looks like that of a multipart object, so that no
    /// client takes it for one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Md5(bytes) => write!(f, "{:032x}", u128::from_be_bytes(*bytes)),
            Self::Sha256(bytes) => write!(f, "{:032x}-1", u128::from_be_bytes(*bytes)),
        }
    }
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
    let mut sums = promised.hasher();
    let mut md5 = promised.needs_md5().then(Md5::new);
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| s3_error!(IncompleteBody, "{error}"))?;
        sums.update(&chunk);
        if let Some(md5) = &mut md5 {
            md5.update(&chunk);
        }
        staged.file.write_all(&chunk).map_err(failed)?;
        size += chunk.len() as u64;
    }
    let tag = promised.verify(size, md5.map(Md5::finalize), &sums.finalize())?;
    Ok(Received { staged, size, tag })
}

impl Promised {
    fn hasher(&self) -> ChecksumHasher {
        let trailer = self.trailer_name.as_deref().unwrap_or_default();
        let wanted = |header: &Option<String>, name| {
            header.is_some() || trailer.strip_prefix(CHECKSUM_HEADER) == Some(name)
        };
        let sums = &self.checksum;
        ChecksumHasher {
            crc32: wanted(&sums.checksum_crc32, "crc32").then(Default::default),
            crc32c: wanted(&sums.checksum_crc32c, "crc32c").then(Default::default),
            sha1: wanted(&sums.checksum_sha1, "sha1").then(Default::default),
            sha256: wanted(&sums.checksum_sha256, "sha256").then(Default::default),
            crc64nvme: wanted(&sums.checksum_crc64nvme, "crc64nvme").then(Default::default),
        }
    }

    fn needs_md5(&self) -> bool {
        self.md5.is_some() || self.checksum.checksum_sha256.is_none()
    }

    /// Compares what came with what was promised, and returns its tag.
    fn verify(&self, size: u64, md5: Option<[u8; 16]>, found: &Checksum) -> S3Result<Tag> {
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
            ("md5", &self.md5, &md5.map(aws_smithy_types::base64::encode)),
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
        match md5 {
            Some(md5) => Ok(Tag::Md5(md5)),
            None => half(found.checksum_sha256.as_deref().unwrap_or_default()).map(Tag::Sha256),
        }
    }

    fn trailer(&self, name: &str) -> Option<String> {
        let header = format!("{CHECKSUM_HEADER}{name}");
        let read = |trailers: &TrailingHeaders| {
            trailers.read(|headers| Some(headers.get(&header)?.to_str().ok()?.to_owned()))
        };
        self.trailers.as_ref().and_then(read).flatten()
    }
}

/// The first half of a SHA-256 in base64.
fn half(sha256: &str) -> S3Result<[u8; 16]> {
    let bytes = aws_smithy_types::base64::decode(sha256).unwrap_or_default();
    let half = bytes.first_chunk().copied();
    half.ok_or_else(|| s3_error!(InvalidArgument, "not a SHA-256: {sha256}"))
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
