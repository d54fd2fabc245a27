// What the graded tests share; once per test program, however many subjects it has.
use std::fmt::Debug;
use std::future::Future;

use proptest::prelude::{Just, any, prop_oneof};
use proptest::strategy::{BoxedStrategy, Strategy};
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};
use store::{Creation, Digest, Fault, Faults, Listed, Store, StoreConfig, StoreError};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use week2_lake::{Answer, Found, Held, Partition};

/// Checks a law on random values: 64, or as many as `PROPTEST_CASES` says, and the same
/// each time unless `PROPTEST_RNG_SEED` says otherwise.
///
/// A function and no `proptest!`, because the strategies and the runner are then compiled
/// once for all subjects, and not once for each wrong answer.
pub(crate) fn law<T: Debug + 'static>(
    values: impl Strategy<Value = T> + 'static,
    holds: &dyn Fn(T) -> TestCaseResult,
) {
    let asked = Config::default();
    let config = Config {
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => asked.cases,
            None => 64,
        },
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(SEED),
            RngSeed::Fixed(seed) => RngSeed::Fixed(seed),
        },
        failure_persistence: None,
        ..asked
    };
    run(config, &values.boxed(), holds);
}

/// A test that passed yesterday passes today.
const SEED: u64 = 22;

fn run<T: Debug>(config: Config, values: &BoxedStrategy<T>, holds: &dyn Fn(T) -> TestCaseResult) {
    let seed = config.rng_seed;
    if let Err(error) = TestRunner::new(config).run(values, holds) {
        panic!("{error}\n(PROPTEST_RNG_SEED={seed})");
    }
}

/// Datasets and years as they may come.
pub(crate) fn partitions() -> BoxedStrategy<Partition> {
    let values = ("[a-z_]{1,8}", 1000i16..=9999);
    values
        .prop_map(|(dataset, year)| partition(&dataset, year))
        .boxed()
}

pub(crate) fn partition(dataset: &str, program_year: i16) -> Partition {
    Partition {
        dataset: dataset.into(),
        program_year,
    }
}

/// Numbers of commits: small ones with few and many digits, and any.
pub(crate) fn numbers() -> BoxedStrategy<u64> {
    prop_oneof![0u64..200, any::<u64>(), Just(u64::MAX)].boxed()
}

pub(crate) fn sha256(bytes: &str) -> String {
    Digest::of(bytes.as_bytes()).to_string()
}

/// A lake over the embedded S3, in a folder that goes when the test ends.
pub(crate) struct Lake {
    root: TempDir,
    runtime: Runtime,
    store: Store,
}

impl Lake {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let store = look(&root, StoreConfig::default());
        runtime.block_on(store.ensure_bucket()).unwrap();
        Self {
            root,
            runtime,
            store,
        }
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub(crate) fn put(&self, key: &str, bytes: &str) {
        let bytes = bytes.to_owned().into();
        self.wait(self.store.put(key, bytes)).unwrap();
    }

    pub(crate) fn get(&self, key: &str) -> String {
        let bytes = self.wait(self.store.get(key)).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    pub(crate) fn remove(&self, key: &str) {
        self.wait(self.store.delete(key)).unwrap();
    }

    pub(crate) fn list(&self) -> Vec<Listed> {
        self.wait(self.store.list("")).unwrap()
    }

    /// Other bytes, as a bad disk or a person with an editor leaves them.
    pub(crate) fn damage(&self, key: &str, bytes: &str) {
        std::fs::write(self.store.local_path(key).unwrap(), bytes).unwrap();
    }

    /// Every object, read and hashed.
    pub(crate) fn held(&self) -> Held {
        let listed = self.list().into_iter();
        listed
            .map(|object| {
                let sha256 = sha256(&self.get(&object.key));
                (object.key, sha256)
            })
            .collect()
    }

    /// What `HeadObject` shows; `None` if there is no such object.
    pub(crate) fn head(&self, key: &str) -> Option<Found> {
        match self.wait(self.store.head(key)) {
            Ok(head) => Some(Found {
                key: head.key,
                size: head.size,
                sha256: head.sha256.map(|digest| digest.to_string()),
                etag: None,
            }),
            Err(StoreError::NotFound { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// A client of this lake that loses its first answers.
    pub(crate) fn losing(&self, replies: u64) -> Losing<'_> {
        let faults = Faults {
            rate: 1.0,
            kinds: vec![Fault::LostReply],
            limit: Some(replies),
            ..Faults::default()
        };
        let config = StoreConfig {
            faults: Some(faults),
            ..StoreConfig::default()
        };
        Losing {
            lake: self,
            store: look(&self.root, config),
        }
    }
}

/// See [`Lake::losing`].
pub(crate) struct Losing<'a> {
    lake: &'a Lake,
    store: Store,
}

impl Losing<'_> {
    /// One conditional create.
    pub(crate) fn create(&self, key: &str, bytes: &str) -> Answer<'static> {
        let work = self.store.create(key, bytes.to_owned().into());
        match self.lake.wait(work) {
            Ok(Creation::Created) => Answer::Done,
            Ok(Creation::AlreadyExists { .. }) => Answer::Error {
                status: 412,
                code: "PreconditionFailed",
            },
            Err(StoreError::Broken { .. }) => Answer::Lost,
            Err(error) => panic!("{error}"),
        }
    }
}

fn look(root: &TempDir, config: StoreConfig) -> Store {
    Store::embedded(root.path(), "lake", config).unwrap()
}
