//! The benchmark through the real binary: both sides do the same work in every layout, a
//! difference is found wherever it is planted, and nothing is shown before. No test looks
//! at a time.

#[expect(dead_code, reason = "shared by all tests that drive the binary")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use capstone::bench::peer::PeerFiles;
use duckdb::Connection;
use fixtures::layouts::Era;
use fixtures::{PublicationSpec, Spec};
use serde_json::Value;
use support::{Desk, Ended};

/// Records of a test's file: with the faults below, most kinds of fault are among them.
const ROWS: u64 = 1_500;
/// Far more than real files have.
const FAULTS: f64 = 0.08;

/// Our lake and the peer's files of one generated file.
struct Pitch {
    desk: Desk,
    source: String,
    publication: PublicationSpec,
}

impl Pitch {
    /// Both sides have done their work on a file with many faults.
    fn played(publication: PublicationSpec) -> Self {
        let desk = Desk::new();
        let source = generated(&desk, publication, FAULTS);
        Self::play(desk, source, publication)
    }

    fn play(desk: Desk, source: String, publication: PublicationSpec) -> Self {
        let pitch = Self {
            desk,
            source,
            publication,
        };
        pitch
            .part(&["stage", "all", &pitch.source, "--lake", "lake"])
            .expect(0);
        pitch.peer().clear().unwrap();
        let script = pitch.about_delivery(&["job", "duckdb"]).expect(0).stdout;
        fs::write(pitch.desk.path("peer.sql"), script).unwrap();
        pitch.part(&["duckdb", "peer.sql"]).expect(0);
        pitch
    }

    fn part(&self, arguments: &[&str]) -> Ended {
        self.desk
            .run(&[&["bench-part", "--threads", "2"], arguments].concat())
    }

    fn about_delivery(&self, arguments: &[&str]) -> Ended {
        let year = self.publication.program_year.to_string();
        let published = self.publication.published.to_string();
        let delivery = [self.source.as_str(), "peer", &year, &published];
        self.part(&[arguments, &delivery].concat())
    }

    fn prove(&self) -> Ended {
        self.about_delivery(&["prove", "--lake", "lake"])
    }

    fn peer(&self) -> PeerFiles {
        PeerFiles::new(&self.desk.path("peer"), self.publication.program_year)
    }
}

/// Replaces a Parquet file by what a query makes of it, called `old`.
fn rewrite(file: &Path, query: &str) {
    let new = file.with_extension("new");
    let sql = format!(
        "COPY (WITH old AS (FROM '{}') {query}) TO '{}' (FORMAT parquet)",
        file.display(),
        new.display()
    );
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&sql).unwrap();
    fs::rename(new, file).unwrap();
}

/// A file of one publication.
fn generated(desk: &Desk, publication: PublicationSpec, faults: f64) -> String {
    let spec = Spec {
        ownership_rows: 0,
        ..Spec::new(vec![publication], ROWS, 7).with_faults(faults, false)
    };
    let generated = fixtures::generate(&spec, &desk.path("source")).unwrap();
    generated.files[0].path.display().to_string()
}

fn newest() -> PublicationSpec {
    PublicationSpec::first(2023)
}

#[test]
fn the_script_does_what_our_pipeline_does_in_every_layout() {
    for (year, era) in [
        (2013, Era::A),
        (2014, Era::B),
        (2014, Era::C),
        (2015, Era::D),
        (2019, Era::E),
        (2023, Era::F),
    ] {
        let pitch = Pitch::played(PublicationSpec::first(year).in_era(era));
        let proof = pitch.prove().expect(0).json();
        let count = |name: &str| proof[name].as_u64().unwrap();
        let all = count("accepted") + count("rejected");
        assert!(all >= ROWS, "{era:?}: {proof}");
        assert!(count("rejected") > ROWS / 50, "{era:?}: {proof}");
    }
}

