//! The client: the operations on buckets and whole objects, and the retries of all.

use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::operation::create_bucket::CreateBucketError;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use bytes::Bytes;

use crate::config::StoreConfig;
use crate::digest::Digest;
use crate::error::{Asked, StoreError};
use crate::faulty::{Injected, Tally};
use crate::fetch::off_thread;
use crate::key;

/// Name of the user metadata that holds an object's SHA-256 in hex.
pub(crate) const SHA256: &str = "sha256";

/// The region that needs no location constraint, and the default.
pub(crate) const HOME_REGION: &str = "us-east-1";

/// One bucket and prefix of an S3 service. Cheap to clone; the clones share connections.
///
/// Keys are relative to the prefix, in arguments and in what is returned; errors
/// name the whole key.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) config: Arc<StoreConfig>,
    place: Arc<Place>,
    tally: Option<Tally>,
}

/// Where a store is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// For people: a URL, or the folder of an embedded lake.
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) bucket: String,
    /// Empty, or ending with a slash.
    pub(crate) prefix: String,
    /// Folder of the bucket, for an embedded lake.
    pub(crate) folder: Option<PathBuf>,
}

/// What [`Store::ensure_bucket`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketState {
    /// It did not exist and does now.
    Created,
    /// It was there, and these credentials can use it.
    AlreadyMine,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Relative to the store's prefix.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// From the metadata; `None` if another tool wrote the object.
    pub sha256: Option<Digest>,
}

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Relative to the store's prefix.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// When it was last written, by the service's clock; `None` if it does not say.
    pub modified: Option<SystemTime>,
}

impl Store {
    pub(crate) fn new(
        settings: Builder,
        config: StoreConfig,
        place: Place,
        tally: Option<Tally>,
    ) -> Self {
        let client = Client::from_conf(settings.build());
        Self {
            client,
            config: Arc::new(config),
            place: Arc::new(place),
            tally,
        }
    }

    /// Faults that [`StoreConfig::faults`] has injected so far.
    pub fn injected(&self) -> Injected {
        let tally = self.tally.as_ref();
        tally.map(Tally::injected).unwrap_or_default()
    }

    /// The same bucket, with every key below `prefix` (which has no slash at its ends).
    pub fn with_prefix(&self, prefix: &str) -> Result<Self, StoreError> {
        let prefix = self.full_key(prefix)? + "/";
        let place = Place {
            prefix,
            ..Place::clone(&self.place)
        };
        Ok(Self {
            place: Arc::new(place),
            ..self.clone()
        })
    }

    /// Name of the bucket.
    pub fn bucket(&self) -> &str {
        &self.place.bucket
    }

    /// Where the lake is, for people: a URL, or a folder.
    pub fn endpoint(&self) -> &str {
        &self.place.endpoint
    }

    /// The lake's `s3://bucket/prefix`.
    pub fn url(&self) -> String {
        format!("s3://{}/{}", self.place.bucket, self.place.prefix)
    }

    /// The file that is this object, for readers that want a path, such as `DuckDB`.
    /// `None` for a remote lake: see [`Store::fetch_to`]. Read it, never write it.
    pub fn local_path(&self, key: &str) -> Option<PathBuf> {
        let folder = self.place.folder.as_ref()?;
        Some(folder.join(self.full_key(key).ok()?))
    }

