// The parameter that says which years.

use proptest::prelude::*;
use week3_orchestration::{FIRST_YEAR, LAST_YEAR, YearsError};

use super::subject::parse_years;
use super::support::cases;

#[test]
fn one_year_is_a_range_of_one() {
    assert_eq!(parse_years("2020"), Ok(2020..=2020));
    assert_eq!(parse_years(" 2020 "), Ok(2020..=2020));
}

#[test]
fn a_range_has_both_its_ends() {
    assert_eq!(parse_years("2016..2023"), Ok(2016..=2023));
    assert_eq!(parse_years("2016..=2023"), Ok(2016..=2023));
    assert_eq!(parse_years("2016 .. 2023"), Ok(2016..=2023));
    let years: Vec<i16> = parse_years("2021..2023").unwrap().collect();
    assert_eq!(years, [2021, 2022, 2023]);
    assert_eq!(parse_years("2023..2023"), Ok(2023..=2023));
}

#[test]
fn a_range_that_runs_backwards_is_an_error_and_not_an_empty_plan() {
    let error = parse_years("2023..2016").unwrap_err();
    let expected = YearsError::Backwards {
        first: 2023,
        last: 2016,
    };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("2016..2023"), "{error}");
}

#[test]
fn a_year_without_a_program_is_refused_wherever_it_stands() {
    let refused = |text| parse_years(text).unwrap_err();
    let year = |year| YearsError::OutOfRange { year };
    assert_eq!(refused("2012"), year(2012));
    assert_eq!(refused("2101"), year(2101));
    assert_eq!(refused("23"), year(23));
    assert_eq!(refused("2016..20233"), year(20233));
    assert_eq!(refused("1999..2016"), year(1999));
    assert!(parse_years("2013..2100").is_ok());
}

#[test]
fn what_is_no_year_is_named_as_it_was_written() {
    for (text, part) in [
        ("all", "all"),
        ("", ""),
        ("2016-2023", "2016-2023"),
        ("2016..latest", "latest"),
        ("2016..", ""),
        ("..2023", ""),
        ("+2020", "+2020"),
        ("2016,2018", "2016,2018"),
    ] {
        let expected = YearsError::NotAYear { text: part.into() };
        assert_eq!(parse_years(text), Err(expected), "of {text:?}");
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn what_is_written_is_what_is_read(
        one in FIRST_YEAR..=LAST_YEAR,
        other in FIRST_YEAR..=LAST_YEAR,
        equals in any::<bool>(),
    ) {
        let sign = if equals { "=" } else { "" };
        let read = parse_years(&format!("{one}..{sign}{other}"));
        match read {
            Ok(years) => {
                prop_assert!(one <= other);
                prop_assert_eq!((*years.start(), *years.end()), (one, other));
                prop_assert_eq!(years.count(), usize::try_from(other - one + 1).unwrap());
            }
            Err(error) => {
                prop_assert!(one > other);
                prop_assert_eq!(error, YearsError::Backwards { first: one, last: other });
            }
        }
    }
}
