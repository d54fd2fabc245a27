//! Stage *ingest*: delivered files are audited, named and copied to the raw zone.
//!
//! Each file is read twice: once to learn what it is, once to copy it. The copy is
//! verified against the checksum of the first reading, so a file that changes in between
//! is noticed: its delivery waits. A file that can't be used is reported and does not stop
//! the others.

mod check;
mod copy;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use week1_schema::{Contract, Dataset, LayoutMap, MAX_HEADER, PROGRAM_YEAR, PUBLICATION_DATE};
use week2_ingestion::{
    AuditFields, Candidate, Choice, Delivery, Event, FileAudit, IngestManifest, ManifestFile,
    RunInput,
};
use week2_lake::Partition;

use crate::context::Capstone;
use crate::error::Stop;
use crate::parts;
use crate::source::{self, Source, SourceFile};
use crate::ui::{Bar, Ui};

pub(crate) use self::check::check;

/// Version of what the pipeline writes; part of every run id. Raise it when the same
/// input and contract give other output.
pub(crate) const SCHEMA_VERSION: u32 = 1;
/// Enough of a file to tell its program year: a few hundred records.
const GLANCE: u64 = 1 << 20;
/// How much is read at a time.
const BUFFER: usize = 1 << 20;

/// One delivery in the lake: what transformation starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingested {
    /// Content id of the run.
    pub run_id: String,
    /// Version of the contract in force.
    pub contract_version: String,
    /// What is delivered.
    pub delivery: Delivery,
    /// Its files in name order.
    pub files: Vec<IngestedFile>,
}

/// One file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestedFile {
    /// Where its bytes are in the lake.
    pub raw_key: String,
    /// Where its columns are.
    pub layout: LayoutMap,
    /// What is in it.
    pub audit: FileAudit,
}

/// A file that can't be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, or the delivery.
    pub subject: String,
    /// What is wrong with it.
    pub error: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.subject, self.error)
    }
}

/// What the stage did.
#[derive(Debug, Default)]
pub struct Ingestion {
    /// Deliveries that are in the lake now, in name order.
    pub deliveries: Vec<Ingested>,
    /// Files that are not.
    pub problems: Vec<Problem>,
}

/// A file that has been read once.
struct Audited {
    file: SourceFile,
    delivery: Delivery,
    layout: LayoutMap,
    audit: FileAudit,
}

impl Audited {
    fn facts(&self) -> (LayoutMap, FileAudit) {
        (self.layout.clone(), self.audit.clone())
    }

    fn candidate(&self) -> Candidate {
        Candidate {
            name: self.audit.name.clone(),
            sha256: self.audit.sha256.clone(),
            delivery: self.delivery.clone(),
        }
    }
}

impl Ingested {
    /// Its dataset and program year.
    pub fn partition(&self) -> Partition {
        Partition {
            dataset: self.delivery.dataset.clone(),
            program_year: self.delivery.program_year,
        }
    }

    /// Its files as they should be in the lake.
    fn manifest(&self) -> IngestManifest {
        let files = self.files.iter().map(|file| ManifestFile {
            name: file.audit.name.clone(),
            key: file.raw_key.clone(),
            size: file.audit.size,
            sha256: file.audit.sha256.clone(),
            records: file.audit.records,
        });
        IngestManifest {
            run_id: self.run_id.clone(),
            files: files.collect(),
        }
    }

    /// Records in its files.
    pub fn records(&self) -> u64 {
        self.files.iter().map(|file| file.audit.records).sum()
    }
}

/// Audits all files and brings those that can be used into the lake.
pub fn ingest(capstone: &Capstone, source: &Source) -> anyhow::Result<Ingestion> {
    let (audited, mut problems) = audit_all(capstone, &source.files);
    let years = audited.iter().map(|file| file.delivery.program_year);
    some_are_wanted(capstone, &years.collect())?;
    let deliveries = by_delivery(audited, capstone.years.as_ref(), &mut problems);
    let audits = Audits {
        deliveries,
        problems,
    };
    audits.store(capstone)
}

/// Files that have been read once.
pub struct Audits {
    deliveries: BTreeMap<Delivery, Vec<Audited>>,
    problems: Vec<Problem>,
}

