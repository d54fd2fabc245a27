//! What the reference models make of a few rows, by value.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::Lake;
use week4_modeling::{Compilation, Severity};

fn moved_physician() -> (Lake, Compilation) {
    let lake = Lake::in_memory();
    lake.payment(1, 2020, &[]);
    lake.payment(2, 2021, &[]);
    lake.payment(
        3,
        2022,
        &[("recipient_city", "Boston"), ("recipient_state", "MA")],
    );
    lake.payment(
        4,
        2024,
        &[("recipient_city", "Boston"), ("recipient_state", "MA")],
    );
    let compilation = lake.build();
    (lake, compilation)
}

#[test]
fn equal_years_collapse_into_one_validity_range() {
    let (lake, _) = moved_physician();
    let versions = lake.rows(
        "select recipient_key, city, valid_from, valid_to, is_current from marts.dim_recipients
         where recipient_id = '1001' order by valid_from",
    );
    assert_eq!(
        versions,
        [
            "1001@2020|Salem|2020-01-01|2022-01-01|false",
            "1001@2022|Boston|2022-01-01|-|true",
        ]
    );
}

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
fn a_spelling_that_differs_in_case_opens_no_version() {
    let lake = Lake::in_memory();
    lake.payment(1, 2020, &[]);
    lake.payment(
        2,
        2021,
        &[
            ("recipient_city", "SALEM"),
            ("covered_recipient_last_name", "AMES"),
        ],
    );
    lake.build();
    let versions = lake.rows("select city from marts.dim_recipients where recipient_id = '1001'");
    assert_eq!(versions, ["Salem"]);
}

#[test]
fn the_spelling_of_most_records_of_a_year_wins_as_a_whole() {
    let lake = Lake::in_memory();
    let moved = [("recipient_city", "Boston"), ("recipient_state", "MA")];
    lake.payment(1, 2020, &moved);
    lake.payment(2, 2020, &moved);
    lake.payment(3, 2020, &[]);
    lake.build();
    let versions =
        lake.rows("select city, state from marts.dim_recipients where recipient_id = '1001'");
    assert_eq!(versions, ["Boston|MA"]);
}

#[test]
fn an_identifier_that_comes_later_is_on_every_version() {
    let lake = Lake::in_memory();
    lake.payment(1, 2015, &[]);
    lake.payment(
        2,
        2016,
        &[
            ("recipient_city", "Boston"),
            ("covered_recipient_npi", "1234567893"),
        ],
    );
    lake.build();
    let versions = lake.rows(
        "select valid_from, npi from marts.dim_recipients where recipient_id = '1001' order by 1",
    );
    assert_eq!(versions, ["2015-01-01|1234567893", "2016-01-01|1234567893"]);
}

#[test]
fn a_hospital_is_a_recipient_with_its_own_id_and_no_physician() {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[
            (
                "covered_recipient_type",
                "Covered Recipient Teaching Hospital",
            ),
            ("covered_recipient_profile_id", ""),
            ("covered_recipient_first_name", ""),
            ("covered_recipient_last_name", ""),
            ("covered_recipient_primary_type_1", ""),
            ("covered_recipient_specialty_1", ""),
            ("teaching_hospital_id", "1001"),
            ("teaching_hospital_ccn", "050025"),
            ("teaching_hospital_name", "Bay Hospital"),
        ],
    );
    // The same number as a profile id: another recipient.
    lake.payment(2, 2023, &[]);
    lake.build();
    let recipients = lake.rows(
        "select recipient_id, recipient_kind, full_name, ccn from marts.dim_recipients
         where recipient_id is not null order by recipient_id",
    );
    assert_eq!(
        recipients,
        [
            "1001|physician|Ada Ames|-",
            "TH-1001|teaching_hospital|Bay Hospital|050025"
        ]
    );
    assert_eq!(
        lake.rows("select recipient_id from marts.dim_physicians"),
        ["1001"]
    );
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
fn a_company_that_is_renamed_keeps_its_id_and_gets_a_version() {
    let lake = Lake::in_memory();
    let name = "applicable_manufacturer_or_applicable_gpo_making_payment_name";
    lake.payment(1, 2020, &[]);
    lake.payment(2, 2021, &[(name, "Zenith")]);
    lake.payment(3, 2022, &[(name, "Acme")]);
    lake.build();
    let versions = lake.rows(
        "select company_key, company_name, valid_to from marts.dim_companies
         where company_id is not null order by valid_from",
    );
    assert_eq!(
        versions,
        [
            "100000000001@2020|Acme|2021-01-01",
            "100000000001@2021|Zenith|2022-01-01",
            "100000000001@2022|Acme|-",
        ]
    );
}

