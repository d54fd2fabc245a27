//! The events of a lake, as tests look at them.

use std::collections::BTreeMap;
use std::fs;

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::support::Desk;

/// One publication of a few hundred records, some of them faulty.
pub(crate) fn first(seed: u64) -> Spec {
    let publications = vec![PublicationSpec::first(2023)];
    Spec {
        // One fault in a file of ten records stops it.
        ownership_rows: 0,
        ..Spec::new(publications, 300, seed).with_faults(0.02, false)
    }
}

/// The events in the lake's folder, line by line.
pub(crate) fn lines(desk: &Desk, lake: &str) -> Vec<Value> {
    let text = fs::read_to_string(desk.path(lake).join("lineage.jsonl")).unwrap();
    assert!(text.ends_with('\n'), "the last line is torn");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Types of the events by attempt.
pub(crate) fn types(events: &[Value]) -> BTreeMap<&str, Vec<&str>> {
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events {
        let run = event["run"]["runId"].as_str().unwrap();
        let kind = event["eventType"].as_str().unwrap();
        types.entry(run).or_default().push(kind);
    }
    types
}

/// The last event that is no START.
pub(crate) fn last_end(events: &[Value]) -> &Value {
    let mut ends = events.iter().rev();
    ends.find(|event| event["eventType"] != "START").unwrap()
}

/// The dataset of an event whose name ends so.
#[track_caller]
pub(crate) fn dataset<'a>(event: &'a Value, side: &str, end: &str) -> &'a Value {
    let mut datasets = event[side].as_array().unwrap().iter();
    let found = datasets.find(|dataset| dataset["name"].as_str().unwrap().ends_with(end));
    found.unwrap_or_else(|| panic!("no {side} end with {end}: {:#}", event[side]))
}

/// Ids and outcomes of all attempts.
pub(crate) fn attempts(desk: &Desk, lake: &str) -> Vec<(String, String)> {
    let history = desk
        .run(&["runs", "--json", "--lake", lake])
        .expect(0)
        .json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let attempts = history["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| (text(&attempt["attempt_id"]), text(&attempt["outcome"])))
        .collect()
}
