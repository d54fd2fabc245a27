// A failure on one screen.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use week3_validation::{Check, Flow, Lateness, Miss, Validation, Verdict};

use super::subject::{HEIGHT, WIDTH, report};
use super::support::{cases, check};

const FILE: &str = "OP_DTL_GNRL_PGYR2023_P06282024_06122024.csv";

fn validation(checks: Vec<Check>) -> Validation {
    Validation {
        run_id: "3f9a81c0".repeat(8),
        verdict: checks.iter().map(|check| check.verdict).max().unwrap(),
        checks,
        flow: Flow {
            read: 300,
            held: 300,
            ..Flow::default()
        },
    }
}

fn late(count: u64) -> Vec<Miss> {
    let miss = |number| Miss {
        delivery: format!("general {}", 2013 + number),
        due: Timestamp::UNIX_EPOCH,
        late: Duration::from_mins(125 + number),
        state: Lateness::Running,
    };
    (0..count).map(miss).collect()
}

/// It fits a screen, and a terminal can show it.
#[track_caller]
fn fits(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= HEIGHT, "{} lines:\n{text}", lines.len());
    for line in lines {
        let width = line.chars().count();
        assert!(width <= WIDTH, "{width} characters: {line}");
        let control = line.chars().find(|c| c.is_control());
        assert_eq!(control, None, "in {line:?}");
    }
}

/// Without line breaks and indents.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All that must be known of a check.
#[track_caller]
fn explains(text: &str, check: &Check) {
    let flat = flat(text);
    let verdict = format!("{} {}", check.verdict, check.name);
    for part in [&verdict, &check.file, &check.found, check.next_step()] {
        assert!(flat.contains(part), "{part:?} is missing:\n{text}");
    }
}

fn structure() -> Check {
    let found =
        "300 of 300 records are malformed: too_few_fields 298, open_quote 1, invalid_utf8 1";
    check(FILE, "structure", Verdict::Failed, found)
}

#[test]
fn a_failure_is_explained_with_what_to_do_next() {
    let checks = vec![
        check(FILE, "layout", Verdict::Passed, "general_f_91, 91 columns"),
        structure(),
    ];
    let text = report(&validation(checks), &[]);
    fits(&text);
    explains(&text, &structure());
    assert!(!text.contains("layout"), "what passed is no news:\n{text}");
}

#[test]
fn the_first_line_says_how_it_ended_and_for_which_run() {
    for (verdict, word) in [
        (Verdict::Passed, "passed"),
        (Verdict::Warned, "warned"),
        (Verdict::Failed, "failed"),
    ] {
        let text = report(
            &validation(vec![check(FILE, "layout", verdict, "as it is")]),
            &[],
        );
        let first = text.lines().next().unwrap_or_default();
        assert!(first.contains(word), "{first}");
        assert!(first.contains(&"3f9a81c0".repeat(8)), "{first}");
        fits(&text);
    }
}

#[test]
fn failures_come_before_warnings() {
    let drift = check(
        FILE,
        "layout",
        Verdict::Warned,
        "near general_f_91, with drift",
    );
    let text = report(&validation(vec![drift.clone(), structure()]), &[]);
    explains(&text, &drift);
    explains(&text, &structure());
    let (failed, warned) = (text.find("structure"), text.find("layout"));
    assert!(
        failed < warned,
        "the failure is what somebody looks for:\n{text}"
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    let file = |number| format!("part {number:03}.csv");
    let checks: Vec<Check> = (0..40)
        .map(|number| Check {
            file: file(number),
            ..structure()
        })
        .collect();
    let text = report(&validation(checks.clone()), &late(9));
    fits(&text);
    explains(&text, &checks[0]);
    let shown = checks
        .iter()
        .filter(|check| text.contains(&check.file))
        .count();
    let more = format!("{} more checks", 40 - shown);
    assert!(
        text.contains(&more),
        "{shown} are shown, and no {more:?}:\n{text}"
    );
    for check in &checks[..shown] {
        explains(&text, check);
    }
}

#[test]
fn what_fits_is_not_counted() {
    let text = report(&validation(vec![structure()]), &[]);
    assert!(!text.contains("more"), "{text}");
}

#[test]
fn a_miss_is_named_with_its_state() {
    let passed = || validation(vec![check(FILE, "layout", Verdict::Passed, "")]);
    let text = report(&passed(), &late(1));
    fits(&text);
    for word in ["late", "general 2013", "still running"] {
        assert!(text.contains(word), "{word:?} is missing:\n{text}");
    }
    let quiet = report(&passed(), &[]);
    assert!(!quiet.contains("late"), "{quiet}");
}

#[test]
fn a_miss_does_not_push_the_failure_from_the_screen() {
    let text = report(&validation(vec![structure()]), &late(50));
    fits(&text);
    explains(&text, &structure());
    assert!(text.contains("general 2013"), "{text}");
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let long = check(
        &format!("{}.csv", "name".repeat(50)),
        "layout",
        Verdict::Warned,
        &"unknown_column: Something_New; ".repeat(40),
    );
    let text = report(&validation(vec![long]), &[]);
    fits(&text);
    assert!(
        text.matches('…').count() >= 2,
        "name and text are cut:\n{text}"
    );
    assert!(text.contains("unknown_column: Something_New;"), "{text}");
    assert!(text.contains("namename"), "{text}");
}

#[test]
fn what_a_name_hides_does_not_reach_the_terminal() {
    let check = check("a\u{1b}[2Jb\n.csv", "structure", Verdict::Failed, "1 of\r9");
    fits(&report(&validation(vec![check]), &[]));
}

fn any_check() -> impl Strategy<Value = Check> {
    let verdict = prop_oneof![
        Just(Verdict::Passed),
        Just(Verdict::Warned),
        Just(Verdict::Failed)
    ];
    let name = prop_oneof![Just("structure".to_owned()), Just("layout".to_owned())];
    ("\\PC{0,120}", name, verdict, "[a-zé ]{0,400}")
        .prop_map(|(file, name, verdict, found)| check(&file, &name, verdict, &found))
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_report_fits_a_screen_and_explains_what_is_worst(
        checks in prop::collection::vec(any_check(), 1..30),
        misses in 0..12_u64,
    ) {
        let validation = validation(checks);
        let text = report(&validation, &late(misses));
        fits(&text);
        if let Some(check) = validation.checks.iter().find(|check| check.verdict == Verdict::Failed) {
            let flat = flat(&text);
            prop_assert!(flat.contains(&format!("failed {}", check.name)), "{}", text);
            prop_assert!(flat.contains(check.next_step()), "{}", text);
        }
        let is_check = |line: &&str| line.starts_with("failed ") || line.starts_with("warned ");
        let shown = text.lines().skip(1).filter(is_check).count();
        let problems = validation.checks.iter().filter(|check| check.verdict != Verdict::Passed);
        let more = problems.count() - shown;
        let says = text.contains(&format!("{more} more checks"));
        prop_assert_eq!(says, more > 0, "{} are shown, {} are not:\n{}", shown, more, text);
    }
}
