//! Many seeds, the real pipeline, no process: see the module head of [`super`].

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use capstone::accounts::LakeState;
use capstone::error::{ENVIRONMENT, exit_code};
use store::{Fault, Faults, Injected};
use tokio::runtime::Runtime;

use crate::scenario::{Deliveries, deliver, folder, open};
use crate::support::{Visible, visible};

/// How often a request fails: from now and then to so often that attempts give up.
const RATES: [f64; 4] = [0.03, 0.1, 0.25, 0.4];

/// Lakes at a time: each often waits for its service.
const WORKERS: usize = 4;

/// A lake that does not get there in so many attempts never will.
const MOST_ATTEMPTS: u64 = 60;

fn seeds() -> u64 {
    let number = std::env::var("FAULT_SEEDS").ok();
    number.map_or(200, |number| number.parse().unwrap())
}

/// What became of the attempts.
#[derive(Default)]
struct Tally {
    injected: Injected,
    gave_up: u64,
    /// Attempts that ended well although requests had failed.
    retried: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.gave_up += other.gave_up;
        self.retried += other.retried;
        for (kind, number) in other.injected {
            *self.injected.entry(kind).or_default() += number;
        }
    }
}

/// What an undisturbed lake shows after each delivery.
fn undisturbed(deliveries: &Deliveries, runtime: &Runtime) -> Vec<Visible> {
    let folder = folder();
    let shows = deliveries.sources.iter().map(|source| {
        deliver(&open(folder.path(), runtime.handle(), None, 0), source).unwrap();
        seen_in(folder.path())
    });
    shows.collect()
}

fn seen_in(lake: &Path) -> Visible {
    visible(&lake.join("s3/open-payments"))
}

#[test]
fn whatever_fails_the_lake_ends_as_if_nothing_had() {
    let runtime = Runtime::new().unwrap();
    let deliveries = Deliveries::generate();
    let expected = undisturbed(&deliveries, &runtime);
    for whole in &expected {
        let below = |prefix: &str| whole.keys().filter(|key| key.starts_with(prefix)).count();
        let newest = below("metadata/commits/ownership/");
        let parts = below("curated/dataset=ownership/");
        assert!(
            parts > newest,
            "one part is no test: {parts} of {newest} commits"
        );
        assert!(below("staging/rejected/") > 0, "nothing is quarantined");
    }
    let (next, all) = (AtomicU64::new(0), Mutex::new(Tally::default()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds() {
                break;
            }
            let tally = converges(seed, &deliveries, &expected, &runtime);
            all.lock().unwrap().add(tally);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
    let Tally {
        injected,
        gave_up,
        retried,
    } = all.into_inner().unwrap();
    for kind in Fault::ALL {
        assert!(injected.contains_key(&kind), "{kind} was never injected");
    }
    assert!(gave_up > 0, "no attempt ever gave up");
    assert!(retried > 0, "no attempt ever tried a request again");
    println!("{gave_up} attempts gave up, {retried} got through; injected {injected:?}");
}

/// Delivers over and over, with new faults each time, until it is done.
fn converges(seed: u64, deliveries: &Deliveries, expected: &[Visible], runtime: &Runtime) -> Tally {
    let folder = folder();
    let mut tally = Tally::default();
    let mut attempt = 0;
    for (source, whole) in deliveries.sources.iter().zip(expected) {
        loop {
            attempt += 1;
            assert!(attempt < MOST_ATTEMPTS, "seed {seed} does not converge");
            let faults = Faults {
                seed: seed << 32 | attempt,
                rate: RATES[usize::try_from(seed).unwrap() % RATES.len()],
                ..Faults::default()
            };
            let capstone = open(folder.path(), runtime.handle(), Some(faults), attempt);
            let result = deliver(&capstone, source);
            let injected = capstone.lake.injected();
            tally.add(Tally {
                gave_up: u64::from(result.is_err()),
                retried: u64::from(result.is_ok() && !injected.is_empty()),
                injected,
            });
            assert_only(&seen_in(folder.path()), whole, seed, attempt);
            match result {
                Ok(()) => break,
                Err(error) => gave_up_clearly(&error, seed),
            }
        }
        let found = seen_in(folder.path());
        let (found_keys, whole_keys): (Vec<_>, Vec<_>) =
            (found.keys().collect(), whole.keys().collect());
        assert_eq!(found_keys, whole_keys, "seed {seed}");
    }
    adds_up(folder.path(), runtime, seed);
    tally
}

/// What is visible is part of the whole, byte for byte, whenever one looks.
fn assert_only(found: &Visible, whole: &Visible, seed: u64, attempt: u64) {
    for (key, bytes) in found {
        let same = whole.get(key) == Some(bytes);
        assert!(
            same,
            "seed {seed}, attempt {attempt}: {key} is not the undisturbed run's"
        );
    }
}

/// An attempt may fail by its environment, and says in one line by what.
fn gave_up_clearly(error: &anyhow::Error, seed: u64) {
    let text = format!("{error:#}");
    assert_eq!(exit_code(error), ENVIRONMENT, "seed {seed}: {text}");
    assert!(!text.contains('\n'), "seed {seed}: {text}");
    let named = [
        "slow down",
        "can't reach",
        "in time",
        "broke",
        "without a reason",
    ];
    assert!(
        named.iter().any(|name| text.contains(name)),
        "seed {seed}: {text}"
    );
}

/// Read = accepted + rejected, in rows and in cents, of every committed file.
fn adds_up(lake: &Path, runtime: &Runtime, seed: u64) {
    let capstone = open(lake, runtime.handle(), None, 0);
    let accounts = LakeState::read(&capstone.lake).unwrap().accounts();
    assert!(!accounts.is_empty());
    for account in accounts {
        if account.status != week8_full_run::FileStatus::Committed {
            continue;
        }
        let sum = (
            account.accepted.rows + account.rejected.rows,
            account.accepted.cents + account.rejected.cents,
        );
        assert_eq!(
            (account.read.rows, account.read.cents),
            sum,
            "seed {seed}: {account:?}"
        );
    }
}
