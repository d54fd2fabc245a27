//! Lineage events: what they say, and that they fit their schemas.

mod support;

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use support::json_schema::Schemas;
use support::lineage::{facets, faults_by_profile, faults_by_standard, profile, standard};
use week7_audit::openlineage::{EventType, FACETS, RunEvent};
use week7_audit::solution::{
    duckdb_table, end, local_file, merge, parse_parent, redact, s3_object, start, url_file,
};
use week7_audit::{
    Assertion, Attempt, ColumnSource, Dataset, Ending, Field, Lifecycle, Metrics, Parent, Size,
    TestResult,
};

const ID: &str = "01932b6e-7a5c-7def-8123-456789abcdef";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn attempt() -> Attempt {
    Attempt {
        attempt_id: ID.into(),
        command: "run".into(),
        started_at: at("2026-11-21T10:00:00Z"),
        namespace: "open-payments".into(),
        version: "0.1.0".into(),
        parent: Some(Parent {
            namespace: "airflow".into(),
            job: "open_payments.capstone".into(),
            run_id: "01932b6e-0000-7def-8123-456789abcdef".into(),
        }),
        tags: [("data_kind".into(), "synthetic".into())].into(),
    }
}

fn raw() -> Dataset {
    Dataset {
        namespace: "s3://lake".into(),
        name: "raw/a.csv".into(),
        description: Some("A file.".into()),
        fields: vec![Field {
            name: "Total_Amount".into(),
            kind: "text".into(),
            description: None,
        }],
        version: Some("00ff".into()),
        size: Size {
            rows: Some(10),
            bytes: Some(1000),
            files: Some(1),
        },
        metrics: Metrics {
            sums: [("Total_Amount".into(), (12.34, 9))].into(),
        },
        assertions: vec![Assertion {
            name: "structure".into(),
            success: true,
            blocking: false,
            actual: Some("10 records".into()),
        }],
        read: true,
        ..Dataset::default()
    }
}

fn partition() -> Dataset {
    Dataset {
        namespace: "s3://lake".into(),
        name: "curated/dataset=general/program_year=2023".into(),
        fields: vec![Field {
            name: "amount".into(),
            kind: "decimal(14,2)".into(),
            description: Some("What was paid.".into()),
        }],
        columns: BTreeMap::from([(
            "amount".into(),
            vec![ColumnSource {
                namespace: "s3://lake".into(),
                name: "raw/a.csv".into(),
                field: "Total_Amount".into(),
                transformation: Some("read as US dollars".into()),
            }],
        )]),
        lifecycle: Some(Lifecycle::Overwrite),
        size: Size {
            rows: Some(9),
            ..Size::default()
        },
        written: true,
        ..Dataset::default()
    }
}

fn test_result() -> TestResult {
    TestResult {
        name: "rows_accounted".into(),
        passed: false,
        blocking: true,
        description: Some("Is every row accounted for?".into()),
        expected: Some("exactly 0".into()),
        actual: Some("1".into()),
    }
}

fn ended(ending: &Ending) -> RunEvent {
    let datasets = vec![raw(), partition()];
    end(
        &attempt(),
        ending,
        at("2026-11-21T10:00:09Z"),
        datasets,
        &[test_result()],
    )
}

fn json(event: &RunEvent) -> Value {
    serde_json::to_value(event).unwrap()
}

fn events() -> Vec<Value> {
    let endings = [
        Ending::Complete,
        Ending::Fail("disk full".into()),
        Ending::Abort("interrupted".into()),
    ];
    let ends = endings.iter().map(|ending| json(&ended(ending)));
    std::iter::once(json(&start(&attempt())))
        .chain(ends)
        .collect()
}

#[test]
fn every_ending_has_its_event_of_the_same_run() {
    let types: Vec<_> = events()
        .iter()
        .map(|event| event["eventType"].clone())
        .collect();
    assert_eq!(types, ["START", "COMPLETE", "FAIL", "ABORT"]);
    for event in events() {
        assert_eq!(event["run"]["runId"], ID);
        assert_eq!(event["job"]["name"], "capstone.run");
        assert_eq!(event["job"]["namespace"], "open-payments");
        assert_eq!(
            event["run"]["facets"]["parent"]["job"]["namespace"],
            "airflow"
        );
    }
    assert!(!EventType::Start.is_terminal());
    assert!(EventType::Abort.is_terminal());
}

#[test]
fn a_start_can_be_made_again_from_the_attempt_alone() {
    assert_eq!(start(&attempt()), start(&attempt()));
    assert_eq!(start(&attempt()).event_time, attempt().started_at);
}

