//! What an attempt read and wrote, told from what it left behind: its summary, and the
//! documents of the lake. Stages do not report to lineage; so none can forget to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use week1_schema::{Table, ValueType};
use week2_lake::{Commit, DataFile, Partition, keys};
use week3_validation::{Validation, Verdict};
use week4_modeling::{Compiled, Materialization};
use week7_audit::{Assertion, ColumnSource, Dataset, Field, Lifecycle, Metrics, Size, TestResult};
use week7_quality::{Severity, Status};

use crate::accounts::LakeState;
use crate::attempt::Attempt;
use crate::context::Capstone;
use crate::ingest::{Ingested, IngestedFile, dataset_of};
use crate::parts;
use crate::quality::QualityReport;
use crate::source::{Location, Source, SourceFile};
use crate::summary::{DeliveryLine, RunSummary};

/// Schema of the tables that questions are put to.
const MARTS: &str = "marts";

/// A delivered file, as its dataset is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    namespace: String,
    name: String,
    file: String,
}

impl Delivered {
    /// The files of a source. What was fetched or unpacked is called by where it came from,
    /// not by its copy below `spool`.
    pub fn files(location: &Location, source: &Source, spool: &Path) -> Vec<Self> {
        let one = |file: &SourceFile| {
            let is_copy = file.path.starts_with(spool);
            let (namespace, name) = match location {
                Location::Url(url) => parts::audit::url_file(url.as_str()).unwrap_or_default(),
                Location::Path(path) if is_copy => parts::audit::local_file(&zip_of(path, file)),
                Location::Path(_) => parts::audit::local_file(&absolute(&file.path)),
            };
            // What was unpacked, or came in pages, has no place of its own.
            let is_itself = name.rsplit('/').next() == Some(&file.name);
            let name = if is_itself {
                name
            } else {
                format!("{name}/{}", file.name)
            };
            Self {
                namespace,
                name,
                file: file.name.clone(),
            }
        };
        source.files.iter().map(one).collect()
    }
}

/// The zip that a file was unpacked from: `path` itself, or one in that folder.
fn zip_of(path: &Path, file: &SourceFile) -> String {
    let zip = file.path.parent().and_then(Path::file_name);
    match zip {
        Some(zip) if path.file_name() != Some(zip) => absolute(&path.join(zip)),
        _ => absolute(path),
    }
}

fn absolute(path: &Path) -> String {
    let absolute = std::path::absolute(path);
    absolute.as_deref().unwrap_or(path).display().to_string()
}

/// What is known of an attempt's work besides its record.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// What it found.
    pub summary: &'a RunSummary,
    /// The files that it was given.
    pub delivered: &'a [Delivered],
}

/// Everything that the datasets are told from.
struct Teller<'a> {
    capstone: &'a Capstone,
    work: Work<'a>,
    state: LakeState,
    stages: BTreeSet<&'static str>,
}

impl Work<'_> {
    /// Why the attempt failed.
    pub fn reason(&self, attempt: &Attempt) -> String {
        let summary = self.summary;
        let published = summary
            .warehouse
            .iter()
            .flat_map(|warehouse| &warehouse.failures);
        let discrepancies = summary.discrepancies.iter().map(ToString::to_string);
        let first = attempt.error.clone().into_iter();
        let mut reasons = first.chain(discrepancies).chain(published.cloned()).chain(
            summary
                .quality
                .iter()
                .filter(|quality| !quality.gate_open())
                .map(|quality| format!("{} quality rules failed", quality.failed)),
        );
        reasons
            .next()
            .unwrap_or_else(|| "not everything was done".to_owned())
    }

    /// Datasets and tests.
    pub(super) fn facts(
        &self,
        capstone: &Capstone,
        attempt: &Attempt,
    ) -> anyhow::Result<(Vec<Dataset>, Vec<TestResult>)> {
        let stages = self.summary.stages.iter().map(|line| line.stage).collect();
        let teller = Teller {
            capstone,
            work: *self,
            state: LakeState::read(&capstone.lake)?,
            stages,
        };
        let mut datasets = teller.deliveries()?;
        datasets.extend(teller.warehouse()?);
        Ok((datasets, teller.tests(attempt)?))
    }
}

