//! Every attempt has its two events, they are valid, and they say what happened.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::schemas::{faults_by_profile, faults_by_standard, profile, standard};
use crate::story::{attempts, dataset, first, last_end, lines, types};
use crate::support::{Desk, Ended, one_year};

/// Each event fits our profile, and the published schemas where they are at hand.
#[track_caller]
fn assert_valid(events: &[Value]) {
    let (profile, standard) = (profile(), standard());
    for event in events {
        assert_eq!(faults_by_profile(&profile, event), [""; 0], "{event:#}");
        if let Some(standard) = &standard {
            assert_eq!(faults_by_standard(standard, event), [""; 0], "{event:#}");
        }
    }
}

/// A lake after so many runs of the same source, and the source.
fn ran(times: usize) -> (Desk, String) {
    let desk = Desk::new();
    let source = desk.real("good", &first(1));
    let source = source.to_str().unwrap().to_owned();
    for _ in 0..times {
        let run = ["run", "--lake", "lake", "--source", &source];
        desk.run(&run).expect(0);
    }
    (desk, source)
}

#[test]
fn every_attempt_has_one_start_and_one_terminal_event_and_all_are_valid() {
    let (desk, _) = ran(2);
    desk.run(&["report", "--lake", "lake"]).expect(0);
    let bad = desk.write("bad/OP_DTL_GNRL_PGYR2022_P06302023.csv", "no,header\n1,2\n");
    desk.run(&["run", "--lake", "lake", "--source", bad.to_str().unwrap()])
        .expect(1);
    let events = lines(&desk, "lake");
    assert_valid(&events);
    let told = types(&events);
    let attempts = attempts(&desk, "lake");
    assert_eq!(attempts.len(), 4);
    assert_eq!(told.len(), 4, "an event of no attempt");
    for (id, outcome) in &attempts {
        let end = if outcome == "succeeded" {
            "COMPLETE"
        } else {
            "FAIL"
        };
        assert_eq!(told[id.as_str()], ["START", end], "{outcome}");
    }
    let jobs: Vec<&str> = events
        .iter()
        .filter(|event| event["eventType"] == "START")
        .map(|event| event["job"]["name"].as_str().unwrap())
        .collect();
    let run = "capstone.run";
    assert_eq!(jobs, [run, run, "capstone.report", run]);
    let error = &last_end(&events)["run"]["facets"]["errorMessage"]["message"];
    assert!(
        error.as_str().unwrap().contains("unknown header"),
        "{error}"
    );
}

#[test]
fn a_run_names_what_it_read_and_wrote_with_the_counts_of_its_commit() {
    let (desk, source) = ran(1);
    let events = lines(&desk, "lake");
    let run = events
        .iter()
        .find(|event| event["eventType"] == "COMPLETE")
        .unwrap();
    let runs = desk
        .run(&["runs", "--json", "--lake", "lake"])
        .expect(0)
        .json();
    let commits = runs["commits"].as_array().unwrap();
    let commit = commits
        .iter()
        .find(|commit| commit["partition"]["dataset"] == "general")
        .unwrap();
    let sum = |list: &str, field: &str| {
        let files = commit[list].as_array().unwrap().iter();
        files.map(|file| file[field].as_u64().unwrap()).sum::<u64>()
    };

    let curated = dataset(run, "outputs", "curated/dataset=general/program_year=2023");
    assert_eq!(curated["namespace"], "s3://open-payments");
    let written = &curated["outputFacets"]["outputStatistics"];
    assert_eq!(written["rowCount"], sum("data", "rows"));
    assert_eq!(written["size"], sum("data", "size"));
    assert_eq!(
        curated["facets"]["version"]["datasetVersion"],
        commit["run_id"]
    );
    assert_eq!(
        curated["facets"]["lifecycleStateChange"]["lifecycleStateChange"],
        "CREATE"
    );
    let rejected = dataset(
        run,
        "outputs",
        "staging/rejected/dataset=general/program_year=2023",
    );
    assert_eq!(
        rejected["outputFacets"]["outputStatistics"]["rowCount"],
        sum("rejected", "rows")
    );

    let file = &commit["sources"][0];
    let raw = dataset(run, "inputs", file["raw_key"].as_str().unwrap());
    assert_eq!(
        raw["inputFacets"]["inputStatistics"]["rowCount"],
        file["read"]["rows"]
    );
    let assertions = raw["inputFacets"]["dataQualityAssertions"]["assertions"].as_array();
    assert!(
        assertions.is_some_and(|found| found.len() >= 3),
        "{assertions:?}"
    );
    let name = file["name"].as_str().unwrap();
    let delivered = dataset(run, "inputs", name);
    assert_eq!(delivered["namespace"], "file");
    let path = fs::canonicalize(&source).unwrap().join(name);
    assert_eq!(
        fs::canonicalize(delivered["name"].as_str().unwrap()).unwrap(),
        path
    );
    assert_eq!(delivered["inputFacets"]["inputStatistics"]["rowCount"], 300);

    let fact = dataset(run, "outputs", "marts.fct_payments");
    let payments = u64::try_from(desk.payments("lake").unwrap()).unwrap();
    assert_eq!(
        fact["outputFacets"]["outputStatistics"]["rowCount"],
        payments
    );
    let tests = run["run"]["facets"]["test"]["tests"].as_array().unwrap();
    assert!(
        tests.iter().any(|test| test["name"] == "rows_accounted"),
        "{tests:?}"
    );
    dataset(run, "outputs", "lake/report.html");
}

