use std::collections::BTreeMap;

use proptest::prelude::*;
use week2_lake::{Found, LocalFile, Step};

use super::subject::plan_upload;
use crate::support::{Lake, law, sha256};

fn local(key: &str, bytes: &str) -> LocalFile {
    LocalFile {
        key: key.into(),
        size: bytes.len() as u64,
        sha256: sha256(bytes),
    }
}

/// The same bytes as an object, as our uploads leave it.
fn uploaded(file: &LocalFile) -> Found {
    Found {
        key: file.key.clone(),
        size: file.size,
        sha256: Some(file.sha256.clone()),
        etag: Some(file.sha256[..32].to_owned()),
    }
}

/// The one step for one file.
fn step(file: &LocalFile, found: Found) -> Step {
    let steps = plan_upload(std::slice::from_ref(file), &[found]);
    let [step] = &steps[..] else {
        panic!("one file has one step, not {steps:?}");
    };
    step.clone()
}

fn key() -> String {
    "raw/a.csv".to_owned()
}

#[test]
fn what_is_there_byte_for_byte_is_skipped_and_what_is_not_there_is_created() {
    let (here, new) = (local("raw/a.csv", "1,2\n"), local("raw/b.csv", "3,4\n"));
    let stranger = uploaded(&local("raw/c.csv", "1,2\n"));
    let remote = [stranger, uploaded(&here)];
    assert_eq!(
        plan_upload(&[new, here], &remote),
        [
            Step::Create {
                key: "raw/b.csv".into()
            },
            Step::Skip { key: key() },
        ],
        "one step for each local file, in the order of the local files"
    );
    assert_eq!(plan_upload(&[], &remote), []);
}

#[test]
fn a_key_that_holds_other_bytes_is_neither_skipped_nor_overwritten() {
    let ours = local("raw/a.csv", "1,2\n");
    for (bytes, what) in [("1,3\n", "the same size"), ("1,2\n3,4\n", "another size")] {
        let found = uploaded(&local("raw/a.csv", bytes));
        assert_eq!(
            step(&ours, found),
            Step::Refuse { key: key() },
            "other bytes of {what} are there"
        );
    }
}

#[test]
fn an_entity_tag_says_nothing_about_the_content() {
    let ours = local("raw/a.csv", "1,2\n");
    let tagged = |etag: Option<&str>| Found {
        sha256: None,
        etag: etag.map(ToOwned::to_owned),
        ..uploaded(&ours)
    };
    // Sent in three parts; sent whole (MD5); a service that makes tags of SHA-256; not asked.
    let tags = [
        Some("9b2cf535f27731c974343645a3985328-3"),
        Some("d3e1b0b2a6c5f0a9f2a2b1a7c4b5d6e7"),
        Some(ours.sha256.as_str()),
        Some(&ours.sha256[..32]),
        None,
    ];
    for tag in tags {
        assert_eq!(
            step(&ours, tagged(tag)),
            Step::Compare { key: key() },
            "no SHA-256 is recorded, the size is the same, and the tag is {tag:?}: only the \
             bytes can tell"
        );
    }
}

#[test]
fn another_size_proves_other_bytes_without_any_hash() {
    let ours = local("raw/a.csv", "1,2\n");
    let longer = Found {
        sha256: None,
        size: ours.size + 1,
        ..uploaded(&ours)
    };
    assert_eq!(
        step(&ours, longer),
        Step::Refuse { key: key() },
        "{} bytes are here, and one more is there",
        ours.size
    );
}

/// How a key stands before an upload.
#[derive(Debug, Clone, Copy)]
enum Before {
    Absent,
    Same,
    Other,
    Longer,
    SameUnhashed,
    LongerUnhashed,
}

fn before(state: Before, file: &LocalFile) -> (Option<Found>, Step) {
    let (key, found) = (file.key.clone(), uploaded(file));
    let longer = found.size + 1;
    let other = Some(sha256("something else"));
    match state {
        Before::Absent => (None, Step::Create { key }),
        Before::Same => (Some(found), Step::Skip { key }),
        Before::Other => (
            Some(Found {
                sha256: other,
                ..found
            }),
            Step::Refuse { key },
        ),
        Before::Longer => (
            Some(Found {
                sha256: other,
                size: longer,
                ..found
            }),
            Step::Refuse { key },
        ),
        Before::SameUnhashed => (
            Some(Found {
                sha256: None,
                ..found
            }),
            Step::Compare { key },
        ),
        Before::LongerUnhashed => (
            Some(Found {
                sha256: None,
                size: longer,
                ..found
            }),
            Step::Refuse { key },
        ),
    }
}

#[test]
fn each_file_has_its_own_step_whatever_stands_around_it() {
    let values = prop::collection::btree_map(
        "[a-c]{1,3}",
        (
            "[0-9,]{0,6}",
            prop::sample::select(vec![
                Before::Absent,
                Before::Same,
                Before::Other,
                Before::Longer,
                Before::SameUnhashed,
                Before::LongerUnhashed,
            ]),
        ),
        0..6,
    );
    law(values, &|files| {
        let files: BTreeMap<String, (String, Before)> = files;
        let (mut locals, mut remote, mut expected) = (vec![], vec![], vec![]);
        for (name, (bytes, state)) in &files {
            let file = local(&format!("raw/{name}"), bytes);
            let (found, step) = before(*state, &file);
            remote.extend(found);
            expected.push(step);
            locals.push(file);
        }
        remote.reverse();
        prop_assert_eq!(
            plan_upload(&locals, &remote),
            expected,
            "before: {:?}",
            files
        );
        Ok(())
    });
}

#[test]
fn over_s3_a_second_upload_sends_nothing_and_a_damaged_object_is_not_taken_for_ours() {
    let lake = Lake::new();
    let files = [
        local("raw/a.csv", "1,2\n"),
        local("raw/b.csv", "3,4\n"),
        local("raw/c.csv", "5,6\n"),
    ];
    let heads = || -> Vec<Found> {
        files
            .iter()
            .filter_map(|file| lake.head(&file.key))
            .collect()
    };
    let key = |at: usize| files[at].key.clone();
    assert_eq!(
        plan_upload(&files, &heads()),
        [0, 1, 2].map(|at| Step::Create { key: key(at) }),
        "the lake is empty"
    );
    for (at, bytes) in ["1,2\n", "3,4\n", "5,6\n"].iter().enumerate() {
        lake.put(&key(at), bytes);
    }
    assert_eq!(
        plan_upload(&files, &heads()),
        [0, 1, 2].map(|at| Step::Skip { key: key(at) }),
        "everything has been uploaded"
    );
    lake.put("raw/b.csv", "3,5\n");
    lake.damage("raw/c.csv", "5,7\n");
    assert_eq!(
        plan_upload(&files, &heads()),
        [
            Step::Skip { key: key(0) },
            Step::Refuse { key: key(1) },
            Step::Compare { key: key(2) },
        ],
        "another client has replaced b.csv; c.csv was changed on the disk, so the service \
         knows no SHA-256 of it"
    );
}
