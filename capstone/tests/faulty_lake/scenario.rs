//! Two deliveries, one after the other, and one attempt to bring one of them into a lake.

use std::fs;
use std::future::{Future, ready};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use capstone::clock::Clock;
use capstone::context::{self, Access, Capstone, Home, Place};
use capstone::pipeline::Pipeline;
use capstone::source;
use capstone::ui::Ui;
use fixtures::{PublicationSpec, Spec};
use jiff::Timestamp;
use store::{Faults, Multipart, Retry, Sleep, StoreConfig, StoreError};
use tempfile::TempDir;
use tokio::runtime::Handle;
use uuid::Uuid;
use week1_schema::Contract;
use week2_lake::DataKind;

/// Cuts a file into ten chunks, so into two parts.
const CHUNK_BYTES: u64 = 3 << 10;

/// Attempts per request, as the policy of checkpoint 2.1 has it.
const ATTEMPTS: u32 = 5;

/// What is delivered: first two publications of a year, and later a third.
pub(crate) struct Deliveries {
    pub(crate) sources: Vec<PathBuf>,
    _folder: TempDir,
}

impl Deliveries {
    pub(crate) fn generate() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (PublicationSpec::first(2023), PublicationSpec::refresh(2023));
        let third = PublicationSpec::on(2023, jiff::civil::date(2025, 6, 30), second.edition);
        let sources = [vec![first, second], vec![third]];
        let sources = sources
            .into_iter()
            .enumerate()
            .map(|(number, publications)| {
                let spec = Spec {
                    ownership_rows: 80,
                    ..Spec::new(publications, 10, 7).with_faults(0.05, false)
                };
                let path = folder.path().join(number.to_string());
                for file in fixtures::generate(&spec, &path).unwrap().files {
                    // One dataset, the narrowest: every other one would only repeat the same
                    // requests.
                    if !file.name.contains("OWNRSHP") {
                        fs::remove_file(file.path).unwrap();
                    }
                }
                path
            });
        Self {
            sources: sources.collect(),
            _folder: folder,
        }
    }
}

/// A folder for a lake; in memory where there is such a place, because hundreds are made.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = tempfile::tempdir_in(memory);
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

/// Gives up as the shipped program does, and waits for nothing.
struct Impatient;

impl Retry for Impatient {
    fn next_delay(&self, attempt: u32, error: &StoreError) -> Option<Duration> {
        assert!(error.retryable(), "asked about {error}");
        (attempt < ATTEMPTS).then_some(Duration::ZERO)
    }
}

impl Sleep for Impatient {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(ready(()))
    }
}

/// No time passes, and attempts are numbered: the same seed sends the same requests.
struct Still {
    attempt: u64,
    made: AtomicU64,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn attempt_id(&self) -> Uuid {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u64_pair(self.attempt, made)
    }
}

/// The lake in a folder. `attempt` tells the tries of one lake apart.
pub(crate) fn open(
    folder: &Path,
    runtime: &Handle,
    faults: Option<Faults>,
    attempt: u64,
) -> Capstone {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| context::contract().unwrap());
    let place = Place::Folder(folder.to_owned());
    // Nothing can be below a file: what the audit tables need is read from the lake each
    // time, and DuckDB, which has no part in what can fail here, is not opened for it.
    let no_warehouse = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml/warehouse.duckdb");
    let home = Home::new(&place, Some(no_warehouse));
    let config = StoreConfig {
        // Even small files go in parts: the raw zone's way for what is large.
        multipart: Multipart {
            threshold_bytes: 1,
            ..Multipart::default()
        },
        retry: Arc::new(Impatient),
        sleep: Arc::new(Impatient),
        faults,
        ..StoreConfig::default()
    };
    Capstone {
        lake: context::open_lake_with(&place, Access::default(), &home, runtime, config).unwrap(),
        contract: CONTRACT.clone(),
        years: None,
        threads: 2,
        chunk_bytes: CHUNK_BYTES,
        ui: Ui::new(true),
        lineage: capstone::lineage::Settings::default(),
        clock: Arc::new(Still {
            attempt,
            made: AtomicU64::new(0),
        }),
        home,
    }
}

/// Everything up to the commit.
pub(crate) fn deliver(capstone: &Capstone, source: &Path) -> anyhow::Result<()> {
    let source = source::discover(capstone, &source.to_owned().into())?;
    let mut pipeline = Pipeline::new(capstone, "run");
    pipeline.attempt(DataKind::Real, |pipeline| {
        pipeline.ingest(&source)?;
        pipeline.validate()?;
        pipeline.transform()
    })?;
    assert_eq!(pipeline.summary.problems, []);
    Ok(())
}
