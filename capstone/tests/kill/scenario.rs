//! What is run, from which state, and what it gives when nobody disturbs it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use fixtures::{PublicationSpec, Spec};

use crate::drill;
use crate::support::{Desk, Visible, files_below};

/// Every payment of the star schema, its amount and its run.
const PAYMENTS: &str = "select count(*)::varchar || ' ' || md5(string_agg(p::varchar, chr(10) \
                        order by p::varchar)) as payments from marts.fct_payments p";

/// What was measured, and on which commits.
const VERDICTS: &str = "select md5(string_agg(line, chr(10) order by line)) as verdicts from ( \
                        select rule || ' ' || status as line from quality.results union all \
                        select run_id || ' ' || sequence from lake.runs)";

/// A run of the whole pipeline on a lake in a known state.
pub(crate) struct Scenario<'a> {
    pub(crate) desk: &'a Desk,
    /// The lake to start from; none for a first run.
    start: Option<&'a str>,
    source: &'a str,
    /// The points of an undisturbed run, in order.
    pub(crate) points: Vec<String>,
    /// What readers see after so many commits of the run.
    states: Vec<Visible>,
    /// Every object that does not tell of an attempt, afterwards.
    objects: Visible,
    /// What the warehouse answers before and after.
    answers: [Answer; 2],
    verdicts: String,
}

/// What `capstone query` says about [`PAYMENTS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Rows(String),
    NoneYet,
    InUse,
}

/// A first publication in `first`, its refresh in `refresh.zip`. The general file comes in
/// two halves, so that its run writes two parts.
pub(crate) fn deliver(desk: &Desk) {
    let publications = vec![PublicationSpec::first(2023), PublicationSpec::refresh(2023)];
    let spec = Spec {
        // One delivery at first; the refresh brings a second one, of removed records.
        ownership_rows: 0,
        ..Spec::new(publications, 300, 5).with_faults(0.02, false)
    };
    let folder = desk.real("delivered", &spec);
    let first = desk.path("first");
    fs::create_dir(&first).unwrap();
    let mut zip = zip::ZipWriter::new(File::create(desk.path("refresh.zip")).unwrap());
    for path in files_below(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&path).unwrap();
        for (name, bytes) in halves(name, &bytes) {
            if name.contains("P06282024") {
                fs::write(first.join(name), bytes).unwrap();
            } else {
                let options = zip::write::SimpleFileOptions::default();
                zip.start_file(name, options).unwrap();
                zip.write_all(&bytes).unwrap();
            }
        }
    }
    zip.finish().unwrap();
}

/// A general file as two files of one delivery; any other as it is.
fn halves(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    if !name.contains("GNRL") {
        return vec![(name.to_owned(), bytes.to_vec())];
    }
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let (header, records) = lines.split_first().unwrap();
    let (one, two) = records.split_at(records.len() / 2);
    let file = |records: &[&[u8]]| [&[*header], records].concat().concat();
    let (stem, end) = name.split_once(".csv").unwrap();
    [("_A", one), ("_B", two)]
        .map(|(half, records)| (format!("{stem}{half}.csv{end}"), file(records)))
        .into()
}

impl<'a> Scenario<'a> {
    /// Runs it undisturbed into the lake `name`.
    pub(crate) fn new(desk: &'a Desk, start: Option<&'a str>, source: &'a str, name: &str) -> Self {
        begin(desk, start, name);
        let before = answer(desk, name);
        let seen = desk.visible(name);
        let points = drill::points(desk, &run(name, source));
        Self {
            answers: [before, answer(desk, name)],
            verdicts: verdicts(desk, name),
            ..Self::passed(desk, start, source, name, points, seen)
        }
    }

    /// The same without a warehouse, for those who only look at the lake.
    pub(crate) fn of_stages(
        desk: &'a Desk,
        start: Option<&'a str>,
        source: &'a str,
        name: &str,
    ) -> Self {
        begin(desk, start, name);
        let seen = desk.visible(name);
        let stages = stages(name, source);
        let points = stages.iter().flat_map(|stage| drill::points(desk, stage));
        let points = points.collect();
        Self::passed(desk, start, source, name, points, seen)
    }

    /// What passing these points has left, where readers saw `seen` before.
    fn passed(
        desk: &'a Desk,
        start: Option<&'a str>,
        source: &'a str,
        name: &str,
        points: Vec<String>,
        seen: Visible,
    ) -> Self {
        let mut states = vec![seen];
        let whole = desk.visible(name);
        let key = |point: &String| point.strip_prefix("after commit ").map(ToOwned::to_owned);
        let mut seen: Vec<String> = states[0].keys().cloned().collect();
        for commit in points.iter().filter_map(key) {
            seen.extend(listed(&whole, &commit));
            seen.push(commit);
            let of_these = |key: &String| (key.clone(), whole[key].clone());
            states.push(seen.iter().map(of_these).collect());
        }
        assert_eq!(states.last(), Some(&whole), "a commit has no point");
        Self {
            desk,
            start,
            source,
            points,
            states,
            objects: objects(desk, name),
            answers: [Answer::NoneYet, Answer::NoneYet],
            verdicts: String::new(),
        }
    }

    /// Makes the lake from which the run starts.
    pub(crate) fn begin(&self, lake: &str) {
        begin(self.desk, self.start, lake);
    }