impl Teller<'_> {
    fn line(&self, ingested: &Ingested) -> Option<&DeliveryLine> {
        let mut lines = self.work.summary.deliveries.iter();
        lines.find(|line| line.run_id == ingested.run_id)
    }

    fn delivered(&self, file: &IngestedFile) -> Option<&Delivered> {
        let mut delivered = self.work.delivered.iter();
        delivered.find(|delivered| delivered.file == file.audit.name)
    }

    /// Source files, raw objects and committed partitions.
    fn deliveries(&self) -> anyhow::Result<Vec<Dataset>> {
        let mut datasets: Vec<Dataset> = self.work.delivered.iter().map(source_file).collect();
        for ingested in self.capstone.lake.ingested()? {
            let came = ingested
                .files
                .iter()
                .any(|file| self.delivered(file).is_some());
            let committed = self.state.commit(&ingested.partition());
            let committed =
                committed.is_some_and(|commit| commit.manifest.run_id == ingested.run_id);
            let judged = self.stages.contains("validate")
                && !committed
                && self.capstone.wants(ingested.delivery.program_year);
            if came || judged || self.line(&ingested).is_some() {
                datasets.extend(self.delivery(&ingested)?);
            }
        }
        Ok(datasets)
    }

    fn delivery(&self, ingested: &Ingested) -> anyhow::Result<Vec<Dataset>> {
        let line = self.line(ingested);
        let unchanged = line.is_some_and(|line| line.outcome == "unchanged");
        let mut datasets = Vec::new();
        let mut headers = Vec::new();
        let assertions = if unchanged {
            Vec::new()
        } else {
            self.verdicts(ingested)?
        };
        for file in &ingested.files {
            let header = self.header(file)?;
            let came = self.delivered(file).map(source_file);
            if let Some(source) = came.clone() {
                datasets.push(Dataset {
                    fields: text_fields(&header),
                    size: size_of_file(file),
                    ..source
                });
            }
            if !unchanged {
                let of_file = assertions
                    .iter()
                    .filter(|(name, _)| *name == file.audit.name);
                datasets.push(Dataset {
                    assertions: of_file.map(|(_, assertion)| assertion.clone()).collect(),
                    read: self.stages.contains("validate") || self.stages.contains("transform"),
                    written: came.is_some() && self.stages.contains("ingest"),
                    ..self.raw(ingested, file, &header)
                });
            }
            headers.push(header);
        }
        if line.is_some_and(|line| line.outcome == "committed") {
            let commit = self.state.commit(&ingested.partition());
            let commit = commit.filter(|commit| commit.manifest.run_id == ingested.run_id);
            // Another process may have committed a newer one since.
            if let Some(commit) = commit {
                datasets.extend(self.committed(ingested, commit, &headers));
            }
        }
        Ok(datasets)
    }

    fn object(&self, key: &str) -> Dataset {
        let (namespace, name) = parts::audit::s3_object(&self.capstone.lake.url(), key);
        Dataset {
            namespace,
            name,
            ..Dataset::default()
        }
    }

    /// The columns of a file in the raw zone, as its header spells them.
    fn header(&self, file: &IngestedFile) -> anyhow::Result<Vec<String>> {
        let line = self
            .capstone
            .lake
            .range(&file.raw_key, 0..file.audit.header_bytes)?;
        let (names, _) = parts::schema::parse_header(&line)?;
        Ok(names)
    }

    fn raw(&self, ingested: &Ingested, file: &IngestedFile, header: &[String]) -> Dataset {
        Dataset {
            description: Some("A file as CMS delivered it, unchanged.".into()),
            fields: text_fields(header),
            version: Some(file.audit.sha256.clone()),
            size: size_of_file(file),
            metrics: self.metrics(ingested, file, header),
            ..self.object(&file.raw_key)
        }
    }

    fn table(&self, ingested: &Ingested) -> Option<&Table> {
        dataset_of(ingested).and_then(|dataset| self.capstone.contract.table(dataset))
    }

    /// The sum of amounts, which ingestion counts.
    fn metrics(&self, ingested: &Ingested, file: &IngestedFile, header: &[String]) -> Metrics {
        let amount = self.table(ingested).and_then(|table| {
            let canonical = table.position(table.amount.as_deref()?)?;
            header.get(file.layout.source.get(canonical).copied()??)
        });
        let faulty: u64 = file.audit.faults.values().sum();
        let counted = file
            .audit
            .records
            .saturating_sub(faulty + file.audit.without_amount);
        let sum = amount.map(|column| (column.clone(), (file.audit.cents as f64 / 100.0, counted)));
        Metrics {
            sums: sum.into_iter().collect(),
        }
    }

    /// What validation found, by file.
    fn verdicts(&self, ingested: &Ingested) -> anyhow::Result<Vec<(String, Assertion)>> {
        let key = keys::validation(&ingested.partition(), &ingested.run_id);
        let validation: Option<Validation> = self.capstone.lake.read_json(&key)?;
        let checks = validation.filter(|_| self.stages.contains("validate"));
        let assertion = |check: week3_validation::Check| {
            let assertion = Assertion {
                name: check.name,
                success: check.verdict == Verdict::Passed,
                blocking: check.verdict == Verdict::Failed,
                actual: Some(check.found),
            };
            (check.file, assertion)
        };
        Ok(checks.map_or(Vec::new(), |validation| {
            validation.checks.into_iter().map(assertion).collect()
        }))
    }

    /// The partition that a commit states, and its quarantine.
    fn committed(
        &self,
        ingested: &Ingested,
        commit: &Commit,
        headers: &[Vec<String>],
    ) -> Vec<Dataset> {
        let manifest = &commit.manifest;
        let lifecycle = if commit.sequence == 1 {
            Lifecycle::Create
        } else {
            Lifecycle::Overwrite
        };
        let table = self.table(ingested);
        let mut datasets = vec![Dataset {
            description: Some("Typed rows of one dataset and program year.".into()),
            fields: table.map_or(Vec::new(), contract_fields),
            columns: table.map_or(BTreeMap::new(), |table| {
                self.columns(ingested, table, headers)
            }),
            version: Some(manifest.run_id.clone()),
            lifecycle: Some(lifecycle),
            size: size_of_files(&manifest.data),
            written: true,
            ..self.partition(&manifest.partition)
        }];
        if !manifest.rejected.is_empty() {
            let key = format!("staging/rejected/{}", hive(&manifest.partition));
            datasets.push(Dataset {
                description: Some("Rows that broke a rule, each with its reasons.".into()),
                version: Some(manifest.run_id.clone()),
                lifecycle: Some(lifecycle),
                size: size_of_files(&manifest.rejected),
                written: true,
                ..self.object(&key)
            });
        }
        datasets
    }

    fn partition(&self, partition: &Partition) -> Dataset {
        self.object(&format!("curated/{}", hive(partition)))
    }

    /// Canonical columns by the columns of the files that they were read from.
    fn columns(
        &self,
        ingested: &Ingested,
        table: &Table,
        headers: &[Vec<String>],
    ) -> BTreeMap<String, Vec<ColumnSource>> {
        let mut columns: BTreeMap<String, Vec<ColumnSource>> = BTreeMap::new();
        for (file, header) in ingested.files.iter().zip(headers) {
            let raw = self.object(&file.raw_key);
            for (column, at) in table.columns.iter().zip(&file.layout.source) {
                let Some(field) = at.and_then(|at| header.get(at)) else {
                    continue;
                };
                columns
                    .entry(column.name.clone())
                    .or_default()
                    .push(ColumnSource {
                        namespace: raw.namespace.clone(),
                        name: raw.name.clone(),
                        field: field.clone(),
                        transformation: transformation(column.value_type).map(str::to_owned),
                    });
            }
        }
        columns
    }

    /// Committed partitions into tables, tables into verdicts and a page.
    fn warehouse(&self) -> anyhow::Result<Vec<Dataset>> {
        let built = self.work.summary.warehouse.as_ref();
        let built = built.filter(|built| built.published && !built.unchanged);
        let asked = ["quality", "report"]
            .iter()
            .any(|stage| self.stages.contains(stage));
        if built.is_none() && !asked {
            return Ok(Vec::new());
        }
        let options = week4_modeling::CompileOptions::default();
        let project = parts::modeling::compile(&parts::modeling::embedded(), &options)?;
        let mut datasets = Vec::new();
        if let Some(built) = built {
            for commit in &self.state.commits {
                let manifest = &commit.manifest;
                datasets.push(Dataset {
                    version: Some(manifest.run_id.clone()),
                    size: size_of_files(&manifest.data),
                    read: true,
                    ..self.partition(&manifest.partition)
                });
            }
            for report in &built.models {
                let model = project
                    .models
                    .iter()
                    .find(|model| model.name == report.name);
                let size = Size {
                    rows: report.rows,
                    ..Size::default()
                };
                datasets.extend(model.map(|model| Dataset {
                    size,
                    written: true,
                    ..self.model(model)
                }));
            }
        }
        if asked {
            let marts = project.models.iter().filter(|model| is_asked(model));
            datasets.extend(marts.map(|model| Dataset {
                read: true,
                ..self.model(model)
            }));
        }
        if self.stages.contains("report") {
            let (namespace, name) =
                parts::audit::local_file(&absolute(&self.capstone.home.report()));
            let description = Some("The report page.".to_owned());
            datasets.push(Dataset {
                namespace,
                name,
                description,
                written: true,
                ..Dataset::default()
            });
        }
        Ok(datasets)
    }

    fn model(&self, model: &Compiled) -> Dataset {
        let path = absolute(self.capstone.home.warehouse());
        let (namespace, name) = parts::audit::duckdb_table(&path, &model.schema, &model.name);
        let field = |column: &week4_modeling::ColumnDoc| Field {
            name: column.name.clone(),
            kind: column.data_type.clone().unwrap_or_default(),
            description: filled(&column.description),
        };
        Dataset {
            namespace,
            name,
            description: filled(&model.description),
            fields: model.columns.iter().map(field).collect(),
            ..Dataset::default()
        }
    }

    /// Quality rules, if this attempt measured them.
    fn tests(&self, attempt: &Attempt) -> anyhow::Result<Vec<TestResult>> {
        let key = keys::quality(&attempt.attempt_id);
        let report: Option<QualityReport> = self.capstone.lake.read_json(&key)?;
        let test = |result: crate::quality::RuleResult| TestResult {
            name: result.rule,
            passed: result.status == Status::Passed,
            blocking: result.severity == Severity::Fail,
            description: Some(result.question),
            expected: Some(result.expected),
            // Not the detail: it names rows.
            actual: result
                .observed
                .map(|value| parts::quality::show(value, result.unit)),
        };
        Ok(report.map_or(Vec::new(), |report| {
            report.results.into_iter().map(test).collect()
        }))
    }
}

