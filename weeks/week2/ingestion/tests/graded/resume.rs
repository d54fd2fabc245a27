// Going on where an attempt stopped: what is kept, what is copied, when it is published.

use proptest::prelude::*;
use week2_ingestion::{Flaw, IngestManifest, ManifestFile, Step, StoredFile};

use super::subject;
use super::support::cases;

pub(super) fn file(name: &str) -> ManifestFile {
    ManifestFile {
        name: name.into(),
        key: format!("raw/{name}"),
        size: 1000,
        sha256: format!("sha of {name}"),
        records: 10,
    }
}

pub(super) fn manifest(names: &[&str]) -> IngestManifest {
    IngestManifest {
        run_id: "0123456789abcdef0123456789abcdef".into(),
        files: names.iter().map(|name| file(name)).collect(),
    }
}

/// The object that a whole copy of this file is.
pub(super) fn stored(name: &str) -> StoredFile {
    let file = file(name);
    StoredFile {
        key: file.key,
        size: file.size,
        sha256: Some(file.sha256),
    }
}

#[test]
fn what_is_there_with_the_right_bytes_is_not_copied_again() {
    let found = [stored("b.csv"), stored("a.csv")];
    assert_eq!(
        subject::resume_plan(&manifest(&["a.csv", "b.csv"]), false, &found),
        [
            Step::Keep { file: 0 },
            Step::Keep { file: 1 },
            Step::Publish
        ]
    );
}

#[test]
fn what_is_missing_is_copied_and_then_everything_is_published() {
    let plan = subject::resume_plan(&manifest(&["a.csv", "b.csv"]), false, &[stored("b.csv")]);
    let why = Flaw::Missing;
    assert_eq!(
        plan,
        [
            Step::Copy { file: 0, why },
            Step::Keep { file: 1 },
            Step::Publish
        ]
    );
}

#[test]
fn a_file_that_was_cut_off_is_copied_again() {
    let found = StoredFile {
        size: 999,
        ..stored("a.csv")
    };
    let flaw = subject::flaw(&file("a.csv"), Some(&found));
    assert_eq!(
        flaw,
        Some(Flaw::OtherSize { found: 999 }),
        "1,000 bytes expected"
    );
}

#[test]
fn a_size_that_fits_is_no_proof() {
    let found = StoredFile {
        sha256: Some("sha of last week's a.csv".into()),
        ..stored("a.csv")
    };
    let expected = Flaw::OtherBytes {
        found: "sha of last week's a.csv".into(),
    };
    assert_eq!(
        subject::flaw(&file("a.csv"), Some(&found)),
        Some(expected),
        "same key, same size, and other bytes"
    );
}

#[test]
fn an_object_whose_bytes_nobody_recorded_is_not_trusted() {
    let found = StoredFile {
        sha256: None,
        ..stored("a.csv")
    };
    assert_eq!(
        subject::flaw(&file("a.csv"), Some(&found)),
        Some(Flaw::Unverified)
    );
}

#[test]
fn an_empty_object_is_not_the_file() {
    let found = StoredFile {
        size: 0,
        sha256: None,
        ..stored("a.csv")
    };
    assert_eq!(
        subject::flaw(&file("a.csv"), Some(&found)),
        Some(Flaw::OtherSize { found: 0 })
    );
    assert_eq!(subject::flaw(&file("a.csv"), None), Some(Flaw::Missing));
    assert_eq!(subject::flaw(&file("a.csv"), Some(&stored("a.csv"))), None);
}

#[test]
fn the_same_bytes_under_another_key_are_not_the_file() {
    let elsewhere = StoredFile {
        key: "raw/publication=2024-06-28/a.csv".into(),
        ..stored("a.csv")
    };
    let plan = subject::resume_plan(&manifest(&["a.csv"]), false, &[elsewhere, stored("z.csv")]);
    let why = Flaw::Missing;
    assert_eq!(plan, [Step::Copy { file: 0, why }, Step::Publish]);
}

#[test]
fn a_published_manifest_proves_nothing_about_its_files() {
    let plan = subject::resume_plan(&manifest(&["a.csv", "b.csv"]), true, &[stored("a.csv")]);
    let why = Flaw::Missing;
    assert_eq!(plan, [Step::Keep { file: 0 }, Step::Copy { file: 1, why }]);
}

#[test]
fn what_is_complete_is_left_alone() {
    let plan = subject::resume_plan(&manifest(&["a.csv"]), true, &[stored("a.csv")]);
    assert_eq!(
        plan,
        [Step::Keep { file: 0 }],
        "published twice, or copied twice"
    );
}

/// A lake that an attempt works on until it dies.
#[derive(Default)]
struct Lake {
    found: Vec<StoredFile>,
    published: bool,
    copies: usize,
}

impl Lake {
    /// Carries out at most so many steps that cost something; gives whether it got to the end.
    fn attempt(&mut self, manifest: &IngestManifest, mut budget: usize) -> bool {
        for step in subject::resume_plan(manifest, self.published, &self.found) {
            if matches!(step, Step::Keep { .. }) {
                continue;
            }
            if budget == 0 {
                return false;
            }
            budget -= 1;
            match step {
                Step::Copy { file, .. } => {
                    let object = stored(&manifest.files[file].name);
                    self.found.retain(|found| found.key != object.key);
                    self.found.push(object);
                    self.copies += 1;
                }
                _ => self.published = true,
            }
        }
        true
    }

    fn is_whole(&self, manifest: &IngestManifest) -> bool {
        let mut files = manifest.files.iter();
        files.all(|file| self.found.contains(&stored(&file.name)))
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn an_ingestion_that_dies_again_and_again_ends_as_one_that_never_did(
        files in 1..8_usize,
        damaged in any::<prop::sample::Index>(),
        deaths in proptest::collection::vec(0..4_usize, 0..5),
    ) {
        let names: Vec<_> = (0..files).map(|number| format!("{number}.csv")).collect();
        let manifest = manifest(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let half = StoredFile { size: 500, ..stored(&names[damaged.index(files)]) };
        let mut lake = Lake { found: vec![half], ..Lake::default() };
        for budget in deaths {
            lake.attempt(&manifest, budget);
            prop_assert!(!lake.published || lake.is_whole(&manifest), "half of it is published");
        }
        prop_assert!(lake.attempt(&manifest, files + 1), "more steps than there is work");
        prop_assert!(lake.published && lake.is_whole(&manifest), "{:?}", lake.found);
        prop_assert_eq!(lake.copies, files, "copies in all, over every attempt");
        prop_assert!(lake.attempt(&manifest, 0), "there was nothing left to do");
    }
}
