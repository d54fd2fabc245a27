//! One error type, and how the SDK's errors become it.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use crate::digest::Digest;
use crate::documents::is_half_a_document;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A key that not every backend can hold.
    #[error("the key {key:?} can't be used: {reason}")]
    InvalidKey {
        /// As given.
        key: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A location that is not `s3://bucket/prefix`, or a bucket name that S3 refuses.
    #[error("{location:?} is no place for a lake: {reason}")]
    InvalidLocation {
        /// As given.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No object has this key.
    #[error("there is no object {key:?}")]
    NotFound {
        /// The whole key, prefix included.
        key: String,
    },
    /// An object with this key is there already.
    #[error("an object {key:?} is there already")]
    AlreadyExists {
        /// The whole key, prefix included.
        key: String,
    },
    /// The bucket does not exist.
    #[error("there is no bucket {bucket:?}: create it, or check its name and the endpoint")]
    NoSuchBucket {
        /// Its name.
        bucket: String,
    },
    /// Bucket names are shared by all of S3, and somebody else has this one.
    #[error("the bucket {bucket:?} belongs to somebody else: choose another name")]
    BucketTaken {
        /// Its name.
        bucket: String,
    },
    /// The range starts at or after the object's end.
    #[error("{key:?} has no byte {start}")]
    OutOfRange {
        /// The whole key, prefix included.
        key: String,
        /// First byte asked for.
        start: u64,
    },
    /// The service knows the credentials and refuses, or refuses the credentials.
    #[error("{endpoint} refused to {operation}: {code}. {hint}")]
    AccessDenied {
        /// Where.
        endpoint: String,
        /// What was asked, such as `put "a/b"`.
        operation: String,
        /// S3's code, such as `AccessDenied` or `InvalidAccessKeyId`.
        code: String,
        /// What to try.
        hint: &'static str,
    },
    /// No credentials in environment, profile or instance.
    #[error(
        "no AWS credentials found ({message}): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
         or choose a profile with AWS_PROFILE"
    )]
    NoCredentials {
        /// What the credentials chain said.
        message: String,
    },
    /// The bucket lives in another region.
    #[error("the bucket {bucket:?} is in another region than {region}: set AWS_REGION ({message})")]
    WrongRegion {
        /// Its name.
        bucket: String,
        /// The region that was asked.
        region: String,
        /// What S3 said.
        message: String,
    },
    /// Another request on the same key or bucket is under way (HTTP 409).
    #[error("another request is changing {target:?} at the same time")]
    Conflict {
        /// Key or bucket.
        target: String,
    },
    /// The multipart upload is gone: aborted, or completed already.
    #[error("the multipart upload of {key:?} is gone")]
    NoSuchUpload {
        /// The whole key, prefix included.
        key: String,
    },
    /// Too many requests (HTTP 429 and 503).
    #[error("{endpoint} asks to slow down: {message}")]
    SlowDown {
        /// Where.
        endpoint: String,
        /// What it said.
        message: String,
    },
    /// The service failed (HTTP 5xx, or an error inside a 200).
    #[error("{endpoint} failed to {operation}: {message}")]
    Server {
        /// Where.
        endpoint: String,
        /// What was asked.
        operation: String,
        /// Code and text of the answer.
        message: String,
    },
    /// No answer in time.
    #[error("{endpoint} did not answer in time to {operation}")]
    Timeout {
        /// Where.
        endpoint: String,
        /// What was asked.
        operation: String,
    },
    /// No connection, or it broke.
    #[error(
        "can't reach {endpoint}: {message}. Is it running, and are host, port and http or https right?"
    )]
    Connect {
        /// Where.
        endpoint: String,
        /// What the operating system or TLS said.
        message: String,
    },
    /// The connection broke when the request was under way; it may have been carried out.
    #[error("the connection to {endpoint} broke while it was asked to {operation}: {message}")]
    Broken {
        /// Where.
        endpoint: String,
        /// What was asked.
        operation: String,
        /// What the network said, or how many bytes came.
        message: String,
    },
    /// No room for what is to be written, on this machine or in the service.
    #[error("the disk of {place} is full: make room there, and try again")]
    DiskFull {
        /// A file or folder, or the endpoint.
        place: String,
    },
    /// Bytes changed on the way or on disk.
    #[error("{key:?} has the wrong bytes: expected SHA-256 {expected}, found {found}")]
    Checksum {
        /// The whole key, prefix included.
        key: String,
        /// What was promised.
        expected: String,
        /// What came.
        found: String,
    },
    /// A local file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Anything else; the text has the code and what was asked.
    #[error("{endpoint} could not {operation}: {message}")]
    Other {
        /// Where.
        endpoint: String,
        /// What was asked.
        operation: String,
        /// Code and text of the answer, or the SDK's own error.
        message: String,
    },
}

