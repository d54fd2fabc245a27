//! Commands that make no sense, come too early, or are not listened to.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Desk, Ended, files_below, one_year};

const RUN: [&str; 7] = ["run", "--lake", "lake", "--years", "2023", "--rows", "100"];

#[test]
fn a_command_line_that_makes_no_sense_is_an_error_of_usage() {
    let desk = Desk::new();
    for (arguments, said) in [
        (
            &["run", "--years", "2023..2016"][..],
            &["runs backwards", "2016..2023"][..],
        ),
        (&["rnu"], &["unrecognized subcommand", "rnu"]),
        (&["run", "--threads", "0"], &["--threads"]),
        (
            &["run", "--lake", "s3://Bad_Bucket"],
            &["s3://Bad_Bucket", "lower-case"],
        ),
        (
            &[
                "runs",
                "--lake",
                "s3://lake",
                "--endpoint",
                "localhost:9000",
            ],
            &["localhost:9000", "http://"],
        ),
        (
            &["run", "--rows", "99999999999"],
            &["99999999999", "at most"],
        ),
        (
            &["run", "--faults", "200%"],
            &["fault rate", "between 0 and 0.5"],
        ),
        (
            &["s3", "--lake", "s3://my-bucket"],
            &["s3://my-bucket", "--lake takes a folder"],
        ),
    ] {
        desk.run(arguments).expect(2).says(said);
    }
    let made: Vec<_> = files_below(&desk.path("."));
    assert_eq!(
        made,
        Vec::<std::path::PathBuf>::new(),
        "nothing is left behind"
    );
}

#[test]
fn a_stage_without_a_lake_says_what_to_run_first() {
    let desk = Desk::new();
    for stage in ["validate", "transform", "load", "quality", "report", "runs"] {
        desk.run(&[stage, "--lake", "lake"])
            .expect(1)
            .says(&["error: there is no lake in lake yet", "`capstone run`"]);
    }
    desk.run(&["ingest", "--lake", "lake"]).expect(1).says(&[
        "error: there is no ",
        "source",
        "`capstone generate`",
    ]);
    assert!(!desk.path("lake/s3/open-payments").exists());
}

#[test]
fn stages_out_of_order_say_which_comes_first() {
    let desk = Desk::new();
    let source = desk.real("real", &one_year(2023, 1));
    let stage = |name| desk.run(&[name, "--lake", "lake"]);
    let ingest = [
        "ingest",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ];
    desk.run(&ingest).expect(0);
    stage("transform").expect(1).says(&[
        "NOT DONE",
        "general 2023",
        "not validated yet",
        "`capstone validate`",
    ]);
    stage("load").expect(1).says(&[
        "error: nothing is committed",
        "`capstone validate`",
        "`capstone transform`",
    ]);
    stage("validate").expect(0);
    stage("transform")
        .expect(0)
        .says(&["general 2023", "committed as commit 1"]);
    for early in ["quality", "report"] {
        stage(early)
            .expect(1)
            .says(&["error: there is no star schema yet", "`capstone load`"]);
    }
    let payments = "select count(*) from marts.fct_payments";
    desk.run(&["query", payments, "--lake", "lake"])
        .expect(1)
        .says(&["error: there is no star schema yet", "`capstone load`"]);
    stage("load").expect(0);
    stage("quality").expect(0);
    stage("report").expect(0);
}

