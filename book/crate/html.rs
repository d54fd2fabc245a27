//! Small pieces of HTML.

use plan::screen::half;
pub use workbook::html::{escape, inline};

/// `45 min`, `2 h`, `2 h 15 min`.
pub fn minutes(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// `1 to 2 days`, `up to ½ day`, `2 days`.
pub fn days([from, to]: [f64; 2]) -> String {
    let unit = if to > 1.0 { "days" } else { "day" };
    if (from - to).abs() < f64::EPSILON {
        format!("{} {unit}", half(to))
    } else if from == 0.0 {
        format!("up to {} {unit}", half(to))
    } else {
        format!("{} to {} {unit}", half(from), half(to))
    }
}

/// `a` as it may stand in an `id` or a fragment: `ingestion/retry` is `ingestion-retry`.
pub fn anchor(id: &str) -> String {
    id.replace('/', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_words() {
        assert_eq!(minutes(135), "2 h 15 min");
        assert_eq!(minutes(45), "45 min");
        assert_eq!(minutes(120), "2 h");
        assert_eq!(days([0.0, 0.5]), "up to ½ day");
        assert_eq!(days([1.0, 2.0]), "1 to 2 days");
        assert_eq!(days([0.5, 1.0]), "½ to 1 day");
        assert_eq!(days([2.0, 2.0]), "2 days");
    }
}