/// Audits files of one program year, and changes nothing. A file of another year is a
/// problem, so that a year never touches its neighbour.
pub fn audit_year(capstone: &Capstone, program_year: i16, files: &[SourceFile]) -> Audits {
    let (audited, mut problems) = audit_all(capstone, files);
    let (audited, strays): (Vec<_>, Vec<_>) = audited
        .into_iter()
        .partition(|file| file.delivery.program_year == program_year);
    problems.extend(strays.into_iter().map(|file| Problem {
        subject: file.file.name,
        error: format!(
            "its first records are of program year {program_year}, and most of {}",
            file.delivery.program_year
        ),
    }));
    let deliveries = by_delivery(audited, None, &mut problems);
    Audits {
        deliveries,
        problems,
    }
}

impl Audits {
    /// Copies files to the raw zone, and then describes their deliveries.
    pub fn store(self, capstone: &Capstone) -> anyhow::Result<Ingestion> {
        let mut ingestion = Ingestion {
            deliveries: Vec::new(),
            problems: self.problems,
        };
        for (delivery, files) in self.deliveries {
            let audits = files.iter().map(Audited::facts).collect();
            let ingested = describe(capstone, delivery, audits);
            let changed = copy::to_raw(capstone, &files, &ingested)?;
            if !changed.is_empty() {
                // Part of a publication must not replace the whole.
                ingestion.problems.extend(changed);
                continue;
            }
            ingestion.deliveries.push(ingested);
        }
        Ok(ingestion)
    }
}

/// Asking for none of the years that are there is a mistake.
pub fn some_are_wanted(capstone: &Capstone, years: &BTreeSet<i16>) -> anyhow::Result<()> {
    if years.is_empty() || years.iter().any(|year| capstone.wants(*year)) {
        return Ok(());
    }
    let years: Vec<_> = years.iter().map(ToString::to_string).collect();
    let message = format!(
        "the source has program year {}, and none that --years asks for",
        years.join(", ")
    );
    Err(Stop::NotYet(message).into())
}

/// Reads every file once, several at a time.
fn audit_all(capstone: &Capstone, files: &[SourceFile]) -> (Vec<Audited>, Vec<Problem>) {
    let bar = capstone.ui.bytes("ingest", source::bytes(files));
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..capstone.threads.min(files.len()) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = audit(capstone, file, &bar);
                    results
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((file.clone(), result));
                }
            });
        }
    });
    bar.finish();
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by(|(left, _), (right, _)| left.cmp(right));
    let (mut audited, mut problems) = (Vec::new(), Vec::new());
    for (file, result) in results {
        match result {
            Ok(file) => audited.push(file),
            Err(error) => problems.push(Problem {
                subject: file.name,
                error: format!("{error:#}"),
            }),
        }
    }
    (audited, problems)
}

fn audit(capstone: &Capstone, file: &SourceFile, bar: &Bar) -> anyhow::Result<Audited> {
    let (delivery, layout, audit) = audit_first(capstone, file, u64::MAX, bar)?;
    parts::ingestion::emit(&Event::Audited {
        file: &audit.name,
        bytes: audit.size,
        records: audit.records,
        faulty: audit.faults.values().sum(),
    });
    Ok(Audited {
        file: file.clone(),
        delivery,
        layout,
        audit,
    })
}

/// What the first bytes of a file say that it delivers.
fn audit_first(
    capstone: &Capstone,
    file: &SourceFile,
    bytes: u64,
    bar: &Bar,
) -> anyhow::Result<(Delivery, LayoutMap, FileAudit)> {
    let reader = File::open(&file.path)
        .context("can't be opened")?
        .take(bytes);
    let (layout, audit) = audit_reader(capstone, &file.name, reader, bar)?;
    let name = parts::ingestion::parse_file_name(&file.name);
    let delivery =
        parts::ingestion::delivery_of(layout.dataset.as_str(), name.as_ref(), &audit.partitions)?;
    Ok((delivery, layout, audit))
}

/// Layout and audit of a file's bytes, wherever they come from.
pub(crate) fn audit_reader(
    capstone: &Capstone,
    name: &str,
    reader: impl Read,
    bar: &Bar,
) -> anyhow::Result<(LayoutMap, FileAudit)> {
    let mut reader = BufReader::with_capacity(BUFFER, reader);
    let mut header = Vec::new();
    reader
        .by_ref()
        .take(MAX_HEADER as u64 + 1)
        .read_until(b'\n', &mut header)
        .context("can't be read")?;
    let layout = parts::schema::recognise_line(&header, &capstone.contract)?;
    let fields = audit_fields(&capstone.contract, &layout);
    let mut builder =
        parts::ingestion::AuditBuilder::new(&header, layout.fields, fields, capstone.chunk_bytes);
    let read = builder.read(&mut reader, BUFFER, |length| bar.inc(length as u64));
    read.context("can't be read")?;
    Ok((layout, builder.finish(name)))
}

