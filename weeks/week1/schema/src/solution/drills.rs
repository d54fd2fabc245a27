//! The SQL refresh.

/// The drills: file name and text, in order. Each file says what is asked for.
pub fn drills() -> [(&'static str, &'static str); 8] {
    macro_rules! drill {
        ($file:literal) => {
            ($file, include_str!(concat!("../../solution/sql/", $file)))
        };
    }
    [
        drill!("01_changed_records.sql"),
        drill!("02_newest_publication.sql"),
        drill!("03_vanished_unexplained.sql"),
        drill!("04_largest_per_company.sql"),
        drill!("05_silent_months.sql"),
        drill!("06_three_amounts.sql"),
        drill!("07_placeholders.sql"),
        drill!("08_no_double_counting.sql"),
    ]
}