#[test]
fn a_physician_known_from_ownership_alone_is_in_the_dimension() {
    let lake = Lake::in_memory();
    lake.payment(1, 2022, &[]);
    lake.interest(
        9,
        2022,
        &[
            ("physician_profile_id", "2002"),
            ("physician_last_name", "Berg"),
        ],
    );
    lake.interest(10, 2022, &[("physician_profile_id", "")]);
    lake.build();
    let interests = lake.rows(
        "select i.record_id, d.full_name, i.company_key, i.value_of_interest_usd
         from marts.fct_ownership_interests i
         join marts.dim_recipients d on i.physician_key = d.recipient_key order by 1",
    );
    assert_eq!(
        interests,
        [
            "9|Ada Berg|100000000001@2022|500.00",
            "10|Unknown recipient|100000000001@2022|500.00",
        ]
    );
}

fn with_products() -> (Lake, Compilation) {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[
            ("covered_or_noncovered_indicator_1", "Covered"),
            (
                "indicate_drug_or_biological_or_device_or_medical_supply_1",
                "Biological",
            ),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "Gelsyn-3",
            ),
            ("associated_drug_or_biological_ndc_1", "0178-0582-08"),
            ("covered_or_noncovered_indicator_2", "Non-Covered"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_2",
                "Zilretta",
            ),
        ],
    );
    // An old layout: a drug and a device, each in its own first slot, and no stated type.
    lake.payment(
        2,
        2014,
        &[
            ("product_indicator", "Combination"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "GELSYN 3",
            ),
            (
                "name_of_associated_covered_device_or_medical_supply1",
                "Hip Stem",
            ),
        ],
    );
    lake.payment(3, 2023, &[]);
    lake.payment(
        4,
        2023,
        &[
            ("covered_or_noncovered_indicator_1", "Non-Covered"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "--",
            ),
        ],
    );
    let compilation = lake.build();
    (lake, compilation)
}

#[test]
fn products_of_old_and_new_layouts_share_one_bridge() {
    let (lake, _) = with_products();
    let bridge = lake.rows(
        "select record_id, slot, product_key, is_covered, share
         from marts.bridge_payment_products order by record_id, slot",
    );
    assert_eq!(
        bridge,
        [
            "1|1|gelsyn-3|true|0.5",
            "1|2|zilretta|false|0.5",
            "2|1|gelsyn-3|true|0.5",
            "2|6|hip-stem|true|0.5",
            "4|1|unknown|false|1.0",
        ]
    );
}

#[test]
fn spellings_of_a_product_are_one_product_whose_stated_type_wins() {
    let (lake, _) = with_products();
    let products = lake.rows(
        "select product_key, product_name, product_type, ndc_or_pdi from marts.dim_products order by 1",
    );
    assert_eq!(
        products,
        [
            "gelsyn-3|GELSYN 3|Biological|0178-0582-08",
            "hip-stem|HIP STEM|Device|-",
            "unknown|UNKNOWN PRODUCT|Unknown|-",
            "zilretta|ZILRETTA|Unknown|-",
        ]
    );
}

#[test]
fn has_product_says_which_payments_are_in_the_bridge() {
    let (lake, compilation) = with_products();
    let flags =
        lake.rows("select record_id, has_product from marts.fct_payments order by record_id");
    assert_eq!(flags, ["1|true", "2|true", "3|false", "4|true"]);
    assert_eq!(lake.failing(&compilation), []);
}

