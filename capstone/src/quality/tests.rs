use duckdb::Connection;
use week7_quality::solution::{RULES_YAML, parse};
use week7_quality::{RuleSet, Status};

use super::{QualityReport, RuleResult, last, run};
use crate::report::testing::{empty_warehouse, warehouse};

fn rules() -> RuleSet {
    parse(RULES_YAML).unwrap()
}

fn judge(conn: &Connection) -> QualityReport {
    run(conn, &rules(), None).unwrap()
}

fn result<'a>(report: &'a QualityReport, rule: &str) -> &'a RuleResult {
    report
        .results
        .iter()
        .find(|result| result.rule == rule)
        .expect(rule)
}

/// The rules that do not pass.
fn broken(report: &QualityReport) -> Vec<&str> {
    let broken = report
        .results
        .iter()
        .filter(|result| result.status != Status::Passed);
    broken.map(|result| result.rule.as_str()).collect()
}

#[test]
fn every_rule_passes_on_a_warehouse_in_order() {
    let report = judge(&warehouse());
    let details: Vec<_> = report
        .results
        .iter()
        .filter_map(|result| result.detail.as_ref())
        .collect();
    assert_eq!(broken(&report), [""; 0], "{details:?}");
    assert_eq!(report.summary.passed, rules().rules.len());
    assert!(report.summary.gate_open());
}

#[test]
fn an_empty_warehouse_closes_the_gate_and_every_query_still_runs() {
    let report = judge(&empty_warehouse());
    assert_eq!(result(&report, "payments_present").status, Status::Failed);
    assert!(!report.summary.gate_open());
    let food = result(&report, "food_share_plausible");
    assert_eq!((food.status, food.observed), (Status::Warned, None));
    for result in &report.results {
        let detail = result.detail.as_deref().unwrap_or_default();
        assert!(!detail.contains("Error"), "{}: {detail}", result.rule);
    }
}

