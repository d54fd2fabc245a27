//! `capstone gc`: orphans and only orphans, whoever kills it or works beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use capstone::accounts::LakeState;
use capstone::clock::Clock;
use capstone::context::{self, Access, Capstone, Home, Place};
use capstone::gc::{Cleanup, Request, SPARED, collect};
use capstone::ui::Ui;
use capstone::{commit, transform};
use jiff::Timestamp;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::drill::{hold, points};
use crate::scenario::{Scenario, begin, deliver, objects, stages};
use crate::support::{Desk, Ended, Visible, spawn};

const NOW: [&str; 3] = ["gc", "--older-than", "0s"];

/// Objects of a lake that no commit needs.
fn unlisted(desk: &Desk, lake: &str) -> BTreeSet<String> {
    let seen = desk.visible(lake);
    let runs: Vec<String> = seen
        .iter()
        .filter(|(key, _)| key.starts_with("metadata/commits/"))
        .map(|(_, bytes)| serde_json::from_slice::<Value>(bytes).unwrap())
        .map(|commit| commit["run_id"].as_str().unwrap().to_owned())
        .collect();
    let of_a_run = |key: &String| {
        let kinds = [
            "curated/",
            "staging/",
            "metadata/audit/",
            "metadata/manifests/",
        ];
        kinds.iter().any(|prefix| key.starts_with(prefix))
    };
    let needed = |key: &String| seen.contains_key(key) || runs.iter().any(|run| key.contains(run));
    let keys = objects(desk, lake).into_keys();
    keys.filter(|key| of_a_run(key) && !needed(key)).collect()
}

fn gc(desk: &Desk, lake: &str, more: &[&str]) -> Value {
    let arguments = [&["gc", "--json", "--lake", lake], more].concat();
    desk.run(&arguments).expect(0).json()
}

/// A first publication, and its refresh killed before its first commit.
fn interrupted(desk: &Desk) {
    deliver(desk);
    for stage in stages("first-lake", "first") {
        desk.run(&stage).expect(0);
    }
    begin(desk, Some("first-lake"), "lake");
    let [ingest, validate, transform] = stages("lake", "refresh.zip");
    for stage in [ingest, validate] {
        desk.run(&stage).expect(0);
    }
    hold(desk.capstone(&transform), "commit").unwrap().kill();
}

/// The refresh as it is when nobody disturbs it, but for the warehouse.
fn whole(desk: &Desk) -> Scenario<'_> {
    Scenario::of_stages(desk, Some("first-lake"), "refresh.zip", "whole")
}

#[test]
fn what_an_interrupted_run_left_is_removed_when_it_is_old_and_a_rerun_writes_it_again() {
    let desk = Desk::new();
    interrupted(&desk);
    let refresh = Scenario::new(&desk, Some("first-lake"), "refresh.zip", "whole");
    let (before, seen) = (objects(&desk, "lake"), desk.visible("lake"));
    let left = unlisted(&desk, "lake");
    assert!(
        left.iter().any(|key| key.starts_with("curated/")),
        "{left:?}"
    );
    assert!(
        left.iter().any(|key| key.starts_with("staging/")),
        "{left:?}"
    );

    // A moment after: whoever wrote it may still be at work.
    let young = gc(&desk, "lake", &[]);
    assert_eq!(young["orphans"]["found"]["files"], 0);
    assert_eq!(young["young"]["files"], left.len());
    let planned = gc(&desk, "lake", &["--older-than", "0s", "--dry-run"]);
    assert_eq!(names(&planned), left);
    assert_eq!(planned["orphans"]["removed"]["files"], 0);
    assert_eq!(objects(&desk, "lake"), before, "nothing is removed so far");

    let removed = gc(&desk, "lake", &["--older-than", "0s"]);
    assert_eq!(names(&removed), left);
    assert_eq!(removed["orphans"]["removed"], removed["orphans"]["found"]);
    let size = |key: &String| before[key].len();
    let bytes: usize = left.iter().map(size).sum();
    assert_eq!(removed["orphans"]["removed"]["bytes"], bytes);
    let after = objects(&desk, "lake");
    let gone: BTreeSet<String> = before
        .into_keys()
        .filter(|key| !after.contains_key(key))
        .collect();
    assert_eq!(gone, left);
    assert_eq!(desk.visible("lake"), seen);

    desk.run(&refresh.run("lake")).expect(0);
    refresh.assert_converged("lake", "after gc");
    refresh.assert_loaded("lake", "after gc");
    // The first publication is history, and history is listed; and whatever a run writes
    // is known to `keys::Kind`.
    let in_order = gc(&desk, "lake", &["--older-than", "0s"]);
    assert_eq!(in_order["orphans"]["found"]["files"], 0);
    assert_eq!(in_order["unknown"], Value::from(Vec::<String>::new()));
    refresh.assert_converged("lake", "after gc of a lake in order");
}

