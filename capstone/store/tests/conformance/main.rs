//! One suite for every S3 that a lake may live on.
//!
//! It runs against the embedded service in this process, the same over a connector that
//! fails every third request, the same service over a socket, and moto, an S3 written by other people in another language, so that
//! the embedded one is not merely consistent with itself. moto is started if
//! `MOTO_SERVER` names its binary, or `moto_server` is on the path; 5.2.5 is known to do:
//!
//! ```text
//! python3 -m venv moto && moto/bin/pip install 'moto[server]>=5.2.5'
//! MOTO_SERVER=moto/bin/moto_server cargo test -p store --test conformance
//! ```

mod moto;
mod suite;
#[path = "../support/mod.rs"]
mod support;

use std::io::Write;

use store::{Creation, Faults, Store, StoreConfig, serve};
use support::{Patient, connect, keys, small_parts};

/// A running S3, and how to open a bucket of it.
enum Backend {
    Embedded(tempfile::TempDir),
    Faulty {
        root: tempfile::TempDir,
        seed: u64,
    },
    Socket {
        server: store::Server,
        _root: tempfile::TempDir,
    },
    Moto(moto::Moto),
}

impl Backend {
    fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().unwrap())
    }

    fn faulty(seed: u64) -> Self {
        let root = tempfile::tempdir().unwrap();
        Self::Faulty { root, seed }
    }

    async fn socket() -> Self {
        let root = tempfile::tempdir().unwrap();
        let server = serve("127.0.0.1:0".parse().unwrap(), root.path(), keys())
            .await
            .unwrap();
        Self::Socket {
            server,
            _root: root,
        }
    }

    /// A store over a bucket that may not exist yet.
    async fn open(&self, bucket: &str) -> Store {
        match self {
            Self::Embedded(root) => Store::embedded(root.path(), bucket, small_parts()).unwrap(),
            Self::Faulty { root, seed } => {
                Store::embedded(root.path(), bucket, faulty(*seed)).unwrap()
            }
            Self::Socket { server, .. } => {
                connect(&server.endpoint(), bucket, keys(), small_parts()).await
            }
            Self::Moto(moto) => connect(&moto.endpoint, bucket, keys(), small_parts()).await,
        }
    }

    /// Whether this is the end of a create that found its own bytes there. Where answers
    /// get lost, nobody can tell whether it has made them itself.
    fn found_its_own(&self, creation: Creation) -> bool {
        match creation {
            Creation::AlreadyExists { identical } => identical,
            Creation::Created => matches!(self, Self::Faulty { .. }),
        }
    }
}

/// Fails every third request, with retries that outlast it and wait for nothing.
fn faulty(seed: u64) -> StoreConfig {
    StoreConfig {
        faults: Some(Faults {
            seed,
            rate: 0.33,
            ..Faults::default()
        }),
        ..Patient::new(100).config()
    }
}

/// Seeds of the faulty lake per check; `STORE_SEEDS` sets another number.
fn seeds() -> u64 {
    let number = std::env::var("STORE_SEEDS").ok();
    number.map_or(2, |number| number.parse().unwrap())
}

/// One test per check and backend; for moto one test runs all, because it takes
/// a second to start.
macro_rules! conformance {
    (everywhere: $($check:ident)* ; not_on_moto: $($ours:ident)*) => {
        mod embedded {
            conformance!(tests super::Backend::embedded(); $($check)* $($ours)*);
        }

        mod faulty {
            conformance!(seeds $($check)* $($ours)*);
        }

        mod socket {
            conformance!(tests super::Backend::socket().await; $($check)* $($ours)*);
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn moto_passes_all_but_the_races() {
            match moto::start().await {
                Ok(moto) => {
                    $(
                        say(concat!("moto: ", stringify!($check)));
                        suite::$check(&moto).await;
                    )*
                }
                Err(reason) => say(&format!("SKIPPED: the conformance suite on moto: {reason}")),
            }
        }
    };
    (seeds $($check:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $check() {
            for seed in 0..super::seeds() {
                super::say_if_it_panics(seed, super::suite::$check(&super::Backend::faulty(seed))).await;
            }
        })*
    };
    (tests $backend:expr; $($check:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $check() {
            super::suite::$check(&$backend).await;
        })*
    };
}

conformance! {
    everywhere:
    a_bucket_is_created_once_and_found_from_then_on
    a_missing_bucket_is_reported_as_such
    an_object_comes_back_as_it_went
    an_empty_object_is_an_object
    a_put_replaces_the_object_and_its_digest
    a_missing_key_is_not_found
    a_folder_of_objects_is_not_an_object
    deleting_twice_is_deleting_once
    a_range_ends_where_the_object_ends
    a_range_after_the_end_is_out_of_range
    a_listing_has_every_page_in_key_order
    a_listing_tells_when_an_object_was_last_written
    a_listing_prefix_is_text_and_not_a_folder
    keys_may_have_what_hive_paths_have
    a_key_that_no_file_tree_can_hold_is_refused
    a_create_refuses_to_replace
    a_large_file_goes_in_parts_and_comes_back
    a_large_create_refuses_to_replace
    a_file_that_is_not_what_was_promised_is_not_uploaded
    a_fetched_file_is_cached_and_verified
    a_prefix_hides_everything_beside_it
    ;
    // moto 5.2 looks whether the object exists and then writes it: under load two
    // writers win, as they would on s3s-fs. Real S3 and the embedded one let one win.
    not_on_moto:
    of_many_creates_of_one_key_exactly_one_wins
    of_many_large_creates_of_one_key_exactly_one_wins
}

/// Names the seed when a check fails.
async fn say_if_it_panics(seed: u64, check: impl Future<Output = ()>) {
    struct Seed(u64);
    impl Drop for Seed {
        fn drop(&mut self) {
            if std::thread::panicking() {
                say(&format!("the faulty lake of seed {} failed", self.0));
            }
        }
    }
    let _seed = Seed(seed);
    check.await;
}

/// Past the test harness, which hides what passing tests print.
fn say(line: &str) {
    std::io::stderr()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}