    /// The whole pipeline.
    pub(crate) fn run<'b>(&'b self, lake: &'b str) -> [&'b str; 7] {
        run(lake, self.source)
    }

    /// Only what the commit protocol needs of it, at a fifth of the time.
    pub(crate) fn stages<'b>(&'b self, lake: &'b str) -> [Vec<&'b str>; 3] {
        stages(lake, self.source)
    }

    /// A reader sees what was committed up to this point, whole, and nothing else.
    #[track_caller]
    pub(crate) fn assert_readers_see_the_commits_before(&self, number: usize, lake: &str) {
        let passed = &self.points[..number];
        let commits = passed
            .iter()
            .filter(|point| point.starts_with("after commit "));
        let expected = &self.states[commits.count()];
        let point = &self.points[number - 1];
        assert_same(&self.desk.visible(lake), expected, point);
    }

    /// The warehouse answers with the rows before or after the run; or it says that there
    /// are none, if there were none. Only while the run lives may it be in use.
    #[track_caller]
    pub(crate) fn assert_rows_of_one_state(&self, lake: &str, point: &str, lives: bool) {
        let answer = answer(self.desk, lake);
        let in_use = lives && answer == Answer::InUse;
        assert!(
            in_use || self.answers.contains(&answer),
            "{point}: {answer:?} is neither the state before nor the one after"
        );
    }

    /// The lake has what an undisturbed run writes, byte for byte, and no more.
    #[track_caller]
    pub(crate) fn assert_converged(&self, lake: &str, point: &str) {
        assert_same(&self.desk.visible(lake), self.states.last().unwrap(), point);
        assert_same(&objects(self.desk, lake), &self.objects, point);
        for folder in ["spool", "attempts"] {
            let left = files_below(&self.desk.path(lake).join(folder));
            assert!(left.is_empty(), "{point}: {left:?} was left behind");
        }
    }

    /// The warehouse, too.
    #[track_caller]
    pub(crate) fn assert_loaded(&self, lake: &str, point: &str) {
        assert_eq!(answer(self.desk, lake), self.answers[1], "{point}");
        assert_eq!(verdicts(self.desk, lake), self.verdicts, "{point}");
        assert!(self.desk.path(lake).join("report.html").exists(), "{point}");
    }
}

fn run<'a>(lake: &'a str, source: &'a str) -> [&'a str; 7] {
    ["run", "--lake", lake, "--source", source, "--threads", "2"]
}

/// A run without its warehouse.
pub(crate) fn stages<'a>(lake: &'a str, source: &'a str) -> [Vec<&'a str>; 3] {
    [
        vec!["ingest", "--lake", lake, "--source", source],
        vec!["validate", "--lake", lake],
        vec!["transform", "--lake", lake],
    ]
}

#[track_caller]
fn assert_same(found: &Visible, expected: &Visible, point: &str) {
    let keys = |seen: &Visible| seen.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(found), keys(expected), "{point}");
    for (key, bytes) in found {
        assert!(bytes == &expected[key], "{point}: {key} has other bytes");
    }
}

/// Keys that a commit lists and that readers read.
fn listed(whole: &Visible, commit: &str) -> Vec<String> {
    let commit: serde_json::Value = serde_json::from_slice(&whole[commit]).unwrap();
    let keys = |list: &str, name: &str| {
        let files = commit[list].as_array().unwrap();
        let keys = files
            .iter()
            .map(|file| file[name].as_str().unwrap().to_owned());
        keys.collect::<Vec<_>>()
    };
    [
        keys("data", "key"),
        keys("rejected", "key"),
        keys("sources", "raw_key"),
    ]
    .concat()
}

/// Objects that do not tell of an attempt.
pub(crate) fn objects(desk: &Desk, lake: &str) -> Visible {
    let bucket = desk.path(lake).join("s3/open-payments");
    let of_attempts = [
        "metadata/attempts/",
        "metadata/quality/",
        "metadata/lineage/",
    ];
    let key = |path: &Path| path.strip_prefix(&bucket).unwrap().display().to_string();
    let files = files_below(&bucket).into_iter();
    files
        .map(|path| (key(&path), fs::read(&path).unwrap()))
        .filter(|(key, _)| !of_attempts.iter().any(|prefix| key.starts_with(prefix)))
        .collect()
}

pub(crate) fn answer(desk: &Desk, lake: &str) -> Answer {
    let ended = desk.run(&["query", PAYMENTS, "--json", "--wait", "0s", "--lake", lake]);
    match ended.code {
        Some(0) => {
            let rows = &ended.json()["rows"][0]["payments"];
            Answer::Rows(rows.as_str().unwrap().to_owned())
        }
        Some(1) if ended.stderr.contains("run `capstone load`") => Answer::NoneYet,
        Some(3) if ended.stderr.contains("in use by") => Answer::InUse,
        _ => panic!("{ended:#?}"),
    }
}

fn verdicts(desk: &Desk, lake: &str) -> String {
    let ended = desk.run(&["query", VERDICTS, "--json", "--lake", lake]);
    ended.expect(0).json()["rows"][0]["verdicts"].to_string()
}

/// A copy of a lake, or no lake.
pub(crate) fn begin(desk: &Desk, start: Option<&str>, lake: &str) {
    if let Some(start) = start {
        copy(&desk.path(start), &desk.path(lake));
    }
}

/// Objects are replaced and never changed, so links will do; DuckDB writes into its file.
fn copy(from: &Path, to: &Path) {
    for path in files_below(from) {
        let below = path.strip_prefix(from).unwrap();
        let target = to.join(below);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        if below.starts_with("s3") {
            fs::hard_link(path, target).unwrap();
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}
