//! What a project is made of: its files by kind, and the configuration of its models.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::properties::{ModelProperties, Properties, SourceProperties, SourceTable, parse_yaml};
use super::render::SqlConfig;
use crate::{CompileOptions, Materialization, ModelingError, ProjectFile, relation};

const PROJECT_FILE: &str = "dbt_project.yml";

/// `dbt_project.yml`, as far as it concerns us.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ProjectYaml {
    name: String,
    #[serde(default = "default_models")]
    model_paths: Vec<String>,
    #[serde(default = "default_analyses")]
    analysis_paths: Vec<String>,
    #[serde(default = "default_tests")]
    test_paths: Vec<String>,
    #[serde(default = "default_macros")]
    macro_paths: Vec<String>,
    #[serde(default)]
    models: Map<String, Value>,
    #[serde(default)]
    vars: Map<String, Value>,
}

fn default_models() -> Vec<String> {
    vec!["models".into()]
}

fn default_analyses() -> Vec<String> {
    vec!["analyses".into()]
}

fn default_tests() -> Vec<String> {
    vec!["tests".into()]
}

fn default_macros() -> Vec<String> {
    vec!["macros".into()]
}

/// SQL files by name.
pub(super) type Files<'a> = BTreeMap<String, &'a ProjectFile>;

/// A project, read and sorted by kind, not yet rendered.
pub(super) struct Project<'a> {
    pub(super) name: String,
    pub(super) options: &'a CompileOptions,
    pub(super) models: Files<'a>,
    pub(super) analyses: Files<'a>,
    pub(super) tests: Files<'a>,
    pub(super) macros: Files<'a>,
    pub(super) properties: BTreeMap<String, ModelProperties>,
    pub(super) sources: Vec<SourceTable>,
    pub(super) vars: BTreeMap<String, Value>,
    model_paths: Vec<String>,
    folder_configs: Map<String, Value>,
}

/// The configuration of one model, after all places that may set it.
#[derive(Debug, Clone)]
pub(super) struct ModelConfig {
    pub(super) materialization: Materialization,
    pub(super) schema: Option<String>,
}

impl<'a> Project<'a> {
    /// Sorts the files and reads the YAML.
    pub(super) fn read(
        files: &'a [ProjectFile],
        options: &'a CompileOptions,
    ) -> Result<Self, ModelingError> {
        let yaml = read_project_yaml(files)?;
        let (properties, sources) = read_properties(files, &yaml.model_paths)?;
        let models = by_name(files, &yaml.model_paths)?;
        reject_unknown_models(&properties, &models)?;
        Ok(Self {
            options,
            models,
            analyses: by_name(files, &yaml.analysis_paths)?,
            tests: by_name(files, &yaml.test_paths)?,
            macros: by_name(files, &yaml.macro_paths)?,
            properties,
            sources,
            vars: merged_vars(&yaml, options),
            folder_configs: folder_configs(&yaml),
            name: yaml.name,
            model_paths: yaml.model_paths,
        })
    }

    /// The relation of each declared source table, by `source.table`.
    pub(super) fn source_relations(&self) -> BTreeMap<String, String> {
        let relation_of = |table: &SourceTable| relation(&table.schema, &table.table.name);
        self.sources
            .iter()
            .map(|table| {
                (
                    format!("{}.{}", table.source, table.table.name),
                    relation_of(table),
                )
            })
            .collect()
    }

    /// The nearest setting wins: the model's own `config()`, then its YAML entry, then the
    /// deepest folder in `dbt_project.yml`.
    pub(super) fn model_config(
        &self,
        name: &str,
        own: &SqlConfig,
    ) -> Result<ModelConfig, ModelingError> {
        let file = self.models[name];
        let yaml = self
            .properties
            .get(name)
            .map(|properties| properties.config.clone());
        let yaml = yaml.unwrap_or_default();
        let folder = |key| self.folder_config(&file.path, key);
        let materialized = own
            .materialized
            .clone()
            .or(yaml.materialized)
            .or_else(|| folder("materialized"));
        Ok(ModelConfig {
            materialization: materialization(&file.path, materialized.as_deref())?,
            schema: own
                .schema
                .clone()
                .or(yaml.schema)
                .or_else(|| folder("schema")),
        })
    }

