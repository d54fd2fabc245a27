//! Jinja: what a template may call, and what it says while it is rendered.
//!
//! Invariant: rendering one file never changes how another is rendered; each gets its own
//! environment, because `this`, `config` and the shared references belong to one file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};

use super::project::{ModelConfig, Project};
use crate::{ModelingError, ProjectFile, Severity};

/// What names in templates stand for.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Model name to relation.
    pub(super) models: BTreeMap<String, String>,
    /// `source.table` to relation.
    pub(super) sources: BTreeMap<String, String>,
    /// The models' configuration; empty in the first pass.
    pub(super) configs: BTreeMap<String, ModelConfig>,
}

/// What a file's own `config()` call sets.
#[derive(Debug, Clone, Default)]
pub(super) struct SqlConfig {
    pub(super) materialized: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) severity: Option<Severity>,
}

/// A rendered file.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) sql: String,
    pub(super) refs: BTreeSet<String>,
    pub(super) config: SqlConfig,
}

/// What a template said through `ref`, `source` and `config` while it was rendered.
#[derive(Debug, Default)]
struct Notes {
    refs: BTreeSet<String>,
    sources: BTreeSet<String>,
    config: SqlConfig,
}

type SharedNotes = Arc<Mutex<Notes>>;

/// Notes are plain sets: a panic elsewhere leaves nothing half done in them.
fn note(notes: &SharedNotes, write: impl FnOnce(&mut Notes)) {
    write(&mut notes.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Renders a project's files.
pub(super) struct Renderer<'a> {
    project: &'a Project<'a>,
    names: Names,
    /// Imports every macro; stands before each template, on its first line.
    prelude: String,
}

impl<'a> Renderer<'a> {
    /// A renderer for one meaning of the names.
    pub(super) fn new(project: &'a Project<'a>, names: Names) -> Self {
        let prelude = project
            .macros
            .values()
            .map(|file| import_line(file))
            .collect();
        Self {
            project,
            names,
            prelude,
        }
    }

    /// Renders a file; `model` is its name if it is a model, for `this`.
    pub(super) fn render(
        &self,
        file: &ProjectFile,
        model: Option<&str>,
    ) -> Result<Rendered, ModelingError> {
        self.render_text(&file.path, &file.text, model)
    }

    /// Renders text that stands in a file, such as a YAML value.
    pub(super) fn render_text(
        &self,
        path: &str,
        text: &str,
        model: Option<&str>,
    ) -> Result<Rendered, ModelingError> {
        let notes = SharedNotes::default();
        let environment = self
            .environment(&notes, model)
            .map_err(|error| failed(path, &error))?;
        let source = format!("{}{text}", self.prelude);
        let sql = environment
            .render_named_str(path, &source, context! {})
            .map_err(|error| failed(path, &error))?;
        drop(environment);
        let notes = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
        self.check_names(path, &notes)?;
        let sql = sql.trim().trim_end_matches(';').to_owned();
        Ok(Rendered {
            sql,
            refs: notes.refs,
            config: notes.config,
        })
    }

    /// The schema of a model: the project's macro decides, or dbt's own rule.
    pub(super) fn schema_name(
        &self,
        custom: Option<&str>,
        default: &str,
    ) -> Result<String, ModelingError> {
        let Some(file) = self
            .project
            .macros
            .values()
            .find(|file| macro_names(&file.text).any(|name| name == "generate_schema_name"))
        else {
            return Ok(custom.map_or_else(|| default.into(), |name| format!("{default}_{name}")));
        };
        let argument = custom.map_or_else(|| "none".into(), |name| format!("{name:?}"));
        let call = format!("{{{{ generate_schema_name({argument}, none) }}}}");
        Ok(self.render_text(&file.path, &call, None)?.sql)
    }

    /// A model's configuration, known from the first pass.
    pub(super) fn config(&self, name: &str) -> &ModelConfig {
        &self.names.configs[name]
    }

    /// The relation of a source's table, known from the YAML.
    pub(super) fn source_relation(&self, name: &str) -> &str {
        &self.names.sources[name]
    }

    /// The relation of a model.
    pub(super) fn model_relation(&self, name: &str) -> &str {
        &self.names.models[name]
    }

    fn environment(
        &self,
        notes: &SharedNotes,
        model: Option<&str>,
    ) -> Result<Environment<'_>, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        for file in self.project.macros.values() {
            environment.add_template(&file.path, &file.text)?;
        }
        self.add_names(&mut environment, notes);
        self.add_target(&mut environment);
        if let Some(relation) = model.and_then(|name| self.names.models.get(name)) {
            environment.add_global("this", relation.clone());
        }
        Ok(environment)
    }

    fn add_names(&self, environment: &mut Environment<'_>, notes: &SharedNotes) {
        let (models, shared) = (self.names.models.clone(), Arc::clone(notes));
        environment.add_function("ref", move |name: String| {
            note(&shared, |notes| _ = notes.refs.insert(name.clone()));
            models.get(&name).cloned().unwrap_or(name)
        });
        let (sources, shared) = (self.names.sources.clone(), Arc::clone(notes));
        environment.add_function("source", move |source: &str, table: &str| {
            let name = format!("{source}.{table}");
            note(&shared, |notes| _ = notes.sources.insert(name.clone()));
            sources.get(&name).cloned().unwrap_or(name)
        });
        let shared = Arc::clone(notes);
        environment.add_function("config", move |settings: Kwargs| {
            let config = read_config(&settings)?;
            note(&shared, |notes| notes.config = config);
            Ok::<_, Error>("")
        });
    }

    fn add_target(&self, environment: &mut Environment<'_>) {
        let options = self.project.options;
        let target = BTreeMap::from([
            ("name", options.target.clone()),
            ("schema", options.schema.clone()),
            ("type", "duckdb".to_owned()),
        ]);
        environment.add_global("target", Value::from(target));
        let vars = self.project.vars.clone();
        environment.add_function("var", move |name: &str, default: Option<Value>| {
            let value = vars
                .get(name)
                .map(|value| Value::from(Serde(value)))
                .or(default);
            value.ok_or_else(|| {
                let message =
                    format!("no variable {name:?} in dbt_project.yml, and no default here");
                Error::new(ErrorKind::UndefinedError, message)
            })
        });
    }

    fn check_names(&self, path: &str, notes: &Notes) -> Result<(), ModelingError> {
        let models = &self.names.models;
        if let Some(name) = notes.refs.iter().find(|name| !models.contains_key(*name)) {
            let nearest = nearest(name, models.keys());
            return Err(ModelingError::UnknownModel {
                path: path.into(),
                name: name.clone(),
                nearest,
            });
        }
        let sources = &self.names.sources;
        if let Some(name) = notes
            .sources
            .iter()
            .find(|name| !sources.contains_key(*name))
        {
            let nearest = nearest(name, sources.keys());
            return Err(ModelingError::UnknownSource {
                path: path.into(),
                name: name.clone(),
                nearest,
            });
        }
        Ok(())
    }
}

