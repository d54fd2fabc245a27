//! One delivery at a time, with the real binary: what each of them touches.

use std::collections::BTreeMap;

use fixtures::{PublicationSpec, Spec};
use serde_json::Value;

use crate::support::{Desk, Visible};

const ROWS: u64 = 1_000;

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
