// The id of a run: its content, and nothing else.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;
use week2_ingestion::{Delivery, RunInput};

use super::subject;
use super::support::cases;

type Files<'a> = &'a [(&'a str, u64, &'a str)];

fn delivery() -> Delivery {
    Delivery {
        dataset: "general".into(),
        program_year: 2023,
        publication: date(2025, 1, 30),
    }
}

fn id_with(delivery: &Delivery, contract: &str, schema: u32, files: Files<'_>) -> String {
    let files: Vec<_> = files
        .iter()
        .map(|(name, size, sha256)| ((*name).to_owned(), *size, (*sha256).to_owned()))
        .collect();
    subject::run_id(&RunInput {
        contract_version: contract,
        schema_version: schema,
        delivery,
        files: &files,
    })
}

fn id(files: Files<'_>) -> String {
    id_with(&delivery(), "1.0.0", 1, files)
}

const FILES: Files<'_> = &[("a.csv", 10, "aa"), ("b.csv", 20, "bb")];

// By Python, on another day and machine:
// sha256(b'{"contract_version":"1.0.0","schema_version":1,"delivery":{"dataset":"general",
// "program_year":2023,"publication":"2025-01-30"},"files":[["a.csv",10,"aa"],
// ["b.csv",20,"bb"]]}').hexdigest()[:32], without the line ends.
const ID: &str = "2aa9ac16230dba8bcde089d1d302fc34";

#[test]
fn a_run_on_another_day_and_machine_has_the_same_id() {
    assert_eq!(id(FILES), ID);
}

#[test]
fn two_runs_in_a_row_have_the_same_id() {
    let ids: BTreeSet<_> = (0..50).map(|_| id(FILES)).collect();
    assert_eq!(ids.len(), 1, "different ids of the same content");
}

#[test]
fn an_id_is_32_digits_that_fit_into_any_key() {
    let id = id(FILES);
    assert_eq!(id.len(), 32, "{id}");
    assert!(
        id.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{id}"
    );
}

#[test]
fn the_order_in_which_files_are_listed_does_not_count() {
    let turned: Vec<_> = FILES.iter().rev().copied().collect();
    assert_eq!(id(&turned), id(FILES), "b.csv was listed before a.csv");
}

#[test]
fn the_folder_of_a_file_does_not_count() {
    for folder in ["/mnt/ada/data/", "C:\\data\\", "./", "s3://bucket/raw/"] {
        let (a, b) = (format!("{folder}a.csv"), format!("{folder}b.csv"));
        let elsewhere = [(a.as_str(), 10, "aa"), (b.as_str(), 20, "bb")];
        assert_eq!(id(&elsewhere), id(FILES), "files in {folder}");
    }
    let apart = [("/z/a.csv", 10, "aa"), ("/y/b.csv", 20, "bb")];
    assert_eq!(id(&apart), id(FILES), "files in two folders");
}

#[test]
fn everything_else_counts() {
    let base = delivery();
    let research = Delivery {
        dataset: "research".into(),
        ..base.clone()
    };
    let year = Delivery {
        program_year: 2022,
        ..base.clone()
    };
    let published = Delivery {
        publication: date(2024, 6, 28),
        ..base.clone()
    };
    let ids = [
        ("nothing", id(FILES)),
        ("the contract", id_with(&base, "1.0.1", 1, FILES)),
        ("the schema", id_with(&base, "1.0.0", 2, FILES)),
        ("the dataset", id_with(&research, "1.0.0", 1, FILES)),
        ("the program year", id_with(&year, "1.0.0", 1, FILES)),
        ("the publication", id_with(&published, "1.0.0", 1, FILES)),
        ("a name", id(&[("c.csv", 10, "aa"), ("b.csv", 20, "bb")])),
        ("a size", id(&[("a.csv", 11, "aa"), ("b.csv", 20, "bb")])),
        ("bytes", id(&[("a.csv", 10, "ab"), ("b.csv", 20, "bb")])),
        ("a file less", id(&FILES[..1])),
        (
            "sizes swapped",
            id(&[("a.csv", 20, "aa"), ("b.csv", 10, "bb")]),
        ),
        ("no file", id(&[])),
    ];
    for (number, (what, id)) in ids.iter().enumerate() {
        for (other, same) in &ids[..number] {
            assert_ne!(id, same, "two runs that differ by {what} and by {other}");
        }
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn files_have_one_id_in_whatever_order_and_two_if_one_differs(
        sizes in proptest::collection::vec(0..1000_u64, 1..8),
        turn in any::<prop::sample::Index>(),
    ) {
        let names: Vec<_> = (0..sizes.len()).map(|number| format!("{number}.csv")).collect();
        let mut files: Vec<_> =
            names.iter().zip(&sizes).map(|(name, size)| (name.as_str(), *size, "aa")).collect();
        let before = id(&files);
        let by = turn.index(files.len());
        files.rotate_left(by);
        prop_assert_eq!(&id(&files), &before, "turned by {}", by);
        files[by].1 += 1;
        prop_assert_ne!(&id(&files), &before, "{} is one byte longer", files[by].0);
    }
}