#[test]
fn the_events_keep_the_profile_and_use_every_facet_of_it() {
    let profile = profile();
    let mut sent: Vec<String> = Vec::new();
    for event in events() {
        assert_eq!(faults_by_profile(&profile, &event), [""; 0], "{event:#}");
        sent.extend(facets(&event).iter().map(|(_, facet)| url(facet)));
    }
    for kind in FACETS {
        assert!(
            sent.contains(&kind.schema_url()),
            "{} is never sent",
            kind.key
        );
    }
}

fn url(facet: &Value) -> String {
    facet["_schemaURL"].as_str().unwrap().to_owned()
}

#[test]
fn an_event_reads_back_as_it_was() {
    for event in events() {
        let back: RunEvent = serde_json::from_value(event.clone()).unwrap();
        assert_eq!(json(&back), event);
    }
}

/// Every document that differs from `whole` in one place: a part is missing, null, or of
/// another type.
fn broken(whole: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut pointers = Vec::new();
    collect_pointers(whole, "", &mut pointers);
    for pointer in pointers {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/").replace("~0", "~");
        let mut without = whole.clone();
        if let Some(Value::Object(fields)) = without.pointer_mut(parent) {
            fields.remove(&name);
            found.push((format!("without {pointer}"), without));
        }
        let old = whole.pointer(&pointer).unwrap();
        let other = if old.is_string() {
            7.into()
        } else {
            "x y".into()
        };
        for (what, value) in [("null", Value::Null), ("of another type", other)] {
            let mut mutant = whole.clone();
            *mutant.pointer_mut(&pointer).unwrap() = value;
            found.push((format!("{pointer} is {what}"), mutant));
        }
    }
    found
}

