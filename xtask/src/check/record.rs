//! Records: Markdown under `journal/`, made from a template, judged by whether every section
//! holds words of the learner's own. What they say is between them and their reviewers.

use std::path::{Path, PathBuf};

/// Where an item's record lies: `journal/environment/postgres-role.md`.
pub(crate) fn path(root: &Path, item: &str) -> PathBuf {
    root.join(workbook::JOURNAL).join(format!("{item}.md"))
}

/// What is missing, one sentence for each section; nothing if the record is complete.
pub(crate) fn missing(template: &str, record: &str, words: usize) -> Vec<String> {
    let written = sections(record);
    sections(template)
        .into_iter()
        .filter_map(|(heading, _)| {
            let own = written.iter().find(|(other, _)| *other == heading);
            match own {
                None => Some(format!("the section `{heading}` is gone")),
                Some((_, found)) if *found < words => Some(format!(
                    "`{heading}` has {found} words of yours; {words} are asked for"
                )),
                Some(_) => None,
            }
        })
        .collect()
}

/// Headings of the second level and below, with the number of words under each.
fn sections(text: &str) -> Vec<(String, usize)> {
    let mut sections: Vec<(String, usize)> = Vec::new();
    let mut in_section = false;
    for line in without_comments(text).lines() {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let is_heading = level > 0 && line[level..].starts_with(' ');
        if is_heading {
            in_section = level > 1;
            if in_section {
                sections.push((line[level..].trim().to_owned(), 0));
            }
        } else if let (true, Some((_, count))) = (in_section, sections.last_mut()) {
            let words = line.split_whitespace();
            *count += words
                .filter(|word| word.chars().any(char::is_alphanumeric))
                .count();
        }
    }
    sections
}

/// Guidance stands in comments; it is not the learner's own.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        kept.push_str(&rest[..start]);
        rest = rest[start..].split_once("-->").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "# Role of Postgres\n\n## Decision\n<!-- What is it for? -->\n\n## Not for\n<!-- one two three four -->\n";

    #[test]
    fn an_untouched_template_is_not_filled_in() {
        let missing = missing(TEMPLATE, TEMPLATE, 3);
        assert_eq!(missing.len(), 2, "{missing:?}");
        assert!(missing[0].contains("0 words"), "{missing:?}");
    }

    #[test]
    fn every_section_needs_its_own_words() {
        let record = "# Role\n## Decision\nWe explore samples with it.\n## Not for\n- - -\n";
        assert_eq!(
            missing(TEMPLATE, record, 3),
            ["`Not for` has 0 words of yours; 3 are asked for"]
        );
        let record =
            "## Decision\nWe explore samples.\n## More\nx\n## Not for\nHistory, loads, marts.\n";
        assert_eq!(missing(TEMPLATE, record, 3), Vec::<String>::new());
    }

    #[test]
    fn a_section_that_was_deleted_is_named() {
        let missing = missing(TEMPLATE, "## Decision\na b c\n", 3);
        assert_eq!(missing, ["the section `Not for` is gone"]);
    }

    #[test]
    fn a_comment_that_never_ends_hides_the_rest() {
        assert_eq!(sections("## A\n<!-- x\nwords words"), [("A".to_owned(), 0)]);
    }
}
