// The conclusion, and the document in the metadata zone.

use proptest::prelude::*;
use week2_lake::Partition;
use week2_lake::keys::Kind;
use week3_validation::{Check, Flow, Validation, Verdict};

use super::subject::{conclude, document};
use super::support::{cases, check};

const RUN: &str = "3f9a81c0";

fn partition() -> Partition {
    Partition {
        dataset: "general".into(),
        program_year: 2023,
    }
}

fn validation(run_id: &str) -> Validation {
    Validation {
        run_id: run_id.into(),
        verdict: Verdict::Warned,
        checks: vec![
            check("a.csv", "layout", Verdict::Warned, "near \"x\", with drift"),
            check("b.csv", "layout", Verdict::Passed, "general_f_91"),
        ],
        flow: Flow {
            read: 7,
            valid: 6,
            rejected: 1,
            held: 0,
        },
    }
}

#[test]
fn the_worst_verdict_is_that_of_the_whole() {
    use Verdict::{Failed, Passed, Warned};
    let of = |verdicts: &[Verdict]| {
        let check = |verdict: &Verdict| check("a.csv", "layout", *verdict, "");
        conclude(RUN, verdicts.iter().map(check).collect()).verdict
    };
    assert_eq!(of(&[Passed, Passed]), Passed);
    assert_eq!(of(&[Passed, Warned, Passed]), Warned);
    assert_eq!(of(&[Failed, Warned, Passed]), Failed);
}

#[test]
fn a_delivery_of_which_nothing_was_asked_fails() {
    assert_eq!(conclude(RUN, vec![]).verdict, Verdict::Failed);
}

#[test]
fn files_come_in_name_order_and_their_checks_as_asked() {
    let one = |file: &str, name: &str| check(file, name, Verdict::Passed, "");
    let checks = vec![
        one("b.csv", "structure"),
        one("b.csv", "amounts"),
        one("a.csv", "structure"),
        one("a.csv", "amounts"),
    ];
    let found = conclude(RUN, checks);
    assert_eq!(found.run_id, RUN);
    let order: Vec<_> = found
        .checks
        .iter()
        .map(|check| (check.file.as_str(), check.name.as_str()))
        .collect();
    let expected = [
        ("a.csv", "structure"),
        ("a.csv", "amounts"),
        ("b.csv", "structure"),
        ("b.csv", "amounts"),
    ];
    assert_eq!(order, expected);
}

#[test]
fn it_is_kept_in_the_metadata_zone_under_its_run() {
    let document = document(&partition(), &validation(RUN));
    assert_eq!(
        document.key,
        "metadata/validation/general/2023/3f9a81c0.json"
    );
    assert_eq!(
        Kind::of(&document.key),
        Some(Kind::Validation),
        "what cleans the lake up knows it as what it is"
    );
}

#[test]
fn two_runs_of_a_partition_keep_both_their_results() {
    let [first, second] =
        ["3f9a81c0", "81c03f9a"].map(|run| document(&partition(), &validation(run)));
    assert_ne!(first.key, second.key);
    assert_ne!(first.bytes, second.bytes);
}

#[test]
fn a_person_and_a_program_can_read_it() {
    let document = document(&partition(), &validation(RUN));
    let text = String::from_utf8(document.bytes).unwrap();
    assert!(text.ends_with("}\n"), "a line end at the end: {text:?}");
    assert!(text.lines().count() > 10, "one value a line: {text}");
    let read: Validation = serde_json::from_str(&text).unwrap();
    assert_eq!(read, validation(RUN));
}

fn any_check() -> impl Strategy<Value = Check> {
    let verdict = prop_oneof![
        Just(Verdict::Passed),
        Just(Verdict::Warned),
        Just(Verdict::Failed)
    ];
    ("[ab]", "[a-z]{1,3}", verdict, any::<String>())
        .prop_map(|(file, name, verdict, found)| check(&file, &name, verdict, &found))
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn how_files_were_listed_does_not_change_a_byte(
        first in prop::collection::vec(any_check(), 1..5),
        second in prop::collection::vec(any_check(), 1..5),
    ) {
        let of = |file: &str, checks: &[Check]| {
            let mut checks = checks.to_vec();
            for check in &mut checks {
                check.file = file.into();
            }
            checks
        };
        let (first, second) = (of("a.csv", &first), of("b.csv", &second));
        let bytes = |checks: Vec<Check>| {
            let validation = conclude(RUN, checks);
            let document = document(&partition(), &validation);
            (serde_json::from_slice::<Validation>(&document.bytes).unwrap() == validation, document)
        };
        let one = bytes([first.clone(), second.clone()].concat());
        let other = bytes([second, first].concat());
        prop_assert!(one.0, "what is read back is what was written");
        prop_assert_eq!(one, other);
    }
}
