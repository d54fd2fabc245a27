//! Small pieces of HTML.

use std::fmt::Write as _;

/// Text as it may stand in HTML, between tags and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // A directive is none in a fact.
            '{' => escaped.push_str("&#123;"),
            // A blank line would end the HTML for Markdown.
            '\n' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The same, where `code` between backticks is code.
pub fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks: the last one is a backtick.
    let pairs = (parts.len() - 1) / 2;
    let mut html = String::new();
    for (at, part) in parts.iter().enumerate() {
        let part = escape(part);
        if at % 2 == 1 && at / 2 < pairs {
            let _ = write!(html, "<code>{part}</code>");
        } else if at % 2 == 1 {
            let _ = write!(html, "`{part}");
        } else {
            html.push_str(&part);
        }
    }
    html
}

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
        format!("{} {unit}", number(to))
    } else if from == 0.0 {
        format!("up to {} {unit}", number(to))
    } else {
        format!("{} to {} {unit}", number(from), number(to))
    }
}

fn number(days: f64) -> String {
    let whole = days.trunc();
    let half = (days - whole - 0.5).abs() < f64::EPSILON;
    match (half, whole == 0.0) {
        (true, true) => "½".to_owned(),
        (true, false) => format!("{whole}½"),
        (false, _) => format!("{days}"),
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
    fn backticks_become_code_and_a_lonely_one_stays() {
        assert_eq!(inline("use `a<b>` or"), "use <code>a&lt;b&gt;</code> or");
        assert_eq!(inline("`a` and `b"), "<code>a</code> and `b");
        assert_eq!(inline(""), "");
    }

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

    #[test]
    fn a_fact_holds_no_directive_and_no_blank_line() {
        assert_eq!(escape("{{#card x}}\n\ny"), "&#123;&#123;#card x}}  y");
    }
}