/// One change of the peer's files, and what the error must say about it.
struct Plant {
    files: Vec<PathBuf>,
    query: &'static str,
    says: &'static [&'static str],
}

fn plants(peer: &PeerFiles) -> Vec<Plant> {
    let (plain, cleaned) = (
        peer.accepted().join("plain.parquet"),
        peer.accepted().join("cleaned.parquet"),
    );
    let (records, lines) = (
        peer.records().join("all.parquet"),
        peer.lines().join("all.parquet"),
    );
    vec![
        Plant {
            files: vec![plain.clone()],
            query: "SELECT * REPLACE (CASE WHEN record_id = (SELECT max(record_id) FROM old)
                THEN recipient_city || '.' ELSE recipient_city END AS recipient_city) FROM old",
            says: &[
                "typed rows differ",
                "1 are only ours",
                "1 are only the peer's",
            ],
        },
        Plant {
            files: vec![plain.clone()],
            query: "FROM old ORDER BY record_id OFFSET 1",
            says: &[
                "typed rows differ",
                "1 are only ours",
                "0 are only the peer's",
            ],
        },
        Plant {
            files: vec![plain.clone()],
            query: "FROM old UNION ALL (FROM old LIMIT 1)",
            says: &[
                "typed rows differ",
                "0 are only ours",
                "1 are only the peer's",
            ],
        },
        Plant {
            files: vec![plain, cleaned],
            query: "SELECT * REPLACE (total_amount_of_payment_usdollars::DOUBLE
                AS total_amount_of_payment_usdollars) FROM old",
            says: &[
                "total_amount_of_payment_usdollars",
                "DECIMAL(14,2)",
                "DOUBLE",
            ],
        },
        Plant {
            files: vec![records.clone()],
            query: "SELECT list_transform(reasons, lambda reason:
                replace(reason, 'out_of_range', 'invalid_value')) AS reasons, fields FROM old",
            says: &["rejected records differ", "out_of_range"],
        },
        Plant {
            files: vec![records],
            query: "SELECT reasons, fields[:-2] || [NULL] AS fields FROM old",
            says: &["rejected records differ"],
        },
        Plant {
            files: vec![lines.clone()],
            query: "FROM old ORDER BY byte_start OFFSET 1",
            says: &[
                "broken lines differ",
                "1 are only ours",
                "0 are only the peer's",
            ],
        },
        Plant {
            files: vec![lines],
            query: "SELECT * REPLACE ('open_quote' AS reason) FROM old",
            says: &["broken lines differ"],
        },
    ]
}

#[test]
fn a_difference_is_found_wherever_it_is_planted() {
    let pitch = Pitch::played(newest());
    for plant in plants(&pitch.peer()) {
        let kept: Vec<_> = plant
            .files
            .iter()
            .map(|file| fs::read(file).unwrap())
            .collect();
        for file in &plant.files {
            rewrite(file, plant.query);
        }
        pitch.prove().expect(1).says(plant.says);
        for (file, bytes) in plant.files.iter().zip(kept) {
            fs::write(file, bytes).unwrap();
        }
    }
    pitch.prove().expect(0);
}

#[test]
fn a_record_behind_an_open_quote_at_the_end_of_a_line_is_what_duckdb_loses() {
    let desk = Desk::new();
    let source = generated(&desk, newest(), 0.0);
    let sound = fs::read_to_string(&source).unwrap();
    let mut lines: Vec<String> = sound.lines().map(str::to_owned).collect();
    assert_eq!(lines[10].pop(), Some('"'));
    fs::write(&source, lines.join("\n") + "\n").unwrap();
    let pitch = Pitch::play(desk, source, newest());
    let proof = pitch.prove().expect(0).json();
    assert_eq!(proof["accepted"].as_u64(), Some(ROWS - 1));
    assert_eq!(
        proof["rejected"].as_u64(),
        Some(1),
        "ours rejects the line alone"
    );
    assert_eq!(proof["swallowed"].as_u64(), Some(1));
}

