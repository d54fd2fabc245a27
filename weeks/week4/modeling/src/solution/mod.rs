//! The reference.
//!
//! [`compile`] works in two passes. The first renders each model with nothing but names, to
//! learn its configuration and what it refers to; only then is it known in which schema each
//! model stands, and the second pass renders the SQL that is executed.

mod data_tests;
mod files;
mod graph;
mod project;
mod properties;
mod render;

use std::collections::{BTreeMap, BTreeSet};

pub use self::files::{embedded, read_project};
pub use self::graph::order;
use self::project::{ModelConfig, Project};
use self::properties::ModelProperties;
use self::render::{Names, Rendered, Renderer};
use crate::{
    Analysis, ColumnDoc, Compilation, CompileOptions, Compiled, DataTest, ModelingError,
    ProjectFile, Severity, TestKind, relation,
};

/// Renders, orders and checks a whole project.
///
/// The result depends on the files and options alone, never on the order of `files`.
pub fn compile(
    files: &[ProjectFile],
    options: &CompileOptions,
) -> Result<Compilation, ModelingError> {
    let project = Project::read(files, options)?;
    let names = project_names(&project)?;
    let renderer = Renderer::new(&project, names);
    let models = compile_models(&project, &renderer)?;
    let mut tests = source_tests(&project, &renderer)?;
    tests.extend(singular_tests(&project, &renderer)?);
    let analyses = compile_analyses(&project, &renderer)?;
    let compilation = Compilation {
        name: project.name.clone(),
        models,
        tests,
        analyses,
        vars: project.vars.clone(),
    };
    reject_duplicate_tests(&compilation)?;
    Ok(compilation)
}

/// First pass: where each model and source stands.
fn project_names(project: &Project<'_>) -> Result<Names, ModelingError> {
    let mut names = Names {
        models: project
            .models
            .keys()
            .map(|name| (name.clone(), name.clone()))
            .collect(),
        sources: project.source_relations(),
        configs: BTreeMap::new(),
    };
    let draft = Renderer::new(project, names.clone());
    for (name, file) in &project.models {
        let output = draft.render(file, Some(name))?;
        let config = project.model_config(name, &output.config)?;
        let schema = draft.schema_name(config.schema.as_deref(), &project.options.schema)?;
        names.models.insert(name.clone(), relation(&schema, name));
        names.configs.insert(
            name.clone(),
            ModelConfig {
                schema: Some(schema),
                ..config
            },
        );
    }
    Ok(names)
}

/// Second pass: the SQL of each model, in build order.
fn compile_models(
    project: &Project<'_>,
    renderer: &Renderer<'_>,
) -> Result<Vec<Compiled>, ModelingError> {
    let mut compiled = BTreeMap::new();
    for (name, file) in &project.models {
        let output = renderer.render(file, Some(name))?;
        compiled.insert(
            name.clone(),
            compile_model(project, renderer, name, output)?,
        );
    }
    let edges = compiled
        .iter()
        .map(|(name, model)| (name.clone(), model.depends_on.clone()));
    let order = order(&edges.collect())?;
    Ok(order
        .into_iter()
        .filter_map(|name| compiled.remove(&name))
        .collect())
}

fn compile_model(
    project: &Project<'_>,
    renderer: &Renderer<'_>,
    name: &str,
    output: Rendered,
) -> Result<Compiled, ModelingError> {
    let config = renderer.config(name);
    let properties = project.properties.get(name);
    let tests = properties
        .map(|properties| data_tests::of_model(properties, renderer))
        .transpose()?
        .unwrap_or_default();
    Ok(Compiled {
        name: name.to_owned(),
        schema: config
            .schema
            .clone()
            .unwrap_or_else(|| project.options.schema.clone()),
        materialization: config.materialization,
        sql: output.sql,
        depends_on: output.refs,
        description: properties
            .map(|properties| properties.description.clone())
            .unwrap_or_default(),
        columns: properties.map(column_docs).unwrap_or_default(),
        tests,
    })
}

fn column_docs(properties: &ModelProperties) -> Vec<ColumnDoc> {
    let columns = properties.columns.iter();
    columns
        .map(|column| ColumnDoc {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            description: column.description.clone(),
        })
        .collect()
}

fn source_tests(
    project: &Project<'_>,
    renderer: &Renderer<'_>,
) -> Result<Vec<DataTest>, ModelingError> {
    let mut tests = Vec::new();
    for table in &project.sources {
        tests.extend(data_tests::of_source(table, renderer)?);
    }
    Ok(tests)
}

fn singular_tests(
    project: &Project<'_>,
    renderer: &Renderer<'_>,
) -> Result<Vec<DataTest>, ModelingError> {
    let mut tests = Vec::new();
    for (name, file) in &project.tests {
        let output = renderer.render(file, None)?;
        tests.push(DataTest {
            name: name.clone(),
            kind: TestKind::Singular,
            severity: output.config.severity.unwrap_or(Severity::Error),
            sql: output.sql,
            depends_on: output.refs,
        });
    }
    Ok(tests)
}

fn compile_analyses(
    project: &Project<'_>,
    renderer: &Renderer<'_>,
) -> Result<Vec<Analysis>, ModelingError> {
    let mut analyses = Vec::new();
    for (name, file) in &project.analyses {
        let sql = renderer.render(file, None)?.sql;
        analyses.push(Analysis {
            name: name.clone(),
            question: leading_comment(&file.text),
            sql,
        });
    }
    Ok(analyses)
}

/// The `--` lines at the head of a file, as one text.
fn leading_comment(sql: &str) -> String {
    let lines = sql.lines().map_while(|line| line.strip_prefix("--"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn reject_duplicate_tests(compilation: &Compilation) -> Result<(), ModelingError> {
    let mut seen = BTreeSet::new();
    for test in compilation.all_tests() {
        if !seen.insert(&test.name) {
            let message = format!("two tests are called {}; give one a `name:`", test.name);
            return Err(ModelingError::Yaml {
                path: "data_tests".into(),
                message,
            });
        }
    }
    Ok(())
}