#[test]
fn a_query_that_changes_something_or_makes_no_sense_is_refused() {
    let desk = Desk::new();
    desk.run(&RUN).expect(0);
    let query = |sql| desk.run(&["query", sql, "--lake", "lake"]);
    for sql in [
        "drop table marts.fct_payments",
        "create table x (a int)",
        "select 1; delete from marts.fct_payments",
    ] {
        query(sql)
            .expect(2)
            .says(&["error: ", "open for reading only"]);
    }
    query("select * from nowhere")
        .expect(2)
        .says(&["error: ", "Table with name nowhere does not exist"]);
    query("selct 1")
        .expect(2)
        .says(&["error: ", "syntax error"]);
    for sql in ["", " ; "] {
        query(sql).expect(2).says(&["error: the query is empty"]);
    }
    assert_eq!(desk.payments("lake"), Some(100));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let desk = Desk::new();
    desk.run(&RUN).expect(0);
    for arguments in [
        &["query", "select * from range(200000)", "--lake", "lake"][..],
        &["query"],
        &["runs", "--lake", "lake"],
        &[
            "generate", "--out", "made", "--years", "2023", "--rows", "10",
        ],
        &["load", "--lake", "lake"],
    ] {
        let mut child = desk.start(arguments);
        drop(child.stdout.take());
        Ended::of(child.wait_with_output().unwrap()).expect(0);
    }
    // Nobody listens to the error either.
    let mut command = desk.capstone(&["query", "selct", "--lake", "lake"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn json_is_one_document_whatever_happens_and_logs_stay_out_of_it() {
    let desk = Desk::new();
    let json = |arguments: &[&str], code: i32| {
        let arguments = [arguments, &["--json", "--log-format", "json"]].concat();
        let ended = desk.run(&arguments).expect(code);
        for line in ended.stderr.lines() {
            let log: Result<Value, _> = serde_json::from_str(line);
            assert!(log.is_ok_and(|log| log["level"].is_string()), "{line}");
        }
        (ended.json(), ended.stderr)
    };
    let (made, _) = json(
        &[
            "generate", "--out", "made", "--years", "2023", "--rows", "10",
        ],
        0,
    );
    assert_eq!(made["folder"], "made");
    let (summary, logs) = json(&RUN, 0);
    assert!(logs.contains("committed"), "stages are logged: {logs}");
    assert_eq!(summary["error"], Value::Null);
    assert_eq!(summary["data"], "synthetic");
    assert_eq!(summary["deliveries"].as_array().unwrap().len(), 3);
    json(&["runs", "--lake", "lake"], 0);
    json(&["query", "select 1 as one", "--lake", "lake"], 0);
    json(&["query"], 0);

    let (error, logs) = json(&["load", "--lake", "none"], 1);
    assert!(error["error"].as_str().unwrap().contains("no lake in none"));
    assert!(logs.contains("no lake in none"));
    let other = desk.write("in/other.csv", "patient\n1\n");
    let (summary, _) = json(
        &["run", "--lake", "real", "--source", other.to_str().unwrap()],
        1,
    );
    assert_eq!(summary["problems"][0]["subject"], "other.csv");
    let (summary, _) = json(&["load", "--lake", "real"], 1);
    assert!(
        summary["error"]
            .as_str()
            .unwrap()
            .contains("nothing is committed")
    );
}

#[test]
fn a_defect_is_one_sentence_without_a_backtrace_and_goes_into_the_history() {
    let desk = Desk::new();
    let mut command = desk.capstone(&RUN);
    command.env("CAPSTONE_CRASH", "panic curated/");
    let ended = Ended::of(command.output().unwrap()).expect(1);
    ended.says(&["error: this is a defect of the program", "Please report it"]);
    let attempt = desk.last_attempt("lake");
    assert_eq!(attempt["outcome"], "failed");
    assert!(desk.visible("lake").is_empty());
    desk.run(&RUN).expect(0);
}

#[cfg(unix)]
#[test]
fn the_embedded_lake_is_served_until_ctrl_c() {
    use crate::support::gate::{interrupt, with_keys};
    let desk = Desk::new();
    desk.run(&RUN).expect(0);
    let mut server = desk.start(&["s3", "--lake", "lake", "--json"]);
    let settings = serde_json::Deserializer::from_reader(server.stdout.as_mut().unwrap())
        .into_iter::<Value>()
        .next()
        .unwrap()
        .unwrap();
    let endpoint = settings["endpoint"].as_str().unwrap();
    let history = [
        "runs",
        "--lake",
        "s3://open-payments",
        "--endpoint",
        endpoint,
    ];
    let history = with_keys(desk.capstone(&history), "capstone", "capstone");
    let ended = Ended::of({ history }.output().unwrap()).expect(0);
    ended.says(&["general 2023", "commit 1"]);
    interrupt(&server);
    let mut rest = String::new();
    server
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest.trim(), "");
    Ended::of(server.wait_with_output().unwrap()).expect(0);
}

#[test]
fn an_analysis_takes_its_variables_and_no_others() {
    let desk = Desk::new();
    desk.run(&RUN).expect(0);
    let rows = |amount: &str| {
        let var = format!("large_payment_usd={amount}");
        let call = [
            "query",
            "large_single_payments",
            "--var",
            &var,
            "--lake",
            "lake",
            "--json",
        ];
        desk.run(&call).expect(0).json()
    };
    assert_ne!(
        rows("1"),
        rows("100000000"),
        "the amount decides what is large"
    );
    let query = |sql, var| desk.run(&["query", sql, "--var", var, "--lake", "lake"]);
    query("large_single_payments", "large_payment=1")
        .expect(2)
        .says(&["large_payment_usd"]);
    query("select 1", "company_id=1")
        .expect(2)
        .says(&["--var belongs to an analysis"]);
    query("top_companies", "company_id")
        .expect(2)
        .says(&["NAME=VALUE"]);
}
