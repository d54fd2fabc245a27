//! Reading, rendering and ordering a project, and the errors that name what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use week4_modeling::solution::{compile, embedded, order, read_project};
use week4_modeling::{
    Compilation, CompileOptions, Materialization, ModelingError, ProjectFile, Severity, TestKind,
};

const PROJECT: &str = "name: shop\nmodels: {shop: {marts: {+materialized: table, +schema: marts}}}\n\
                       vars: {limit: 5, shop: {limit: 7}}\n";

fn file(path: &str, text: &str) -> ProjectFile {
    ProjectFile {
        path: path.into(),
        text: text.into(),
    }
}

fn project(files: &[(&str, &str)]) -> Result<Compilation, ModelingError> {
    let mut all = vec![file("dbt_project.yml", PROJECT)];
    all.extend(files.iter().map(|(path, text)| file(path, text)));
    compile(&all, &CompileOptions::default())
}

fn error(files: &[(&str, &str)]) -> String {
    project(files).unwrap_err().to_string()
}

#[test]
fn models_stand_after_all_that_they_read() {
    let project = project(&[
        ("models/a.sql", "select * from {{ ref('z') }}"),
        ("models/m.sql", "select 1"),
        ("models/z.sql", "select * from {{ ref('m') }}"),
    ]);
    let names: Vec<_> = project
        .unwrap()
        .models
        .into_iter()
        .map(|model| model.name)
        .collect();
    assert_eq!(names, ["m", "z", "a"]);
}

#[test]
fn models_that_wait_for_each_other_are_named_in_a_circle() {
    let message = error(&[
        ("models/a.sql", "select * from {{ ref('b') }}"),
        ("models/b.sql", "select * from {{ ref('c') }}"),
        ("models/c.sql", "select * from {{ ref('a') }}"),
        ("models/d.sql", "select * from {{ ref('a') }}"),
    ]);
    assert_eq!(
        message,
        "these models wait for each other: a -> b -> c -> a"
    );
}

#[test]
fn a_model_that_reads_itself_is_a_circle_of_one() {
    let message = error(&[("models/a.sql", "select * from {{ ref('a') }}")]);
    assert_eq!(message, "these models wait for each other: a -> a");
}

#[test]
fn an_unknown_model_is_an_error_with_the_name_that_was_meant() {
    let message = error(&[
        ("models/orders.sql", "select 1"),
        ("models/top.sql", "select * from {{ ref('order') }}"),
    ]);
    assert_eq!(
        message,
        "models/top.sql refers to the model \"order\", which does not exist; did you mean \"orders\"?"
    );
}

#[test]
fn an_undeclared_source_is_an_error() {
    let message = error(&[
        (
            "models/s.yml",
            "sources: [{name: lake, tables: [{name: payments}]}]",
        ),
        (
            "models/a.sql",
            "select * from {{ source('lake', 'payment') }}",
        ),
    ]);
    assert_eq!(
        message,
        "models/a.sql reads the source \"lake.payment\", which no sources file declares; \
         did you mean \"lake.payments\"?"
    );
}

#[test]
fn refs_and_sources_become_quoted_relations() {
    let project = project(&[
        (
            "models/s.yml",
            "sources: [{name: lake, schema: raw, tables: [{name: t}]}]",
        ),
        (
            "models/marts/f.sql",
            "select * from {{ source('lake', 't') }};",
        ),
        ("models/v.sql", "select * from {{ ref('f') }}"),
    ])
    .unwrap();
    assert_eq!(project.models[0].sql, "select * from \"raw\".\"t\"");
    assert_eq!(project.models[1].sql, "select * from \"main_marts\".\"f\"");
    assert_eq!(
        project.models[1].depends_on,
        BTreeSet::from(["f".to_owned()])
    );
}

