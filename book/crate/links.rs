//! Whether every link inside the built book leads somewhere, and none leaves it but by choice:
//! what a page needs to be read (scripts, styles, pictures) must be in the book.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use regex::Regex;

use crate::Problem;
use crate::source::normal;

static TARGET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<(\w+)[^>]*?\s(href|src)="([^"]*)""#).expect("a fixed expression")
});
static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\s(?:id|name)="([^"]*)""#).expect("a fixed expression"));

/// Reads every page under `out` and follows its links.
///
/// # Errors
/// A page cannot be read.
pub fn check(out: &Path) -> Result<Vec<Problem>> {
    let mut files = BTreeSet::new();
    walk(out, &mut files).with_context(|| format!("cannot read {}", out.display()))?;
    let mut pages: BTreeMap<PathBuf, String> = BTreeMap::new();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "html"))
    {
        pages.insert(path.clone(), std::fs::read_to_string(out.join(path))?);
    }
    let anchors: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, text)| {
            let ids = ID.captures_iter(text);
            (
                path,
                ids.filter_map(|id| Some(id.get(1)?.as_str())).collect(),
            )
        })
        .collect();
    let mut problems = Vec::new();
    for (page, text) in &pages {
        for (at, line) in text.lines().enumerate() {
            for found in TARGET.captures_iter(line) {
                let (tag, target) = (&found[1], found[3].replace("&amp;", "&"));
                if let Some(what) = broken(page, tag, &target, &files, &anchors) {
                    problems.push(Problem {
                        path: page.clone(),
                        line: at + 1,
                        what,
                    });
                }
            }
        }
    }
    // Its links start at the server's root, wherever that is.
    problems.retain(|problem| problem.path != Path::new("404.html"));
    Ok(problems)
}

/// What is wrong with a link, if anything.
fn broken(
    page: &Path,
    tag: &str,
    target: &str,
    files: &BTreeSet<PathBuf>,
    anchors: &BTreeMap<&PathBuf, BTreeSet<&str>>,
) -> Option<String> {
    if target.contains("://") || target.starts_with("//") {
        let needed = tag != "a";
        return needed.then(|| format!("`{target}` is fetched from the network to read the page"));
    }
    if target.starts_with("data:") || target.starts_with("mailto:") {
        return None;
    }
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let path = path.split('?').next().unwrap_or(path);
    let file = if path.is_empty() {
        page.to_owned()
    } else {
        normal(&page.parent().unwrap_or(Path::new("")).join(path))
    };
    if !files.contains(&file) {
        return Some(format!("`{target}` leads nowhere"));
    }
    let known = fragment.is_empty() || anchors.get(&file).is_none_or(|ids| ids.contains(fragment));
    (!known).then(|| format!("`{target}`: the page has no `{fragment}`"))
}

/// Every file under `folder`, relative to it.
pub(crate) fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) -> std::io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                files.insert(relative.to_owned());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pages: &[(&str, &str)]) -> Vec<String> {
        let out = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in pages {
            let path = out.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        let problems = check(out.path()).expect("readable");
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_to_pages_and_anchors_are_followed() {
        let found = found(&[
            (
                "a.html",
                "<a href=\"b/c.html#there\">x</a>\n<a href=\"b/c.html#gone\">x</a>",
            ),
            (
                "b/c.html",
                "<h2 id=\"there\">x</h2><a href=\"../a.html\">x</a><a href=\"../x.html\">x</a>",
            ),
        ]);
        assert_eq!(
            found,
            [
                "a.html:2: `b/c.html#gone`: the page has no `gone`",
                "b/c.html:1: `../x.html` leads nowhere"
            ]
        );
    }

    #[test]
    fn a_page_may_link_to_the_network_but_not_need_it() {
        let found = found(&[(
            "a.html",
            "<a href=\"https://example.org/\">x</a><script src=\"https://example.org/x.js\"></script>",
        )]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("fetched from the network"), "{found:?}");
    }
}
