//! An attempt that was killed does not seem to be running for ever.

use std::fs;

use crate::drill::hold;
use crate::support::{Desk, files_below, one_year};

fn outcomes(desk: &Desk) -> Vec<String> {
    let history = desk.run(&["runs", "--json", "--lake", "lake"]);
    let history = history.expect(0).json();
    let attempts = history["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| attempt["outcome"].as_str().unwrap().to_owned())
        .collect()
}

/// Documents of attempts that say so.
fn written(desk: &Desk, outcome: &str) -> usize {
    let attempts = files_below(&desk.path("lake/s3/open-payments/metadata/attempts"));
    let says = format!("\"outcome\": \"{outcome}\"");
    let texts = attempts
        .iter()
        .map(|path| fs::read_to_string(path).unwrap());
    texts.filter(|text| text.contains(&says)).count()
}

#[test]
fn a_killed_attempt_is_running_while_it_lives_and_interrupted_afterwards() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let ingest = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    let held = hold(desk.capstone(&ingest), "raw").unwrap();
    assert_eq!(outcomes(&desk), ["running"]);
    held.kill();
    assert_eq!(outcomes(&desk), ["interrupted"]);
    assert_eq!(written(&desk, "interrupted"), 0, "looking changes nothing");

    // The next one writes it down, for those who can't look into this folder.
    let held = hold(desk.capstone(&ingest), "raw").unwrap();
    assert_eq!(written(&desk, "interrupted"), 1);
    assert_eq!(outcomes(&desk), ["interrupted", "running"]);
    held.kill();
    desk.run(&ingest).expect(0);
    assert_eq!(outcomes(&desk), ["interrupted", "interrupted", "succeeded"]);
    assert_eq!(written(&desk, "interrupted"), 2);
    assert!(files_below(&desk.path("lake/attempts")).is_empty());
}

#[test]
fn one_that_dies_before_its_first_word_leaves_nothing_to_explain() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let ingest = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    hold(desk.capstone(&ingest), "attempt").unwrap().kill();
    desk.run(&ingest).expect(0);
    assert_eq!(outcomes(&desk), ["succeeded"]);
    assert!(files_below(&desk.path("lake/attempts")).is_empty());
}

#[test]
fn the_one_that_writes_it_down_may_be_killed_too() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let ingest = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    hold(desk.capstone(&ingest), "raw").unwrap().kill();
    // Points of a second one: identity 1 and 2, its own start 3 and 4, then the first one's.
    for place in ["5", "6"] {
        let held = hold(desk.capstone(&ingest), place).unwrap();
        assert!(held.point.contains(" attempt "), "{}", held.point);
        held.kill();
    }
    desk.run(&ingest).expect(0);
    assert_eq!(outcomes(&desk)[..3], ["interrupted"; 3]);
    assert_eq!(written(&desk, "interrupted"), 3);
}