#[test]
fn the_nearest_configuration_wins() {
    let project = project(&[
        ("models/marts/a.sql", "select 1"),
        ("models/marts/b.sql", "select 1"),
        ("models/marts/c.sql", "{{ config(materialized='table', schema='own') }}select 1"),
        (
            "models/m.yml",
            "models: [{name: b, config: {materialized: view}}, {name: c, config: {materialized: view}}]",
        ),
        ("models/d.sql", "select 1"),
        ("macros/g.sql", "{% macro generate_schema_name(name, node) %}{{ name or 'main' }}{% endmacro %}"),
    ])
    .unwrap();
    let found: Vec<_> = project
        .models
        .iter()
        .map(|model| {
            (
                model.name.as_str(),
                model.schema.as_str(),
                model.materialization,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a", "marts", Materialization::Table),
            ("b", "marts", Materialization::View),
            ("c", "own", Materialization::Table),
            ("d", "main", Materialization::View),
        ]
    );
}

#[test]
fn vars_come_from_the_caller_then_the_project_then_the_template() {
    let files = [
        file("dbt_project.yml", PROJECT),
        file(
            "models/a.sql",
            "select {{ var('limit') }}, {{ var('other', 1) }}",
        ),
    ];
    let sql = |options| compile(&files, &options).unwrap().models[0].sql.clone();
    assert_eq!(sql(CompileOptions::default()), "select 7, 1");
    let vars = BTreeMap::from([("limit".to_owned(), serde_json::json!(9))]);
    assert_eq!(
        sql(CompileOptions {
            vars,
            ..CompileOptions::default()
        }),
        "select 9, 1"
    );
}

#[test]
fn a_variable_without_a_value_is_an_error_at_its_line() {
    let message = error(&[("models/a.sql", "select\n    {{ var('absent') }}")]);
    assert_eq!(
        message,
        "models/a.sql, line 2: no variable \"absent\" in dbt_project.yml, and no default here"
    );
}

#[test]
fn target_this_macros_and_comments_render() {
    let project = project(&[
        (
            "macros/m.sql",
            "{# doubles #}{% macro twice(x) -%} {{ x }} + {{ x }} {%- endmacro %}",
        ),
        (
            "models/a.sql",
            "{# not SQL: {{ ref('nothing') }} #}\nselect {{ twice('n') }}, '{{ target.name }}', '{{ this }}'",
        ),
    ]);
    assert_eq!(
        project.unwrap().models[0].sql,
        "select n + n, 'capstone', '\"main\".\"a\"'"
    );
}

#[test]
fn a_template_error_names_file_and_line() {
    let message = error(&[("models/a.sql", "select 1\n\nfrom {{ nowhere( }}")]);
    assert!(message.starts_with("models/a.sql, line 3: "), "{message}");
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let message = error(&[(
        "models/a.sql",
        "{{ config(materialized='incremental') }} select 1",
    )]);
    assert!(
        message.contains("\"incremental\" is not supported"),
        "{message}"
    );
    let message = error(&[("models/a.sql", "{{ config(unique_key='id') }} select 1")]);
    assert!(message.contains("unique_key"), "{message}");
    let message = error(&[
        ("models/a.sql", "select 1"),
        (
            "models/m.yml",
            "models: [{name: a, columns: [{name: id, data_tests: [positive]}]}]",
        ),
    ]);
    assert!(message.contains("unknown test \"positive\""), "{message}");
}

#[test]
fn two_files_with_one_name_are_an_error() {
    let message = error(&[
        ("models/x/a.sql", "select 1"),
        ("models/y/a.sql", "select 2"),
    ]);
    assert_eq!(
        message,
        "models/x/a.sql and models/y/a.sql both define a; names are unique in a project"
    );
}

#[test]
fn yaml_for_a_misspelled_model_is_an_error_and_not_a_test_that_never_runs() {
    let message = error(&[
        ("models/orders.sql", "select 1"),
        ("models/m.yml", "models: [{name: order}]"),
    ]);
    assert!(message.contains("did you mean \"orders\"?"), "{message}");
}

#[test]
fn inputs_of_a_test_outside_arguments_are_an_error_that_says_where_they_go() {
    let message = error(&[
        ("models/a.sql", "select 1 as id"),
        (
            "models/m.yml",
            "models: [{name: a, columns: [{name: id, data_tests: [{accepted_values: {values: [1]}}]}]}]",
        ),
    ]);
    assert!(message.contains("under `arguments:`"), "{message}");
    assert!(message.starts_with("models/m.yml: a: "), "{message}");
}

fn shop_tests(yaml: &str) -> Compilation {
    project(&[
        ("models/a.sql", "select 1 as id, 'x' as kind"),
        ("models/b.sql", "select 1 as id"),
        ("models/m.yml", yaml),
    ])
    .unwrap()
}

#[test]
fn yaml_tests_become_sql_with_their_severity() {
    let project = shop_tests(
        "models:\n  - name: a\n    columns:\n      - name: kind\n        data_tests:\n          \
         - accepted_values:\n              arguments: {values: [x, \"o'hara\"]}\n              \
         config: {severity: warn, where: id > 0}\n          - not_null\n",
    );
    let tests = &project.models[0].tests;
    assert_eq!(tests[0].name, "accepted_values_a_kind");
    assert_eq!(tests[0].severity, Severity::Warn);
    assert!(
        tests[0].sql.contains("not in ('x', 'o''hara')"),
        "{}",
        tests[0].sql
    );
    assert!(tests[0].sql.contains("where id > 0"), "{}", tests[0].sql);
    assert_eq!(
        (tests[1].kind, tests[1].severity),
        (TestKind::NotNull, Severity::Error)
    );
}

#[test]
fn a_relationship_depends_on_both_models() {
    let project = shop_tests(
        "models: [{name: a, columns: [{name: id, data_tests: \
         [{relationships: {arguments: {to: ref('b'), field: id}}}]}]}]",
    );
    let test = &project.models[0].tests[0];
    assert_eq!(
        test.depends_on,
        BTreeSet::from(["a".to_owned(), "b".to_owned()])
    );
    assert!(test.sql.contains("from \"main\".\"b\""), "{}", test.sql);
    // A test is no reason to build its parent first.
    assert_eq!(project.models[0].depends_on, BTreeSet::new());
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut reversed = embedded();
    reversed.reverse();
    let options = CompileOptions::default();
    assert_eq!(compile(&reversed, &options), compile(&embedded(), &options));
}

#[test]
fn the_embedded_project_is_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("solution/dbt");
    assert_eq!(read_project(&folder).unwrap(), embedded());
}

