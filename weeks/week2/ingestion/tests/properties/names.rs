//! File names as CMS writes them, and others.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use week2_ingestion::FileName;
use week2_ingestion::solution::parse_file_name;

use crate::check::file_name;

fn day() -> impl Strategy<Value = Date> {
    (2000i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    #[test]
    fn a_name_says_what_was_written_into_it(
        table in "[A-Z]{2,8}(_[A-Z]{2,8})?", year in 2000i16..2100, first in day(), second in day(),
    ) {
        let said = FileName {
            table: table.clone(),
            program_year: Some(year),
            publication: Some(first),
        };
        let stamp = file_name::stamp;
        for name in [
            file_name::as_cms_writes(&table, year, first),
            format!("OP_{table}_PGYR{year}_P{}_{}.CSV", stamp(first), stamp(second)),
            format!("op_dtl_{table}_pgyr{:02}_p{}.csv", year - 2000, stamp(first)),
        ] {
            prop_assert_eq!(parse_file_name(&name), Some(said.clone()), "{}", name);
        }
    }

    #[test]
    fn no_name_makes_the_reader_panic(
        name in prop_oneof![
            "OP_(DTL_)?[A-Z_.é]{0,6}_PGYR[-+0-9é]{0,5}_P[-+0-9é]{0,10}(_[0-9]{0,8})?(\\.csv)?",
            "OPPR_ALL_DTL_[A-Z]{0,4}_[-+0-9]{0,9}\\.csv",
            ".{0,40}",
        ],
    ) {
        file_name::check(name.as_bytes());
    }

    #[test]
    fn only_digits_are_a_year_or_a_day(name in "OP_X_PGYR[-+0-9]{4}_P[-+0-9]{8}\\.csv") {
        let found = parse_file_name(&name).unwrap();
        let year = &name[9..13];
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        prop_assert_eq!(found.program_year.is_some(), digits(year), "{}", name);
        prop_assert!(found.publication.is_none() || digits(&name[15..23]), "{}", name);
    }
}