fn collect_pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            for (name, part) in fields {
                let at = format!("{at}/{}", escape(name));
                found.push(at.clone());
                collect_pointers(part, &at, found);
            }
        }
        Value::Array(parts) => {
            for (index, part) in parts.iter().enumerate() {
                let at = format!("{at}/{index}");
                found.push(at.clone());
                collect_pointers(part, &at, found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_broken_event_is_noticed() {
    let profile = profile();
    let [.., abort] = &events()[..] else {
        unreachable!()
    };
    let mutants = broken(abort);
    let missed = |(_, mutant): &&(String, Value)| faults_by_profile(&profile, mutant).is_empty();
    let missed: Vec<_> = mutants
        .iter()
        .filter(missed)
        .map(|(what, _)| what.as_str())
        .collect();
    // A facet, an entry of a list by name, and some fields may be missing; nothing may be of
    // another type.
    let optional = [
        "description",
        "expected",
        "actual",
        "rowCount",
        "size",
        "fileCount",
        "/bytes",
        "/type",
        "/inputFacets",
        "/outputFacets",
        "/columnMetrics/Total_Amount",
        "/fields/amount",
    ];
    let may = |what: &str| {
        let (holder, _) = what.rsplit_once('/').unwrap();
        let is_left_out = holder.ends_with("acets") || optional.iter().any(|o| what.ends_with(o));
        what.starts_with("without") && is_left_out
    };
    let unexpected: Vec<_> = missed.iter().filter(|what| !may(what)).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    for what in [
        "eventTime",
        "run/runId",
        "job/name",
        "producer",
        "schemaURL",
    ] {
        let gone = format!("without /{what}");
        assert!(mutants.iter().any(|(what, _)| *what == gone), "{gone}");
        assert!(!missed.contains(&gone.as_str()), "{gone} passes");
    }
    assert!(mutants.len() > 300, "{} mutants", mutants.len());
}

#[test]
fn the_events_are_valid_by_the_published_schemas_and_the_profile_is_as_strict() {
    let Some(standard) = standard() else {
        eprintln!(
            "not run here: OPENLINEAGE_SPEC names no copy of the published schemas (the folder \
             spec of a checkout of OpenLineage)"
        );
        return;
    };
    for kind in FACETS {
        assert!(
            standard.has(&kind.schema_url()),
            "nobody published {}",
            kind.schema_url()
        );
    }
    let profile = profile();
    for event in events() {
        assert_eq!(faults_by_standard(&standard, &event), [""; 0]);
        for (what, mutant) in broken(&event) {
            assert_stricter(&profile, &standard, &what, &mutant);
        }
    }
}

fn assert_stricter(profile: &Schemas, standard: &Schemas, what: &str, event: &Value) {
    let faults = faults_by_standard(standard, event);
    if !faults.is_empty() {
        let ours = faults_by_profile(profile, event);
        assert!(
            !ours.is_empty(),
            "{what}: the standard says {faults:?}, the profile nothing"
        );
    }
}

#[test]
fn what_was_read_is_an_input_and_what_was_written_an_output() {
    let event = ended(&Ending::Complete);
    let names = |side: &[week7_audit::openlineage::DatasetRef]| {
        side.iter()
            .map(|dataset| dataset.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&event.inputs), ["raw/a.csv"]);
    assert_eq!(
        names(&event.outputs),
        ["curated/dataset=general/program_year=2023"]
    );
    let output = &event.outputs[0];
    assert!(output.input_facets.is_empty());
    assert_eq!(output.output_facets["outputStatistics"].body["rowCount"], 9);
    let source = &output.facets["columnLineage"].body["fields"]["amount"]["inputFields"][0];
    assert_eq!(source["field"], "Total_Amount");
    assert_eq!(source["transformations"][0]["subtype"], "TRANSFORMATION");
}

#[test]
fn what_was_written_and_then_read_is_an_input_only_if_something_was_measured() {
    let both = |dataset: Dataset| Dataset {
        read: true,
        written: true,
        ..dataset
    };
    let datasets = vec![both(raw()), both(partition())];
    let event = end(
        &attempt(),
        &Ending::Complete,
        at("2026-11-21T10:00:09Z"),
        datasets,
        &[],
    );
    assert_eq!(event.inputs.len(), 1);
    assert!(
        event.inputs[0]
            .input_facets
            .contains_key("dataQualityAssertions")
    );
    assert_eq!(event.outputs.len(), 2);
}

#[test]
fn nobody_learns_a_secret_from_an_error() {
    let cases = [
        (
            "GET https://user:pa55@host:8080/a/b.csv?token=abc123&x=1: refused",
            "GET https://host:8080/a/b.csv?… refused",
        ),
        ("s3://bucket/key is gone", "s3://bucket/key is gone"),
        ("(see http://h/p#frag), then", "(see http://h/p?…), then"),
        (
            "two http://a:b@h/ and http://c@i",
            "two http://h/ and http://i",
        ),
        ("no address", "no address"),
        ("http://", "http://"),
    ];
    for (text, expected) in cases {
        assert_eq!(redact(text), expected);
    }
    let fail = json(&ended(&Ending::Fail(
        "https://me:secret@h/x?sig=secret".into(),
    )))
    .to_string();
    assert!(!fail.contains("secret"), "{fail}");
}

#[test]
fn names_follow_the_rules_of_the_standard() {
    let pair = |namespace: &str, name: &str| (namespace.to_owned(), name.to_owned());
    assert_eq!(local_file("/data/a.csv"), pair("file", "/data/a.csv"));
    assert_eq!(
        s3_object("s3://lake/", "raw/a.csv"),
        pair("s3://lake", "raw/a.csv")
    );
    assert_eq!(
        s3_object("s3://lake/team/x", "raw/"),
        pair("s3://lake", "team/x/raw")
    );
    assert_eq!(
        url_file("https://u:p@download.cms.gov/a/b.zip?sig=1#c"),
        Some(pair("https://download.cms.gov", "/a/b.zip"))
    );
    assert_eq!(url_file("http://h"), Some(pair("http://h", "/")));
    assert_eq!(url_file("/a/b.csv"), None);
    assert_eq!(
        duckdb_table("/lake/w.duckdb", "marts", "fct_payments"),
        pair("duckdb:///lake/w.duckdb", "marts.fct_payments")
    );
}

#[test]
fn a_parent_is_a_namespace_a_job_and_a_run() {
    let parent = parse_parent(&format!("https://airflow/x/dag.task/{ID}")).unwrap();
    assert_eq!(parent.namespace, "https://airflow/x");
    assert_eq!(
        (parent.job.as_str(), parent.run_id.as_str()),
        ("dag.task", ID)
    );
    for text in ["", "a/b/c", ID, &format!("//{ID}"), &format!("job/{ID}")] {
        assert_eq!(parse_parent(text), None, "{text}");
    }
}

fn dataset() -> impl Strategy<Value = Dataset> {
    let parts = (
        "[ab]",
        "[ab]",
        any::<bool>(),
        any::<bool>(),
        any::<Option<u64>>(),
        "[xy]?",
    );
    parts.prop_map(|(namespace, name, read, written, rows, version)| Dataset {
        namespace,
        name,
        read,
        written,
        size: Size {
            rows,
            ..Size::default()
        },
        version: (!version.is_empty()).then_some(version),
        ..Dataset::default()
    })
}

proptest! {
    #[test]
    fn merging_keeps_every_name_once_and_again_changes_nothing(
        datasets in prop::collection::vec(dataset(), 0..12),
    ) {
        let merged = merge(datasets.clone());
        prop_assert_eq!(merge(merged.clone()), merged.clone());
        let name = |dataset: &Dataset| (dataset.namespace.clone(), dataset.name.clone());
        for dataset in &datasets {
            let found: Vec<_> = merged.iter().filter(|m| name(m) == name(dataset)).collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert!(found[0].read >= dataset.read && found[0].written >= dataset.written);
            prop_assert!(found[0].version.is_some() >= dataset.version.is_some());
        }
    }
}
