//! The name of every object. Locked by a test: a changed name is a new lake format.

use jiff::civil::Date;

use crate::Partition;

/// What the lake is.
pub const IDENTITY: &str = "metadata/lake.json";

/// What an object is, as its key tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What the lake is.
    Identity,
    /// A delivered file.
    Raw,
    /// What was delivered for a publication.
    Ingested,
    /// Which version of an address was ingested.
    Source,
    /// The verdicts on a run.
    Validation,
    /// Rejected rows of a run.
    Quarantine,
    /// Typed rows of a run.
    Data,
    /// Rows and cents of a run.
    Audit,
    /// Everything a run wrote.
    Manifest,
    /// The state of a partition.
    Commit,
    /// How a publication differs from the one before it.
    Changes,
    /// One try.
    Attempt,
    /// Results of the quality rules of one attempt.
    Quality,
    /// What lineage tools are told of one attempt.
    Lineage,
}

impl Kind {
    /// All kinds with what their keys start with.
    const PREFIXES: &[(&str, Self)] = &[
        (IDENTITY, Self::Identity),
        ("raw/", Self::Raw),
        ("metadata/ingested/", Self::Ingested),
        ("metadata/sources/", Self::Source),
        ("metadata/validation/", Self::Validation),
        ("staging/rejected/", Self::Quarantine),
        ("curated/", Self::Data),
        ("metadata/audit/", Self::Audit),
        ("metadata/manifests/", Self::Manifest),
        ("metadata/commits/", Self::Commit),
        ("metadata/changes/", Self::Changes),
        ("metadata/attempts/", Self::Attempt),
        ("metadata/quality/", Self::Quality),
        ("metadata/lineage/", Self::Lineage),
    ];

    /// The kind of a key; `None` for a key that this module does not make. What belongs
    /// to a run must be named exactly so: such objects are removed by their kind.
    pub fn of(key: &str) -> Option<Self> {
        let (rest, kind) = Self::PREFIXES
            .iter()
            .find_map(|(prefix, kind)| Some((key.strip_prefix(prefix)?, *kind)))?;
        let shaped = match kind {
            Self::Data | Self::Quarantine => is_part(rest),
            Self::Validation | Self::Audit | Self::Manifest => is_document_of_a_run(rest),
            Self::Identity => rest.is_empty(),
            _ => true,
        };
        shaped.then_some(kind)
    }

    /// As the commit protocol calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Raw => "raw",
            Self::Ingested => "ingested",
            Self::Source => "source",
            Self::Validation => "validation",
            Self::Quarantine => "quarantine",
            Self::Data => "data",
            Self::Audit => "audit",
            Self::Manifest => "manifest",
            Self::Commit => "commit",
            Self::Changes => "changes",
            Self::Attempt => "attempt",
            Self::Quality => "quality",
            Self::Lineage => "lineage",
        }
    }
}

/// `dataset=<name>/program_year=<year>/<run>-part-<number>-<digest>.parquet`.
fn is_part(rest: &str) -> bool {
    let [dataset, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return false;
    };
    let stem = file.strip_suffix(".parquet").unwrap_or_default();
    let [run, "part", number, digest] = stem.split('-').collect::<Vec<_>>()[..] else {
        return false;
    };
    dataset.starts_with("dataset=")
        && year.starts_with("program_year=")
        && [run, digest].iter().all(|id| id.len() == 8 && is_hex(id))
        && number.len() >= 5
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `<dataset>/<year>/<run>.json`.
fn is_document_of_a_run(rest: &str) -> bool {
    let [_, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return false;
    };
    let run = file.strip_suffix(".json").unwrap_or_default();
    year.parse::<i16>().is_ok() && !run.is_empty() && is_hex(run)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A delivered file, under the name it was delivered by. Other bytes under the same name
/// stand in another folder, so nothing in raw is ever overwritten.
pub fn raw(partition: &Partition, publication: Date, sha256: &str, name: &str) -> String {
    let folder = raw_folder(partition, publication);
    format!("{folder}{}/{name}", short(sha256))
}

/// A curated Parquet file, named by its content.
pub fn curated(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    format!(
        "{}{}-part-{part:05}-{}.parquet",
        curated_folder(partition),
        short(run_id),
        short(sha256)
    )
}

/// A quarantine Parquet file, named by its content.
pub fn rejected(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    format!(
        "{}{}-part-{part:05}-{}.parquet",
        rejected_folder(partition),
        short(run_id),
        short(sha256)
    )
}

/// What was delivered for a publication: its files and their audits. A delivery that
/// comes again with other bytes replaces it; the bytes of both stay in raw.
pub fn ingested(partition: &Partition, publication: Date) -> String {
    format!(
        "metadata/ingested/{}/{}/{publication}.json",
        partition.dataset, partition.program_year
    )
}

/// Which version of an address was ingested; `id` stands for the address.
pub fn source(id: &str) -> String {
    format!("metadata/sources/{id}.json")
}

/// The verdicts on one run.
pub fn validation(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/validation/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// Rows and cents of one run by file.
pub fn audit(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/audit/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// Everything one run wrote.
pub fn manifest(partition: &Partition, run_id: &str) -> String {
    format!(
        "metadata/manifests/{}/{}/{run_id}.json",
        partition.dataset, partition.program_year
    )
}

/// All commits of a partition.
pub fn commits(partition: &Partition) -> String {
    format!(
        "metadata/commits/{}/{}/",
        partition.dataset, partition.program_year
    )
}

/// One commit. Twenty digits, so that names sort as numbers do.
pub fn commit(partition: &Partition, sequence: u64) -> String {
    format!("{}{sequence:020}.json", commits(partition))
}

/// How a publication differs from the one before it, named by what was compared.
pub fn changes(partition: &Partition, id: &str) -> String {
    format!(
        "metadata/changes/{}/{}/{id}.json",
        partition.dataset, partition.program_year
    )
}

/// The records that a publication lacks and the one before it had: Parquet. Named by its
/// content, like all that is listed.
pub fn tombstones(partition: &Partition, id: &str, sha256: &str) -> String {
    format!(
        "metadata/changes/{}/{}/{id}-{}.parquet",
        partition.dataset,
        partition.program_year,
        &sha256[..8]
    )
}

/// One try, successful or not.
pub fn attempt(attempt_id: &str) -> String {
    format!("metadata/attempts/{attempt_id}.json")
}

/// Results of the quality rules of one attempt.
pub fn quality(attempt_id: &str) -> String {
    format!("metadata/quality/{attempt_id}.json")
}

/// One of the two lineage events of an attempt: its start, or how it ended.
pub fn lineage(attempt_id: &str, is_end: bool) -> String {
    let event = if is_end { "2-end" } else { "1-start" };
    format!("metadata/lineage/{attempt_id}/{event}.json")
}

pub(crate) fn raw_folder(partition: &Partition, publication: Date) -> String {
    format!("raw/{}/publication={publication}/", hive(partition))
}

pub(crate) fn curated_folder(partition: &Partition) -> String {
    format!("curated/{}/", hive(partition))
}

pub(crate) fn rejected_folder(partition: &Partition) -> String {
    format!("staging/rejected/{}/", hive(partition))
}

/// The first eight digits of a digest; all of something shorter, which is none.
fn short(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}

fn hive(partition: &Partition) -> String {
    format!(
        "dataset={}/program_year={}",
        partition.dataset, partition.program_year
    )
}