#[test]
fn dollars_added_up_by_product_are_the_dollars_that_were_paid() {
    let (lake, _) = with_products();
    let sums = lake.rows(
        "select (select sum(b.share * p.amount_usd) from marts.bridge_payment_products b
                 join marts.fct_payments p using (record_id, program_year)) as by_product,
                (select sum(amount_usd)::double from marts.fct_payments where has_product) as paid",
    );
    assert_eq!(sums, ["30.0|30.0"]);
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
fn the_specialty_of_the_first_publications_has_the_same_levels() {
    let lake = Lake::in_memory();
    let specialty = "covered_recipient_specialty_1";
    lake.payment(
        1,
        2013,
        &[(
            specialty,
            "Allopathic & Osteopathic Physicians/ Surgery/ Trauma",
        )],
    );
    lake.payment(
        2,
        2014,
        &[(
            specialty,
            "Allopathic & Osteopathic Physicians|Surgery|Trauma",
        )],
    );
    lake.build();
    let versions = lake.rows(
        "select specialty, specialty_group from marts.dim_recipients where recipient_id = '1001'",
    );
    assert_eq!(
        versions,
        ["Allopathic & Osteopathic Physicians|Surgery|Trauma|Surgery"]
    );
}

fn failing_test(lake: &Lake) -> Vec<(String, Severity, i64)> {
    let compilation = lake.build();
    let failing = lake.failing(&compilation).into_iter();
    failing
        .map(|(test, count)| (test.name.clone(), test.severity, count))
        .collect()
}

#[test]
fn a_record_that_stands_twice_breaks_the_grain() {
    let lake = Lake::in_memory();
    lake.payment(1, 2023, &[]);
    lake.payment(1, 2023, &[]);
    let expected = (
        "assert_fct_payments_is_unique".to_owned(),
        Severity::Error,
        1,
    );
    assert_eq!(failing_test(&lake), [expected]);
}

#[test]
fn a_record_that_the_run_did_not_vouch_for_breaks_the_accounting() {
    let lake = Lake::in_memory();
    lake.payment(1, 2023, &[]);
    lake.commit_runs();
    lake.payment(2, 2023, &[]);
    let compilation = lake.build();
    lake.connection
        .execute_batch("delete from lake.runs where records_accepted = 2")
        .unwrap();
    let failing: Vec<_> = lake
        .failing(&compilation)
        .iter()
        .map(|(test, _)| test.name.clone())
        .collect();
    assert_eq!(failing, ["assert_facts_match_committed_runs"]);
}

#[test]
fn an_odd_value_and_a_removed_record_are_warnings() {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[("nature_of_payment_or_transfer_of_value", "Bribe")],
    );
    lake.insert(
        "removed_records",
        &BTreeMap::from([
            ("record_id", "1"),
            ("program_year", "2023"),
            ("change_type", "REMOVED"),
        ]),
    );
    let nature = "accepted_values_fct_payments_nature_of_payment".to_owned();
    let removed = "assert_removed_records_are_gone".to_owned();
    assert_eq!(
        failing_test(&lake),
        [(nature, Severity::Warn, 1), (removed, Severity::Warn, 1)]
    );
}