#[test]
fn a_folder_without_a_project_file_is_no_project() {
    let folder = tempfile::tempdir().unwrap();
    let message = read_project(folder.path()).unwrap_err().to_string();
    assert!(
        message.ends_with("holds no dbt_project.yml, so it is no dbt project"),
        "{message}"
    );
}

#[test]
fn the_reference_project_has_its_schemas_and_questions() {
    let project = compile(&embedded(), &CompileOptions::default()).unwrap();
    assert_eq!(
        project.schemas(),
        BTreeSet::from(["intermediate", "marts", "staging"])
    );
    let questions = &project.analyses;
    assert!(questions.iter().any(|analysis| {
        analysis.name == "monthly_trend"
            && analysis
                .question
                .starts_with("How do payments and dollars move")
    }));
}

/// Any graph of up to eight models, cycles included.
fn graph() -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
    let name = (0..8_u8).prop_map(|n| format!("m{n}"));
    let reads = prop::collection::btree_set(name.clone(), 0..3);
    prop::collection::btree_map(name, reads, 0..9)
}

proptest! {
    #[test]
    fn an_order_is_complete_and_respects_every_edge_or_the_cycle_is_real(graph in graph()) {
        match order(&graph) {
            Ok(order) => {
                prop_assert_eq!(order.len(), graph.len());
                let place: BTreeMap<_, _> = order.iter().zip(0..).collect();
                for (name, reads) in &graph {
                    for read in reads.iter().filter(|read| graph.contains_key(*read)) {
                        prop_assert!(place[read] < place[name], "{} before {}", name, read);
                    }
                }
            }
            Err(ModelingError::Cycle { path }) => {
                prop_assert!(path.len() > 1 && path.first() == path.last());
                for pair in path.windows(2) {
                    prop_assert!(graph[&pair[0]].contains(&pair[1]), "{:?}", path);
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