fn read_config(settings: &Kwargs) -> Result<SqlConfig, Error> {
    let severity: Option<String> = settings.get("severity")?;
    let config = SqlConfig {
        materialized: settings.get("materialized")?,
        schema: settings.get("schema")?,
        severity: severity.map(|name| read_severity(&name)).transpose()?,
    };
    settings.assert_all_used()?;
    Ok(config)
}

/// `error` or `warn`.
fn read_severity(name: &str) -> Result<Severity, Error> {
    match name.to_ascii_lowercase().as_str() {
        "error" => Ok(Severity::Error),
        "warn" => Ok(Severity::Warn),
        _ => {
            let message = format!("severity is error or warn, not {name:?}");
            Err(Error::new(ErrorKind::InvalidOperation, message))
        }
    }
}

fn failed(path: &str, error: &Error) -> ModelingError {
    let message = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    // A macro's error names the macro's file, which is where the mistake is.
    let path = error.name().unwrap_or(path).to_owned();
    ModelingError::Template {
        path,
        line: error.line().unwrap_or(1),
        message,
    }
}

/// The macros that a file defines.
fn macro_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).filter_map(|tag| {
        let call = tag
            .trim_start_matches('-')
            .trim_start()
            .strip_prefix("macro ")?;
        Some(call.split('(').next()?.trim())
    })
}

fn import_line(file: &ProjectFile) -> String {
    let names: Vec<_> = macro_names(&file.text).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("{{% from {:?} import {} %}}", file.path, names.join(", "))
}

/// The most similar name, if one is similar at all: at most a third of its letters differ.
pub(super) fn nearest<'n>(
    name: &str,
    candidates: impl Iterator<Item = &'n String>,
) -> Option<String> {
    let scored = candidates.map(|candidate| (edit_distance(name, candidate), candidate));
    let (distance, candidate) = scored.min()?;
    (distance <= name.len() / 3).then(|| candidate.clone())
}

/// Levenshtein distance, in bytes: names are ASCII.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
