//! Quarantine equals the ledger of injected faults: every fault that must be rejected is,
//! for exactly its reasons and at its place, and nothing else is.
//!
//! `LEDGER_ROWS` sets the records per layout; a million of each is the long form.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use capstone::accounts::LakeState;
use capstone::clock::Clock;
use capstone::context::{self, Access, Capstone, Home, Place};
use capstone::ui::Ui;
use capstone::{commit, generate, ingest, source, transform, validate};
use duckdb::Connection;
use fixtures::layouts::Era;
use fixtures::{Expected, LedgerEntry, PublicationSpec, Spec, read_ledger};
use jiff::Timestamp;
use tokio::runtime::Runtime;
use week2_lake::{DataFile, DataKind, SourceFile};

/// Where and why: file, record number, line, first byte, reasons.
type Found = BTreeMap<(String, u64), (u64, u64, Vec<String>)>;

/// One program year per era, so that each layout is the newest of its partition.
const ERAS: [(i16, Era); 6] = [
    (2014, Era::A),
    (2015, Era::B),
    (2016, Era::C),
    (2017, Era::D),
    (2018, Era::E),
    (2021, Era::F),
];

struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

fn rows() -> u64 {
    std::env::var("LEDGER_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(4_000)
}

fn spec(publications: Vec<PublicationSpec>, file_faults: bool) -> Spec {
    Spec::new(publications, rows(), 7)
        .with_faults(0.02, file_faults)
        .with_threads(2)
}

fn capstone(folder: &Path, runtime: &Runtime, chunk_bytes: u64) -> Capstone {
    let place = Place::Folder(folder.to_owned());
    let home = Home::new(&place, None);
    Capstone {
        lake: context::open_lake(&place, Access::default(), &home, runtime.handle()).unwrap(),
        contract: context::contract().unwrap(),
        years: None,
        threads: 2,
        chunk_bytes,
        ui: Ui::new(true),
        lineage: capstone::lineage::Settings::default(),
        clock: Arc::new(Epoch),
        home,
    }
}

/// Generates and ingests; gives the ledger.
fn ingest_all(capstone: &Capstone, spec: &Spec) -> Vec<LedgerEntry> {
    let folder = capstone.home.source();
    let generated = generate::generate(spec, &folder).unwrap();
    capstone.lake.prepare(DataKind::Synthetic).unwrap();
    let source = source::discover(capstone, &folder.clone().into()).unwrap();
    let ingestion = ingest::ingest(capstone, &source).unwrap();
    assert_eq!(ingestion.problems, []);
    read_ledger(&generated.ledger).unwrap()
}

/// Generates, ingests, validates, transforms and commits; gives the ledger.
fn run(capstone: &Capstone, spec: &Spec) -> (Vec<LedgerEntry>, LakeState) {
    let ledger = ingest_all(capstone, spec);
    for ingested in LakeState::read(&capstone.lake).unwrap().wanted {
        validate::validate(capstone, &ingested).unwrap();
        let transformed = transform::transform(capstone, &ingested).unwrap();
        commit::commit(&capstone.lake, &ingested, transformed).unwrap();
    }
    (ledger, LakeState::read(&capstone.lake).unwrap())
}

/// What the ledger says must be rejected.
fn expected(ledger: &[LedgerEntry]) -> Found {
    let rejected = ledger.iter().filter_map(|entry| match &entry.expected {
        Expected::Rejected { reasons } => {
            let mut reasons = reasons.clone();
            reasons.sort();
            Some((
                (entry.file.clone(), entry.record?),
                (entry.line, entry.offset, reasons),
            ))
        }
        _ => None,
    });
    rejected.collect()
}

/// What quarantine holds.
fn quarantined(capstone: &Capstone, state: &LakeState) -> Found {
    let files: Vec<&DataFile> = state
        .commits
        .iter()
        .flat_map(|commit| &commit.manifest.rejected)
        .collect();
    let paths: Vec<String> = files
        .iter()
        .map(|file| format!("'{}'", capstone.lake.local_file(file).unwrap().display()))
        .collect();
    let connection = Connection::open_in_memory().unwrap();
    let sql = format!(
        "select file_name, record_number, line, byte_start, array_to_string(list_sort(reasons), '|') \
         from read_parquet([{}])",
        paths.join(",")
    );
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| {
        let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let reasons: String = row.get(4)?;
        let reasons = reasons.split('|').map(ToOwned::to_owned).collect();
        Ok(((row.get(0)?, number(1)?), (number(2)?, number(3)?, reasons)))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn assert_same(found: &Found, expected: &Found) {
    assert!(!expected.is_empty(), "the generator injected nothing");
    for (place, why) in expected {
        assert_eq!(found.get(place), Some(why), "{place:?} is in the ledger");
    }
    for (place, why) in found {
        assert!(
            expected.contains_key(place),
            "{place:?} was rejected for {why:?}, and is not in the ledger"
        );
    }
}

#[test]
fn quarantine_equals_the_fault_ledger_in_every_layout() {
    for (program_year, era) in ERAS {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let capstone = capstone(folder.path(), &runtime, 1 << 20);
        let publication = PublicationSpec::first(program_year).in_era(era);
        let (ledger, state) = run(&capstone, &spec(vec![publication], false));
        assert_same(&quarantined(&capstone, &state), &expected(&ledger));
        for account in state.accounts() {
            assert_eq!(
                account.read.rows,
                account.accepted.rows + account.rejected.rows,
                "{account:?}"
            );
            assert_eq!(
                account.read.cents,
                account.accepted.cents + account.rejected.cents,
                "{account:?}"
            );
        }
    }
}

#[test]
fn faults_of_whole_files_are_reported_and_cost_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let capstone = capstone(folder.path(), &runtime, 1 << 20);
    let publications = ERAS
        .map(|(year, era)| PublicationSpec::first(year).in_era(era))
        .to_vec();
    let (ledger, state) = run(&capstone, &spec(publications, true));
    assert_same(&quarantined(&capstone, &state), &expected(&ledger));
    let findings: Vec<(&str, &str)> = ledger
        .iter()
        .filter_map(|entry| match &entry.expected {
            Expected::Finding { finding } => Some((entry.file.as_str(), finding.as_str())),
            _ => None,
        })
        .collect();
    assert!(findings.len() >= 4, "{findings:?}");
    for (file, finding) in findings {
        let state = state
            .files
            .iter()
            .find(|state| state.account.file == file)
            .unwrap();
        let named = state.drift.iter().any(|drift| drift.starts_with(finding));
        assert!(named, "{file}: {finding} is not among {:?}", state.drift);
    }
}

#[test]
fn neither_chunk_size_nor_threads_change_a_committed_byte_or_row() {
    let runtime = Runtime::new().unwrap();
    let spec = spec(vec![PublicationSpec::first(2021)], false);
    let commits = |threads: usize, chunk_bytes: u64| {
        let folder = tempfile::tempdir().unwrap();
        let capstone = Capstone {
            threads,
            ..capstone(folder.path(), &runtime, chunk_bytes)
        };
        let (_, state) = run(&capstone, &spec);
        (quarantined(&capstone, &state), state.commits)
    };
    let (quarantine, one) = commits(1, 200_000);
    let (same_quarantine, three) = commits(3, 200_000);
    assert_eq!(one, three, "commits list every file with its SHA-256");
    assert_eq!(quarantine, same_quarantine);
    let (other_chunks, _) = commits(2, 1 << 20);
    assert_eq!(
        quarantine, other_chunks,
        "positions do not depend on chunks"
    );
}

#[test]
fn a_row_or_a_cent_that_goes_missing_stops_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let capstone = capstone(folder.path(), &runtime, 1 << 20);
    ingest_all(&capstone, &spec(vec![PublicationSpec::first(2021)], false));
    let ingested = LakeState::read(&capstone.lake).unwrap().wanted.remove(0);
    let attempt = |change: fn(&mut SourceFile)| {
        let mut transformed = transform::transform(&capstone, &ingested).unwrap();
        change(&mut transformed.sources[0]);
        commit::commit(&capstone.lake, &ingested, transformed)
    };
    for lost in [
        attempt(|source| source.accepted.rows -= 1),
        attempt(|source| source.accepted.cents -= 1),
        attempt(|source| source.rejected.cents += 1),
    ] {
        let error = lost.unwrap_err().to_string();
        assert!(error.contains("nothing was committed"), "{error}");
        assert_eq!(LakeState::read(&capstone.lake).unwrap().commits, []);
    }
    assert_eq!(
        attempt(|_| ()).unwrap(),
        1,
        "and the honest account is committed"
    );
}
