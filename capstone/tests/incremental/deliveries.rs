//! One delivery at a time, with the real binary: what each of them touches.

use std::collections::BTreeMap;

use duckdb::Connection;
use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::support::{Desk, Visible};

const ROWS: u64 = 3_000;

fn spec(publications: Vec<PublicationSpec>) -> Spec {
    Spec::new(publications, ROWS, 11)
}

/// Delivers publications on their own and runs the pipeline.
fn deliver(desk: &Desk, lake: &str, publications: &[PublicationSpec]) -> Value {
    let source = format!("source-{}", publications[0].published);
    desk.real(&source, &spec(publications.to_vec()));
    desk.run(&["run", "--json", "--lake", lake, "--source", &source])
        .expect(0)
        .json()
}

/// Whether a key belongs to a program year.
fn is_of(key: &str, program_year: i16) -> bool {
    let year = program_year.to_string();
    key.split('/')
        .any(|part| part == year || part == format!("program_year={year}"))
}

fn without(visible: Visible, program_year: i16) -> Visible {
    let others = visible.into_iter();
    others
        .filter(|(key, _)| !is_of(key, program_year))
        .collect()
}

/// What the facts say about the other years: rows, and a hash over every value but the keys
/// of the dimensions, which name the first year of a version and so may be called otherwise.
fn facts_without(desk: &Desk, program_year: i16) -> Value {
    let facts = |fact: &str, recipient: &str| {
        format!(
            "select '{fact}', count(*), bit_xor(hash(seen))::varchar from (
                 select fact.* exclude ({recipient}, company_key), recipient_id, company_id,
                        upper(full_name), upper(city), upper(company_name)
                 from marts.{fact} as fact
                 join marts.dim_recipients as recipient
                     on fact.{recipient} = recipient.recipient_key
                 join marts.dim_companies using (company_key)
                 where program_year <> {program_year}
             ) as seen"
        )
    };
    let sql = format!(
        "{} union all {} order by 1",
        facts("fct_payments", "recipient_key"),
        facts("fct_ownership_interests", "physician_key")
    );
    desk.run(&["query", &sql, "--json", "--lake", "lake"])
        .expect(0)
        .json()["rows"]
        .clone()
}

/// Record, dataset, by whom, last amount, last and first day: as the warehouse has them.
fn tombstones(desk: &Desk) -> Vec<String> {
    let warehouse = Connection::open(desk.path("lake/warehouse.duckdb")).unwrap();
    rows(
        &warehouse,
        "select concat_ws(' ', record_id, dataset, change_type, amount_usd, last_published, removed_as_of)
         from marts.fct_removed_records order by record_id",
    )
}

/// The same from the generated files alone: what the refresh took back.
fn truth(desk: &Desk) -> Vec<String> {
    let (first, refresh) = (PublicationSpec::first(2022), PublicationSpec::refresh(2022));
    let read = |publication: PublicationSpec, delivered: &PublicationSpec, table: &str| {
        let folder = desk.path(&format!("source-{}", delivered.published));
        let path = folder.join(publication.file_name(table));
        format!("read_csv('{}', all_varchar = true)", path.display())
    };
    let sql = format!(
        "select concat_ws(' ', Record_ID, lower(Payment_Type), removed.Change_Type,
                 coalesce(general.Total_Amount_of_Payment_USDollars, Total_Amount_Invested_USDollars),
                 '{}', '{}')
         from {} as removed
         left join {} as general using (Record_ID)
         left join {} as ownership using (Record_ID)
         order by Record_ID::bigint",
        first.published,
        refresh.published,
        read(refresh, &refresh, "REMOVED_DELETED"),
        read(first, &first, "GNRL"),
        read(first, &first, "OWNRSHP"),
    );
    let found = rows(&Connection::open_in_memory().unwrap(), &sql);
    assert!(found.len() >= 3, "{found:?}");
    found
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_refresh_replaces_its_own_dataset_and_year_and_touches_no_other() {
    let desk = Desk::new();
    deliver(
        &desk,
        "lake",
        &[PublicationSpec::first(2022), PublicationSpec::first(2023)],
    );
    let before = desk.visible("lake");
    let facts = facts_without(&desk, 2022);
    let summary = deliver(&desk, "lake", &[PublicationSpec::refresh(2022)]);
    assert_eq!(summary["warehouse"]["unchanged"], false);
    assert_eq!(summary["quality_unchanged"], false);
    let outcomes: BTreeMap<String, &str> = summary["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let name = format!(
                "{} {}",
                line["dataset"].as_str().unwrap(),
                line["program_year"]
            );
            (name, line["outcome"].as_str().unwrap())
        })
        .collect();
    let expected = [
        ("general 2022", "committed"),
        ("general 2023", "unchanged"),
        ("ownership 2022", "committed"),
        ("ownership 2023", "unchanged"),
        ("removed 2022", "committed"),
    ];
    let expected = expected.map(|(name, outcome)| (name.to_owned(), outcome));
    assert_eq!(outcomes, expected.into());
    let after = desk.visible("lake");
    assert_eq!(
        without(after, 2022),
        without(before.clone(), 2022),
        "every byte of other years"
    );
    assert_eq!(
        facts_without(&desk, 2022),
        facts,
        "every row of other years"
    );
    assert_eq!(tombstones(&desk), truth(&desk));
    let general = &summary["changes"][0];
    for (count, change_type) in [
        ("added", "ADD"),
        ("changed_to", "CHANGED"),
        ("unchanged", "UNCHANGED"),
    ] {
        let sql = format!(
            "select count(*) from marts.fct_payments
             where program_year = 2022 and change_type = '{change_type}'"
        );
        let expected = desk.number("lake", &sql);
        assert_eq!(
            general["summary"][count]["rows"].as_i64(),
            expected,
            "{change_type}"
        );
    }
    // And what the older commit lists is still there.
    let now = desk.visible("lake");
    for (key, bytes) in before {
        assert_eq!(now.get(&key), Some(&bytes), "{key}");
    }
}

#[test]
fn an_older_publication_that_arrives_late_is_kept_and_changes_no_partition() {
    let desk = Desk::new();
    deliver(&desk, "lake", &[PublicationSpec::refresh(2022)]);
    let (visible, payments) = (desk.visible("lake"), desk.payments("lake"));
    let summary = deliver(&desk, "lake", &[PublicationSpec::first(2022)]);
    assert_eq!(desk.visible("lake"), visible, "every byte");
    assert_eq!(desk.payments("lake"), payments);
    let statuses: Vec<_> = summary["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["file"].as_str().unwrap().contains("P06302023"))
        .map(|file| file["status"].clone())
        .collect();
    assert_eq!(statuses, ["superseded"; 2]);
}
