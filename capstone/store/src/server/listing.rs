//! Listing a file tree in the order of keys, page by page.
//!
//! S3 orders keys by their bytes, in which `a-b` comes before `a/b`; a walk that
//! sorts names would visit folder `a` first. Sorting a folder by its slash as
//! well gives S3's order, so a page costs its own length and not the bucket's.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

/// What to list.
#[derive(Debug, Default)]
pub(super) struct Query<'a> {
    /// What keys start with.
    pub(super) prefix: &'a str,
    /// Keys that share the text up to this one, after the prefix, are rolled up.
    pub(super) delimiter: Option<&'a str>,
    /// Start after this key, or after all keys of this rolled-up group.
    pub(super) after: &'a str,
    /// Entries of one page.
    pub(super) limit: usize,
}

/// One entry of a page: an object, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    Object(String),
    Group(String),
}

/// One page; more follow if `more`, after the page's last entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    pub(super) more: bool,
}

impl Page {
    /// Where the next page continues.
    pub(super) fn next(&self) -> Option<String> {
        let (Entry::Object(name) | Entry::Group(name)) = self.entries.last()?;
        self.more.then(|| name.clone())
    }
}

/// One page of the keys under a bucket's folder.
pub(super) fn page(bucket: &Path, query: &Query<'_>) -> io::Result<Page> {
    let mut page = Page::default();
    if query.limit > 0 {
        let _ = walk(bucket, "", query, &mut |key| {
            let entry = match group(&key, query) {
                Some(group) => Entry::Group(group.to_owned()),
                None => Entry::Object(key),
            };
            if page.entries.last() == Some(&entry) {
                return ControlFlow::Continue(());
            }
            if page.entries.len() == query.limit {
                page.more = true;
                return ControlFlow::Break(());
            }
            page.entries.push(entry);
            ControlFlow::Continue(())
        })?;
    }
    Ok(page)
}

/// The group that a key is rolled up into.
fn group<'k>(key: &'k str, query: &Query<'_>) -> Option<&'k str> {
    let delimiter = query.delimiter?;
    let rest = key.strip_prefix(query.prefix)?;
    let end = query.prefix.len() + rest.find(delimiter)? + delimiter.len();
    Some(&key[..end])
}

/// Visits keys in order until the visitor breaks off.
fn walk(
    folder: &Path,
    base: &str,
    query: &Query<'_>,
    visit: &mut impl FnMut(String) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    for name in names(folder)? {
        let key = format!("{base}{name}");
        if !may_match(&key, query.prefix) || is_past(&key, query) {
            continue;
        }
        let flow = match name.strip_suffix('/') {
            Some(inner) => walk(&folder.join(inner), &key, query, visit)?,
            None => visit(key),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Names in a folder, those of folders with a slash at their end, sorted.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        // Removed while the walk was elsewhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        // A name that is not UTF-8 was put there by hand and can't be a key.
        if let Ok(name) = entry.file_name().into_string() {
            let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
            names.push(name + slash);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether this key, or a key in this folder, can start with the prefix.
fn may_match(key: &str, prefix: &str) -> bool {
    key.starts_with(prefix) || (key.ends_with('/') && prefix.starts_with(key))
}

/// Whether this key, or every key in this folder, was on an earlier page.
fn is_past(key: &str, query: &Query<'_>) -> bool {
    let after = query.after;
    let in_listed_group = group(after, query) == Some(after) && key.starts_with(after);
    let before = key <= after && !(key.ends_with('/') && after.starts_with(key));
    in_listed_group || before
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(keys: &[String]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for key in keys {
            let path = root.path().join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    /// Follows pages of `limit` entries to the end.
    fn all_pages(root: &Path, prefix: &str, delimiter: Option<&str>, limit: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut after = String::new();
        loop {
            let query = Query {
                prefix,
                delimiter,
                after: &after,
                limit,
            };
            let page = page(root, &query).unwrap();
            let next = page.next();
            entries.extend(page.entries);
            match next {
                Some(name) => after = name,
                None => return entries,
            }
        }
    }

    /// Segments that sort around the slash: `-` and `.` before it, `0` after it.
    /// Folders are `d…`, files `f…`, so that no key is a folder of another.
    fn keys() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::btree_set("(d[-.0a]{0,2}/){0,3}f[-.0a]{0,2}", 0..25)
            .prop_map(|keys| keys.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn pages_of_any_size_give_all_keys_in_byte_order(keys in keys(), limit in 1_usize..7) {
            let root = tree(&keys);
            let expected: Vec<_> = keys.iter().cloned().map(Entry::Object).collect();
            prop_assert_eq!(all_pages(root.path(), "", None, limit), expected);
        }

        #[test]
        fn a_prefix_is_a_filter_and_nothing_else(keys in keys(), prefix in "(d[-.0a]{0,2}/){0,2}[df]?") {
            let root = tree(&keys);
            let expected: Vec<_> =
                keys.iter().filter(|key| key.starts_with(&prefix)).cloned().map(Entry::Object).collect();
            prop_assert_eq!(all_pages(root.path(), &prefix, None, 3), expected);
        }

        #[test]
        fn a_delimiter_rolls_up_once_per_group(keys in keys(), limit in 1_usize..4) {
            let root = tree(&keys);
            let mut expected: Vec<_> = keys
                .iter()
                .map(|key| match key.split_once('/') {
                    Some((head, _)) => Entry::Group(format!("{head}/")),
                    None => Entry::Object(key.clone()),
                })
                .collect();
            expected.dedup();
            prop_assert_eq!(all_pages(root.path(), "", Some("/"), limit), expected);
        }
    }
}
