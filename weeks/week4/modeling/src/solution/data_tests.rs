//! The YAML's tests as SQL. The queries are dbt's own in meaning: NULL fails `not_null`
//! only, and each returned row is one failure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::properties::{ModelProperties, SourceTable};
use super::render::Renderer;
use crate::{DataTest, ModelingError, Severity, TestKind};

/// A test as the YAML writes it, after the short form (`- unique`) is spelled out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    name: Option<String>,
    #[serde(default)]
    arguments: Map<String, Value>,
    #[serde(default)]
    config: Config,
    #[serde(default, rename = "description")]
    _description: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    severity: Option<Severity>,
    #[serde(rename = "where")]
    filter: Option<String>,
}

/// What is tested.
struct Subject<'a> {
    /// Stands in the test's name: the model, or source and table.
    label: String,
    /// Stands in the test's SQL.
    relation: &'a str,
    /// The model, if it is one.
    model: Option<&'a str>,
    properties: &'a ModelProperties,
}

/// The tests of a model.
pub(super) fn of_model(
    properties: &ModelProperties,
    renderer: &Renderer<'_>,
) -> Result<Vec<DataTest>, ModelingError> {
    let subject = Subject {
        label: properties.name.clone(),
        relation: renderer.model_relation(&properties.name),
        model: Some(&properties.name),
        properties,
    };
    compile(&subject, renderer)
}

/// The tests of a source's table.
pub(super) fn of_source(
    source: &SourceTable,
    renderer: &Renderer<'_>,
) -> Result<Vec<DataTest>, ModelingError> {
    let name = &source.table.name;
    let subject = Subject {
        label: format!("source_{}_{name}", source.source),
        relation: renderer.source_relation(&format!("{}.{name}", source.source)),
        model: None,
        properties: &source.table,
    };
    compile(&subject, renderer)
}

fn compile(subject: &Subject<'_>, renderer: &Renderer<'_>) -> Result<Vec<DataTest>, ModelingError> {
    let mut tests = Vec::new();
    for test in &subject.properties.data_tests {
        tests.push(compile_one(subject, None, test, renderer)?);
    }
    for column in &subject.properties.columns {
        for test in &column.data_tests {
            tests.push(compile_one(subject, Some(&column.name), test, renderer)?);
        }
    }
    Ok(tests)
}

fn compile_one(
    subject: &Subject<'_>,
    column: Option<&str>,
    test: &Value,
    renderer: &Renderer<'_>,
) -> Result<DataTest, ModelingError> {
    let invalid = |message: String| ModelingError::Yaml {
        path: subject.properties.path.clone(),
        message: format!("{}: {message}", subject.properties.name),
    };
    let (kind_name, definition) = read_definition(test).map_err(invalid)?;
    let kind = test_kind(&kind_name).map_err(invalid)?;
    let column = tested_column(column, &definition).map_err(invalid)?;
    let tested = filtered(subject.relation, definition.config.filter.as_deref());
    let mut depends_on: BTreeSet<String> = subject.model.into_iter().map(Into::into).collect();
    let sql = match kind {
        TestKind::Unique => unique(&tested, &column),
        TestKind::NotNull => not_null(&tested, &column),
        TestKind::AcceptedValues => {
            accepted_values(&tested, &column, &definition.arguments).map_err(invalid)?
        }
        TestKind::Relationships => {
            let (to, field) = relationship(&definition.arguments).map_err(invalid)?;
            let to = format!("{{{{ {to} }}}}");
            let parent = renderer.render_text(&subject.properties.path, &to, subject.model)?;
            depends_on.extend(parent.refs);
            relationships(&tested, &column, &parent.sql, field)
        }
        TestKind::Singular => return Err(invalid("a singular test is a file under tests/".into())),
    };
    Ok(DataTest {
        name: definition
            .name
            .unwrap_or_else(|| test_name(&kind_name, &subject.label, &column)),
        kind,
        severity: definition.config.severity.unwrap_or(Severity::Error),
        sql,
        depends_on,
    })
}

