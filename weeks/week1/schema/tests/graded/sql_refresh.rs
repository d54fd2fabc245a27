// Eight drills on three sets of tables. What is expected is worked out from the rows in Rust.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::sql_data::{Data, Delivered, Payment, Product, all, dollars};
use super::subject::drills;

/// Runs the drill of a number on every set and compares it row by row.
fn check(number: usize, columns: &[&str], expected: impl Fn(&Data) -> Vec<Vec<String>>) {
    let (file, sql) = drills()[number - 1];
    for data in all() {
        let found = data.run(file, sql, columns);
        let expected = expected(data);
        assert!(!expected.is_empty(), "the test asks for something");
        let seed = data.seed;
        for (row, (found, expected)) in (1..).zip(found.iter().zip(&expected)) {
            assert_eq!(
                found, expected,
                "{file}, data {seed}, row {row}: got (left) is not what was expected (right)"
            );
        }
        let (got, asked) = (found.len(), expected.len());
        assert_eq!(
            got, asked,
            "{file}, data {seed}: {got} rows instead of {asked}"
        );
    }
}

/// The rows of one publication of 2023 by their id.
fn publication<'a>(data: &'a Data, day: &str) -> BTreeMap<i64, &'a Delivered> {
    let rows = data.rows.publications.iter();
    rows.filter(|row| row.published == day)
        .map(|row| (row.record_id, row))
        .collect()
}

const FIRST: &str = "2024-06-28";
const SECOND: &str = "2025-01-30";

fn ids(ids: impl Iterator<Item = i64>) -> Vec<Vec<String>> {
    ids.map(|id| vec![id.to_string()]).collect()
}

/// The payments of each company.
fn by_company(data: &Data) -> BTreeMap<&str, Vec<&Payment>> {
    let mut companies: BTreeMap<&str, Vec<&Payment>> = BTreeMap::new();
    for payment in &data.rows.payments {
        companies
            .entry(&payment.company_id)
            .or_default()
            .push(payment);
    }
    companies
}

fn sum<'a>(payments: impl IntoIterator<Item = &'a &'a Payment>) -> String {
    dollars(payments.into_iter().map(|payment| payment.cents).sum())
}

#[test]
fn a_change_from_or_to_nothing_is_a_change() {
    check(1, &["record_id"], |data| {
        let (old, new) = (publication(data, FIRST), publication(data, SECOND));
        let changed = |row: &&Delivered| {
            old.get(&row.record_id).is_some_and(|before| {
                (&before.city, &before.state, before.cents) != (&row.city, &row.state, row.cents)
            })
        };
        ids(new
            .values()
            .copied()
            .filter(|row| changed(row))
            .map(|row| row.record_id))
    });
}

#[test]
fn each_year_counts_in_its_own_newest_publication() {
    check(
        2,
        &["program_year", "published", "records", "amount"],
        |data| {
            let newest = [(2022, "2023-06-30"), (2023, SECOND)];
            let row = |(year, day): (i32, &str)| {
                let rows = publication(data, day);
                let cents = rows.values().map(|row| row.cents).sum();
                vec![
                    year.to_string(),
                    day.to_owned(),
                    rows.len().to_string(),
                    dollars(cents),
                ]
            };
            newest.map(row).into()
        },
    );
}

#[test]
fn a_line_without_a_number_explains_no_vanished_record() {
    check(3, &["record_id"], |data| {
        let (old, new) = (publication(data, FIRST), publication(data, SECOND));
        let told: BTreeSet<i64> = data.rows.removed.iter().copied().flatten().collect();
        let gone = old.keys().copied().filter(|id| !new.contains_key(id));
        ids(gone.filter(|id| !told.contains(id)))
    });
}

#[test]
fn the_three_largest_of_each_company_are_three_also_where_amounts_are_equal() {
    check(4, &["company_id", "place", "record_id", "amount"], |data| {
        let mut rows = Vec::new();
        for (company, mut payments) in by_company(data) {
            payments.sort_by_key(|payment| (Reverse(payment.cents), payment.record_id));
            for (place, payment) in (1..=3).zip(payments) {
                rows.push(vec![
                    company.to_owned(),
                    place.to_string(),
                    payment.record_id.to_string(),
                    dollars(payment.cents),
                ]);
            }
        }
        rows
    });
}

#[test]
fn months_without_a_payment_are_found_although_no_row_tells_of_them() {
    check(5, &["company_id", "first_month", "months"], |data| {
        let mut rows = Vec::new();
        for (company, payments) in by_company(data) {
            if payments.len() < 12 {
                continue;
            }
            let paid: BTreeSet<u32> = payments.iter().map(|payment| payment.month).collect();
            let mut months = 0;
            // A thirteenth month that ends the last run.
            for month in 1..=13 {
                if month <= 12 && !paid.contains(&month) {
                    months += 1;
                } else if months > 0 {
                    let first = month - months;
                    rows.push(vec![
                        company.to_owned(),
                        first.to_string(),
                        months.to_string(),
                    ]);
                    months = 0;
                }
            }
        }
        rows
    });
}

#[test]
fn every_payment_is_in_one_of_the_three_sums() {
    check(6, &["company_id", "meals", "travel", "other"], |data| {
        let row = |(company, payments): (&str, Vec<&Payment>)| {
            let of = |wanted: [bool; 2]| {
                let is_wanted = |payment: &&&Payment| {
                    let nature = payment.nature.as_deref();
                    [
                        nature == Some("Food and Beverage"),
                        nature == Some("Travel and Lodging"),
                    ] == wanted
                };
                sum(payments.iter().filter(is_wanted))
            };
            let sums = [of([true, false]), of([false, true]), of([false, false])];
            [vec![company.to_owned()], sums.into()].concat()
        };
        by_company(data).into_iter().map(row).collect()
    });
}

#[test]
fn a_placeholder_is_no_state() {
    check(7, &["state", "records"], |data| {
        let mut states: BTreeMap<(bool, String), u64> = BTreeMap::new();
        for payment in &data.rows.payments {
            let state = payment
                .state
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_uppercase();
            let missing = ["", "-", "N/A", "#N/A", "-- SELECT --"].contains(&state.as_str());
            let state = if missing { "NULL".to_owned() } else { state };
            *states.entry((missing, state)).or_default() += 1;
        }
        let row = |((_, state), records): ((bool, String), u64)| vec![state, records.to_string()];
        states.into_iter().map(row).collect()
    });
}

#[test]
fn a_payment_that_names_several_medicines_is_paid_once() {
    check(
        8,
        &["company_id", "payments", "amount", "products"],
        |data| {
            let is_medicine =
                |product: &&Product| matches!(product.kind.as_deref(), Some("Drug" | "Biological"));
            let mut named: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
            for product in data.rows.products.iter().filter(is_medicine) {
                named
                    .entry(product.record_id)
                    .or_default()
                    .insert(&product.name);
            }
            let mut rows = Vec::new();
            for (company, mut payments) in by_company(data) {
                payments.retain(|payment| named.contains_key(&payment.record_id));
                if payments.is_empty() {
                    continue;
                }
                let products: BTreeSet<&str> = payments
                    .iter()
                    .flat_map(|payment| &named[&payment.record_id])
                    .copied()
                    .collect();
                rows.push(vec![
                    company.to_owned(),
                    payments.len().to_string(),
                    sum(&payments),
                    products.len().to_string(),
                ]);
            }
            rows
        },
    );
}
