// Noticing that an attempt stopped half-way, or that something went missing since.

use proptest::prelude::*;
use week2_ingestion::{Standing, StoredFile};

use super::resume::{manifest, stored};
use super::subject;
use super::support::cases;

const NAMES: [&str; 3] = ["a.csv", "b.csv", "c.csv"];

fn standing(published: bool, found: &[StoredFile]) -> Standing {
    subject::standing(&manifest(&NAMES), published, found)
}

fn all() -> Vec<StoredFile> {
    NAMES.map(stored).into()
}

fn cut_off(name: &str) -> StoredFile {
    StoredFile {
        size: 1,
        ..stored(name)
    }
}

#[test]
fn a_delivery_that_was_never_begun_is_absent() {
    assert_eq!(standing(false, &[]), Standing::Absent);
    assert_eq!(
        standing(false, &[stored("z.csv")]),
        Standing::Absent,
        "a stranger"
    );
}

#[test]
fn an_attempt_that_stopped_half_way_is_partial() {
    let found = [stored("c.csv"), stored("a.csv")];
    assert_eq!(
        standing(false, &found),
        Standing::Partial { there: 2, of: 3 }
    );
}

#[test]
fn a_file_that_was_cut_off_does_not_count_as_there() {
    let found = [stored("a.csv"), cut_off("b.csv"), stored("c.csv")];
    assert_eq!(
        standing(false, &found),
        Standing::Partial { there: 2, of: 3 }
    );
    let unverified = StoredFile {
        sha256: None,
        ..stored("a.csv")
    };
    assert_eq!(standing(false, &[unverified]), Standing::Absent);
}

#[test]
fn all_files_without_a_manifest_are_not_published() {
    assert_eq!(standing(false, &all()), Standing::Unpublished);
}

#[test]
fn the_manifest_and_all_its_files_are_complete() {
    assert_eq!(standing(true, &all()), Standing::Complete);
}

#[test]
fn a_manifest_whose_files_are_gone_is_broken() {
    let found = [stored("b.csv")];
    let files = vec!["a.csv".to_owned(), "c.csv".to_owned()];
    assert_eq!(standing(true, &found), Standing::Broken { files });
    let files = NAMES.map(str::to_owned).to_vec();
    assert_eq!(
        standing(true, &[]),
        Standing::Broken { files },
        "all are gone"
    );
}

#[test]
fn a_manifest_whose_file_has_other_bytes_is_broken() {
    let swapped = StoredFile {
        sha256: Some("sha of something else".into()),
        ..stored("b.csv")
    };
    for found in [swapped, cut_off("b.csv")] {
        let files = vec!["b.csv".to_owned()];
        let found = [stored("a.csv"), found, stored("c.csv")];
        assert_eq!(
            standing(true, &found),
            Standing::Broken { files },
            "{found:?}"
        );
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn nothing_half_done_ever_looks_complete(
        published in any::<bool>(),
        states in proptest::array::uniform3(0..4_u8),
    ) {
        let object = |(name, state): (&str, u8)| match state {
            0 => None,
            1 => Some(cut_off(name)),
            2 => Some(StoredFile { sha256: Some("sha of another".into()), ..stored(name) }),
            _ => Some(stored(name)),
        };
        let found: Vec<_> = NAMES.into_iter().zip(states).filter_map(object).collect();
        let whole: usize = states.map(|state| usize::from(state == 3)).iter().sum();
        let standing = standing(published, &found);
        let is_right = match (&standing, published) {
            (Standing::Complete, true) | (Standing::Unpublished, false) => whole == 3,
            (Standing::Broken { files }, true) => files.len() == 3 - whole && whole < 3,
            (Standing::Absent, false) => whole == 0,
            (Standing::Partial { there, of: 3 }, false) => *there == whole && (1..3).contains(&whole),
            _ => false,
        };
        prop_assert!(is_right, "{:?}, published: {}, of {:?}", standing, published, found);
    }
}
