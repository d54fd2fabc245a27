//! Payments: their grain, their keys, and what a join may do to neither.

use crate::moved_physician;
use crate::support::Lake;

#[test]
fn each_payment_meets_the_version_of_its_own_year() {
    let (lake, _) = moved_physician();
    let payments = lake.rows(
        "select p.record_id, d.city from marts.fct_payments p
         join marts.dim_recipients d using (recipient_key) order by p.record_id",
    );
    assert_eq!(payments, ["1|Salem", "2|Salem", "3|Boston", "4|Boston"]);
}

#[test]
fn a_payment_without_ids_belongs_to_the_unknown_members() {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[
            ("covered_recipient_profile_id", ""),
            (
                "applicable_manufacturer_or_applicable_gpo_making_payment_id",
                "",
            ),
        ],
    );
    let compilation = lake.build();
    let keys = lake.rows("select recipient_key, company_key from marts.fct_payments");
    assert_eq!(keys, ["unknown|unknown"]);
    let member = lake.rows(
        "select recipient_id, recipient_kind, is_current from marts.dim_recipients
         where recipient_key = 'unknown'",
    );
    assert_eq!(member, ["-|unknown|true"]);
    assert_eq!(lake.failing(&compilation), []);
}

#[test]
fn the_fact_has_a_row_and_a_dollar_for_each_record_and_dollar() {
    let (lake, _) = moved_physician();
    let sums = "select count(*), sum";
    assert_eq!(
        lake.rows(&format!("{sums}(amount_usd) from marts.fct_payments")),
        lake.rows(&format!(
            "{sums}(total_amount_of_payment_usdollars) from lake.general_payments"
        )),
    );
}

#[test]
fn what_is_not_stated_stays_null() {
    let lake = Lake::in_memory();
    lake.payment(1, 2023, &[]);
    lake.payment(2, 2023, &[("charity_indicator", "No")]);
    lake.payment(3, 2023, &[("charity_indicator", "Yes")]);
    lake.build();
    let flags = lake.rows("select is_charity from marts.fct_payments order by record_id");
    assert_eq!(flags, ["-", "false", "true"]);
}

#[test]
fn the_facts_are_joined_by_hash_and_never_by_trying_every_pair() {
    let (lake, compilation) = moved_physician();
    // Without statistics that make a join trivial: many versions, open and closed ones.
    lake.connection
        .execute_batch(
            "insert into marts.dim_recipients (recipient_key, recipient_id, valid_from, valid_to)
             select n::varchar, n::varchar, date '2000-01-01', if(n % 2 = 0, null, date '2021-01-01')
             from range(5000) t(n)",
        )
        .unwrap();
    let fact = compilation
        .models
        .iter()
        .find(|model| model.name == "fct_payments")
        .unwrap();
    let mut statement = lake
        .connection
        .prepare(&format!("explain {}", fact.sql))
        .unwrap();
    let plan: String = statement.query_row([], |row| row.get(1)).unwrap();
    assert!(plan.contains("HASH_JOIN"), "{plan}");
    assert!(!plan.contains("NL_JOIN"), "{plan}");
}