/// The program year of a file: by its name, which ingestion compares with the records;
/// where that does not tell, by the first records, and by all if need be.
pub fn program_year(capstone: &Capstone, file: &SourceFile) -> anyhow::Result<i16> {
    let named = parts::ingestion::parse_file_name(&file.name).and_then(|name| name.program_year);
    if let Some(year) = named {
        return Ok(year);
    }
    let bar = Ui::silent();
    let delivery = audit_first(capstone, file, GLANCE, &bar)
        .or_else(|_| audit_first(capstone, file, u64::MAX, &bar))?
        .0;
    Ok(delivery.program_year)
}

/// Where the columns stand that the audit reads.
fn audit_fields(contract: &Contract, layout: &LayoutMap) -> AuditFields {
    let Some(table) = contract.table(layout.dataset) else {
        return archived_fields(layout);
    };
    let source = |name: &str| table.position(name).and_then(|at| layout.source[at]);
    AuditFields {
        amount: table.amount.as_deref().and_then(source),
        program_year: source(PROGRAM_YEAR),
        publication: source(PUBLICATION_DATE),
    }
}

/// A dataset that is not modelled has no table; its known layout says where things are.
fn archived_fields(layout: &LayoutMap) -> AuditFields {
    let known = fixtures::layouts::by_id(&layout.layout);
    let position = |name: &str| known?.position(name);
    AuditFields {
        amount: position("Total_Amount_of_Payment_USDollars"),
        program_year: position("Program_Year"),
        publication: position("Payment_Publication_Date"),
    }
}

/// Files by what they deliver, as far as checkpoint 2.1 lets them in. Raw keeps every
/// publication: that a newer one is there does not matter yet.
fn by_delivery(
    audited: Vec<Audited>,
    years: Option<&RangeInclusive<i16>>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Delivery, Vec<Audited>> {
    let candidates: Vec<Candidate> = audited.iter().map(Audited::candidate).collect();
    let choices = parts::ingestion::choose(&candidates, years);
    let mut deliveries: BTreeMap<Delivery, Vec<Audited>> = BTreeMap::new();
    for (file, choice) in audited.into_iter().zip(choices) {
        match choice {
            Choice::Newest | Choice::Older { .. } => {
                deliveries
                    .entry(file.delivery.clone())
                    .or_default()
                    .push(file);
            }
            Choice::Repeated { same_as } => parts::ingestion::emit(&Event::Repeated {
                file: &file.audit.name,
                same_as: &same_as,
            }),
            Choice::Contradicted { name } => problems.push(Problem {
                subject: file.file.name,
                error: format!(
                    "its delivery has two files named {name} with different bytes: remove one"
                ),
            }),
            Choice::OtherYear => {}
        }
    }
    deliveries
}

/// A delivery as the lake describes it, from the audits of its files in name order.
pub(crate) fn describe(
    capstone: &Capstone,
    delivery: Delivery,
    files: Vec<(LayoutMap, FileAudit)>,
) -> Ingested {
    let partition = Partition {
        dataset: delivery.dataset.clone(),
        program_year: delivery.program_year,
    };
    let content = files
        .iter()
        .map(|(_, audit)| (audit.name.clone(), audit.size, audit.sha256.clone()));
    let run_id = run_id(capstone, &delivery, &content.collect::<Vec<_>>());
    let describe_file = |(layout, audit): (LayoutMap, FileAudit)| IngestedFile {
        raw_key: parts::lake::raw_key(&partition, delivery.publication, &audit.sha256, &audit.name),
        layout,
        audit,
    };
    Ingested {
        run_id,
        contract_version: capstone.contract.version.clone(),
        files: files.into_iter().map(describe_file).collect(),
        delivery,
    }
}

/// The id of a run on these files: name, size and SHA-256 of each, in name order.
pub(crate) fn run_id(
    capstone: &Capstone,
    delivery: &Delivery,
    files: &[(String, u64, String)],
) -> String {
    parts::ingestion::run_id(&RunInput {
        contract_version: &capstone.contract.version,
        schema_version: SCHEMA_VERSION,
        delivery,
        files,
    })
}

/// The dataset of a delivery.
pub fn dataset_of(ingested: &Ingested) -> Option<Dataset> {
    Dataset::ALL
        .into_iter()
        .find(|dataset| dataset.as_str() == ingested.delivery.dataset)
}
