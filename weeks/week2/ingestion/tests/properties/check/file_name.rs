//! What holds of any file name.

use jiff::civil::Date;
use week2_ingestion::solution::parse_file_name;

/// A name is read the same in any case, and one that says all it can say reads back
/// from the form in which CMS writes it.
pub(crate) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let found = parse_file_name(&text);
    assert_eq!(parse_file_name(&text.to_ascii_lowercase()), found);
    let Some(name) = found else { return };
    assert!(
        name.program_year
            .is_none_or(|year| (0..=9999).contains(&year)),
        "{name:?}"
    );
    if let (Some(year), Some(day)) = (name.program_year, name.publication) {
        let written = as_cms_writes(&name.table, year, day);
        assert_eq!(parse_file_name(&written), Some(name), "{written}");
    }
}

/// `OP_DTL_GNRL_PGYR2023_P06282024.csv`
pub(crate) fn as_cms_writes(table: &str, program_year: i16, publication: Date) -> String {
    format!(
        "OP_DTL_{table}_PGYR{program_year:04}_P{}.csv",
        stamp(publication)
    )
}

/// `06282024`
pub(crate) fn stamp(day: Date) -> String {
    format!("{:02}{:02}{:04}", day.month(), day.day(), day.year())
}
