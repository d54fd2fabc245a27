// What several items need: the contract, generated files, and their records.

use std::fs;
use std::sync::LazyLock;

use fixtures::layouts::{Era, Layout, by_id};
use fixtures::{Expected, FaultKind, GeneratedFile, PublicationSpec, Spec, generate, read_ledger};
use proptest::test_runner::Config;
use week1_schema::solution::{CONTRACT_YAML, read_contract, recognise_line};
use week1_schema::{Contract, Dataset, LayoutMap, Row, Table};

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| read_contract(CONTRACT_YAML).expect("the committed contract is valid"));

/// The contract as committed.
pub(crate) fn contract() -> &'static Contract {
    &CONTRACT
}

/// One table of it.
pub(crate) fn table(dataset: Dataset) -> &'static Table {
    contract().table(dataset).expect("a modelled dataset")
}

/// The columns of a known layout.
pub(crate) fn columns(id: &str) -> Vec<&'static str> {
    layout(id).columns.clone()
}

/// A known layout.
pub(crate) fn layout(id: &str) -> &'static Layout {
    by_id(id).expect("a known layout")
}

/// 64 cases, or what `PROPTEST_CASES` says.
pub(crate) fn cases() -> Config {
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 64;
    }
    config.failure_persistence = None;
    config
}

/// A generated general file, read.
pub(crate) struct Delivered {
    /// Its layout's id.
    pub(crate) layout: &'static str,
    /// Where its columns stand, by the reference.
    pub(crate) map: LayoutMap,
    /// Its records in order; in a faulty file those of the ledger.
    pub(crate) records: Vec<Record>,
}

/// One record, and what the ledger says of it.
pub(crate) struct Record {
    /// Quotes removed.
    pub(crate) fields: Vec<String>,
    /// Where it was damaged.
    pub(crate) fault: Option<(FaultKind, Expected)>,
}

impl Delivered {
    /// A record, seen through the layout, by a contract's general table.
    pub(crate) fn row<'a>(&'a self, record: &'a Record, table: &'a Table) -> Row<'a> {
        Row {
            table,
            map: &self.map,
            fields: &record.fields,
        }
    }
}

/// One file in every layout of general payments, none of them dirty.
pub(crate) fn clean() -> &'static [Delivered] {
    static CLEAN: LazyLock<Vec<Delivered>> = LazyLock::new(|| {
        deliver(&spec(300, 11), |bytes, _| {
            let clean = |fields| Record {
                fields,
                fault: None,
            };
            split(bytes).skip(1).map(clean).collect()
        })
    });
    &CLEAN
}

/// The damaged records of dirty files in every layout: those that are records at all.
pub(crate) fn dirty() -> &'static [Delivered] {
    static DIRTY: LazyLock<Vec<Delivered>> = LazyLock::new(|| {
        // With this seed every kind of fault is there; hospitals are rare.
        let spec = spec(400, 42).with_faults(0.5, false);
        deliver(&spec, |bytes, faults| {
            let whole = |fault: &&(u64, FaultKind, Expected)| !is_structural(fault.1);
            let record = |(offset, kind, expected): &(u64, FaultKind, Expected)| {
                let at = usize::try_from(*offset).expect("a small file");
                Record {
                    fields: split(&bytes[at..]).next().expect("a record"),
                    fault: Some((*kind, expected.clone())),
                }
            };
            faults.iter().filter(whole).map(record).collect()
        })
    });
    &DIRTY
}

/// Faults that leave no record to judge.
fn is_structural(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::ShortRecord
            | FaultKind::LongRecord
            | FaultKind::OpenQuote
            | FaultKind::StrayQuote
            | FaultKind::InvalidUtf8
            | FaultKind::TruncatedRecord
    )
}

/// A publication in each layout, of program years that CMS published in it.
fn spec(rows: u64, seed: u64) -> Spec {
    let publications = [
        PublicationSpec::first(2013),
        PublicationSpec::first(2014),
        PublicationSpec::first(2015),
        PublicationSpec::on(
            2015,
            "2022-06-30".parse().expect("a day"),
            fixtures::Edition::First,
        ),
        PublicationSpec::first(2018),
        PublicationSpec::first(2023),
    ];
    let mut spec = Spec::new(publications.to_vec(), rows, seed);
    spec.ownership_rows = 0;
    let eras: Vec<Era> = spec.publications.iter().map(|one| one.era).collect();
    assert_eq!(eras, [Era::A, Era::B, Era::C, Era::D, Era::E, Era::F]);
    spec
}

fn deliver(
    spec: &Spec,
    records: impl Fn(&[u8], &[(u64, FaultKind, Expected)]) -> Vec<Record>,
) -> Vec<Delivered> {
    let folder = tempfile::tempdir().expect("a folder");
    let generated = generate(spec, folder.path()).expect("files");
    let ledger = read_ledger(&generated.ledger).expect("a ledger");
    let file = |file: &GeneratedFile| {
        let bytes = fs::read(&file.path).expect("a generated file");
        let line = bytes.split_inclusive(|byte| *byte == b'\n').next();
        let faults: Vec<_> = ledger
            .iter()
            .filter(|entry| entry.file == file.name && entry.record.is_some())
            .map(|entry| (entry.offset, entry.kind, entry.expected.clone()))
            .collect();
        Delivered {
            layout: file.layout.id,
            map: recognise_line(line.expect("a header"), contract()).expect("a known header"),
            records: records(&bytes, &faults),
        }
    };
    generated.files.iter().map(file).collect()
}

/// The records of a CSV text, one at a time: a broken one further on does not matter to
/// whoever wants the first.
fn split(bytes: &[u8]) -> impl Iterator<Item = Vec<String>> {
    let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
        .into_byte_records()
        .map(move |record| record.expect("CSV").iter().map(text).collect())
}

/// The bytes of a clean file of 2023 in the newest layout.
pub(crate) fn newest_file() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut spec = Spec::new(vec![PublicationSpec::first(2023)], 200, 5);
    spec.ownership_rows = 0;
    let generated = generate(&spec, folder.path()).expect("a file");
    fs::read(&generated.files[0].path).expect("a generated file")
}
