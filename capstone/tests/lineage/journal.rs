//! The JSON lines: whole whatever happens to the file, and never a reason to fail.

use std::fs;

use crate::story::{attempts, first, lines, types};
use crate::support::{Desk, spawn};

fn ingested(desk: &Desk) -> Vec<String> {
    let source = desk.real("good", &first(1));
    let source = source.to_str().unwrap();
    let ingest = ["ingest", "--lake", "lake", "--source", source];
    desk.run(&ingest).expect(0);
    ingest.map(str::to_owned).into()
}

#[test]
fn a_torn_line_is_written_again_and_a_lost_one_too() {
    let desk = Desk::new();
    ingested(&desk);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let path = desk.path("lake/lineage.jsonl");
    let whole = fs::read(&path).unwrap();
    assert_eq!(lines(&desk, "lake").len(), 4);
    // Torn in the third line.
    let ends = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let second = ends.map(|(at, _)| at).nth(1).unwrap();
    fs::write(&path, &whole[..second + 40]).unwrap();
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let events = lines(&desk, "lake");
    assert_eq!(events.len(), 6);
    assert!(
        types(&events)
            .values()
            .all(|types| *types == ["START", "COMPLETE"])
    );
    fs::remove_file(&path).unwrap();
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    assert_eq!(lines(&desk, "lake").len(), 8);
}

#[test]
fn the_export_is_the_same_events_without_the_file() {
    let desk = Desk::new();
    ingested(&desk);
    let file = fs::read_to_string(desk.path("lake/lineage.jsonl")).unwrap();
    fs::remove_file(desk.path("lake/lineage.jsonl")).unwrap();
    let exported = desk.run(&["lineage", "--lake", "lake"]).expect(0);
    assert_eq!(exported.stdout, file);
    desk.run(&["lineage", "--lake", "nowhere"])
        .expect(1)
        .says(&["there is no lake in nowhere yet"]);
}

#[test]
fn two_at_once_do_not_mix_their_lines() {
    let desk = Desk::new();
    ingested(&desk);
    let start = || {
        let arguments = ["validate", "--lake", "lake"];
        spawn(&mut desk.capstone(&arguments))
    };
    let processes = [start(), start(), start(), start()];
    for process in processes {
        assert!(process.wait_with_output().unwrap().status.success());
    }
    let events = lines(&desk, "lake");
    let types = types(&events);
    assert_eq!(types.len(), 5);
    for types in types.values() {
        let mut types = types.clone();
        types.sort_unstable();
        assert_eq!(types, ["COMPLETE", "START"]);
    }
}

#[test]
fn lineage_that_can_not_be_written_is_said_once_and_fails_nothing() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("lake/lineage.jsonl")).unwrap();
    let source = desk.real("good", &first(1));
    let source = source.to_str().unwrap();
    let ended = desk
        .run(&["run", "--lake", "lake", "--source", source])
        .expect(0);
    assert_eq!(
        ended.stderr.matches("lineage: ").count(),
        1,
        "{}",
        ended.stderr
    );
    let exported = desk.run(&["lineage", "--lake", "lake"]).expect(0);
    assert_eq!(
        exported.stdout.lines().count(),
        2,
        "the events themselves are kept"
    );
}

/// The next attempt finds who was killed, and ends the story.
#[test]
fn an_attempt_that_was_killed_is_aborted_once_by_the_next_one() {
    let desk = Desk::new();
    let source = desk.real("good", &first(1));
    let source = source.to_str().unwrap();
    let killed = |place: &str| {
        let mut run = desk.capstone(&["run", "--lake", "lake", "--source", source]);
        run.env("CAPSTONE_CRASH", format!("kill {place}"));
        assert!(!run.output().unwrap().status.success());
    };
    killed("commit");
    let events = lines(&desk, "lake");
    assert_eq!(
        types(&events).into_values().collect::<Vec<_>>(),
        [["START"]]
    );
    // This one dies before its START.
    killed("metadata/lineage/");
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let events = lines(&desk, "lake");
    let told: Vec<_> = types(&events).into_values().collect();
    let (aborted, complete) = (["START", "ABORT"], ["START", "COMPLETE"]);
    assert_eq!(told, [aborted, aborted, complete, complete]);
    let outcomes: Vec<_> = attempts(&desk, "lake")
        .into_iter()
        .map(|(_, o)| o)
        .collect();
    let (interrupted, succeeded) = ("interrupted", "succeeded");
    assert_eq!(outcomes, [interrupted, interrupted, succeeded, succeeded]);
}

#[test]
fn who_died_before_saying_how_it_ended_ends_as_it_did() {
    let desk = Desk::new();
    ingested(&desk);
    let validate = |crash: &str| {
        let mut validate = desk.capstone(&["validate", "--lake", "lake"]);
        validate.env("CAPSTONE_CRASH", crash).output().unwrap()
    };
    let points = String::from_utf8(validate("list").stderr).unwrap();
    let point = |line: &&str| line.contains("before lineage") && line.contains("2-end.json");
    let line = points.lines().find(point).unwrap();
    let number = line.split([' ', ':']).nth(2).unwrap();
    assert!(!validate(&format!("kill {number}")).status.success());
    let died = attempts(&desk, "lake").pop().unwrap();
    assert_eq!(died.1, "succeeded");
    assert_eq!(types(&lines(&desk, "lake"))[died.0.as_str()], ["START"]);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let events = lines(&desk, "lake");
    assert_eq!(types(&events)[died.0.as_str()], ["START", "COMPLETE"]);
}
