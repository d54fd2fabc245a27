//! What all stages share: the lake, the contract, folders, and how much to use.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use store::{KeyPair, Multipart, Remote, Retry, S3Url, Store, StoreConfig, StoreError};
use tokio::runtime::Handle;
use week1_schema::Contract;
use week2_ingestion::RetryPolicy;

use crate::clock::Clock;
use crate::lake::Lake;
use crate::lineage;
use crate::parts;
use crate::ui::Ui;

/// Bucket of an embedded lake.
pub const BUCKET: &str = "open-payments";
/// Where lakes are unless the user says otherwise.
pub const DEFAULT_FOLDER: &str = ".lake";
/// CSV bytes in one chunk: about 60,000 general records, one Parquet row group. Two
/// chunks in flight need about 200 MB.
pub const CHUNK_BYTES: u64 = 32 << 20;
/// A load of a few years takes less.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What all stages share.
pub struct Capstone {
    /// The lake.
    pub lake: Lake,
    /// Everything else that is kept.
    pub home: Home,
    /// The contract that types rows.
    pub contract: Contract,
    /// Program years to look at; `None` for all.
    pub years: Option<RangeInclusive<i16>>,
    /// Threads that work at once.
    pub threads: usize,
    /// CSV bytes in one chunk.
    pub chunk_bytes: u64,
    /// Progress.
    pub ui: Ui,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whom to tell of lineage.
    pub lineage: lineage::Settings,
}

impl Capstone {
    /// Whether the user asked for this program year.
    pub fn wants(&self, program_year: i16) -> bool {
        self.years
            .as_ref()
            .is_none_or(|years| years.contains(&program_year))
    }
}

/// Where a lake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder, with the embedded server.
    Folder(PathBuf),
    /// A bucket.
    Bucket(S3Url),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(url) => url.fmt(f),
        }
    }
}

impl std::str::FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("s3://") {
            text.parse().map(Self::Bucket)
        } else {
            Ok(Self::Folder(text.into()))
        }
    }
}

/// The folder beside a lake, or the lake's own, for what is no lake object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
    warehouse: PathBuf,
    patience: Duration,
}

impl Home {
    /// The folder of a place, and the warehouse there unless the user names one.
    pub fn new(place: &Place, warehouse: Option<PathBuf>) -> Self {
        let folder = match place {
            Place::Folder(folder) => folder.clone(),
            Place::Bucket(url) => Path::new(DEFAULT_FOLDER)
                .join("remote")
                .join(&url.bucket)
                .join(&url.prefix),
        };
        let warehouse = warehouse.unwrap_or_else(|| folder.join("warehouse.duckdb"));
        Self {
            folder,
            warehouse,
            patience: PATIENCE,
        }
    }

    /// Waits so long for a warehouse that another process has open.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How long to wait for a warehouse that another process has open.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The objects of an embedded lake.
    pub fn objects(&self) -> PathBuf {
        self.folder.join("s3")
    }

    /// Generated source files.
    pub fn source(&self) -> PathBuf {
        self.folder.join("source")
    }

    /// Files for the time of one run.
    pub fn spool(&self) -> PathBuf {
        self.folder.join("spool")
    }

    /// Copies of a remote lake's files.
    pub fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// The locks of attempts at work.
    pub fn attempts(&self) -> PathBuf {
        self.folder.join("attempts")
    }

    /// The DuckDB file.
    pub fn warehouse(&self) -> &Path {
        &self.warehouse
    }

    /// Lineage events as JSON lines.
    pub fn lineage(&self) -> PathBuf {
        self.folder.join("lineage.jsonl")
    }

    /// The page.
    pub fn report(&self) -> PathBuf {
        self.folder.join("report.html")
    }
}

/// How a bucket is reached. What is `None` is left to AWS's own chain.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Another S3 service than AWS.
    pub endpoint: Option<String>,
    /// AWS region.
    pub region: Option<String>,
    /// Credentials.
    pub keys: Option<KeyPair>,
}

/// Opens the lake at a place.
pub fn open_lake(
    place: &Place,
    access: Access,
    home: &Home,
    runtime: &Handle,
) -> anyhow::Result<Lake> {
    open_lake_with(place, access, home, runtime, store_config())
}

/// Parts of files on their way to raw. Several files travel at once, and what they hold in
/// memory adds up: half the store's default size, and half as many.
const PARTS: Multipart = Multipart {
    threshold_bytes: 16 << 20,
    part_bytes: 8 << 20,
    concurrency: 2,
};

/// How the pipeline's lakes behave: the store's defaults but for the size of parts, with the
/// retries of checkpoint 2.1.
pub fn store_config() -> StoreConfig {
    StoreConfig {
        multipart: PARTS,
        retry: Arc::new(Backoff::default()),
        ..StoreConfig::default()
    }
}

/// The same with another behaviour: for tests and drills.
pub fn open_lake_with(
    place: &Place,
    access: Access,
    home: &Home,
    runtime: &Handle,
    config: StoreConfig,
) -> anyhow::Result<Lake> {
    let store = match place {
        Place::Folder(_) => Store::embedded(home.objects(), BUCKET, config)?,
        Place::Bucket(url) => {
            let Access {
                endpoint,
                region,
                keys,
            } = access;
            let remote = Remote {
                url: url.clone(),
                endpoint,
                region,
                keys,
            };
            runtime.block_on(Store::remote(remote, config))?
        }
    };
    Ok(Lake::new(store, runtime.clone(), home.cache()))
}

/// The contract of checkpoint 1.2.
pub fn contract() -> anyhow::Result<Contract> {
    parts::schema::read_contract(parts::schema::CONTRACT_YAML).context("the contract")
}

/// The store's retries, as checkpoint 2.1 decides them.
struct Backoff {
    policy: RetryPolicy,
    unit: fn() -> f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            policy: RetryPolicy::default(),
            unit: rand::random::<f64>,
        }
    }
}

impl Retry for Backoff {
    fn next_delay(&self, attempt: u32, _error: &StoreError) -> Option<Duration> {
        // The store does not say how long it has waited: count the longest it can have been.
        let bound =
            |attempt| parts::ingestion::delay_before(&self.policy, attempt, Duration::ZERO, 1.0);
        let waited = (2..=attempt).filter_map(bound).sum();
        parts::ingestion::delay_before(&self.policy, attempt + 1, waited, (self.unit)())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_gives_up_when_the_policy_does() {
        let backoff = Backoff {
            policy: RetryPolicy::default(),
            unit: || 1.0,
        };
        let error = StoreError::NotFound { key: "k".into() };
        let delays: Vec<_> = (1..10)
            .map_while(|attempt| backoff.next_delay(attempt, &error))
            .collect();
        let expected = [100, 200, 400, 800].map(Duration::from_millis);
        assert_eq!(delays, expected, "five attempts, so four pauses");
    }

    #[test]
    fn folders_and_buckets_are_told_apart() {
        assert_eq!(
            "data/lake".parse::<Place>().unwrap(),
            Place::Folder("data/lake".into())
        );
        assert!(matches!("s3://my-lake/a".parse(), Ok(Place::Bucket(_))));
        assert!("s3://".parse::<Place>().is_err());
    }
}
