//! What the report says, as plain data: collected once, then only formatted.
//!
//! Money is in US cents and never a float, so that the page adds up to the cent.

use serde::Serialize;
use week7_quality::Unit;

/// Whether the warehouse holds real people's payments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    /// Generated: nobody on the page exists.
    Synthetic,
    /// As CMS published it.
    Real,
    /// The lake does not say.
    #[default]
    Unknown,
}

/// The figures at the top.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Headline {
    /// Payments in the fact table.
    pub records: i64,
    /// Their sum, in cents.
    pub cents: i64,
    /// Companies that paid, by company id.
    pub companies: i64,
    /// Recipients that were paid, by recipient id.
    pub recipients: i64,
    /// Ownership interests in their fact table.
    pub interests: i64,
    /// Dollars invested in them, in cents.
    pub invested_cents: i64,
    /// Publications read: distinct (dataset, program year, publication date).
    pub publications: i64,
    /// How many of them a newer one has replaced.
    pub superseded_publications: i64,
}

/// One month of payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// Payments made in it.
    pub records: i64,
    /// Their sum, in cents.
    pub cents: i64,
}

/// One program year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Year {
    /// Program year.
    pub year: i32,
    /// The publication that its rows come from, `YYYY-MM-DD`.
    pub publication: Option<String>,
    /// Payments.
    pub records: i64,
    /// Their sum, in cents.
    pub cents: i64,
    /// The middle payment, in cents.
    pub median_cents: i64,
    /// Distinct companies that paid.
    pub companies: i64,
    /// Distinct recipients that were paid.
    pub recipients: i64,
}

/// One line of a ranking by dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// A company, product, specialty or nature of payment.
    pub name: String,
    /// What kind of thing it is, where that helps.
    pub note: Option<String>,
    /// Payments.
    pub records: i64,
    /// Their sum, in cents.
    pub cents: i64,
}

/// One reason for rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The code, such as `invalid_value:recipient_state`.
    pub code: String,
    /// Records that it applies to; a record can have several reasons.
    pub records: i64,
    /// Sum of their readable amounts, in cents.
    pub cents: i64,
    /// The first such record.
    pub example_file: String,
    /// Its number in the file, from 1.
    pub example_record: i64,
    /// The line that it starts on, from 1.
    pub example_line: Option<i64>,
}

/// One account: read = accepted + rejected + superseded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// In the file.
    pub read: i64,
    /// In the curated zone.
    pub accepted: i64,
    /// In quarantine.
    pub rejected: i64,
    /// Replaced by a newer publication.
    pub superseded: i64,
}

impl Account {
    /// Whether the identity holds.
    pub const fn balances(self) -> bool {
        self.read == self.accepted + self.rejected + self.superseded
    }
}

/// One source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// As delivered.
    pub name: String,
    /// general, ownership, removed or research.
    pub dataset: String,
    /// Id of the layout that its header has.
    pub layout: Option<String>,
    /// Program year.
    pub program_year: Option<i32>,
    /// Publication date, `YYYY-MM-DD`.
    pub publication: Option<String>,
    /// committed, superseded or archived.
    pub status: String,
    /// Size in bytes.
    pub bytes: i64,
    /// How the header departs from its layout.
    pub drift: Option<String>,
    /// In records; `None` for a file that is only archived.
    pub records: Option<Account>,
    /// In cents; `None` for a file that is only archived.
    pub cents: Option<Account>,
}

/// One quality result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualityRow {
    /// Id of the rule.
    pub rule: String,
    /// The question in words.
    pub question: String,
    /// completeness, uniqueness, validity, consistency or accounting.
    pub dimension: String,
    /// fail or warn.
    pub severity: String,
    /// passed, warned or failed.
    pub status: String,
    /// How to show the number.
    pub unit: Unit,
    /// The number measured.
    pub observed: Option<f64>,
    /// The bound in words.
    pub expected: String,
    /// Rows that break the rule, where they can be counted.
    pub failing_rows: Option<i64>,
    /// Why it did not pass.
    pub detail: Option<String>,
}

/// One try at running the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// Its `UUIDv7`.
    pub id: String,
    /// The command line's command.
    pub command: String,
    /// `YYYY-MM-DD HH:MM:SS`, UTC.
    pub started_at: Option<String>,
    /// Seconds to its end; `None` while it runs.
    pub seconds: Option<f64>,
    /// succeeded, failed or running.
    pub outcome: String,
    /// What stopped it.
    pub error: Option<String>,
    /// Files seen.
    pub files: Option<i64>,
    /// Records read.
    pub records_read: Option<i64>,
    /// Records accepted.
    pub records_accepted: Option<i64>,
    /// Records rejected.
    pub records_rejected: Option<i64>,
}

/// One committed run: a (dataset, program year, publication).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Hex, derived from the content.
    pub id: String,
    /// Dataset.
    pub dataset: String,
    /// Program year.
    pub program_year: i32,
    /// Publication date, `YYYY-MM-DD`.
    pub publication: Option<String>,
    /// Number of its commit.
    pub sequence: i64,
    /// Contract that typed it.
    pub contract_version: Option<String>,
    /// Parquet files.
    pub data_files: i64,
    /// Their size.
    pub data_bytes: i64,
    /// Rows in them.
    pub records_accepted: i64,
}

/// Everything that the page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReportData {
    /// Synthetic or real.
    pub data_kind: DataKind,
    /// Version of the data contract.
    pub contract_version: Option<String>,
    /// The figures at the top.
    pub headline: Headline,
    /// Months with payments and those between them in the same program year, in order.
    pub months: Vec<Month>,
    /// Program years, in order.
    pub years: Vec<Year>,
    /// Companies with the most dollars.
    pub companies: Vec<Ranked>,
    /// Every nature of payment, most dollars first.
    pub natures: Vec<Ranked>,
    /// Products with the most dollars.
    pub products: Vec<Ranked>,
    /// Specialties with the most dollars.
    pub specialties: Vec<Ranked>,
    /// Reasons for rejection, most records first.
    pub quarantine: Vec<Reason>,
    /// Source files.
    pub files: Vec<FileRow>,
    /// Quality results; empty where the stage has not run.
    pub quality: Vec<QualityRow>,
    /// The newest tries, newest first.
    pub attempts: Vec<Attempt>,
    /// Committed runs.
    pub runs: Vec<Run>,
}

impl ReportData {
    /// The accounts of all files that were read, added up.
    pub fn records(&self) -> Account {
        total(self.files.iter().filter_map(|file| file.records))
    }

    /// The same in cents.
    pub fn cents(&self) -> Account {
        total(self.files.iter().filter_map(|file| file.cents))
    }
}

fn total(accounts: impl Iterator<Item = Account>) -> Account {
    accounts.fold(Account::default(), |sum, one| Account {
        read: sum.read + one.read,
        accepted: sum.accepted + one.accepted,
        rejected: sum.rejected + one.rejected,
        superseded: sum.superseded + one.superseded,
    })
}
