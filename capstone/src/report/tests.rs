use duckdb::Connection;
use jiff::Timestamp;
use week7_quality::solution::{RULES_YAML, parse};

use super::testing::{empty_warehouse, warehouse};
use super::{Context, DataKind, Place, collect, render};

fn context() -> Context {
    Context {
        generated_at: "2026-01-07T09:00:41Z".parse::<Timestamp>().unwrap(),
        places: vec![
            Place {
                what: "Warehouse".into(),
                location: ".lake/synthetic/warehouse.duckdb".into(),
            },
            Place {
                what: "Lake".into(),
                location: "s3://op-lake/ (embedded, files under .lake/)".into(),
            },
            Place {
                what: "Ask it".into(),
                location: "cargo xtask capstone query \"select * from marts.fct_payments limit 5\""
                    .into(),
            },
        ],
    }
}

fn page(conn: &Connection) -> String {
    render(&collect(conn).unwrap(), &context()).unwrap()
}

fn judged_warehouse() -> Connection {
    let conn = warehouse();
    crate::quality::run(&conn, &parse(RULES_YAML).unwrap(), None).unwrap();
    conn
}

/// A page that stands alone: no script, and nothing that a browser would fetch.
fn assert_self_contained(html: &str) {
    let lower = html.to_lowercase();
    for fetched in [
        "<script",
        "<link",
        "<img",
        "<iframe",
        "@import",
        "url(",
        "src=",
        "srcset=",
        "javascript:",
    ] {
        assert!(!lower.contains(fetched), "the page contains {fetched}");
    }
    for (at, _) in lower.match_indices("href=") {
        assert!(
            lower[at..].starts_with("href=\"#"),
            "a link leaves the page: {}",
            &lower[at..at + 40]
        );
    }
}

#[test]
fn the_page_shows_the_figures_of_the_warehouse() {
    let conn = judged_warehouse();
    let data = collect(&conn).unwrap();
    assert_eq!(data.headline.records, 20_000);
    assert_eq!((data.headline.companies, data.headline.interests), (60, 18));
    assert_eq!(
        (
            data.headline.publications,
            data.headline.superseded_publications
        ),
        (6, 1)
    );
    assert_eq!(data.records().rejected, 55);
    assert_eq!(
        data.months.iter().map(|month| month.records).sum::<i64>(),
        20_000
    );
    assert_eq!(
        data.natures.iter().map(|nature| nature.cents).sum::<i64>(),
        data.headline.cents
    );
    assert!(
        data.files
            .iter()
            .filter_map(|file| file.records)
            .all(super::Account::balances)
    );

    let html = page(&conn);
    for text in [
        "20,000",
        "Open Payments, 2021 to 2023",
        "Synthetic data.",
        "Food and Beverage",
        "OP_DTL_RSRCH_PGYR2023_P06282024.csv",
        "2026-01-07 09:00 UTC",
        "quality rules passed",
    ] {
        assert!(html.contains(text), "the page lacks {text:?}");
    }
}