fn is_asked(model: &Compiled) -> bool {
    model.schema == MARTS && model.materialization == Materialization::Table
}

fn hive(partition: &Partition) -> String {
    format!(
        "dataset={}/program_year={}",
        partition.dataset, partition.program_year
    )
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn source_file(delivered: &Delivered) -> Dataset {
    Dataset {
        namespace: delivered.namespace.clone(),
        name: delivered.name.clone(),
        description: Some("A file of CMS Open Payments.".into()),
        read: true,
        ..Dataset::default()
    }
}

fn text_fields(header: &[String]) -> Vec<Field> {
    let field = |name: &String| Field {
        name: name.clone(),
        kind: "text".into(),
        description: None,
    };
    header.iter().map(field).collect()
}

fn contract_fields(table: &Table) -> Vec<Field> {
    let field = |column: &week1_schema::Column| Field {
        name: column.name.clone(),
        kind: type_name(column.value_type).to_owned(),
        description: filled(&column.description),
    };
    table.columns.iter().map(field).collect()
}

/// As Parquet has it.
const fn type_name(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Text => "string",
        ValueType::Integer => "int64",
        ValueType::Money => "decimal(14,2)",
        ValueType::Date => "date",
    }
}

/// What typing does to a value that it accepts.
const fn transformation(kind: ValueType) -> Option<&'static str> {
    match kind {
        ValueType::Text => None,
        ValueType::Integer => Some("read as a whole number"),
        ValueType::Money => Some("read as US dollars with two decimals"),
        ValueType::Date => Some("read as a date, MM/DD/YYYY"),
    }
}

fn size_of_file(file: &IngestedFile) -> Size {
    Size {
        rows: Some(file.audit.records),
        bytes: Some(file.audit.size),
        files: Some(1),
    }
}

fn size_of_files(files: &[DataFile]) -> Size {
    Size {
        rows: Some(files.iter().map(|file| file.rows).sum()),
        bytes: Some(files.iter().map(|file| file.size).sum()),
        files: Some(files.len() as u64),
    }
}
