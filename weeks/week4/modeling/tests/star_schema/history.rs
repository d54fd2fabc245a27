//! History against the rule in plain code, for any records.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::support::Lake;

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