#[test]
fn product_shares_of_a_payment_add_up_to_its_dollars() {
    let conn = warehouse();
    conn.execute_batch(
        "delete from marts.bridge_payment_products where product_key not in ('p1', 'p2', 'p3')",
    )
    .unwrap();
    conn.execute_batch("update marts.bridge_payment_products set share = 0.5")
        .unwrap();
    let expected: i64 = conn
        .query_row(
            "select sum(round(amount_usd * 50))::bigint from marts.fct_payments p join marts.bridge_payment_products b using (record_id, program_year)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let data = collect(&conn).unwrap();
    assert_eq!(
        data.products
            .iter()
            .map(|product| product.cents)
            .sum::<i64>(),
        expected
    );
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    assert_self_contained(&page(&judged_warehouse()));
}

#[test]
fn the_same_data_gives_the_same_bytes_and_only_the_time_changes_them() {
    let conn = judged_warehouse();
    let first = page(&conn);
    assert!(
        first == page(&judged_warehouse()),
        "two equal warehouses give different pages"
    );
    let later = Context {
        generated_at: "2030-12-31T23:59:00Z".parse().unwrap(),
        ..context()
    };
    let second = render(&collect(&conn).unwrap(), &later).unwrap();
    assert!(first.replace("2026-01-07 09:00 UTC", "2030-12-31 23:59 UTC") == second);
}

#[test]
fn values_are_text_wherever_they_stand() {
    const EVIL: &str = r#"<script>alert("x")</script>'&<b onload=y>"#;
    let conn = judged_warehouse();
    for column in [
        "marts.dim_companies set company_name",
        "marts.dim_companies set country",
        "marts.dim_products set product_name",
        "marts.dim_products set product_type",
        "marts.dim_recipients set specialty_group",
        "marts.fct_payments set nature_of_payment",
        "lake.files set file_name",
        "lake.files set dataset",
        "lake.files set layout",
        "lake.files set status",
        "lake.rejected_records set file_name",
        "lake.runs set run_id",
        "lake.runs set contract_version",
        "lake.attempts set command",
        "lake.attempts set error",
        "lake.attempts set outcome",
        "lake.attempts set attempt_id",
        "quality.results set question",
        "quality.results set detail",
        "quality.results set expected",
        "quality.results set status",
    ] {
        let filter = if column.starts_with("quality") {
            " where position % 2 = 0"
        } else {
            ""
        };
        assert!(
            conn.execute(&format!("update {column} = ?{filter}"), [EVIL])
                .unwrap()
                > 0,
            "{column}"
        );
    }
    conn.execute("update lake.files set drift = [?]", [EVIL])
        .unwrap();
    conn.execute(
        "update lake.rejected_records set reasons = ['kind:' || ?, ?]",
        [EVIL, EVIL],
    )
    .unwrap();
    conn.execute(
        "update lake.properties set value = ? where name = 'contract_version'",
        [EVIL],
    )
    .unwrap();
    let mut context = context();
    context.places.push(Place {
        what: EVIL.into(),
        location: EVIL.into(),
    });

    let html = render(&collect(&conn).unwrap(), &context).unwrap();
    assert_self_contained(&html);
    assert!(!html.contains("<b onload"), "an element got through");
    assert!(!html.contains("\"x\""), "a quote could end an attribute");
    assert!(
        html.matches("&lt;script&gt;").count() >= 20,
        "the values are missing from the page"
    );
}

#[test]
fn an_empty_warehouse_gives_a_page_that_says_so() {
    let conn = empty_warehouse();
    let html = page(&conn);
    for text in [
        "The warehouse has no payments",
        "No file has been read",
        "No record was rejected",
        "No attempt is on record",
        "have not run",
        "Synthetic or real?",
    ] {
        assert!(html.contains(text), "the page lacks {text:?}");
    }
    assert_self_contained(&html);
    assert!(
        !html.contains("NaN") && !html.contains("inf"),
        "a number went wrong"
    );
}

#[test]
fn no_number_goes_wrong_on_the_smallest_and_largest_data() {
    for change in [
        "delete from marts.fct_payments where record_id > 700000000",
        "update marts.fct_payments set amount_usd = 0",
        "update marts.fct_payments set amount_usd = -5",
        "update marts.fct_payments set amount_usd = 999999999999.99",
        "delete from marts.fct_payments where program_year = 2022",
        "update marts.fct_payments set nature_of_payment = null, company_key = 'unknown', payment_date = null",
        "update lake.files set records_read = null, cents_read = null, size_bytes = 0",
    ] {
        let conn = warehouse();
        conn.execute_batch(change).unwrap();
        let html = page(&conn);
        assert!(!html.contains("NaN") && !html.contains(">inf"), "{change}");
    }
}

#[test]
fn every_chart_says_in_words_what_it_shows() {
    let html = page(&judged_warehouse());
    let charts: Vec<&str> = html.split("<svg ").skip(1).collect();
    assert!(charts.len() > 30, "only {} charts", charts.len());
    for chart in charts {
        let head = &chart[..chart.find("</title>").expect("a chart without a title")];
        let title = head.split("<title>").nth(1).unwrap();
        assert!(title.len() > 8, "a title without words: {head}");
        assert!(
            head.contains("role=\"img\"") && head.contains("aria-label=\""),
            "{head}"
        );
    }
}

#[test]
fn a_year_without_payments_breaks_the_line_and_is_no_growth() {
    let conn = warehouse();
    conn.execute_batch("delete from marts.fct_payments where program_year = 2022")
        .unwrap();
    let html = page(&conn);
    // Two drawings, in two sizes, each in two stretches.
    assert_eq!(html.matches("<polyline class=\"line\"").count(), 8);
    assert!(!html.contains("<td data-label=\"Change\" class=\"num\">+"));
    assert!(!html.contains("<td data-label=\"Change\" class=\"num\">−"));
}

#[test]
fn a_file_whose_account_does_not_balance_is_said_twice() {
    let conn = warehouse();
    assert!(page(&conn).contains("The identity holds in each file"));
    // The two errors cancel in the sum over all files.
    conn.execute_batch(
        "update lake.files set records_rejected = records_rejected + 1 where run_id = 'g2021';
         update lake.files set records_rejected = records_rejected - 1 where run_id = 'g2022'",
    )
    .unwrap();
    let html = page(&conn);
    assert!(html.contains("does not hold in every file"));
    assert!(html.contains("Not every record is accounted for"));
    assert_eq!(html.matches("does not balance").count(), 2);
}

#[test]
fn the_banner_follows_the_lake() {
    for (value, kind, text) in [
        ("real", DataKind::Real, "Real data, published by CMS."),
        ("synthetic", DataKind::Synthetic, "Synthetic data."),
        ("other", DataKind::Unknown, "Synthetic or real?"),
    ] {
        let conn = empty_warehouse();
        conn.execute(
            "insert into lake.properties values ('data_kind', ?)",
            [value],
        )
        .unwrap();
        assert_eq!(collect(&conn).unwrap().data_kind, kind);
        assert!(page(&conn).contains(text), "{value}");
    }
}

#[test]
fn failed_rules_come_first_with_their_detail() {
    let conn = warehouse();
    conn.execute_batch(
        "update marts.fct_payments set amount_usd = 0 where record_id = 700000001;
         update marts.fct_payments set context = 'x'",
    )
    .unwrap();
    crate::quality::run(&conn, &parse(RULES_YAML).unwrap(), None).unwrap();
    let html = page(&conn);
    assert!(
        html.contains("Quality: 2 failed, 1 warned"),
        "the gate is not told"
    );
    let position = |rule: &str| html.find(&format!("<code>{rule}</code>")).expect(rule);
    assert!(position("amounts_positive") < position("context_is_rare"));
    assert!(position("context_is_rare") < position("payments_present"));
    assert!(html.contains("record 700000001 of 2022: 0.00"));
}

#[test]
fn a_missing_table_is_an_error_that_names_the_part() {
    let conn = warehouse();
    conn.execute_batch("drop table lake.attempts").unwrap();
    let error = collect(&conn).unwrap_err().to_string();
    assert!(error.contains("attempts"), "{error}");
}

#[test]
fn every_reason_code_of_the_pipeline_has_a_meaning() {
    use week2_ingestion::RecordFault;
    use week5_transform::ReasonCode;
    let faults = [
        RecordFault::TooFewFields,
        RecordFault::TooManyFields,
        RecordFault::OpenQuote,
        RecordFault::InvalidUtf8,
    ];
    let codes = [
        ReasonCode::MissingValue,
        ReasonCode::UnexpectedValue,
        ReasonCode::InvalidValue,
        ReasonCode::OutOfRange,
        ReasonCode::TooLong,
        ReasonCode::OutOfProgramYear,
        ReasonCode::WrongPartition,
        ReasonCode::DuplicateRecordId,
    ];
    for code in codes.into_iter().chain(faults.map(ReasonCode::Structure)) {
        let meaning = super::reasons::meaning(&format!("{}:date_of_payment", code.as_str()));
        assert!(meaning.ends_with('.'), "{code:?} means {meaning:?}");
    }
    assert_eq!(
        super::reasons::meaning("missing_value:date_of_payment"),
        "Date of payment is empty and must not be."
    );
    assert_eq!(super::reasons::meaning("something_new"), "");
}
