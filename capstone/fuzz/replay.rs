//! Runs a check over the committed seeds of a fuzz target.
//!
//! The fuzz targets and the tests of the weeks call the same checks, so every seed that
//! ever failed is tried again by a plain `cargo test`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

/// Calls `check` with every seed in `corpus/TARGET` and `regressions/TARGET`.
pub(crate) fn replay(target: &str, check: impl Fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../capstone/fuzz");
    for kind in ["corpus", "regressions"] {
        let folder = fuzz.join(kind).join(target);
        let seeds = seeds(&folder);
        assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
        for seed in seeds {
            let bytes = fs::read(&seed).unwrap();
            let held = catch_unwind(AssertUnwindSafe(|| check(&bytes)));
            held.unwrap_or_else(|panic| {
                eprintln!("the seed is {}", seed.display());
                resume_unwind(panic)
            });
        }
    }
}

fn seeds(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    seeds
}
