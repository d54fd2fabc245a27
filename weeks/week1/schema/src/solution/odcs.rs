//! The part of an Open Data Contract Standard v3.1 document that the pipeline
//! acts on, and a check of all keys.
//!
//! Invariant: what the standard does not know is an error. A misspelt
//! `requred: true` that nobody reads is a rule that nobody applies.

use serde::Deserialize;
use serde_json::Value;

use crate::ContractError;

/// The version of the standard that this module reads.
const API_VERSION: &str = "v3.1.0";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) kind: String,
    pub(super) api_version: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) schema: Vec<Object>,
}

/// One table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    pub(super) name: String,
    #[serde(default)]
    pub(super) properties: Vec<Property>,
    #[serde(default)]
    pub(super) quality: Vec<Quality>,
    #[serde(default)]
    pub(super) custom_properties: Vec<Custom>,
}

/// One column.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) logical_type: String,
    #[serde(default)]
    pub(super) physical_type: String,
    #[serde(default)]
    pub(super) logical_type_options: Options,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) primary_key: bool,
    #[serde(default)]
    pub(super) quality: Vec<Quality>,
    #[serde(default)]
    pub(super) custom_properties: Vec<Custom>,
}

/// The options that the pipeline enforces. The standard has more; one that is
/// silently ignored would be a broken promise, so the others are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Options {
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<String>,
    pub(super) minimum: Option<f64>,
    pub(super) format: Option<String>,
}

/// One quality rule of a table or a column.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Quality {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) metric: Option<String>,
    #[serde(default)]
    pub(super) arguments: Arguments,
    pub(super) must_be: Option<Value>,
    pub(super) engine: Option<String>,
    pub(super) implementation: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Arguments {
    pub(super) valid_values: Option<Vec<String>>,
    pub(super) missing_values: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Custom {
    pub(super) property: String,
    pub(super) value: Value,
}

/// Parses a document and checks its keys, its kind and its version.
pub(super) fn parse(yaml: &str) -> Result<Document, ContractError> {
    let tree: Value = serde_saphyr::from_str(yaml).map_err(syntax)?;
    check_keys(&tree)?;
    // Read again from the text: these errors know line and column.
    let document: Document = serde_saphyr::from_str(yaml).map_err(syntax)?;
    expect("kind", &document.kind, "DataContract")?;
    expect("apiVersion", &document.api_version, API_VERSION)?;
    Ok(document)
}

fn syntax(error: impl std::fmt::Display) -> ContractError {
    ContractError::Syntax(error.to_string())
}

fn expect(key: &str, found: &str, expected: &str) -> Result<(), ContractError> {
    if found == expected {
        return Ok(());
    }
    Err(syntax(format!(
        "{key} is {found:?}; this reader knows {expected:?}"
    )))
}

fn check_keys(document: &Value) -> Result<(), ContractError> {
    section("the document", document, DOCUMENT, DOCUMENT_REQUIRED)?;
    custom_properties("the document", document)?;
    for object in items(document, "schema") {
        let table = name(object, "a table");
        section(&table, object, OBJECT, &["name"])?;
        custom_properties(&table, object)?;
        rules(&table, object)?;
        for property in items(object, "properties") {
            let column = format!("{table}.{}", name(property, "a column"));
            section(&column, property, PROPERTY, &["name", "logicalType"])?;
            custom_properties(&column, property)?;
            rules(&column, property)?;
        }
    }
    Ok(())
}

fn rules(place: &str, owner: &Value) -> Result<(), ContractError> {
    for (number, rule) in (1..).zip(items(owner, "quality")) {
        section(
            &format!("{place}: quality rule {number}"),
            rule,
            QUALITY,
            &[],
        )?;
    }
    Ok(())
}

fn custom_properties(place: &str, owner: &Value) -> Result<(), ContractError> {
    for custom in items(owner, "customProperties") {
        let place = format!("{place}: customProperties");
        section(&place, custom, CUSTOM, &["property", "value"])?;
    }
    Ok(())
}

/// One mapping of the document: no key beyond `allowed`, none of `required` missing.
fn section(
    place: &str,
    value: &Value,
    allowed: &[&str],
    required: &[&str],
) -> Result<(), ContractError> {
    let Some(map) = value.as_object() else {
        return Err(syntax(format!("{place} is not a mapping")));
    };
    if let Some(key) = map.keys().find(|key| !allowed.contains(&key.as_str())) {
        return Err(syntax(format!(
            "{place} has the key {key:?}, which ODCS {API_VERSION} does not know here"
        )));
    }
    if let Some(key) = required.iter().find(|key| !map.contains_key(**key)) {
        return Err(syntax(format!("{place} lacks the key {key:?}")));
    }
    Ok(())
}

fn items<'a>(owner: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    owner[key].as_array().into_iter().flatten()
}

fn name(value: &Value, otherwise: &str) -> String {
    value["name"].as_str().unwrap_or(otherwise).to_owned()
}

// Keys of each section, from the JSON schema of ODCS v3.1.0.

const DOCUMENT_REQUIRED: &[&str] = &["version", "apiVersion", "kind", "id", "status"];

#[rustfmt::skip]
const DOCUMENT: &[&str] = &[
    "apiVersion", "authoritativeDefinitions", "contractCreatedTs", "customProperties",
    "dataProduct", "description", "domain", "id", "kind", "name", "price", "roles", "schema",
    "servers", "slaDefaultElement", "slaProperties", "status", "support", "tags", "team",
    "tenant", "version",
];

#[rustfmt::skip]
const OBJECT: &[&str] = &[
    "authoritativeDefinitions", "businessName", "customProperties", "dataGranularityDescription",
    "description", "id", "logicalType", "name", "physicalName", "physicalType", "properties",
    "quality", "relationships", "tags",
];

#[rustfmt::skip]
const PROPERTY: &[&str] = &[
    "authoritativeDefinitions", "businessName", "classification", "criticalDataElement",
    "customProperties", "description", "encryptedName", "examples", "id", "items", "logicalType",
    "logicalTypeOptions", "name", "partitionKeyPosition", "partitioned", "physicalName",
    "physicalType", "primaryKey", "primaryKeyPosition", "properties", "quality", "relationships",
    "required", "tags", "transformDescription", "transformLogic", "transformSourceObjects",
    "unique",
];

#[rustfmt::skip]
const QUALITY: &[&str] = &[
    "arguments", "authoritativeDefinitions", "businessImpact", "customProperties", "description",
    "dimension", "engine", "id", "implementation", "method", "metric", "mustBe", "mustBeBetween",
    "mustBeGreaterOrEqualTo", "mustBeGreaterThan", "mustBeLessOrEqualTo", "mustBeLessThan",
    "mustNotBe", "mustNotBeBetween", "name", "query", "rule", "schedule", "scheduler",
    "severity", "tags", "type", "unit",
];

const CUSTOM: &[&str] = &["description", "id", "property", "value"];