impl StoreError {
    /// Whether the same request may succeed a moment later.
    ///
    /// A failed request may still have been carried out: every operation of
    /// [`Store`](crate::Store) can be repeated, see [`Creation`](crate::Creation).
    pub fn retryable(&self) -> bool {
        matches!(
            self,
            Self::Conflict { .. }
                | Self::SlowDown { .. }
                | Self::Server { .. }
                | Self::Timeout { .. }
                | Self::Connect { .. }
                | Self::Broken { .. }
                | Self::Checksum { .. }
        )
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull {
                place: path.display().to_string(),
            },
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn checksum(key: &str, expected: Digest, found: Digest) -> Self {
        Self::Checksum {
            key: key.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// What a request was about, for its error.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) region: &'a str,
    pub(crate) bucket: &'a str,
    /// A verb: `get`, `list`.
    pub(crate) verb: &'static str,
    /// The whole key, or the bucket where the request has no key.
    pub(crate) target: &'a str,
}

impl Asked<'_> {
    fn operation(&self) -> String {
        format!("{} {:?}", self.verb, self.target)
    }

    /// Translates what the SDK returned.
    pub(crate) fn failed<E>(self, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        match error {
            SdkError::TimeoutError(_) => self.timeout(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => self.timeout(),
            SdkError::DispatchFailure(failure) if failure.is_io() => self.connect(error),
            // A connection that ends before the answer is an "other" with a kind; an
            // "other" without one is about the request, such as its credentials.
            SdkError::DispatchFailure(failure) if failure.as_other().is_some() => self.broke(error),
            // The head came and the rest did not: the connection broke.
            SdkError::ResponseError(answer) if answer.raw().status().is_success() => {
                self.broke(error)
            }
            SdkError::ResponseError(_) if is_half_a_document(error) => self.broke(error),
            SdkError::ServiceError(answer) if is_missing(answer.raw()) => self.incomplete(),
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let message = answer
                    .err()
                    .message()
                    .map_or_else(|| innermost(error), str::to_owned);
                // For an empty 404 the SDK makes up the code of a HEAD.
                let told = |_: &&str| self.verb == "head" || !is_empty(answer.raw());
                self.answered(status, answer.err().code().filter(told), &message)
            }
            SdkError::ResponseError(answer) => {
                self.answered(answer.raw().status().as_u16(), None, &innermost(error))
            }
            _ => self.other(DisplayErrorContext(error).to_string()),
        }
    }

    /// The connection broke before the whole answer was there.
    pub(crate) fn broke(self, error: &(dyn StdError + 'static)) -> StoreError {
        self.broken(innermost(error))
    }

    /// A body ended early, and nothing but its length tells.
    pub(crate) fn short(self, expected: u64, found: u64) -> StoreError {
        self.broken(format!("{found} of {expected} bytes came"))
    }

    /// The answer's document lacks what it always has, so it is not whole.
    pub(crate) fn incomplete(self) -> StoreError {
        self.broken("the answer is not complete".to_owned())
    }

    fn broken(self, message: String) -> StoreError {
        StoreError::Broken {
            endpoint: self.endpoint.to_owned(),
            operation: self.operation(),
            message,
        }
    }

    fn answered(self, status: u16, code: Option<&str>, message: &str) -> StoreError {
        let code = code.unwrap_or_default();
        let (key, bucket) = (self.target.to_owned(), self.bucket.to_owned());
        let said = || format!("HTTP {status} {code}: {message}");
        match (code, status) {
            ("NoSuchBucket", _) => StoreError::NoSuchBucket { bucket },
            ("NoSuchUpload", _) => StoreError::NoSuchUpload { key },
            ("NoSuchKey" | "NotFound", _) => StoreError::NotFound { key },
            ("BucketAlreadyExists", _) => StoreError::BucketTaken { bucket },
            ("InvalidBucketName", _) => StoreError::InvalidLocation {
                location: bucket,
                reason: "S3 refuses the bucket's name".to_owned(),
            },
            (
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
                _,
            )
            | (_, 301 | 307) => StoreError::WrongRegion {
                bucket,
                region: self.region.to_owned(),
                message: said(),
            },
            ("BadDigest" | "XAmzContentChecksumMismatch" | "XAmzContentSHA256Mismatch", _) => {
                StoreError::Checksum {
                    key,
                    expected: "of the request".to_owned(),
                    found: said(),
                }
            }
            ("SlowDown" | "ServiceUnavailable" | "Throttling" | "RequestLimitExceeded", _)
            | (_, 429 | 503) => StoreError::SlowDown {
                endpoint: self.endpoint.to_owned(),
                message: said(),
            },
            // 507 is the embedded service's and MinIO's.
            (_, 507) => StoreError::DiskFull {
                place: self.endpoint.to_owned(),
            },
            ("RequestTimeout", _) => self.timeout(),
            ("InternalError", _) | (_, 500..=599) => StoreError::Server {
                endpoint: self.endpoint.to_owned(),
                operation: self.operation(),
                message: said(),
            },
            (_, 412) => StoreError::AlreadyExists { key },
            ("ConditionalRequestConflict" | "OperationAborted", _) => {
                StoreError::Conflict { target: key }
            }
            (_, 401 | 403) => self.denied(code),
            // Every refusal has a document that names its reason, but for those of HEAD.
            ("", 400..=499) if self.verb != "head" => {
                self.broken(format!("HTTP {status} without a reason"))
            }
            (_, 404) => StoreError::NotFound { key },
            _ => self.other(said()),
        }
    }

    fn denied(self, code: &str) -> StoreError {
        let hint = match code {
            "InvalidAccessKeyId" => "It does not know the access key: check AWS_ACCESS_KEY_ID",
            "SignatureDoesNotMatch" => "The secret key is wrong: check AWS_SECRET_ACCESS_KEY",
            "ExpiredToken" | "InvalidToken" => "The session has ended: log in again",
            "RequestTimeTooSkewed" => "This machine's clock is wrong",
            _ => "Check the bucket's name, who owns it, and what the credentials may do",
        };
        StoreError::AccessDenied {
            endpoint: self.endpoint.to_owned(),
            operation: self.operation(),
            code: if code.is_empty() {
                "AccessDenied".to_owned()
            } else {
                code.to_owned()
            },
            hint,
        }
    }

    fn timeout(self) -> StoreError {
        StoreError::Timeout {
            endpoint: self.endpoint.to_owned(),
            operation: self.operation(),
        }
    }

    fn connect(self, error: &(dyn StdError + 'static)) -> StoreError {
        StoreError::Connect {
            endpoint: self.endpoint.to_owned(),
            message: innermost(error),
        }
    }

    fn other(self, message: String) -> StoreError {
        StoreError::Other {
            endpoint: self.endpoint.to_owned(),
            operation: self.operation(),
            message,
        }
    }
}

/// Whether an answer that should have a document has none.
fn is_missing(answer: &HttpResponse) -> bool {
    answer.status().is_success() && is_empty(answer)
}

fn is_empty(answer: &HttpResponse) -> bool {
    answer.body().bytes().is_some_and(<[u8]>::is_empty)
}

/// The last cause in the chain: "Connection refused" rather than "dispatch failure".
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn refused(verb: &'static str) -> StoreError {
        let asked = Asked {
            endpoint: "http://s3.example",
            region: "us-east-1",
            bucket: "lake",
            verb,
            target: "a",
        };
        let metadata = ErrorMetadata::builder().code("NotFound").build();
        let error = CompleteMultipartUploadError::generic(metadata);
        let status = StatusCode::try_from(404).unwrap();
        let answer = HttpResponse::new(status, SdkBody::empty());
        asked.failed(&SdkError::service_error(error, answer))
    }

    #[test]
    fn a_refusal_whose_document_got_lost_is_no_answer_but_to_a_head() {
        let lost = refused("complete the upload of");
        assert!(lost.retryable(), "{lost}");
        let missing = refused("head");
        assert!(matches!(missing, StoreError::NotFound { .. }), "{missing}");
    }
}