fn names(cleanup: &Value) -> BTreeSet<String> {
    let names = cleanup["orphans"]["names"].as_array().unwrap().iter();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn killed_at_any_point_it_has_removed_orphans_and_nothing_else() {
    let desk = Desk::new();
    interrupted(&desk);
    let refresh = whole(&desk);
    let seen = desk.visible("lake");
    let left = unlisted(&desk, "lake");
    begin(&desk, Some("lake"), "counted");
    let all = points(&desk, &[&NOW[..], &["--lake", "counted"]].concat());
    assert_eq!(
        all.len(),
        2 * left.len(),
        "one before and one after each delete"
    );
    for number in 1..=all.len() {
        let lake = format!("gc-{number}");
        begin(&desk, Some("lake"), &lake);
        let command = desk.capstone(&[&NOW[..], &["--lake", &lake]].concat());
        hold(command, &number.to_string()).unwrap().kill();
        assert_eq!(desk.visible(&lake), seen, "{number}");
        assert_eq!(unlisted(&desk, &lake).len(), left.len() - number / 2);
        gc(&desk, &lake, &NOW[1..]);
        assert_eq!(desk.visible(&lake), seen, "{number}");
        assert_eq!(unlisted(&desk, &lake), BTreeSet::new(), "{number}");
        if number % 16 == 1 {
            for stage in refresh.stages(&lake) {
                desk.run(&stage).expect(0);
            }
            refresh.assert_converged(&lake, &format!("gc killed at {number}"));
        }
    }
}

#[test]
fn strange_files_and_raw_ones_stay_and_are_named() {
    let desk = Desk::new();
    deliver(&desk);
    desk.run(&["ingest", "--lake", "lake", "--source", "first"])
        .expect(0);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let strange = ["curated/dataset=general/mine.parquet", "notes.txt"];
    for key in strange {
        desk.write(&format!("lake/s3/open-payments/{key}"), "mine");
    }
    let before = objects(&desk, "lake");
    let cleanup = gc(&desk, "lake", &["--older-than", "0s"]);
    assert_eq!(cleanup["unknown"], Value::from(strange.to_vec()));
    // Nothing is committed, and yet nothing is an orphan: the verdicts are waited for.
    assert_eq!(objects(&desk, "lake"), before);
    desk.run(&["transform", "--lake", "lake"]).expect(0);
    desk.run(&["gc", "--lake", "lake"]).expect(0).says(&[
        "notes.txt",
        "kept",
        "not written by this program",
    ]);
    desk.run(&["gc", "--lake", "nowhere"])
        .expect(1)
        .says(&["there is no lake in nowhere"]);
    desk.run(&["gc", "--older-than", "soon", "--lake", "lake"])
        .expect(2);
}

#[test]
fn beside_a_run_and_another_gc_no_commit_loses_a_file() {
    let desk = Desk::new();
    interrupted(&desk);
    let refresh = whole(&desk);
    for round in 0..2 {
        let lake = format!("busy-{round}");
        begin(&desk, Some("lake"), &lake);
        let stages = refresh.stages(&lake);
        for stage in &stages[..2] {
            desk.run(stage).expect(0);
        }
        let start = |arguments: &[&str]| spawn(&mut desk.capstone(arguments));
        let collect = [&NOW[..], &["--lake", &lake]].concat();
        // As the default would, these spare what the run writes; those do not.
        let spares = round % 2 == 0;
        let collect = if spares {
            vec!["gc", "--lake", &lake]
        } else {
            collect
        };
        let busy = [
            start(&collect),
            start(&stages[2]),
            start(&collect),
            start(&collect),
        ];
        let mut ended = busy.map(|child| Ended::of(child.wait_with_output().unwrap()));
        for collector in [0, 2, 3] {
            assert_eq!(ended[collector].code, Some(0), "{:#?}", ended[collector]);
        }
        let run = std::mem::replace(&mut ended[1], desk.run(&["runs", "--lake", &lake]));
        if spares || run.code == Some(0) {
            run.expect(0);
        } else {
            run.expect(1)
                .says(&["has gone while this run worked", "run again"]);
        }
        // Reads every file that a commit lists.
        let _: Visible = desk.visible(&lake);
        for stage in stages {
            desk.run(&stage).expect(0);
        }
        refresh.assert_converged(&lake, "after a busy time");
    }
}

/// So much later than now.
struct Later(Timestamp);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The lake in a folder, on a machine whose clock shows `age` after that lake's last write.
fn later(folder: &Path, runtime: &Runtime, age: Duration) -> Capstone {
    let place = Place::Folder(folder.to_owned());
    let home = Home::new(&place, None);
    let lake = context::open_lake(&place, Access::default(), &home, runtime.handle()).unwrap();
    let objects = lake.objects().unwrap();
    let last = objects.iter().filter_map(|object| object.modified).max();
    Capstone {
        lake,
        contract: context::contract().unwrap(),
        years: None,
        threads: 1,
        chunk_bytes: 1 << 20,
        ui: Ui::new(true),
        lineage: capstone::lineage::Settings::default(),
        clock: Arc::new(Later(last.unwrap() + age)),
        home,
    }
}

#[test]
fn by_default_a_day_must_pass() {
    let desk = Desk::new();
    interrupted(&desk);
    let left = unlisted(&desk, "lake");
    let runtime = Runtime::new().unwrap();
    let request = Request {
        older_than: SPARED,
        dry_run: false,
    };
    let after = |age: Duration| -> Cleanup {
        collect(&later(&desk.path("lake"), &runtime, age), request).unwrap()
    };
    // Its files were not written all at once, and its last word came after them.
    let almost = after(Duration::from_mins(24 * 60 - 1));
    assert_eq!(
        (almost.orphans.found.files, almost.young.files),
        (0, left.len() as u64)
    );
    let day = after(SPARED);
    assert_eq!(day.orphans.removed.files, left.len() as u64);
    assert_eq!(unlisted(&desk, "lake"), BTreeSet::new());
}

#[test]
fn a_run_whose_files_were_removed_before_its_commit_does_not_commit_them() {
    let desk = Desk::new();
    deliver(&desk);
    desk.run(&["ingest", "--lake", "lake", "--source", "first"])
        .expect(0);
    desk.run(&["validate", "--lake", "lake"]).expect(0);
    let runtime = Runtime::new().unwrap();
    let capstone = later(&desk.path("lake"), &runtime, Duration::ZERO);
    let ingested = LakeState::read(&capstone.lake).unwrap().wanted.remove(0);
    let transformed = transform::transform(&capstone, &ingested).unwrap();
    let (zero, dry_run) = (Duration::ZERO, false);
    let much_later = later(&desk.path("lake"), &runtime, SPARED);
    let request = Request {
        older_than: zero,
        dry_run,
    };
    assert!(collect(&much_later, request).unwrap().orphans.removed.files > 0);
    let error = commit::commit(&capstone.lake, &ingested, transformed).unwrap_err();
    assert!(error.to_string().contains("run again"), "{error}");
    assert_eq!(desk.visible("lake"), Visible::new());
    let again = transform::transform(&capstone, &ingested).unwrap();
    assert_eq!(commit::commit(&capstone.lake, &ingested, again).unwrap(), 1);
}

#[test]
fn copies_of_a_bucket_are_removed_if_no_commit_lists_them() {
    let desk = Desk::new();
    deliver(&desk);
    desk.run(&["run", "--lake", "lake", "--source", "first"])
        .expect(0);
    let runtime = Runtime::new().unwrap();
    let capstone = later(&desk.path("lake"), &runtime, SPARED * 2);
    let commits = capstone.lake.all_commits().unwrap();
    let cache = capstone.home.cache();
    let listed = capstone::lake::cached(&cache, &commits[0].manifest.data[0]);
    let folder = listed.parent().unwrap();
    let strange = folder.join("mine.parquet");
    let orphan = folder.join(format!("{}.parquet", "0".repeat(64)));
    let half = folder.join(".9a3c1f9e-5f0e-4c53-9d2a-2b8f5f4b7c11.part");
    fs::create_dir_all(folder).unwrap();
    for path in [&listed, &strange, &orphan, &half] {
        fs::write(path, "copy").unwrap();
    }
    let request = Request {
        older_than: SPARED,
        dry_run: false,
    };
    let cleanup = collect(&capstone, request).unwrap();
    assert_eq!(
        (cleanup.copies.removed.files, cleanup.copies.removed.bytes),
        (2, 8)
    );
    assert_eq!(cleanup.unknown, [strange.display().to_string()]);
    assert!(listed.exists() && strange.exists() && !orphan.exists() && !half.exists());
}