    /// Creates the bucket unless it is there.
    ///
    /// Fails with [`StoreError::BucketTaken`] if somebody else has its name.
    pub async fn ensure_bucket(&self) -> Result<BucketState, StoreError> {
        let bucket = self.place.bucket.as_str();
        // Asking first means that a lake can be used without the right to create buckets.
        let missing = match self.retrying(|| self.list_page("", None, 1)).await.0 {
            Ok(_) => return Ok(BucketState::AlreadyMine),
            Err(StoreError::NoSuchBucket { .. }) => true,
            // Somebody else's, or not ours to list; the attempt to create it tells.
            Err(StoreError::AccessDenied { code, .. }) if code == "AccessDenied" => false,
            Err(error) => return Err(error),
        };
        let create = || async {
            let request = self.client.create_bucket().bucket(bucket);
            let request = request.set_create_bucket_configuration(self.location_constraint());
            match request.send().await {
                Ok(_) => Ok(BucketState::Created),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(CreateBucketError::is_bucket_already_owned_by_you) =>
                {
                    Ok(BucketState::AlreadyMine)
                }
                Err(error) => Err(self.asked("create bucket", bucket).failed(&error)),
            }
        };
        match self.retrying(create).await {
            // It was not there before: the answer to an earlier attempt was lost.
            (Ok(BucketState::AlreadyMine), attempts) if missing && attempts > 1 => {
                Ok(BucketState::Created)
            }
            (state, _) => state,
        }
    }

    fn location_constraint(&self) -> Option<CreateBucketConfiguration> {
        let region = self.place.region.as_str();
        (region != HOME_REGION).then(|| {
            let constraint = BucketLocationConstraint::from(region);
            CreateBucketConfiguration::builder()
                .location_constraint(constraint)
                .build()
        })
    }

