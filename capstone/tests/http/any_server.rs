//! Whatever a server does that names its versions truthfully: the lake ends with the bytes
//! of one version, or with nothing and a sentence.
//!
//! `HTTP_SEEDS` says how many servers are tried; each is another one.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::downloads::{NAME, delivered, ingest, ingested, spool_is_empty};
use crate::server::{Reply, Request, Served, Server};
use crate::support::{Desk, one_year};

/// Enough for every run of the tests.
const SEEDS: u64 = 8;
/// No server of this kind is worth more runs.
const RUNS: usize = 20;

/// Two versions, and a stream of whims.
struct Whims {
    versions: [Served; 2],
    seed: u64,
}

impl Whims {
    /// Three times out of four, something goes wrong; the second version comes for good
    /// after some requests.
    fn answer(&self, number: usize, request: &Request) -> Reply {
        let mut rng = StdRng::seed_from_u64(self.seed.wrapping_mul(1_000) + number as u64);
        let changes = StdRng::seed_from_u64(self.seed).random_range(0..6);
        let version = &self.versions[usize::from(number >= changes)];
        let reply = version.answer(request);
        let whole = || Reply::new(200, version.bytes.clone()).with("etag", version.tag);
        let cut = rng.random_range(0..version.bytes.len());
        match rng.random_range(0..12) {
            0 => reply.cut(cut),
            1 => reply.cut(0),
            2 => whole().cut(cut),
            3 => whole(),
            4 => Reply::new(503, "busy").with("retry-after", "0"),
            5 => Reply::new(500, ""),
            6 => Self::part_of(version, request, cut),
            7 if request.header("range").is_some() => {
                Reply::new(416, "").with("content-range", format!("bytes */{cut}"))
            }
            8 => whole().with("content-length", (version.bytes.len() + 1).to_string()),
            _ => reply,
        }
    }

    /// A range without a look at If-Range.
    fn part_of(version: &Served, request: &Request, cut: usize) -> Reply {
        let from = request.header("range").and_then(|range| {
            let from = range.strip_prefix("bytes=")?.strip_suffix('-')?;
            from.parse::<usize>().ok()
        });
        let total = version.bytes.len();
        let Some(from) = from.filter(|from| *from < total) else {
            return version.answer(request);
        };
        let end = cut.max(from + 1);
        let range = format!("bytes {from}-{}/{total}", end - 1);
        let part = Reply::new(206, version.bytes[from..end].to_vec());
        part.with("etag", version.tag).with("content-range", range)
    }
}

/// What the lake has from a local file.
fn from_file(desk: &Desk, lake: &str, path: &std::path::Path) -> Ingested {
    ingest(desk, lake, path.to_str().unwrap()).expect(0);
    ingested(desk, lake)
}

type Ingested = std::collections::BTreeMap<String, Vec<u8>>;

#[test]
fn the_lake_has_one_version_or_nothing() {
    let seeds = std::env::var("HTTP_SEEDS").ok();
    let seeds = seeds.map_or(SEEDS, |seeds| {
        seeds.parse().expect("HTTP_SEEDS is a number")
    });
    let (desk, first, one) = delivered();
    let second = desk.real("new", &one_year(2023, 2)).join(NAME);
    let bytes = std::fs::read(&second).unwrap();
    let two = Served {
        bytes,
        tag: "\"two\"",
    };
    let expected = [
        from_file(&desk, "first", &first),
        from_file(&desk, "second", &second),
    ];
    for seed in 0..seeds {
        let versions = [one.clone(), two.clone()];
        let whims = Whims { versions, seed };
        let server = Server::start(move |number, request| whims.answer(number, request));
        let url = server.url(&format!("/{NAME}"));
        let desk = Desk::new();
        let done = (0..RUNS).any(|_| {
            let ended = ingest(&desk, "lake", &url);
            if ended.code == Some(0) {
                return true;
            }
            let ended = ended.expect(3).says(&["error: ", "gave up after"]);
            let found = ingested(&desk, "lake");
            assert!(found.is_empty(), "seed {seed}: {ended:#?}");
            false
        });
        assert!(done, "seed {seed}: {RUNS} runs were not enough");
        let found = ingested(&desk, "lake");
        assert!(
            expected.contains(&found),
            "seed {seed}: bytes of no version"
        );
        spool_is_empty(&desk);
    }
}
