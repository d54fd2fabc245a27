//! The YAML files beside the models: documentation, sources and tests.

use serde::Deserialize;
use serde_json::Value;

use crate::ModelingError;

/// One properties file.
#[derive(Debug, Deserialize)]
pub(super) struct Properties {
    #[serde(default)]
    pub(super) models: Vec<ModelProperties>,
    #[serde(default)]
    pub(super) sources: Vec<SourceProperties>,
}

/// What the YAML says about a model, or about a source's table.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ModelProperties {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) config: ConfigProperties,
    #[serde(default)]
    pub(super) columns: Vec<ColumnProperties>,
    #[serde(default, alias = "tests")]
    pub(super) data_tests: Vec<Value>,
    /// The file it stands in; filled after reading.
    #[serde(skip)]
    pub(super) path: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ConfigProperties {
    pub(super) materialized: Option<String>,
    pub(super) schema: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ColumnProperties {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) data_type: Option<String>,
    #[serde(default, alias = "tests")]
    pub(super) data_tests: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SourceProperties {
    pub(super) name: String,
    /// dbt's default is the source's name.
    pub(super) schema: Option<String>,
    #[serde(default)]
    pub(super) tables: Vec<ModelProperties>,
}

/// A declared table of a source.
#[derive(Debug, Clone)]
pub(super) struct SourceTable {
    pub(super) source: String,
    pub(super) schema: String,
    pub(super) table: ModelProperties,
}

/// Reads YAML into a type; the error names file and line.
pub(super) fn parse_yaml<T: serde::de::DeserializeOwned>(
    path: &str,
    text: &str,
) -> Result<T, ModelingError> {
    serde_saphyr::from_str(text).map_err(|error| ModelingError::Yaml {
        path: path.into(),
        message: error.to_string(),
    })
}

impl Properties {
    /// Reads one file and notes its path in each entry.
    pub(super) fn read(path: &str, text: &str) -> Result<Self, ModelingError> {
        let mut properties: Self = parse_yaml(path, text)?;
        let tables = properties
            .sources
            .iter_mut()
            .flat_map(|source| &mut source.tables);
        for entry in properties.models.iter_mut().chain(tables) {
            path.clone_into(&mut entry.path);
        }
        Ok(properties)
    }
}

impl SourceProperties {
    /// One entry per table.
    pub(super) fn into_tables(self) -> impl Iterator<Item = SourceTable> {
        let schema = self.schema.unwrap_or_else(|| self.name.clone());
        self.tables.into_iter().map(move |table| SourceTable {
            source: self.name.clone(),
            schema: schema.clone(),
            table,
        })
    }
}
