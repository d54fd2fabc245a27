//! Which object keys every backend takes.
//!
//! S3 allows more than a file tree can hold, and the embedded lake is a file
//! tree. The rules stand in one place and hold for remote lakes too, so that a
//! lake can always be copied from one kind to the other.

/// The longest key that S3 takes, in bytes of UTF-8.
const MAX_BYTES: usize = 1024;

/// What is wrong with a key; `None` if nothing is.
///
/// A key is a path of segments: none empty, none `.` or `..`, no control
/// characters (XML listings cannot carry them). `=`, spaces, `%`, `+` and
/// letters of any script are fine.
pub(crate) fn fault(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        Some("it is empty")
    } else if key.len() > MAX_BYTES {
        Some("it is longer than 1,024 bytes")
    } else if key.chars().any(char::is_control) {
        Some("it has a control character")
    } else if key.split('/').any(str::is_empty) {
        Some("it has an empty segment (a slash at the start, at the end, or two in a row)")
    } else if key.split('/').any(|segment| matches!(segment, "." | "..")) {
        Some("it has a segment `.` or `..`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hive_keys_and_odd_letters_are_fine() {
        for key in [
            "curated/dataset=general/program_year=2023/part-0.parquet",
            "a b/ü+%20/~.csv",
            "..a",
        ] {
            assert_eq!(fault(key), None, "{key}");
        }
    }

    #[test]
    fn keys_that_leave_the_tree_are_refused() {
        for key in [
            "",
            "/a",
            "a/",
            "a//b",
            "a/../b",
            ".",
            "a\nb",
            &"x".repeat(1025),
        ] {
            assert!(fault(key).is_some(), "{key:?}");
        }
    }
}