#[test]
fn a_lake_without_a_row_builds_and_passes() {
    let lake = Lake::in_memory();
    let compilation = lake.build();
    assert_eq!(lake.failing(&compilation), []);
    assert_eq!(lake.rows("select count(*) from marts.fct_payments"), ["0"]);
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

#[test]
fn the_columns_are_those_that_the_yaml_documents() {
    let (lake, compilation) = moved_physician();
    for model in compilation
        .models
        .iter()
        .filter(|model| model.schema == "marts")
    {
        let described = lake.rows(&format!(
            "select column_name, lower(column_type) from (describe {})",
            model.relation()
        ));
        let documented: Vec<_> = model
            .columns
            .iter()
            .map(|column| {
                format!(
                    "{}|{}",
                    column.name,
                    column.data_type.as_deref().unwrap_or_default()
                )
            })
            .collect();
        if model.name == "dim_physicians" {
            continue; // A view on dim_recipients: only its key is documented again.
        }
        assert_eq!(described, documented, "{}", model.name);
    }
}

#[test]
fn every_analysis_has_a_question_and_an_answer() {
    let (lake, compilation) = moved_physician();
    lake.interest(9, 2022, &[]);
    assert!(
        compilation.analyses.len() >= 10,
        "{}",
        compilation.analyses.len()
    );
    for analysis in &compilation.analyses {
        assert!(
            analysis.question.contains('?'),
            "{}: {}",
            analysis.name,
            analysis.question
        );
        let count = format!("select count(*) from ({})", analysis.sql);
        let rows = lake
            .connection
            .query_row(&count, [], |row| row.get::<_, i64>(0));
        rows.unwrap_or_else(|error| panic!("{}: {error}", analysis.name));
    }
}

#[test]
fn the_answers_are_right_for_rows_that_one_can_add_up() {
    let lake = Lake::in_memory();
    let big = ("total_amount_of_payment_usdollars", "90.00");
    let company = "applicable_manufacturer_or_applicable_gpo_making_payment_id";
    let name = "applicable_manufacturer_or_applicable_gpo_making_payment_name";
    lake.payment(1, 2022, &[]);
    lake.payment(2, 2023, &[]);
    lake.payment(3, 2023, &[big, (company, "100000000002"), (name, "Zenith")]);
    lake.interest(9, 2023, &[]);
    let compilation = lake.build();
    let answer = |name: &str| {
        let analysis = compilation
            .analyses
            .iter()
            .find(|analysis| analysis.name == name);
        lake.rows(&analysis.unwrap().sql)
    };
    assert_eq!(
        answer("top_companies"),
        ["1|Zenith|1|90.00|90.0|90.0", "2|Acme|1|10.00|10.0|100.0"]
    );
    assert_eq!(
        answer("year_over_year"),
        ["2022|1|-|10.00|-|1|1", "2023|2|100.0|100.00|900.0|1|2"]
    );
    assert_eq!(
        answer("monthly_trend"),
        [
            "2022-03-01|1|10.00|-|10.0",
            "2023-03-01|2|100.00|900.0|55.0",
        ]
    );
    assert_eq!(
        answer("nature_of_payment_share"),
        ["Food and Beverage|3|100.0|110.00|100.0|36.67|10.00",]
    );
    assert_eq!(
        answer("owners_who_are_paid"),
        ["Ada Ames|Surgery|Acme|500.00|2|20.00"]
    );
    assert_eq!(
        answer("recipients_paid_by_many_companies"),
        Vec::<String>::new()
    );
    assert_eq!(
        answer("company_history"),
        ["2023|100000000002|Zenith|NJ|United States|1|1|90.00|Food and Beverage",]
    );
}

/// For each year of one recipient, how often each city stands in its records.
type Years = BTreeMap<i32, BTreeMap<&'static str, usize>>;

fn years() -> impl Strategy<Value = Years> {
    let city = prop::sample::select(vec!["Salem", "SALEM", "Boston", "Austin"]);
    let cities = prop::collection::btree_map(city, 1..3_usize, 1..3);
    prop::collection::btree_map(2018..2025_i32, cities, 1..6)
}

/// The rule in plain code: the most frequent spelling of each year (the alphabetically first
/// of equals), then one range per stretch of years that differ in case at most.
fn expected_ranges(years: &Years) -> Vec<String> {
    let winners = years.iter().map(|(year, cities)| {
        let most = cities.values().max().unwrap();
        (
            *year,
            *cities.iter().find(|(_, count)| *count == most).unwrap().0,
        )
    });
    let mut ranges: Vec<(i32, &str)> = Vec::new();
    for (year, city) in winners {
        if ranges
            .last()
            .is_none_or(|(_, last)| !last.eq_ignore_ascii_case(city))
        {
            ranges.push((year, city));
        }
    }
    let ends = ranges
        .iter()
        .skip(1)
        .map(|(year, _)| format!("{year}-01-01"));
    let ends: Vec<_> = ends.chain(["-".to_owned()]).collect();
    let lines = ranges.iter().zip(ends);
    lines
        .map(|((year, city), end)| format!("{city}|{year}-01-01|{end}"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]

    #[test]
    fn history_follows_the_rule_for_any_records(people in prop::collection::vec(years(), 1..6)) {
        let lake = Lake::in_memory();
        let mut record_id = 0;
        for (person, years) in people.iter().enumerate() {
            let id = format!("p{person}");
            for (year, cities) in years {
                for (city, count) in cities {
                    for _ in 0..*count {
                        record_id += 1;
                        let fields = [("covered_recipient_profile_id", id.as_str()), ("recipient_city", city)];
                        lake.payment(record_id, *year, &fields);
                    }
                }
            }
        }
        let compilation = lake.build();
        prop_assert_eq!(lake.failing(&compilation), []);
        for (person, years) in people.iter().enumerate() {
            let sql = format!(
                "select city, valid_from, valid_to from marts.dim_recipients
                 where recipient_id = 'p{person}' order by valid_from"
            );
            prop_assert_eq!(lake.rows(&sql), expected_ranges(years));
        }
    }
}
