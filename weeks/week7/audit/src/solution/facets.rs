//! Facets: every field that a pinned schema has and that this project knows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::redact::redact;
use crate::openlineage::{
    COLUMN_LINEAGE, DATA_QUALITY_ASSERTIONS, DATA_QUALITY_METRICS, DATASET_DOCUMENTATION,
    DATASET_VERSION, DatasetRef, ERROR_MESSAGE, Facet, FacetKind, Facets, INPUT_STATISTICS,
    JOB_DOCUMENTATION, JOB_TYPE, LIFECYCLE, OUTPUT_STATISTICS, PARENT, PROCESSING_ENGINE, RUN_TAGS,
    SCHEMA, TEST,
};
use crate::{Attempt, ColumnSource, Dataset, Ending, Lifecycle, Size, TestResult};

/// Who makes the events: a URI without a host, as nobody has to serve it.
pub(super) fn producer(attempt: &Attempt) -> String {
    format!("urn:open-payments-workbook:capstone:{}", attempt.version)
}

/// What is known of a run from its start on.
pub(super) fn of_run(attempt: &Attempt) -> Facets {
    let mut facets = Maker::of(attempt).empty();
    facets.add(
        PROCESSING_ENGINE,
        json!({
            "name": "capstone",
            "version": attempt.version,
            "openlineageAdapterVersion": attempt.version,
        }),
    );
    if let Some(parent) = &attempt.parent {
        facets.add(
            PARENT,
            json!({
                "run": { "runId": parent.run_id },
                "job": { "namespace": parent.namespace, "name": parent.job },
            }),
        );
    }
    let tag = |(key, value): (&String, &String)| json!({ "key": key, "value": value, "source": "capstone" });
    let tags: Vec<Value> = attempt.tags.iter().map(tag).collect();
    if !tags.is_empty() {
        facets.add(RUN_TAGS, json!({ "tags": tags }));
    }
    facets.facets
}

/// Why it did not end well.
pub(super) fn of_ending(attempt: &Attempt, ending: &Ending) -> Facets {
    let mut facets = Maker::of(attempt).empty();
    if let Ending::Fail(message) | Ending::Abort(message) = ending {
        let message = redact(message);
        let body = json!({ "message": message, "programmingLanguage": "Rust" });
        facets.add(ERROR_MESSAGE, body);
    }
    facets.facets
}

/// Tests of the warehouse as a whole.
pub(super) fn of_tests(attempt: &Attempt, tests: &[TestResult]) -> Facets {
    let mut facets = Maker::of(attempt).empty();
    let test = |test: &TestResult| {
        filled(json!({
            "name": test.name,
            "status": if test.passed { "pass" } else { "fail" },
            "severity": severity(test.blocking),
            "description": test.description,
            "expected": test.expected,
            "actual": test.actual,
        }))
    };
    if !tests.is_empty() {
        let tests: Vec<Value> = tests.iter().map(test).collect();
        facets.add(TEST, json!({ "tests": tests }));
    }
    facets.facets
}

/// What is known of the job.
pub(super) fn of_job(attempt: &Attempt) -> Facets {
    let mut facets = Maker::of(attempt).empty();
    facets.add(
        JOB_TYPE,
        json!({
            "processingType": "BATCH",
            "integration": "CAPSTONE",
            "jobType": "COMMAND",
            "emissionPattern": {
                "eventTrigger": "EVENT_BASED",
                "eventContentMode": "ACCUMULATIVE",
            },
        }),
    );
    let description = format!(
        "The command `capstone {}` of the Open Payments pipeline.",
        attempt.command
    );
    facets.add(JOB_DOCUMENTATION, json!({ "description": description }));
    facets.facets
}

const fn severity(blocking: bool) -> &'static str {
    if blocking { "error" } else { "warn" }
}

/// Makes facets in the name of one producer.
pub(super) struct Maker {
    producer: String,
}

struct Made {
    producer: String,
    facets: Facets,
}

impl Made {
    fn add(&mut self, kind: FacetKind, body: Value) {
        let Value::Object(body) = body else { return };
        let facet = Facet {
            producer: self.producer.clone(),
            schema_url: kind.schema_url(),
            body: body.into_iter().collect::<BTreeMap<_, _>>(),
        };
        self.facets.insert(kind.key.to_owned(), facet);
    }
}

impl Maker {
    pub(super) fn of(attempt: &Attempt) -> Self {
        Self {
            producer: producer(attempt),
        }
    }

    fn empty(&self) -> Made {
        Made {
            producer: self.producer.clone(),
            facets: Facets::new(),
        }
    }

