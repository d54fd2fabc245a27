// Which delivery a file is, and which files are used.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use week2_ingestion::{Candidate, Choice, Delivery, DeliveryError};

use super::subject;
use super::support::cases;

fn partitions(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let pairs = pairs.iter();
    pairs
        .map(|(pair, count)| ((*pair).to_owned(), *count))
        .collect()
}

fn delivery(dataset: &str, program_year: i16, publication: Date) -> Delivery {
    Delivery {
        dataset: dataset.into(),
        program_year,
        publication,
    }
}

fn found(name: &str, pairs: &[(&str, u64)]) -> Result<Delivery, DeliveryError> {
    let name = subject::parse_file_name(name);
    subject::delivery_of("general", name.as_ref(), &partitions(pairs))
}

fn candidate(name: &str, sha256: &str, program_year: i16, publication: Date) -> Candidate {
    Candidate {
        name: name.into(),
        sha256: sha256.into(),
        delivery: delivery("general", program_year, publication),
    }
}

#[test]
fn a_name_that_contradicts_the_records_is_refused() {
    for (name, expected) in [
        ("OP_DTL_GNRL_PGYR2016_P06302018.csv", "program year"),
        ("OP_DTL_GNRL_PGYR2017_P01182019.csv", "publication date"),
        ("OP_DTL_GNRL_PGYR2016_P01182019.csv", "program year"),
    ] {
        match found(name, &[("2017|06/30/2018", 9)]) {
            Err(DeliveryError::Disagreement { what, .. }) => assert_eq!(what, expected, "{name}"),
            other => panic!("{name} with records of 2017|06/30/2018: {other:?}"),
        }
    }
}

#[test]
fn the_error_names_both_sides() {
    let error = found(
        "OP_DTL_GNRL_PGYR2016_P06302018.csv",
        &[("2017|06/30/2018", 9)],
    );
    let expected = DeliveryError::Disagreement {
        what: "program year",
        name: "2016".into(),
        records: "2017".into(),
    };
    assert_eq!(error, Err(expected));
}

#[test]
fn a_few_dirty_records_do_not_move_a_file() {
    let pairs = [
        ("0007|x", 20),
        ("2017|06/30/2018", 51),
        ("2018|06/30/2018", 29),
    ];
    assert_eq!(
        found("general.csv", &pairs),
        Ok(delivery("general", 2017, date(2018, 6, 30)))
    );
}

#[test]
fn a_file_without_a_majority_is_refused_whatever_its_name_says() {
    let halves = [("2016|06/30/2018", 5), ("2017|06/30/2018", 5)];
    let thirds = [
        ("2015|06/30/2018", 2),
        ("2016|06/30/2018", 3),
        ("2017|06/30/2018", 4),
    ];
    for pairs in [&halves[..], &thirds] {
        let found = found("OP_DTL_GNRL_PGYR2017_P06302018.csv", pairs);
        assert!(
            matches!(found, Err(DeliveryError::Mixed { .. })),
            "{pairs:?}: {found:?}"
        );
    }
}

#[test]
fn what_the_records_do_not_say_the_name_does() {
    let expected = Ok(delivery("general", 2017, date(2018, 6, 30)));
    let name = "OP_DTL_GNRL_PGYR2017_P06302018.csv";
    assert_eq!(found(name, &[]), expected, "no records");
    assert_eq!(found(name, &[("|", 9)]), expected, "no such columns");
    assert_eq!(found(name, &[("2017|", 9)]), expected, "no date");
    assert_eq!(found(name, &[("|06/30/2018", 9)]), expected, "no year");
    assert_eq!(
        found("OPPR_ALL_DTL_GNRL_06302018.csv", &[("2017|", 9)]),
        expected
    );
    assert_eq!(found("mine.csv", &[("2017|06/30/2018", 9)]), expected);
}

#[test]
fn what_nobody_says_is_unknown() {
    for (name, pairs, expected) in [
        ("mine.csv", vec![], "program year"),
        ("mine.csv", vec![("2017|13/45/2018", 9)], "publication date"),
        (
            "OPPR_ALL_DTL_GNRL_06302018.csv",
            vec![("|", 9)],
            "program year",
        ),
    ] {
        let found = found(name, &pairs);
        let unknown = Err(DeliveryError::Unknown { what: expected });
        assert_eq!(found, unknown, "{name} with records of {pairs:?}");
    }
}

#[test]
fn the_newest_is_the_latest_published_and_not_the_last_by_name() {
    let newest = date(2025, 1, 30);
    let candidates = [
        candidate(
            "OP_DTL_GNRL_PGYR2023_P01302025_01212025.csv",
            "aa",
            2023,
            newest,
        ),
        candidate(
            "OP_DTL_GNRL_PGYR2023_P06282024_06122024.csv",
            "bb",
            2023,
            date(2024, 6, 28),
        ),
        candidate("z.csv", "cc", 2023, date(2024, 7, 1)),
    ];
    assert_eq!(
        subject::choose(&candidates, None),
        [
            Choice::Newest,
            Choice::Older { newest },
            Choice::Older { newest }
        ]
    );
}