/// Each fault, the rule that has to find it, and how.
const FAULTS: [(&str, &str, Status); 38] = [
    (
        "update marts.fct_payments set nature_of_payment = null where record_id = 700000001",
        "payment_core_filled",
        Status::Failed,
    ),
    (
        "update marts.dim_recipients set npi = null where hash(recipient_key) % 10 = 0",
        "npi_filled",
        Status::Warned,
    ),
    (
        "update marts.fct_payments set context = 'x'",
        "context_is_rare",
        Status::Warned,
    ),
    (
        "insert into marts.fct_payments from marts.fct_payments where record_id = 700000001",
        "record_id_unique",
        Status::Failed,
    ),
    (
        "insert into marts.fct_ownership_interests from marts.fct_ownership_interests limit 1",
        "ownership_record_id_unique",
        Status::Failed,
    ),
    (
        "insert into marts.dim_products from marts.dim_products where product_key = 'p1'",
        "dimension_keys_unique",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set amount_usd = -1 where record_id = 700000001",
        "amounts_positive",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set payment_date = date '0002-11-30' where record_id = 700000001",
        "dates_in_program_year",
        Status::Failed,
    ),
    (
        "update marts.dim_recipients set npi = '042697983' where recipient_key = 'r2'",
        "npi_shape",
        Status::Failed,
    ),
    (
        "update marts.dim_recipients set npi = '12345678X0' where recipient_key = 'r2'",
        "npi_shape",
        Status::Failed,
    ),
    (
        "update marts.dim_recipients set npi = left(npi, 9) || (npi[10]::integer + 1) % 10 where recipient_key in ('r1', 'r2', 'r4')",
        "npi_check_digit",
        Status::Warned,
    ),
    (
        "update marts.fct_payments set form_of_payment = 'Form_of_Payment_or_Transfer_of_Value' where record_id = 700000001",
        "flags_known",
        Status::Failed,
    ),
    (
        "delete from marts.fct_payments where record_id = 700000001",
        "payments_match_lake",
        Status::Failed,
    ),
    (
        "delete from lake.ownership_interests where record_id = 900001",
        "ownership_matches_lake",
        Status::Failed,
    ),
    (
        "delete from lake.removed_records where record_id = 5",
        "lake_matches_commits",
        Status::Failed,
    ),
    (
        "insert into lake.general_payments by name select 1 as record_id, 2023 as program_year, 'stray' as run_id",
        "lake_matches_commits",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set amount_usd = amount_usd + 0.01 where record_id = 700000001",
        "dollars_match_files",
        Status::Failed,
    ),
    (
        "delete from marts.dim_companies where company_key = 'c3'",
        "keys_resolve",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set recipient_key = 'unknown' where record_id % 500 = 0",
        "recipients_known",
        Status::Warned,
    ),
    (
        "update marts.bridge_payment_products set share = 1 where record_id = 700000001",
        "bridge_shares_sum_to_one",
        Status::Failed,
    ),
    (
        "update marts.bridge_payment_products set program_year = 1999 where slot = 1 and record_id = 700000001",
        "bridge_belongs_to_payments",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set publication_date = date '2023-06-30' where record_id = 700000001",
        "one_publication_per_year",
        Status::Failed,
    ),
    (
        "insert into marts.dim_companies by name select 'new' as company_key, company_id, date '2022-01-01' as valid_from, false as is_current from marts.dim_companies where company_key = 'c3'",
        "history_does_not_overlap",
        Status::Failed,
    ),
    (
        "update marts.dim_recipients set is_current = false where recipient_key = 'r9'",
        "one_current_version",
        Status::Failed,
    ),
    (
        "insert into lake.removed_records values ('DELETED', 'General', 700000002, 2023, 26, 'd2023')",
        "removed_records_absent",
        Status::Warned,
    ),
    (
        "update lake.files set records_accepted = null where dataset = 'general' and program_year = 2021",
        "rows_accounted",
        Status::Failed,
    ),
    (
        "update lake.files set cents_rejected = cents_rejected + 1 where status = 'superseded'",
        "cents_accounted",
        Status::Failed,
    ),
    (
        "delete from lake.rejected_records where record_number = 100",
        "quarantine_complete",
        Status::Failed,
    ),
    (
        "update lake.files set records_rejected = records_rejected + 1500 where run_id = 'g2022'",
        "rejected_share_bearable",
        Status::Failed,
    ),
    (
        "update marts.fct_payments set nature_of_payment = 'Gift' where record_id % 2 = 0",
        "food_share_plausible",
        Status::Warned,
    ),
    (
        "update marts.fct_payments set travel_state = 'OH' where nature_of_payment = 'Gift'",
        "travel_only_for_travel",
        Status::Warned,
    ),
    (
        "update lake.general_payments
         set name_of_third_party_entity_receiving_payment_or_transfer_of_value = 'Clinic'
         where record_id = 700000001",
        "third_party_named",
        Status::Warned,
    ),
    (
        "update marts.fct_payments set company_key = 'unknown' where record_id % 500 = 0",
        "companies_known",
        Status::Warned,
    ),
    (
        "update lake.runs set records_accepted = records_accepted + 1 where run_id = 'g2021'",
        "runs_account_for_files",
        Status::Failed,
    ),
    (
        "update lake.rejected_records set reasons = [] where record_number = 100",
        "rejections_have_reasons",
        Status::Failed,
    ),
    (
        "update lake.files set records_rejected = 400 where run_id = 'g2022'",
        "rejected_share_normal",
        Status::Warned,
    ),
    (
        "update lake.files set records_rejected = 700 where run_id = 'g2022'",
        "rejected_share_worst_file",
        Status::Warned,
    ),
    (
        "update marts.fct_ownership_interests set amount_invested_usd = amount_invested_usd + 0.01",
        "invested_dollars_match_files",
        Status::Failed,
    ),
];

#[test]
fn each_fault_is_found_by_the_rule_that_is_for_it() {
    for (fault, rule, status) in FAULTS {
        let conn = warehouse();
        assert!(
            conn.execute(fault, []).unwrap() > 0,
            "{fault} changes nothing"
        );
        let report = judge(&conn);
        assert_eq!(
            result(&report, rule).status,
            status,
            "{rule} after {fault}: {:?}",
            broken(&report)
        );
        assert_eq!(report.summary.gate_open(), report.summary.failed == 0);
    }
}

#[test]
fn every_rule_is_tried_with_a_fault() {
    let tried: Vec<_> = FAULTS.iter().map(|(_, rule, _)| *rule).collect();
    let rules = rules();
    let untried = rules
        .rules
        .iter()
        .map(|rule| rule.id.as_str())
        .filter(|id| !tried.contains(id));
    // The empty warehouse tries this one.
    assert_eq!(untried.collect::<Vec<_>>(), ["payments_present"]);
}