    /// A dataset among the inputs.
    pub(super) fn input(&self, dataset: &Dataset) -> DatasetRef {
        let mut facets = self.empty();
        if let Some(size) = size_of(dataset.size) {
            facets.add(INPUT_STATISTICS, size);
        }
        if !dataset.metrics.sums.is_empty() {
            facets.add(DATA_QUALITY_METRICS, metrics(dataset));
        }
        if !dataset.assertions.is_empty() {
            facets.add(DATA_QUALITY_ASSERTIONS, assertions(dataset));
        }
        DatasetRef {
            namespace: dataset.namespace.clone(),
            name: dataset.name.clone(),
            facets: self.common(dataset),
            input_facets: facets.facets,
            output_facets: Facets::new(),
        }
    }

    /// A dataset among the outputs.
    pub(super) fn output(&self, dataset: &Dataset) -> DatasetRef {
        let mut facets = self.empty();
        if let Some(size) = size_of(dataset.size) {
            facets.add(OUTPUT_STATISTICS, size);
        }
        DatasetRef {
            namespace: dataset.namespace.clone(),
            name: dataset.name.clone(),
            facets: self.common(dataset),
            input_facets: Facets::new(),
            output_facets: facets.facets,
        }
    }

    fn common(&self, dataset: &Dataset) -> Facets {
        let mut facets = self.empty();
        if let Some(description) = &dataset.description {
            facets.add(DATASET_DOCUMENTATION, json!({ "description": description }));
        }
        if !dataset.fields.is_empty() {
            facets.add(SCHEMA, schema(dataset));
        }
        if !dataset.columns.is_empty() {
            facets.add(COLUMN_LINEAGE, column_lineage(dataset));
        }
        if let Some(version) = &dataset.version {
            facets.add(DATASET_VERSION, json!({ "datasetVersion": version }));
        }
        if let Some(lifecycle) = dataset.lifecycle {
            let change = match lifecycle {
                Lifecycle::Create => "CREATE",
                Lifecycle::Overwrite => "OVERWRITE",
            };
            facets.add(LIFECYCLE, json!({ "lifecycleStateChange": change }));
        }
        facets.facets
    }
}

fn size_of(size: Size) -> Option<Value> {
    let known = size != Size::default();
    known.then(|| {
        filled(json!({ "rowCount": size.rows, "size": size.bytes, "fileCount": size.files }))
    })
}

fn schema(dataset: &Dataset) -> Value {
    let field = |(position, field): (usize, &crate::Field)| {
        filled(json!({
            "name": field.name,
            "type": (!field.kind.is_empty()).then_some(&field.kind),
            "description": field.description,
            "ordinal_position": position,
        }))
    };
    let fields: Vec<Value> = (1..).zip(&dataset.fields).map(field).collect();
    json!({ "fields": fields })
}

fn column_lineage(dataset: &Dataset) -> Value {
    let source = |source: &ColumnSource| {
        let subtype = if source.transformation.is_some() {
            "TRANSFORMATION"
        } else {
            "IDENTITY"
        };
        let transformation = filled(json!({
            "type": "DIRECT",
            "subtype": subtype,
            "description": source.transformation,
            "masking": false,
        }));
        json!({
            "namespace": source.namespace,
            "name": source.name,
            "field": source.field,
            "transformations": [transformation],
        })
    };
    let fields: Map<String, Value> = dataset
        .columns
        .iter()
        .map(|(column, sources)| {
            let sources: Vec<Value> = sources.iter().map(source).collect();
            (column.clone(), json!({ "inputFields": sources }))
        })
        .collect();
    json!({ "fields": fields })
}

fn metrics(dataset: &Dataset) -> Value {
    let columns: Map<String, Value> = dataset
        .metrics
        .sums
        .iter()
        .map(|(column, (sum, count))| (column.clone(), json!({ "sum": sum, "count": count })))
        .collect();
    filled(json!({
        "rowCount": dataset.size.rows,
        "bytes": dataset.size.bytes,
        "fileCount": dataset.size.files,
        "columnMetrics": columns,
    }))
}

fn assertions(dataset: &Dataset) -> Value {
    let assertion = |assertion: &crate::Assertion| {
        filled(json!({
            "assertion": assertion.name,
            "name": assertion.name,
            "success": assertion.success,
            "severity": severity(assertion.blocking),
            "actual": assertion.actual,
        }))
    };
    let assertions: Vec<Value> = dataset.assertions.iter().map(assertion).collect();
    json!({ "assertions": assertions })
}

/// Without what nobody knows: the schemas allow a field to be absent, not to be null.
fn filled(object: Value) -> Value {
    match object {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}
