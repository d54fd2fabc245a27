// Events, as the capstone writes them: JSON lines that a machine can search.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use week2_ingestion::Event;

use super::subject;
use super::support::cases;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What stands in the log after this event.
fn log(event: &Event<'_>) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || subject::emit(event));
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn line(event: &Event<'_>) -> Map<String, Value> {
    let text = log(event);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1, "lines for one event: {text}");
    serde_json::from_str(lines[0]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const AUDITED: Event<'_> = Event::Audited {
    file: "a.csv",
    bytes: 2_000_000_000_000,
    records: 15_000_000,
    faulty: 3,
};
const REPEATED: Event<'_> = Event::Repeated {
    file: "b.csv",
    same_as: "a.csv",
};
const STORED: Event<'_> = Event::Stored {
    run_id: "0123",
    file: "a.csv",
    key: "raw/a.csv",
    copied: false,
};
const RESUMED: Event<'_> = Event::Resumed {
    run_id: "0123",
    there: 2,
    of: 5,
};
const BROKEN: Event<'_> = Event::Broken {
    run_id: "0123",
    file: "a.csv",
};
const RETRYING: Event<'_> = Event::Retrying {
    what: "https://cms.gov/a.csv",
    why: "status 503",
    failed: 2,
    pause: Duration::from_micros(1_500_700),
};

#[test]
fn every_event_has_its_name_and_all_its_fields() {
    let cases = [
        (
            AUDITED,
            json!({"event": "audited", "file": "a.csv", "bytes": 2_000_000_000_000_u64, "records": 15_000_000, "faulty": 3}),
        ),
        (
            REPEATED,
            json!({"event": "repeated", "file": "b.csv", "same_as": "a.csv"}),
        ),
        (
            STORED,
            json!({"event": "stored", "run_id": "0123", "file": "a.csv", "key": "raw/a.csv", "copied": false}),
        ),
        (
            RESUMED,
            json!({"event": "resumed", "run_id": "0123", "there": 2, "of": 5}),
        ),
        (
            BROKEN,
            json!({"event": "broken", "run_id": "0123", "file": "a.csv"}),
        ),
        (
            RETRYING,
            json!({"event": "retrying", "what": "https://cms.gov/a.csv", "why": "status 503", "failed": 2, "pause_ms": 1500}),
        ),
    ];
    for (event, fields) in cases {
        let line = line(&event);
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(
                line.get(name),
                Some(value),
                "field {name} of {}, in {line:?}",
                event.name()
            );
        }
    }
}

#[test]
fn the_level_says_whether_somebody_has_to_look() {
    for (event, level) in [
        (AUDITED, "INFO"),
        (STORED, "INFO"),
        (RESUMED, "INFO"),
        (REPEATED, "WARN"),
        (RETRYING, "WARN"),
        (BROKEN, "ERROR"),
    ] {
        let line = line(&event);
        assert_eq!(line["level"], level, "level of {}", event.name());
    }
}

#[test]
fn numbers_are_numbers_and_flags_are_flags() {
    let retrying = line(&RETRYING);
    assert!(
        retrying["pause_ms"].is_u64(),
        "pause_ms: {}",
        retrying["pause_ms"]
    );
    assert!(
        retrying["failed"].is_u64(),
        "failed: {}",
        retrying["failed"]
    );
    let stored = line(&STORED);
    assert!(
        stored["copied"].is_boolean(),
        "copied: {}",
        stored["copied"]
    );
}

#[test]
fn people_are_told_too() {
    for event in [AUDITED, REPEATED, STORED, RESUMED, BROKEN, RETRYING] {
        let line = line(&event);
        let message = line.get("message").and_then(Value::as_str);
        assert!(
            message.is_some_and(|message| !message.trim().is_empty()),
            "no message in {line:?}"
        );
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_name_comes_back_as_it_was(file in ".{0,12}(\n|\"|\\\\|\u{1b}|é)?.{0,4}", why in "(a|\n|\"|\\{|\\}| ){0,8}") {
        let stored = line(&Event::Stored { run_id: "r", file: &file, key: "k", copied: true });
        prop_assert_eq!(&stored["file"], &json!(file));
        let retrying = line(&Event::Retrying { what: &file, why: &why, failed: 1, pause: Duration::ZERO });
        prop_assert_eq!(&retrying["why"], &json!(why));
    }
}
