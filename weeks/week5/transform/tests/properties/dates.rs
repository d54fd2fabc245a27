//! Dates are days of the calendar in the form of CMS, or refused.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::{numbers, type_values};

const DAY: usize = 6;
const EPOCH: Date = date(1970, 1, 1);

fn written(days: i32) -> String {
    let day = EPOCH + days.days();
    format!("{:02}/{:02}/{:04}", day.month(), day.day(), day.year())
}

/// The first and last day that four digits can name: 0000-01-01 and 9999-12-31.
fn days() -> impl Strategy<Value = i32> {
    prop_oneof![
        -719_528..=2_932_896,
        0..30_000,
        Just(-719_528),
        Just(2_932_896)
    ]
}

/// Days in a month, by the rule that everybody learns at school.
fn length(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 31,
    }
}

proptest! {
    #[test]
    fn a_day_that_is_written_reads_back(days in prop::collection::vec(days(), 1..50)) {
        let texts: Vec<String> = days.iter().map(|days| written(*days)).collect();
        let chunk = type_values(DAY, &texts);
        prop_assert_eq!(&chunk.rejected, &[]);
        let expected: Vec<_> = days.into_iter().map(Some).collect();
        prop_assert_eq!(numbers::<i32>(&chunk, "day"), expected);
    }

    /// Every text of that form is the day that it names, or no day.
    #[test]
    fn a_day_that_is_read_is_the_one_that_was_written(
        (month, day, year) in (0u32..14, 0u32..33, 0u32..10_000),
    ) {
        let text = format!("{month:02}/{day:02}/{year:04}");
        let chunk = type_values(DAY, &[&text]);
        let exists = (1..=12).contains(&month) && (1..=length(month, year)).contains(&day);
        prop_assert_eq!(chunk.accepted.len(), usize::from(exists), "{}", text);
        if exists {
            let days = numbers::<i32>(&chunk, "day")[0].unwrap();
            prop_assert_eq!(written(days), text);
        }
    }

    #[test]
    fn nothing_of_another_form_is_a_day(text in "[0-9/ -]{1,12}|\\PC{10}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{1,5}") {
        let chunk = type_values(DAY, &[&text]);
        let trimmed = text.trim();
        let form = trimmed.len() == 10 && trimmed.bytes().enumerate().all(|(at, byte)| {
            if at == 2 || at == 5 { byte == b'/' } else { byte.is_ascii_digit() }
        });
        if form || trimmed.is_empty() || trimmed == "-" {
            return Ok(());
        }
        prop_assert_eq!(chunk.accepted.len(), 0, "{:?}", text);
        prop_assert_eq!(chunk.rejected[0].reasons[0].to_string(), "invalid_value:day");
    }
}