#[test]
fn columns_lead_back_to_the_header_of_the_file() {
    let (desk, source) = ran(1);
    let events = lines(&desk, "lake");
    let run = events
        .iter()
        .find(|event| event["eventType"] == "COMPLETE")
        .unwrap();
    let curated = dataset(run, "outputs", "curated/dataset=general/program_year=2023");
    let columns = curated["facets"]["columnLineage"]["fields"]
        .as_object()
        .unwrap();
    let schema = curated["facets"]["schema"]["fields"].as_array().unwrap();
    let names: BTreeSet<&str> = schema
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert!(columns.keys().all(|column| names.contains(column.as_str())));

    let source = fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let general = source
        .into_iter()
        .find(|path| path.to_string_lossy().contains("GNRL"));
    let text = fs::read_to_string(general.unwrap()).unwrap();
    let header: BTreeSet<&str> = text
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(|n| n.trim_matches('"'))
        .collect();
    assert_eq!(
        columns.len(),
        header.len(),
        "a column of the file leads nowhere"
    );
    let field = |column: &str| columns[column]["inputFields"][0]["field"].as_str().unwrap();
    assert!(columns.keys().all(|column| header.contains(field(column))));
    assert_eq!(
        field("total_amount_of_payment_usdollars"),
        "Total_Amount_of_Payment_USDollars"
    );
    let how = |column: &str| &columns[column]["inputFields"][0]["transformations"][0]["subtype"];
    assert_eq!(how("total_amount_of_payment_usdollars"), "TRANSFORMATION");
    assert_eq!(how("recipient_city"), "IDENTITY");
}

#[test]
fn an_unchanged_run_wrote_nothing() {
    let (desk, _) = ran(2);
    let events = lines(&desk, "lake");
    let mut ends = events
        .iter()
        .filter(|event| event["eventType"] == "COMPLETE");
    let unchanged = ends.nth(1).unwrap();
    let names = |side: &str| {
        let datasets = unchanged[side].as_array().unwrap().iter();
        datasets
            .map(|dataset| dataset["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let outputs = names("outputs");
    assert!(
        outputs.iter().all(|name| name.ends_with("report.html")),
        "{outputs:?}"
    );
    assert!(
        names("inputs").iter().any(|name| name.contains("GNRL")),
        "{:?}",
        names("inputs")
    );
}

#[test]
fn no_event_has_a_row_or_a_secret() {
    let desk = Desk::new();
    let source = desk.real("good", &first(3));
    let arguments = [
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    let secret = "kEy0fTh3Lineag3";
    let mut run = desk.capstone(&arguments);
    run.env("OPENLINEAGE_API_KEY", secret)
        .env("AWS_SECRET_ACCESS_KEY", secret);
    Ended::of(run.output().unwrap()).expect(0);
    let text = fs::read_to_string(desk.path("lake/lineage.jsonl")).unwrap();
    assert!(!text.contains(secret));
    let sql = "select record_id::varchar as v from lake.general_payments union all
               select recipient_primary_business_street_address_line1 from lake.general_payments union all
               select covered_recipient_last_name || ',' from lake.general_payments union all
               select raw from lake.rejected_records";
    let rows = desk
        .run(&["query", sql, "--json", "--lake", "lake"])
        .expect(0)
        .json();
    let values = rows["rows"].as_array().unwrap().iter();
    let values: BTreeSet<&str> = values.filter_map(|row| row["v"].as_str()).collect();
    assert!(values.len() > 500, "{} values", values.len());
    let found: Vec<_> = values
        .iter()
        .filter(|value| text.contains(**value))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_defect_is_a_failure_too() {
    let desk = Desk::new();
    let source = desk.real("good", &one_year(2023, 1));
    let arguments = [
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    let mut run = desk.capstone(&arguments);
    let output = run.env("CAPSTONE_CRASH", "panic commit").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let events = lines(&desk, "lake");
    assert_valid(&events);
    let told: Vec<_> = types(&events).into_values().collect();
    assert_eq!(told, [["START", "FAIL"]]);
    assert_eq!(attempts(&desk, "lake")[0].1, "failed");
}

#[test]
fn a_scheduler_is_the_parent_and_names_the_namespace() {
    let desk = Desk::new();
    desk.run(&[
        "generate", "--rows", "300", "--years", "2023", "--lake", "lake",
    ])
    .expect(0);
    let parent = "airflow/open_payments.ingest/01932b6e-7a5c-7def-8123-456789abcdef";
    let mut ingest = desk.capstone(&["ingest", "--lake", "lake"]);
    ingest
        .env("OPENLINEAGE_PARENT_ID", parent)
        .env("OPENLINEAGE_NAMESPACE", "team");
    Ended::of(ingest.output().unwrap()).expect(0);
    let events = lines(&desk, "lake");
    assert_valid(&events);
    for event in &events {
        assert_eq!(event["job"]["namespace"], "team");
        assert_eq!(event["job"]["name"], "capstone.ingest");
        assert_eq!(
            event["run"]["facets"]["parent"]["job"]["name"],
            "open_payments.ingest"
        );
    }
    // What one stage brings in, it has written.
    let raw = event_names(last_end(&events), "outputs");
    assert!(
        raw.iter().all(|name| name.starts_with("raw/")) && !raw.is_empty(),
        "{raw:?}"
    );

    let mut ingest = desk.capstone(&["ingest", "--lake", "lake"]);
    ingest.env("OPENLINEAGE_PARENT_ID", "what is this");
    let ended = Ended::of(ingest.output().unwrap()).expect(0);
    let warnings = ended.stderr.matches("OPENLINEAGE_PARENT_ID").count();
    assert_eq!(warnings, 1, "said once: {}", ended.stderr);
    assert_valid(&lines(&desk, "lake"));
}

fn event_names(event: &Value, side: &str) -> Vec<String> {
    let datasets = event[side].as_array().unwrap().iter();
    datasets
        .map(|dataset| dataset["name"].as_str().unwrap().to_owned())
        .collect()
}
