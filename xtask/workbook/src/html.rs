//! A fact's text as HTML: book and plan show the same words.

use std::fmt::Write as _;

/// Text between tags and in attributes, of HTML and XML both, on one line.
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
            other if other.is_control() => escaped.push(' '),
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
    fn text_holds_no_tag_no_directive_and_no_line() {
        assert_eq!(
            escape("a<b> & \"c\" {{#d}}\n\ne\u{7}"),
            "a&lt;b&gt; &amp; &quot;c&quot; &#123;&#123;#d}}  e "
        );
        assert_eq!(inline("run `a<b>` now"), "run <code>a&lt;b&gt;</code> now");
        assert_eq!(inline("a ` b"), "a ` b");
    }

    #[test]
    fn a_fact_holds_no_directive_and_no_blank_line() {
        assert_eq!(escape("{{#card x}}\n\ny"), "&#123;&#123;#card x}}  y");
    }
}