    /// The whole object.
    pub async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.read_full(&self.full_key(key)?, None).await
    }

    /// Bytes `range.start..range.end` of an object: fewer if it ends before
    /// `range.end`, [`StoreError::OutOfRange`] if it ends before `range.start`.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        self.read_full(&self.full_key(key)?, Some(range)).await
    }

    /// All of an object or a range that is not empty, by the whole key.
    pub(crate) async fn read_full(
        &self,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Result<Bytes, StoreError> {
        let read = || self.read_once(key, range.clone());
        self.retrying(read).await.0
    }

    /// One attempt. What came is what was asked for: the length is compared with what
    /// the head announced, and the digest of a whole object with its metadata.
    async fn read_once(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, StoreError> {
        let asked = self.asked("get", key);
        let header = range
            .as_ref()
            .map(|range| format!("bytes={}-{}", range.start, range.end - 1));
        let request = self.client.get_object().bucket(&self.place.bucket).key(key);
        let answer = request.set_range(header).send().await.map_err(|error| {
            let status = error.raw_response().map(|raw| raw.status().as_u16());
            match (status, &range) {
                (Some(416), Some(range)) => StoreError::OutOfRange {
                    key: key.to_owned(),
                    start: range.start,
                },
                _ => asked.failed(&error),
            }
        })?;
        let announced = answer.content_length;
        let sha256 = answer.metadata.as_ref().and_then(|about| about.get(SHA256));
        let sha256: Option<Digest> = sha256.and_then(|hex| hex.parse().ok());
        let body = answer.body.collect().await;
        let body = body.map_err(|error| asked.broke(&error))?.into_bytes();
        match (announced.map(u64::try_from), sha256) {
            (Some(Ok(length)), _) if length != body.len() as u64 => {
                Err(asked.short(length, body.len() as u64))
            }
            (_, Some(sha256)) if range.is_none() => intact(key, body, sha256).await,
            _ => Ok(body),
        }
    }

    /// Size and SHA-256 of an object.
    pub async fn head(&self, key: &str) -> Result<ObjectInfo, StoreError> {
        let found = self.head_full(&self.full_key(key)?).await?;
        Ok(ObjectInfo {
            key: key.to_owned(),
            ..found
        })
    }

    /// The same by the whole key.
    pub(crate) async fn head_full(&self, key: &str) -> Result<ObjectInfo, StoreError> {
        let head = || async {
            let request = self
                .client
                .head_object()
                .bucket(&self.place.bucket)
                .key(key);
            request
                .send()
                .await
                .map_err(|error| self.asked("head", key).failed(&error))
        };
        let answer = self.retrying(head).await.0?;
        let sha256 = answer.metadata().and_then(|metadata| metadata.get(SHA256));
        Ok(ObjectInfo {
            key: key.to_owned(),
            size: unsigned(answer.content_length()),
            sha256: sha256.and_then(|hex| hex.parse().ok()),
        })
    }

    /// All objects whose key starts with `prefix` (any text, not only whole
    /// segments), sorted by key.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let prefix = format!("{}{prefix}", self.place.prefix);
        let mut listed = Vec::new();
        let mut token = None;
        loop {
            let fetch = || self.list_page(&prefix, token.clone(), 1000);
            let (page, next) = self.retrying(fetch).await.0?;
            listed.extend(page);
            match next {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        // Sorted already, except on S3's directory buckets.
        listed.sort_unstable();
        Ok(listed)
    }

    async fn list_page(
        &self,
        prefix: &str,
        token: Option<String>,
        limit: i32,
    ) -> Result<(Vec<Listed>, Option<String>), StoreError> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.place.bucket)
            .prefix(prefix);
        let request = request.set_continuation_token(token).max_keys(limit);
        let page = request
            .send()
            .await
            .map_err(|error| self.asked("list", &self.place.bucket).failed(&error))?;
        let objects = page
            .contents
            .unwrap_or_default()
            .into_iter()
            .filter_map(|object| {
                let key = object
                    .key?
                    .strip_prefix(self.place.prefix.as_str())?
                    .to_owned();
                Some(Listed {
                    key,
                    size: unsigned(object.size),
                    modified: object.last_modified.and_then(|time| time.try_into().ok()),
                })
            });
        Ok((objects.collect(), page.next_continuation_token))
    }

    /// Removes an object; no error if there is none.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let key = &self.full_key(key)?;
        let delete = || async {
            let request = self
                .client
                .delete_object()
                .bucket(&self.place.bucket)
                .key(key);
            request
                .send()
                .await
                .map_err(|error| self.asked("delete", key).failed(&error))
        };
        self.retrying(delete).await.0.map(|_| ())
    }

    /// The key within the bucket, if every backend can hold it.
    pub(crate) fn full_key(&self, key: &str) -> Result<String, StoreError> {
        let invalid = |reason| StoreError::InvalidKey {
            key: key.to_owned(),
            reason,
        };
        let full = format!("{}{key}", self.place.prefix);
        match key::fault(key).or_else(|| key::fault(&full)) {
            Some(reason) => Err(invalid(reason)),
            None => Ok(full),
        }
    }

    pub(crate) fn asked<'a>(&'a self, verb: &'static str, target: &'a str) -> Asked<'a> {
        let Place {
            endpoint,
            region,
            bucket,
            ..
        } = &*self.place;
        Asked {
            endpoint,
            region,
            bucket,
            verb,
            target,
        }
    }

    /// Repeats a request as the policy says; returns the number of attempts with the result.
    pub(crate) async fn retrying<T, F>(
        &self,
        request: impl FnMut() -> F,
    ) -> (Result<T, StoreError>, u32)
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        self.retrying_if(StoreError::retryable, request).await
    }

    /// The same for errors that `worth` accepts.
    pub(crate) async fn retrying_if<T, F>(
        &self,
        worth: impl Fn(&StoreError) -> bool,
        mut request: impl FnMut() -> F,
    ) -> (Result<T, StoreError>, u32)
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut attempt = 1;
        loop {
            let error = match request().await {
                Err(error) if worth(&error) => error,
                result => return (result, attempt),
            };
            let Some(delay) = self.config.retry.next_delay(attempt, &error) else {
                return (Err(error), attempt);
            };
            tracing::warn!(attempt, ?delay, %error, "trying again");
            self.config.sleep.sleep(delay).await;
            attempt += 1;
        }
    }
}

/// The body, if it has the digest that its object was written with.
async fn intact(key: &str, body: Bytes, expected: Digest) -> Result<Bytes, StoreError> {
    let bytes = body.clone();
    let found = off_thread(move || Digest::of(&bytes)).await;
    if found == expected {
        Ok(body)
    } else {
        Err(StoreError::checksum(key, expected, found))
    }
}

/// Sizes are never negative; a service that leaves one out means an empty object.
fn unsigned(size: Option<i64>) -> u64 {
    size.and_then(|size| u64::try_from(size).ok())
        .unwrap_or_default()
}
