//! What a chapter's Markdown must hold before mdBook sees it.
//!
//! mdBook leaves a broken include in the page and goes on; here it stops the build.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// `{{#name argument}}`; a backslash before it makes it text.
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(\\?)\{\{\s*#(\w+)\s*([^}]*?)\s*\}\}").expect("a fixed expression")
});

/// A directive in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// `card`, `include`, ...
    pub name: String,
    /// What follows; may be empty.
    pub argument: String,
    /// Where it stands in the line, in bytes.
    pub range: std::ops::Range<usize>,
}

/// The directives of a line, in order.
pub fn directives(line: &str) -> Vec<Directive> {
    DIRECTIVE
        .captures_iter(line)
        .filter(|found| found[1].is_empty())
        .map(|found| Directive {
            name: found[2].to_owned(),
            argument: found[3].to_owned(),
            range: found.get(0).expect("group 0 is the match").range(),
        })
        .collect()
}

/// A line and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// Prose.
    Text,
    /// Opens a fence; its label.
    Open(&'a str),
    /// Inside of a fence.
    Inside,
    /// Closes a fence.
    Close,
}

/// Tells text from fences, line by line.
#[derive(Debug, Default)]
pub struct Fences {
    /// Character and length of the open fence.
    open: Option<(char, usize)>,
}

impl Fences {
    /// Where the next line stands.
    pub fn next<'a>(&mut self, line: &'a str) -> Place<'a> {
        // Fences may stand in a list or a quote.
        let text = line.trim_start_matches([' ', '>']);
        let mark = text.chars().next().filter(|first| "`~".contains(*first));
        let length = mark.map_or(0, |mark| text.chars().take_while(|c| *c == mark).count());
        let rest = text.get(length..).unwrap_or("").trim();
        match (self.open, mark) {
            (None, Some(mark)) if length >= 3 && !rest.contains('`') => {
                self.open = Some((mark, length));
                Place::Open(rest)
            }
            (None, _) => Place::Text,
            (Some((open, least)), Some(mark))
                if mark == open && length >= least && rest.is_empty() =>
            {
                self.open = None;
                Place::Close
            }
            (Some(_), _) => Place::Inside,
        }
    }

    /// Whether a fence was never closed.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// What an include names: the file, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The file.
    pub path: PathBuf,
    /// An anchor's name or a range of lines; all of it where there is none.
    pub part: Option<String>,
}

impl Include {
    /// Reads an include's argument; paths are relative to the chapter's `folder`.
    pub fn parse(folder: &Path, argument: &str) -> Self {
        let (path, part) = match argument.split_once(':') {
            Some((path, part)) => (path, Some(part.to_owned())),
            None => (argument, None),
        };
        Self {
            path: normal(&folder.join(path)),
            part,
        }
    }

    /// What is wrong with it; nothing if all is well.
    pub fn problem(&self) -> Option<String> {
        let path = self.path.display();
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) => return Some(format!("cannot include {path}: {error}")),
        };
        let part = self.part.as_deref()?;
        let range = part
            .split(':')
            .all(|end| end.parse::<usize>().is_ok() || end.is_empty());
        if range {
            let lines = text.lines().count();
            let last = part.split(':').filter_map(|end| end.parse().ok()).max();
            return (last.unwrap_or(0) > lines)
                .then(|| format!("{path} has {lines} lines, the include wants `{part}`"));
        }
        let has = |mark: &str| {
            text.lines().any(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                words
                    .windows(2)
                    .any(|pair| pair[0].ends_with(mark) && pair[1] == part)
            })
        };
        match (has("ANCHOR:"), has("ANCHOR_END:")) {
            (true, true) => None,
            (true, false) => Some(format!(
                "{path} has `ANCHOR: {part}` without its ANCHOR_END"
            )),
            (false, _) => Some(format!("{path} has no `ANCHOR: {part}`")),
        }
    }
}

/// A path without `.` and, where it can be told from the text alone, without `..`.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::Place::{Close, Inside, Open, Text};
    use super::*;

    #[test]
    fn directives_are_found_and_escaped_ones_are_text() {
        let found = directives(r"a {{#card ingestion}} b \{{#card lake}} {{#map}}");
        let names: Vec<_> = found
            .iter()
            .map(|found| (found.name.as_str(), found.argument.as_str()))
            .collect();
        assert_eq!(names, [("card", "ingestion"), ("map", "")]);
    }

    #[test]
    fn a_fence_ends_with_its_own_mark_only() {
        let mut fences = Fences::default();
        let text = "x\n````rust\n```\n~~~\n````\ny";
        let places: Vec<_> = text.lines().map(|line| fences.next(line)).collect();
        assert_eq!(places, [Text, Open("rust"), Inside, Inside, Close, Text]);
        assert!(!fences.is_open());
    }

    #[test]
    fn an_include_without_its_file_or_anchor_is_a_problem() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = "// ANCHOR: a\nfn a() {}\n// ANCHOR_END: a\n// ANCHOR: ab\n";
        std::fs::write(folder.path().join("a.rs"), text).expect("writable");
        let problem = |argument: &str| Include::parse(folder.path(), argument).problem();
        assert_eq!(problem("a.rs"), None);
        assert_eq!(problem("./x/../a.rs:a"), None);
        assert_eq!(problem("a.rs:1:4"), None);
        assert!(
            problem("a.rs:1:9")
                .expect("too few lines")
                .contains("4 lines")
        );
        assert!(
            problem("a.rs:b")
                .expect("no anchor")
                .contains("no `ANCHOR: b`")
        );
        assert!(
            problem("a.rs:ab")
                .expect("no end")
                .contains("without its ANCHOR_END")
        );
        assert!(problem("b.rs").expect("no file").contains("b.rs"));
    }
}
