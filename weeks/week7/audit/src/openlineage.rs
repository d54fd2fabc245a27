//! OpenLineage on the wire: the run event of core schema 2-0-2, and the facets that this
//! project sends, each in one pinned version (openlineage.io/spec).
//!
//! The names are the standard's. An event has rows of no dataset: counts, sums, names of
//! columns, verdicts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Schema of a run event.
pub const RUN_EVENT_SCHEMA: &str =
    "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/// State of a run. Each run has one `Start` and one of the others, which are terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventType {
    /// It begins.
    Start,
    /// It ended well.
    Complete,
    /// It ended with an error.
    Fail,
    /// It was ended from outside.
    Abort,
}

impl EventType {
    /// Whether nothing follows.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Start)
    }
}

/// One event: a line of the export, the body of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEvent {
    /// What happened.
    pub event_type: EventType,
    /// When.
    pub event_time: Timestamp,
    /// To which run.
    pub run: Run,
    /// Of which job.
    pub job: Job,
    /// What it read.
    pub inputs: Vec<DatasetRef>,
    /// What it wrote.
    pub outputs: Vec<DatasetRef>,
    /// Who says so: a URI.
    pub producer: String,
    /// [`RUN_EVENT_SCHEMA`].
    #[serde(rename = "schemaURL")]
    pub schema_url: String,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// A UUID.
    pub run_id: String,
    /// What is known of it.
    pub facets: Facets,
}

/// What is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Where its name is unique.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub facets: Facets,
}

/// Something read or written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DatasetRef {
    /// Where its name is unique.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What is known of it, whoever reads or writes it.
    pub facets: Facets,
    /// What is known of this reading; empty on an output.
    #[serde(default, skip_serializing_if = "Facets::is_empty")]
    pub input_facets: Facets,
    /// What is known of this writing; empty on an input.
    #[serde(default, skip_serializing_if = "Facets::is_empty")]
    pub output_facets: Facets,
}

/// Facets by their key.
pub type Facets = BTreeMap<String, Facet>;

/// One aspect, with the schema that describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// Who says so: a URI.
    #[serde(rename = "_producer")]
    pub producer: String,
    /// Of [`FacetKind::schema_url`].
    #[serde(rename = "_schemaURL")]
    pub schema_url: String,
    /// The aspect's own fields.
    #[serde(flatten)]
    pub body: BTreeMap<String, Value>,
}

/// A facet's name, and the version of its schema that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FacetKind {
    /// Key in the event.
    pub key: &'static str,
    /// Name of its schema's file and definition.
    pub definition: &'static str,
    /// Version of that file.
    pub version: &'static str,
}

impl FacetKind {
    /// The address of its schema.
    pub fn schema_url(self) -> String {
        let Self {
            definition,
            version,
            ..
        } = self;
        format!(
            "https://openlineage.io/spec/facets/{version}/{definition}.json#/$defs/{definition}"
        )
    }
}

macro_rules! kinds {
    ($($name:ident = $key:literal, $definition:literal, $version:literal;)*) => {
        $(
            #[doc = concat!("`", $key, "` ", $version, ".")]
            pub const $name: FacetKind = FacetKind {
                key: $key,
                definition: $definition,
                version: $version,
            };
        )*
        /// Every facet that is sent.
        pub const FACETS: &[FacetKind] = &[$($name),*];
    };
}

kinds! {
    PROCESSING_ENGINE = "processing_engine", "ProcessingEngineRunFacet", "1-1-1";
    ERROR_MESSAGE = "errorMessage", "ErrorMessageRunFacet", "1-0-1";
    PARENT = "parent", "ParentRunFacet", "1-2-0";
    RUN_TAGS = "tags", "TagsRunFacet", "1-0-0";
    TEST = "test", "TestRunFacet", "1-0-1";
    JOB_TYPE = "jobType", "JobTypeJobFacet", "2-0-4";
    JOB_DOCUMENTATION = "documentation", "DocumentationJobFacet", "1-1-0";
    DATASET_DOCUMENTATION = "documentation", "DocumentationDatasetFacet", "1-1-0";
    SCHEMA = "schema", "SchemaDatasetFacet", "1-2-0";
    COLUMN_LINEAGE = "columnLineage", "ColumnLineageDatasetFacet", "1-2-0";
    DATASET_VERSION = "version", "DatasetVersionDatasetFacet", "1-0-1";
    LIFECYCLE = "lifecycleStateChange", "LifecycleStateChangeDatasetFacet", "1-0-1";
    INPUT_STATISTICS = "inputStatistics", "InputStatisticsInputDatasetFacet", "1-0-0";
    DATA_QUALITY_METRICS = "dataQualityMetrics", "DataQualityMetricsInputDatasetFacet", "1-0-3";
    DATA_QUALITY_ASSERTIONS = "dataQualityAssertions", "DataQualityAssertionsDatasetFacet", "1-1-0";
    OUTPUT_STATISTICS = "outputStatistics", "OutputStatisticsOutputDatasetFacet", "1-0-2";
}
