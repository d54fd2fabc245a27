//! Mermaid diagrams as SVG, drawn when the book is built: a page needs no script for them.
//!
//! Colours are CSS variables (`assets/book.css`), so that a diagram follows the theme. Text is
//! measured by built-in tables and not by this machine's fonts: the same source is the same
//! picture everywhere.

use std::sync::LazyLock;

use mermaid_rs_renderer::{RenderOptions, render_with_options};
use regex::{Captures, Regex};

static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" id="([^"]*)""#).expect("a fixed expression"));
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"url\(#([^)]*)\)").expect("a fixed expression"));

static WIDTH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<svg [^>]*?\bwidth="([0-9.]+)""#).expect("a fixed expression"));

/// Letters are drawn 14 pixels high. A diagram that has less room than this share of its width
/// scrolls, and does not shrink any further.
const LEAST: f64 = 0.7;

fn options() -> RenderOptions {
    let mut options = RenderOptions::modern();
    options.layout.fast_text_metrics = true;
    let theme = &mut options.theme;
    "Open Sans, sans-serif".clone_into(&mut theme.font_family);
    let colours = [
        (&mut theme.primary_color, "--diagram-fill"),
        (&mut theme.primary_text_color, "--diagram-text"),
        (&mut theme.primary_border_color, "--diagram-line"),
        (&mut theme.line_color, "--diagram-line"),
        (&mut theme.secondary_color, "--diagram-fill"),
        (&mut theme.tertiary_color, "--diagram-fill"),
        (&mut theme.edge_label_background, "--diagram-back"),
        (&mut theme.cluster_background, "--diagram-group"),
        (&mut theme.cluster_border, "--diagram-line"),
        (&mut theme.background, "--diagram-back"),
        (&mut theme.sequence_actor_fill, "--diagram-fill"),
        (&mut theme.sequence_actor_border, "--diagram-line"),
        (&mut theme.sequence_actor_line, "--diagram-line"),
        (&mut theme.sequence_note_fill, "--diagram-note"),
        (&mut theme.sequence_note_border, "--diagram-line"),
        (&mut theme.sequence_activation_fill, "--diagram-group"),
        (&mut theme.sequence_activation_border, "--diagram-line"),
        (&mut theme.text_color, "--diagram-text"),
    ];
    for (colour, variable) in colours {
        *colour = format!("var({variable})");
    }
    options
}

/// Draws one diagram; `name` keeps its ids apart from those of others on the page.
///
/// # Errors
/// What the renderer says of text that is no Mermaid.
pub fn draw(source: &str, name: &str) -> Result<String, String> {
    let svg = render_with_options(source, options()).map_err(|error| format!("{error:#}"))?;
    let svg = ID.replace_all(&svg, format!(" id=\"{name}-$1\""));
    let svg = REFERENCE.replace_all(&svg, format!("url(#{name}-$1)"));
    let svg = WIDTH.replace(&svg, |found: &Captures<'_>| {
        let width: f64 = found[1].parse().unwrap_or_default();
        let least = width * LEAST;
        format!("<svg style=\"min-width: {least:.0}px\"{}", &found[0][4..])
    });
    // A blank line would end the HTML for Markdown.
    let lines: Vec<&str> = svg.lines().filter(|line| !line.trim().is_empty()).collect();
    Ok(format!(
        "<figure class=\"diagram\">\n{}\n</figure>\n",
        lines.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds_that_the_book_uses_are_drawn() {
        for source in [
            "flowchart LR\n  A[raw] -->|cut| B{whole?}\n  subgraph lake\n  C\n  end\n  B --> C",
            "sequenceDiagram\n  A->>B: PUT\n  alt exists\n  B-->>A: 412\n  end",
            "stateDiagram-v2\n  [*] --> Open\n  Open --> Done: pass",
        ] {
            let svg = draw(source, "d1").expect(source);
            assert!(svg.contains("<svg"), "{svg}");
            assert!(
                svg.contains("var(--diagram-text)"),
                "it follows the theme: {svg}"
            );
            assert!(svg.contains("<svg style=\"min-width: "), "{svg}");
            assert!(!svg.contains("\n\n"));
        }
    }

    #[test]
    fn ids_of_two_diagrams_differ() {
        let source = "flowchart LR\n  A --> B";
        let (one, two) = (
            draw(source, "d1").expect("one"),
            draw(source, "d2").expect("two"),
        );
        assert!(one.contains("id=\"d1-") && two.contains("id=\"d2-"));
        for reference in REFERENCE.captures_iter(&one) {
            assert!(
                one.contains(&format!("id=\"{}\"", &reference[1])),
                "{}",
                &reference[1]
            );
        }
    }

    #[test]
    fn what_is_no_diagram_is_an_error() {
        assert!(draw("flowchurt LR\n A --> B", "d1").is_err());
    }
}