/// `unique`, or `{accepted_values: {arguments: …, config: …}}`.
fn read_definition(test: &Value) -> Result<(String, Definition), String> {
    match test {
        Value::String(kind) => Ok((kind.clone(), Definition::default())),
        Value::Object(map) if map.len() == 1 => {
            let (kind, body) = map.iter().next().ok_or("an empty test")?;
            let definition = serde_json::from_value(body.clone()).map_err(|error| {
                format!("{kind}: {error} (inputs of a test stand under `arguments:`)")
            })?;
            Ok((kind.clone(), definition))
        }
        other => Err(format!(
            "a test is a name or a map with one name, not {other}"
        )),
    }
}

fn test_kind(name: &str) -> Result<TestKind, String> {
    match name {
        "unique" => Ok(TestKind::Unique),
        "not_null" => Ok(TestKind::NotNull),
        "accepted_values" => Ok(TestKind::AcceptedValues),
        "relationships" => Ok(TestKind::Relationships),
        _ => Err(format!(
            "unknown test {name:?}; there are unique, not_null, accepted_values and relationships"
        )),
    }
}

/// A test on a model as a whole names its column, or an expression, in the arguments.
fn tested_column(column: Option<&str>, definition: &Definition) -> Result<String, String> {
    let argument = definition
        .arguments
        .get("column_name")
        .and_then(Value::as_str);
    column
        .or(argument)
        .map(str::to_owned)
        .ok_or_else(|| "a test outside `columns:` needs the argument column_name".into())
}

/// dbt's own name, without the values that dbt appends.
fn test_name(kind: &str, label: &str, column: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let column: String = column.chars().map(safe).collect();
    format!("{kind}_{label}_{column}")
}

fn filtered(relation: &str, filter: Option<&str>) -> String {
    filter.map_or_else(
        || relation.to_owned(),
        |filter| format!("(select * from {relation} where {filter}) as tested"),
    )
}

fn unique(tested: &str, column: &str) -> String {
    format!(
        "select {column} as unique_field, count(*) as n_records\nfrom {tested}\n\
         where {column} is not null\ngroup by {column}\nhaving count(*) > 1"
    )
}

fn not_null(tested: &str, column: &str) -> String {
    format!("select *\nfrom {tested}\nwhere {column} is null")
}

fn accepted_values(
    tested: &str,
    column: &str,
    arguments: &Map<String, Value>,
) -> Result<String, String> {
    let values = arguments.get("values").and_then(Value::as_array);
    let values = values.filter(|values| !values.is_empty());
    let values = values.ok_or("accepted_values needs the argument values, a list")?;
    let quoted = arguments
        .get("quote")
        .and_then(Value::as_bool)
        .unwrap_or(true);
    let mut list = String::new();
    for value in values {
        let separator = if list.is_empty() { "" } else { ", " };
        write!(list, "{separator}{}", literal(value, quoted)).expect("a String takes any text");
    }
    Ok(format!(
        "select {column} as value_field, count(*) as n_records\nfrom {tested}\n\
         where {column} not in ({list})\ngroup by {column}"
    ))
}

fn literal(value: &Value, quoted: bool) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    if quoted {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        text
    }
}

fn relationship(arguments: &Map<String, Value>) -> Result<(&str, &str), String> {
    let argument = |name: &str| {
        let value = arguments.get(name).and_then(Value::as_str);
        value.ok_or_else(|| format!("relationships needs the argument {name}"))
    };
    Ok((argument("to")?, argument("field")?))
}

fn relationships(tested: &str, column: &str, parent: &str, field: &str) -> String {
    format!(
        "with child as (\n    select {column} as from_field\n    from {tested}\n    \
         where {column} is not null\n),\n\nparent as (\n    select {field} as to_field\n    \
         from {parent}\n)\n\nselect from_field\nfrom child\nleft join parent on \
         child.from_field = parent.to_field\nwhere parent.to_field is null"
    )
}