/// Without engines that the developer may have installed.
fn bench(desk: &Desk, arguments: &[&str], python: Option<&str>) -> Ended {
    let head = [
        "bench",
        "--sizes",
        "0.002",
        "--rounds",
        "1",
        "--threads",
        "1",
    ];
    let mut command = desk.capstone(&[&head, arguments].concat());
    command
        .env_remove("SPARK_PYTHON")
        .env_remove("POLARS_PYTHON");
    if let Some(python) = python {
        command.env("POLARS_PYTHON", python);
    }
    Ended::of(command.output().unwrap())
}

#[test]
fn a_benchmark_proves_and_measures() {
    let desk = Desk::new();
    let report = bench(&desk, &["--ablation", "--json"], None)
        .expect(0)
        .json();
    assert_eq!(report["machine"]["duckdb"], "v1.5.6");
    let comparisons = report["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 2, "without and with faults");
    for comparison in comparisons {
        let proof = &comparison["proof"];
        let proved = proof["accepted"].as_u64().unwrap() + proof["rejected"].as_u64().unwrap();
        assert_eq!(comparison["records"].as_u64(), Some(proved), "{comparison}");
        let engines = comparison["engines"].as_array().unwrap();
        let rounds: Vec<_> = engines.iter().map(rounds_of).collect();
        let expected = [
            ("ours_all", 1),
            ("duckdb", 1),
            ("polars", 0),
            ("spark", 0),
            ("ours_ingest", 1),
            ("ours_read", 1),
            ("ours_split", 1),
            ("ours_type", 1),
            ("ours_write", 1),
            ("ours_commit", 1),
        ];
        assert_eq!(rounds, expected);
        let note = engines[2]["note"].as_str().unwrap();
        assert!(note.starts_with("not available here"), "{note}");
    }
}

fn rounds_of(engine: &Value) -> (&str, usize) {
    let rounds = engine["rounds"].as_array().unwrap();
    (engine["engine"].as_str().unwrap(), rounds.len())
}

#[test]
fn a_file_is_made_once() {
    let desk = Desk::new();
    let made = || {
        bench(&desk, &["--faults", "0"], None)
            .expect(0)
            .says(&["equal results", "0 rejected"]);
        let files = support::files_below(&desk.path(".lake/bench/source"));
        let is_data = |file: &&PathBuf| file.extension().is_some_and(|kind| kind == "csv");
        let file = files.iter().find(is_data).unwrap().clone();
        let modified = fs::metadata(&file).unwrap().modified().unwrap();
        (file, modified)
    };
    assert_eq!(made(), made());
}

#[cfg(unix)]
#[test]
fn an_engine_with_another_result_gets_no_figure_and_on_sound_files_nobody_does() {
    let desk = Desk::new();
    // Starts, ends well, and does nothing.
    let ended = bench(&desk, &["--faults", "0.5%"], Some("true")).expect(0);
    ended.says(&["Polars for Python", "no figure, its result is another one"]);
    let ended = bench(&desk, &["--faults", "0"], Some("true")).expect(1);
    assert_eq!(ended.stdout, "", "no table");
    ended.says(&["error: ", "Polars for Python"]);
    let ended = bench(&desk, &["--faults", "0"], Some("false")).expect(1);
    ended.says(&["Polars for Python", "ended with exit status: 1"]);
}

#[test]
fn what_can_not_be_measured_is_a_usage_error() {
    let desk = Desk::new();
    bench(&desk, &["--layouts", "63"], None)
        .expect(2)
        .says(&["63 columns", "75 and 91"]);
    bench(&desk, &["--faults", "70%"], None)
        .expect(2)
        .says(&["share"]);
    let mut command = desk.capstone(&["bench", "--rounds", "0"]);
    Ended::of(command.output().unwrap()).expect(2);
    assert!(!desk.path(".lake").exists(), "nothing was made");
}
