//! The same source again: nothing is done, nothing is written, and it says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::support::{Desk, Ended, files_below};

/// A year with its refresh, and a year without one.
fn publications() -> Spec {
    let publications = vec![
        PublicationSpec::first(2022),
        PublicationSpec::refresh(2022),
        PublicationSpec::first(2023),
    ];
    Spec::new(publications, 300, 5)
}

fn run(desk: &Desk, lake: &str) -> Ended {
    desk.run(&["run", "--json", "--lake", lake, "--source", "source"])
}

/// Every object of the lake that does not tell of an attempt: its bytes, and when it was
/// written.
fn objects(desk: &Desk, lake: &str) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let bucket = desk.path(lake).join("s3/open-payments");
    let written = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let objects = files_below(&bucket).into_iter().map(|path| {
        let key = path.strip_prefix(&bucket).unwrap().display().to_string();
        (key, (fs::read(&path).unwrap(), written(&path)))
    });
    let of_attempts = ["metadata/attempts/", "metadata/lineage/"];
    objects
        .filter(|(key, _)| !of_attempts.iter().any(|prefix| key.starts_with(prefix)))
        .collect()
}

fn outcomes(summary: &Value) -> Vec<&str> {
    let lines = summary["deliveries"].as_array().unwrap().iter();
    lines
        .map(|line| line["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn the_same_source_again_writes_nothing_but_the_attempt_and_says_unchanged() {
    let desk = Desk::new();
    desk.real("source", &publications());
    let first = run(&desk, "lake").expect(0).json();
    assert_eq!(first["warehouse"]["unchanged"], false);
    assert_eq!(first["quality_unchanged"], false);
    let before = objects(&desk, "lake");
    let second = run(&desk, "lake").expect(0).json();
    assert_eq!(objects(&desk, "lake"), before, "nothing was written again");
    assert_eq!(outcomes(&second), ["unchanged"; 5]);
    assert_eq!(second["warehouse"]["unchanged"], true);
    assert_eq!(second["quality_unchanged"], true);
    for same in ["quality", "quality_findings", "discrepancies", "files"] {
        assert_eq!(second[same], first[same], "{same}");
    }
    let attempts = desk.number("lake", "select count(*) from lake.attempts");
    assert_eq!(attempts, Some(2), "the attempts in the warehouse are fresh");
    // And as a person reads it.
    desk.run(&["run", "--lake", "lake", "--source", "source"])
        .expect(0)
        .says(&["delivery", "general 2022", "unchanged as commit 1"])
        .says(&["warehouse", "unchanged"])
        .says(&["quality", "unchanged"]);
    // Without the file there is nothing that could be unchanged.
    let payments = desk.payments("lake");
    fs::remove_file(desk.path("lake/warehouse.duckdb")).unwrap();
    let again = run(&desk, "lake").expect(0).json();
    assert_eq!(again["warehouse"]["unchanged"], false);
    assert_eq!(again["quality_unchanged"], false);
    assert_eq!(desk.payments("lake"), payments);
}