#[test]
fn rows_at_fault_are_counted_and_the_first_are_named() {
    let conn = warehouse();
    conn.execute(
        "update marts.fct_payments set amount_usd = -1 where record_id < 700000005",
        [],
    )
    .unwrap();
    let report = judge(&conn);
    let negative = result(&report, "amounts_positive");
    assert_eq!(negative.failing_rows, Some(5));
    assert_eq!(negative.observed, Some(5.0));
    assert_eq!(
        negative.detail.as_deref(),
        Some(
            "record 700000000 of 2021: -1.00; record 700000001 of 2022: -1.00; \
             record 700000002 of 2023: -1.00; and 2 more"
        )
    );
}

fn one_rule(sql: &str, severity: &str) -> RuleSet {
    parse(&format!(
        "rules: [{{id: x, question: 'Ok?', dimension: validity, severity: {severity}, sql: \"{sql}\", max: 9}}]"
    ))
    .unwrap()
}

#[test]
fn a_query_that_answers_nothing_or_too_much_never_passes() {
    let conn = Connection::open_in_memory().unwrap();
    for sql in [
        "select null",
        "select 1 where false",
        "select 'nan'::double",
        "select * from range(2)",
        "select 1, 2",
        "select 'many'",
        "select * from no_such_table",
        "select 1 from",
    ] {
        let report = run(&conn, &one_rule(sql, "fail"), None).unwrap();
        assert_eq!(report.results[0].status, Status::Failed, "{sql}");
        assert_eq!(report.results[0].observed, None, "{sql}");
        let report = run(&conn, &one_rule(sql, "warn"), None).unwrap();
        assert_eq!(report.results[0].status, Status::Warned, "{sql}");
    }
}

#[test]
fn a_query_that_fails_leaves_its_error_in_the_detail() {
    let conn = Connection::open_in_memory().unwrap();
    let report = run(
        &conn,
        &one_rule("select * from no_such_table", "fail"),
        None,
    )
    .unwrap();
    let detail = report.results[0].detail.as_deref().unwrap();
    assert!(detail.contains("no_such_table"), "{detail}");
    assert!(!detail.contains('\n'), "{detail}");
}

#[test]
fn the_table_of_results_holds_the_newest_run_in_the_order_of_the_rules() {
    let conn = warehouse();
    judge(&conn);
    conn.execute(
        "delete from marts.fct_payments where record_id = 700000001",
        [],
    )
    .unwrap();
    let report = judge(&conn);
    let stored: Vec<(String, String, Option<f64>)> = conn
        .prepare("select rule, status, observed from quality.results order by position")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let expected: Vec<_> = report
        .results
        .iter()
        .map(|result| {
            (
                result.rule.clone(),
                result.status.as_str().to_owned(),
                result.observed,
            )
        })
        .collect();
    assert_eq!(stored, expected);
    assert!(stored.contains(&("payments_match_lake".into(), "failed".into(), Some(-1.0))));
}

#[test]
fn the_last_report_holds_for_the_same_star_schema_and_rules_alone() {
    let conn = warehouse();
    let subject = |built_from: &str, rules: &str| super::subject(Some(built_from), rules);
    let here = subject("abc", RULES_YAML);
    assert_eq!(
        last(&conn, here.as_deref()).unwrap(),
        None,
        "nothing measured yet"
    );
    let report = run(&conn, &rules(), here.as_deref()).unwrap();
    assert_eq!(last(&conn, here.as_deref()).unwrap(), Some(report));
    for other in [
        subject("abd", RULES_YAML),
        subject("abc", "rules: []"),
        super::subject(None, RULES_YAML),
    ] {
        assert_eq!(last(&conn, other.as_deref()).unwrap(), None);
    }
}

#[test]
fn what_could_not_be_measured_is_measured_again() {
    let conn = Connection::open_in_memory().unwrap();
    let subject = super::subject(Some("abc"), "one rule");
    let broken = one_rule("select * from no_such_table", "fail");
    run(&conn, &broken, subject.as_deref()).unwrap();
    assert_eq!(last(&conn, subject.as_deref()).unwrap(), None);
}
