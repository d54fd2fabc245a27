//! Checkpoint 4.2, modeling: from a folder of SQL files to a star schema.
//!
//! The models are a real dbt project (`solution/dbt`): SQL files whose `ref()` and
//! `source()` calls say what they read, and YAML files that say what must hold. dbt
//! itself can run it. So can this crate: it renders the files, finds the order in which
//! to build them, and turns the YAML into SQL tests that return the rows at fault. It
//! opens no database; whoever calls it executes the statements.
//!
//! - [`ProjectFile`]: what is read, from the binary or from a folder
//! - [`Compilation`]: everything to execute, models first, in order
//! - [`Compiled`], [`DataTest`], [`Analysis`]: one statement each, with what it belongs to
//! - [`ModelingError`]: what is wrong with a project, and in which file
//! - [`solution`]: the reference
//!
//! # Out of scope
//!
//! The materializations `view` and `table`; the generic tests `unique`, `not_null`,
//! `accepted_values` and `relationships`. Anything else (incremental models, snapshots,
//! packages, hooks) is an error that names it, never silently ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

pub mod solution;
mod walk;

/// One text file of a dbt project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFile {
    /// Path from the project's root, `/` between the parts: `models/marts/payments/dim_products.sql`.
    pub path: String,
    /// Its whole content.
    pub text: String,
}

/// What a run may choose; everything else stands in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileOptions {
    /// `target.name` in templates: which environment this is.
    pub target: String,
    /// `target.schema`: where a model goes that no configuration gives a schema.
    pub schema: String,
    /// Values that overrule the project's `vars`.
    pub vars: BTreeMap<String, serde_json::Value>,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self {
            target: "capstone".into(),
            schema: "main".into(),
            vars: BTreeMap::new(),
        }
    }
}

/// How a model exists in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Materialization {
    /// A stored query: no bytes, and its work is done by each reader.
    View,
    /// Stored rows: the work is done once per load.
    Table,
}

impl fmt::Display for Materialization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::View => "view",
            Self::Table => "table",
        })
    }
}

/// What the YAML says about a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnDoc {
    /// Its name in the model.
    pub name: String,
    /// Its SQL type, where stated.
    pub data_type: Option<String>,
    /// What it means, in one sentence; may be empty.
    pub description: String,
}

/// A model, ready to execute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compiled {
    /// The file's name without `.sql`; unique in a project.
    pub name: String,
    /// The schema it is built in.
    pub schema: String,
    /// View or table.
    pub materialization: Materialization,
    /// A `select` without a closing semicolon.
    pub sql: String,
    /// The models that it reads.
    pub depends_on: BTreeSet<String>,
    /// What it is, from the YAML; may be empty.
    pub description: String,
    /// The documented columns, in the YAML's order.
    pub columns: Vec<ColumnDoc>,
    /// The YAML's tests on it.
    pub tests: Vec<DataTest>,
}

impl Compiled {
    /// The quoted name by which other statements read it: `"marts"."fct_payments"`.
    pub fn relation(&self) -> String {
        relation(&self.schema, &self.name)
    }

    /// The statement that builds it; its schema must exist and its name be free.
    pub fn create_statement(&self) -> String {
        format!(
            "create {} {} as\n{}",
            self.materialization,
            self.relation(),
            self.sql
        )
    }
}

/// A quoted, schema-qualified SQL name.
pub fn relation(schema: &str, name: &str) -> String {
    let quote = |part: &str| format!("\"{}\"", part.replace('"', "\"\""));
    format!("{}.{}", quote(schema), quote(name))
}

/// What a failing test means for the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The models are wrong: do not publish them.
    Error,
    /// The data is odd: publish and say so.
    Warn,
}

/// What a test checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// No value stands twice; NULL does not count.
    Unique,
    /// No NULL.
    NotNull,
    /// Only listed values; NULL passes.
    AcceptedValues,
    /// Each value exists in a column of another model; NULL passes.
    Relationships,
    /// A file under `tests/`.
    Singular,
}

/// A query that returns one row per failure, and so nothing when all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataTest {
    /// Unique in the project, such as `unique_dim_products_product_key`.
    pub name: String,
    /// What it checks.
    pub kind: TestKind,
    /// What its failure means.
    pub severity: Severity,
    /// A `select` without a closing semicolon.
    pub sql: String,
    /// The models that it reads.
    pub depends_on: BTreeSet<String>,
}

/// A question that the star schema answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Analysis {
    /// The file's name without `.sql`.
    pub name: String,
    /// The comment at the head of the file.
    pub question: String,
    /// A `select` without a closing semicolon.
    pub sql: String,
}

/// A whole project, ready to execute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compilation {
    /// The project's name.
    pub name: String,
    /// In an order in which each model follows all that it reads; always the same order.
    pub models: Vec<Compiled>,
    /// Tests that belong to no model: on sources, and the files under `tests/`.
    pub tests: Vec<DataTest>,
    /// The questions, by name.
    pub analyses: Vec<Analysis>,
    /// The variables in force: the project's, overruled by the caller's.
    pub vars: BTreeMap<String, serde_json::Value>,
}

impl Compilation {
    /// Every test, those of the models first, in build order.
    pub fn all_tests(&self) -> impl Iterator<Item = &DataTest> {
        self.models
            .iter()
            .flat_map(|model| &model.tests)
            .chain(&self.tests)
    }

    /// The schemas that the models are built in.
    pub fn schemas(&self) -> BTreeSet<&str> {
        self.models
            .iter()
            .map(|model| model.schema.as_str())
            .collect()
    }
}

/// What is wrong with a project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelingError {
    /// The folder holds no project, or a file of it can't be read.
    #[error("{path}: {message}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        message: String,
    },
    /// A YAML file does not parse, or asks for what this crate does not do.
    #[error("{path}: {message}")]
    Yaml {
        /// The file.
        path: String,
        /// What is wrong, with the line where known.
        message: String,
    },
    /// A template does not render.
    #[error("{path}, line {line}: {message}")]
    Template {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Two files make one name.
    #[error("{first} and {second} both define {name}; names are unique in a project")]
    DuplicateName {
        /// The name.
        name: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// `ref()` of a model that does not exist.
    #[error("{path} refers to the model {name:?}, which does not exist{}", hint(nearest.as_deref()))]
    UnknownModel {
        /// The file with the reference.
        path: String,
        /// The name that it uses.
        name: String,
        /// A model with a similar name.
        nearest: Option<String>,
    },
    /// `source()` of a table that no YAML file declares.
    #[error("{path} reads the source {name:?}, which no sources file declares{}", hint(nearest.as_deref()))]
    UnknownSource {
        /// The file with the reference.
        path: String,
        /// Source and table, with a dot between.
        name: String,
        /// A declared table with a similar name.
        nearest: Option<String>,
    },
    /// Models that wait for each other.
    #[error("these models wait for each other: {}", path.join(" -> "))]
    Cycle {
        /// Each model reads the next; the first and last are the same.
        path: Vec<String>,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!("; did you mean {name:?}?"))
        .unwrap_or_default()
}
