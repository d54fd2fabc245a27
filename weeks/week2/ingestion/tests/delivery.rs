//! Names, deliveries, run ids, amounts, retries.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use week2_ingestion::solution::{
    AuditBuilder, delay_before, delivery_of, parse_cents, parse_file_name, run_id,
};
use week2_ingestion::{AuditFields, Delivery, DeliveryError, RetryPolicy, RunInput};

fn partitions(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs
        .iter()
        .map(|(pair, count)| ((*pair).to_owned(), *count))
        .collect()
}

fn general(program_year: i16, publication: Date) -> Delivery {
    Delivery {
        dataset: "general".into(),
        program_year,
        publication,
    }
}

#[test]
fn file_names_say_table_year_and_publication() {
    let name = parse_file_name("OP_DTL_GNRL_PGYR2017_P01302025_01212025.csv").unwrap();
    assert_eq!(name.table, "GNRL");
    assert_eq!(name.program_year, Some(2017));
    assert_eq!(
        name.publication,
        Some(date(2025, 1, 30)),
        "the first stamp is the publication"
    );
    let old = parse_file_name("op_removed_deleted_pgyr13_p012221.csv").unwrap();
    assert_eq!(
        (old.program_year, old.publication),
        (Some(2013), Some(date(2021, 1, 22)))
    );
    let first = parse_file_name("OPPR_ALL_DTL_GNRL_12192014.csv").unwrap();
    assert_eq!(
        (first.table.as_str(), first.program_year, first.publication),
        ("GNRL", None, Some(date(2014, 12, 19)))
    );
    assert_eq!(parse_file_name("general_PY2018.csv"), None);
}

#[test]
fn a_name_that_contradicts_the_records_is_an_error() {
    let name = parse_file_name("OP_DTL_GNRL_PGYR2016_P06302017.csv");
    let found = delivery_of(
        "general",
        name.as_ref(),
        &partitions(&[("2017|06/30/2017", 9)]),
    );
    assert!(
        matches!(
            found,
            Err(DeliveryError::Disagreement {
                what: "program year",
                ..
            })
        ),
        "{found:?}"
    );
}

#[test]
fn a_few_dirty_records_do_not_move_a_file() {
    let found = delivery_of(
        "general",
        None,
        &partitions(&[("2017|06/30/2018", 90), ("0007|x", 1)]),
    );
    assert_eq!(found, Ok(general(2017, date(2018, 6, 30))));
}

#[test]
fn a_file_of_two_halves_is_refused() {
    let found = delivery_of(
        "general",
        None,
        &partitions(&[("2017|06/30/2018", 5), ("2016|06/30/2018", 5)]),
    );
    assert!(
        matches!(found, Err(DeliveryError::Mixed { .. })),
        "{found:?}"
    );
}

#[test]
fn a_run_id_follows_every_input_and_nothing_else() {
    let delivery = general(2017, date(2018, 6, 29));
    let other = general(2018, date(2018, 6, 29));
    let files = vec![("a.csv".to_owned(), 10, "ff".to_owned())];
    let more = vec![("a.csv".to_owned(), 11, "ff".to_owned())];
    let base = RunInput {
        contract_version: "1.0.0",
        schema_version: 1,
        delivery: &delivery,
        files: &files,
    };
    assert_eq!(run_id(&base), run_id(&base.clone()));
    assert_eq!(run_id(&base).len(), 32);
    for changed in [
        RunInput {
            contract_version: "1.0.1",
            ..base.clone()
        },
        RunInput {
            schema_version: 2,
            ..base.clone()
        },
        RunInput {
            delivery: &other,
            ..base.clone()
        },
        RunInput {
            files: &more,
            ..base.clone()
        },
    ] {
        assert_ne!(run_id(&base), run_id(&changed), "{changed:?}");
    }
}

#[test]
fn amounts_are_read_exactly_or_not_at_all() {
    for (text, cents) in [
        ("0.83", 83),
        ("-5.00", -500),
        ("7", 700),
        ("7.5", 750),
        ("400000000.00", 40_000_000_000),
    ] {
        assert_eq!(parse_cents(text.as_bytes()), Some(cents), "{text}");
    }
    for text in [
        "",
        ".",
        ".5",
        "1,000.00",
        "1e3",
        "$5",
        "1.234",
        "99999999999999999999",
    ] {
        assert_eq!(parse_cents(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn the_audit_adds_up_what_it_could_read_and_counts_the_rest() {
    let header = b"year,published,amount\n";
    let fields = AuditFields {
        program_year: Some(0),
        publication: Some(1),
        amount: Some(2),
    };
    let mut builder = AuditBuilder::new(header, 3, fields, 1 << 20);
    builder.update(b"2020,06/30/2021,1.50\n2020,06/30/2021,x\n2020\n2020,06/30/2021,2.50");
    let audit = builder.finish("f.csv");
    assert_eq!(
        (audit.records, audit.cents, audit.without_amount),
        (4, 400, 2)
    );
    assert_eq!(audit.partitions, partitions(&[("2020|06/30/2021", 3)]));
    assert_eq!((audit.lines, audit.ends_without_newline), (5, true));
    assert_eq!(audit.header_bytes, header.len() as u64);
}

proptest! {
    #[test]
    fn retries_stay_within_bound_cap_and_budget(units in prop::collection::vec(0.0..1.0f64, 1..20)) {
        let policy = RetryPolicy { max_attempts: 50, ..RetryPolicy::default() };
        let mut waited = Duration::ZERO;
        for (attempt, unit) in (2..).zip(units) {
            let Some(delay) = delay_before(&policy, attempt, waited, unit) else { break };
            prop_assert!(delay <= policy.cap && delay <= policy.base * 2u32.pow(attempt - 2));
            waited += delay;
            prop_assert!(waited <= policy.budget);
        }
    }
}

#[test]
fn the_last_attempt_is_not_followed_by_another() {
    let policy = RetryPolicy::default();
    assert!(delay_before(&policy, policy.max_attempts, Duration::ZERO, 0.5).is_some());
    assert!(delay_before(&policy, policy.max_attempts + 1, Duration::ZERO, 0.5).is_none());
}