#[test]
fn each_dataset_and_year_has_a_newest_of_its_own() {
    let (june, january) = (date(2024, 6, 28), date(2025, 1, 30));
    let mut candidates = vec![
        candidate("a.csv", "aa", 2022, june),
        candidate("b.csv", "bb", 2023, january),
        candidate("c.csv", "cc", 2023, june),
    ];
    candidates[2].delivery.dataset = "research".into();
    assert_eq!(subject::choose(&candidates, None), vec![Choice::Newest; 3]);
}

#[test]
fn a_publication_in_several_files_is_used_whole() {
    let june = date(2024, 6, 28);
    let candidates = [
        candidate("part1.csv", "aa", 2023, june),
        candidate("part2.csv", "bb", 2023, june),
    ];
    assert_eq!(subject::choose(&candidates, None), vec![Choice::Newest; 2]);
}

#[test]
fn years_that_were_not_asked_for_are_left_alone_and_both_ends_count() {
    let june = date(2024, 6, 28);
    let candidates: Vec<_> = (2015..=2018)
        .map(|year| candidate(&format!("{year}.csv"), &format!("{year}"), year, june))
        .collect();
    let choices = subject::choose(&candidates, Some(&(2016..=2017)));
    assert_eq!(
        choices,
        [
            Choice::OtherYear,
            Choice::Newest,
            Choice::Newest,
            Choice::OtherYear
        ]
    );
}

#[test]
fn the_same_bytes_under_two_names_are_taken_once() {
    let june = date(2024, 6, 28);
    let candidates = [
        candidate("b.csv", "aa", 2023, june),
        candidate("a.csv", "aa", 2023, june),
        candidate("a.csv", "aa", 2022, june),
        candidate("a.csv", "aa", 2023, june),
    ];
    let repeated = || Choice::Repeated {
        same_as: "a.csv".into(),
    };
    assert_eq!(
        subject::choose(&candidates, None),
        [repeated(), Choice::Newest, Choice::Newest, repeated()],
        "money counted twice, or a file of another year left out"
    );
}

#[test]
fn one_name_with_two_contents_stops_its_whole_delivery() {
    let (june, january) = (date(2024, 6, 28), date(2025, 1, 30));
    let candidates = [
        candidate("a.csv", "aa", 2023, january),
        candidate("a.csv", "bb", 2023, january),
        candidate("c.csv", "cc", 2023, january),
        candidate("a.csv", "dd", 2023, june),
        candidate("a.csv", "ee", 2022, june),
    ];
    let contradicted = || Choice::Contradicted {
        name: "a.csv".into(),
    };
    let older = Choice::Older { newest: january };
    assert_eq!(
        subject::choose(&candidates, None),
        [
            contradicted(),
            contradicted(),
            contradicted(),
            older,
            Choice::Newest
        ]
    );
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn of_every_dataset_and_year_the_latest_is_used_in_whatever_order(
        drawn in proptest::collection::vec((0..2_u8, 2020..2023_i16, 1..6_i8), 1..12),
        turn in any::<prop::sample::Index>(),
    ) {
        let file = |(number, (dataset, year, month)): (usize, &(u8, i16, i8))| {
            let name = format!("{:02}.csv", number * 7 % 12);
            let file = candidate(&name, &format!("{number}"), *year, date(2024, *month, 1));
            let dataset = ["general", "research"][usize::from(*dataset)].into();
            Candidate { delivery: Delivery { dataset, ..file.delivery.clone() }, ..file }
        };
        let mut candidates: Vec<_> = drawn.iter().enumerate().map(file).collect();
        let before = subject::choose(&candidates, None);
        for (candidate, choice) in candidates.iter().zip(&before) {
            let of_same = |other: &&Candidate| {
                let (left, right) = (&other.delivery, &candidate.delivery);
                (&left.dataset, left.program_year) == (&right.dataset, right.program_year)
            };
            let dates = candidates.iter().filter(of_same).map(|other| other.delivery.publication);
            let newest = dates.max().unwrap();
            let is_newest = candidate.delivery.publication == newest;
            let expected = if is_newest { Choice::Newest } else { Choice::Older { newest } };
            prop_assert_eq!(choice, &expected, "{:?}", candidate);
        }
        let by = turn.index(candidates.len());
        candidates.rotate_left(by);
        let mut after = subject::choose(&candidates, None);
        after.rotate_right(by);
        prop_assert_eq!(after, before, "listed in another order");
    }
}
