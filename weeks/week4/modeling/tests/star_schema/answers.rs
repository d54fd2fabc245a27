//! The analyses.

use crate::moved_physician;
use crate::support::Lake;

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