    fn folder_config(&self, path: &str, key: &str) -> Option<String> {
        let below = self.model_paths.iter().find_map(|root| under(path, root))?;
        let mut level = Some(&self.folder_configs);
        let mut found = None;
        for folder in below.split('/').map(Some).chain([None]) {
            let configs = level?;
            let setting = configs.get(&format!("+{key}")).or_else(|| configs.get(key));
            found = setting.and_then(Value::as_str).map(str::to_owned).or(found);
            level = folder
                .and_then(|folder| configs.get(folder))
                .and_then(Value::as_object);
            if level.is_none() {
                break;
            }
        }
        found
    }
}

/// The part of a path below a folder.
fn under<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn read_project_yaml(files: &[ProjectFile]) -> Result<ProjectYaml, ModelingError> {
    let file = files.iter().find(|file| file.path == PROJECT_FILE);
    let file = file.ok_or_else(|| ModelingError::Unreadable {
        path: PROJECT_FILE.into(),
        message: "is missing, so this is no dbt project".into(),
    })?;
    parse_yaml(&file.path, &file.text)
}

fn folder_configs(yaml: &ProjectYaml) -> Map<String, Value> {
    yaml.models
        .get(&yaml.name)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// Global vars, then those under the project's name, then the caller's.
fn merged_vars(yaml: &ProjectYaml, options: &CompileOptions) -> BTreeMap<String, Value> {
    let mut vars: BTreeMap<_, _> = yaml.vars.clone().into_iter().collect();
    if let Some(Value::Object(own)) = vars.remove(&yaml.name) {
        vars.extend(own);
    }
    vars.extend(options.vars.clone());
    vars
}

fn by_name<'a>(files: &'a [ProjectFile], roots: &[String]) -> Result<Files<'a>, ModelingError> {
    let mut found = Files::new();
    for file in files_under(files, roots) {
        let Some(stem) = file.path.strip_suffix(".sql") else {
            continue;
        };
        let name = stem.rsplit('/').next().unwrap_or(stem).to_owned();
        if let Some(other) = found.insert(name.clone(), file) {
            let (first, second) = sorted(&other.path, &file.path);
            return Err(ModelingError::DuplicateName {
                name,
                first,
                second,
            });
        }
    }
    Ok(found)
}

fn sorted(a: &str, b: &str) -> (String, String) {
    let (first, second) = if a < b { (a, b) } else { (b, a) };
    (first.to_owned(), second.to_owned())
}

fn files_under<'a>(
    files: &'a [ProjectFile],
    roots: &[String],
) -> impl Iterator<Item = &'a ProjectFile> {
    files
        .iter()
        .filter(|file| roots.iter().any(|root| under(&file.path, root).is_some()))
}

type AllProperties = (BTreeMap<String, ModelProperties>, Vec<SourceTable>);

fn read_properties(
    files: &[ProjectFile],
    roots: &[String],
) -> Result<AllProperties, ModelingError> {
    let mut models: BTreeMap<String, ModelProperties> = BTreeMap::new();
    let mut sources = Vec::new();
    for file in files_under(files, roots).filter(|file| file.path.strip_suffix(".yml").is_some()) {
        let properties = Properties::read(&file.path, &file.text)?;
        sources.extend(
            properties
                .sources
                .into_iter()
                .flat_map(SourceProperties::into_tables),
        );
        for model in properties.models {
            if let Some(other) = models.insert(model.name.clone(), model.clone()) {
                let (first, second) = sorted(&other.path, &model.path);
                return Err(ModelingError::DuplicateName {
                    name: model.name,
                    first,
                    second,
                });
            }
        }
    }
    sources.sort_by_key(|table| (table.source.clone(), table.table.name.clone()));
    Ok((models, sources))
}

/// Tests on a model whose name is misspelled would never run.
fn reject_unknown_models(
    properties: &BTreeMap<String, ModelProperties>,
    models: &Files<'_>,
) -> Result<(), ModelingError> {
    match properties
        .values()
        .find(|entry| !models.contains_key(&entry.name))
    {
        None => Ok(()),
        Some(entry) => Err(ModelingError::UnknownModel {
            path: entry.path.clone(),
            name: entry.name.clone(),
            nearest: super::render::nearest(&entry.name, models.keys()),
        }),
    }
}

fn materialization(path: &str, name: Option<&str>) -> Result<Materialization, ModelingError> {
    match name {
        // dbt's default.
        None | Some("view") => Ok(Materialization::View),
        Some("table") => Ok(Materialization::Table),
        Some(other) => Err(ModelingError::Yaml {
            path: path.into(),
            message: format!("the materialization {other:?} is not supported, only view and table"),
        }),
    }
}
