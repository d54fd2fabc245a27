//! The public surface of a starter and its reference: the same names, signatures and docs.
//!
//! Reads rustfmt's text (verify checks the formatting first), so it needs no parser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What a module shows: exported names, and its public functions with their docs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Surface {
    /// Names that the module itself defines or takes from its submodules.
    own: BTreeSet<String>,
    /// Names that it takes from the reference.
    given: BTreeSet<String>,
    /// `name` or `Type::name`: signature and docs.
    functions: BTreeMap<String, (String, String)>,
}

/// How the starter's surface differs from the reference's, a sentence each.
pub(crate) fn differences(folder: &Path) -> Result<Vec<String>> {
    let starter = surface(&folder.join("src"), "exercise")?;
    let reference = surface(&folder.join("src"), "solution")?;
    Ok(compare(&starter, &reference))
}

/// Every name that a module of the crate in `folder` shows.
pub(crate) fn names(folder: &Path, module: &str) -> Result<BTreeSet<String>> {
    let shown = surface(&folder.join("src"), module)?;
    Ok(shown.own.union(&shown.given).cloned().collect())
}

fn compare(starter: &Surface, reference: &Surface) -> Vec<String> {
    let mut found = Vec::new();
    let shown: BTreeSet<&String> = starter.own.union(&starter.given).collect();
    let wanted: BTreeSet<&String> = reference.own.union(&reference.given).collect();
    for name in wanted.difference(&shown) {
        found.push(format!("the starter lacks `{name}`"));
    }
    for name in shown.difference(&wanted) {
        found.push(format!("the reference has no `{name}`"));
    }
    for (name, (signature, docs)) in &starter.functions {
        let Some((other, other_docs)) = reference.functions.get(name) else {
            found.push(format!("the reference has no `{name}`"));
            continue;
        };
        if signature != other {
            found.push(format!(
                "`{name}`: the starter's `{signature}` is the reference's `{other}`"
            ));
        }
        if docs != other_docs {
            found.push(format!(
                "`{name}`: starter and reference are documented differently"
            ));
        }
    }
    found
}

fn surface(source: &Path, module: &str) -> Result<Surface> {
    let mut surface = Surface::default();
    let single = source.join(format!("{module}.rs"));
    let folder = source.join(module);
    let root = if single.is_file() {
        single
    } else {
        folder.join("mod.rs")
    };
    let text = read(&root)?;
    exports(&text, &mut surface);
    functions(&text, &mut surface, true);
    let mut files = Vec::new();
    files_under(&folder, &mut files);
    for file in files.iter().filter(|file| **file != root) {
        functions(&read(file)?, &mut surface, false);
    }
    // Functions of a submodule that the module does not export are its own business.
    let own = surface.own.clone();
    surface.functions.retain(|name, _| {
        let exported = name.split("::").next().unwrap_or(name);
        own.contains(exported)
    });
    Ok(surface)
}

fn files_under(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_under(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Names of `pub use` in the module's root, and of items defined there.
fn exports(text: &str, surface: &mut Surface) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("pub use ") {
        let at_line_start = before.is_empty() || before.ends_with('\n');
        let Some((path, following)) = after.split_once(';') else {
            break;
        };
        rest = following;
        if !at_line_start {
            continue;
        }
        let given = path.starts_with("crate::solution");
        let (_, names) = path.rsplit_once("::").unwrap_or(("", path));
        let names = match path.split_once('{') {
            Some((_, list)) => list.trim_end_matches('}'),
            None => names,
        };
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let name = name
                .rsplit(" as ")
                .next()
                .unwrap_or(name)
                .rsplit("::")
                .next()
                .unwrap_or(name);
            let set = if given {
                &mut surface.given
            } else {
                &mut surface.own
            };
            set.insert(name.to_owned());
        }
    }
    for line in text.lines() {
        let kinds = [
            "struct ", "enum ", "const ", "static ", "type ", "trait ", "mod ",
        ];
        let defined = kinds
            .iter()
            .find_map(|kind| line.strip_prefix("pub ")?.strip_prefix(kind));
        if let Some(name) = defined.filter(|name| !name.starts_with("fn ")) {
            surface.own.insert(identifier(name).to_owned());
        }
    }
}

/// Public functions with signatures and docs; those at the root are exported by being there.
fn functions(text: &str, surface: &mut Surface, is_root: bool) {
    let (mut docs, mut of_type) = (String::new(), None::<String>);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if line.starts_with("impl") {
            let target = line.trim_end_matches(" {");
            let target = target.rsplit(" for ").next().unwrap_or(target);
            let name = target.trim_start_matches("impl").trim_start();
            let name = if name.starts_with('<') {
                name.split_once("> ").map_or(name, |(_, name)| name)
            } else {
                name
            };
            of_type = Some(identifier(name).to_owned());
        } else if line == "}" {
            of_type = None;
        }
        if let Some(doc) = code.strip_prefix("///") {
            docs.push_str(doc.trim());
            docs.push('\n');
            continue;
        }
        // The book's anchors may stand between docs and function.
        if code.starts_with("#[") || code.starts_with("// ANCHOR") {
            continue;
        }
        if is_public_function(code) && (of_type.is_some() || line == code) {
            let mut signature = code.to_owned();
            while !signature.ends_with(['{', ';', '}']) {
                let Some(more) = lines.next() else { break };
                signature.push(' ');
                signature.push_str(more.trim());
            }
            let signature = signature
                .split(" {")
                .next()
                .unwrap_or(&signature)
                .replace("( ", "(")
                .replace(", )", ")");
            let name = signature
                .split_once("fn ")
                .map_or("", |(_, name)| identifier(name))
                .to_owned();
            let name = match &of_type {
                Some(target) => format!("{target}::{name}"),
                None => name,
            };
            if is_root && of_type.is_none() {
                surface.own.insert(name.clone());
            }
            surface.functions.insert(name, (signature, docs.clone()));
        }
        docs.clear();
    }
}

fn is_public_function(code: &str) -> bool {
    ["pub fn ", "pub const fn ", "pub async fn "]
        .iter()
        .any(|start| code.starts_with(start))
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Surface {
        let mut surface = Surface::default();
        exports(text, &mut surface);
        functions(text, &mut surface, true);
        surface
    }

    const REFERENCE: &str = "\
pub use cutter::{Cutter, helper as other};

/// Waits.
// ANCHOR: pause
#[must_use]
pub fn pause(
    attempt: u32,
    unit: f64,
) -> Duration {
    Duration::ZERO
}

impl<'a> Cutter<'a> {
    /// Cuts.
    pub fn cut(&mut self) -> Cut {
        Cut
    }

    fn private(&self) {}
}
";

    #[test]
    fn the_same_surface_with_other_bodies_and_layout_is_the_same() {
        let starter = REFERENCE
            .replace("// ANCHOR: pause\n", "")
            .replace("    Duration::ZERO\n", "    todo!(\"{attempt} {unit}\")\n")
            .replace(
                "pub fn pause(\n    attempt: u32,\n    unit: f64,\n)",
                "pub fn pause(attempt: u32, unit: f64)",
            )
            .replace("    fn private(&self) {}\n", "");
        assert_eq!(
            compare(&read_text(&starter), &read_text(REFERENCE)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_name_from_the_reference_stands_for_itself() {
        let starter = "pub use crate::solution::{Cutter, other, pause};\n";
        assert_eq!(
            compare(&read_text(starter), &read_text(REFERENCE)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_difference_is_named() {
        for (from, to, sentence) in [
            ("unit: f64", "unit: f32", "`pause`: the starter's"),
            (
                "/// Cuts.",
                "/// Cuts it.",
                "`Cutter::cut`: starter and reference are documented",
            ),
            ("pub fn pause", "pub fn wait", "the starter lacks `pause`"),
            (
                "{Cutter, helper as other}",
                "{Cutter}",
                "the starter lacks `other`",
            ),
        ] {
            let found = compare(
                &read_text(&REFERENCE.replace(from, to)),
                &read_text(REFERENCE),
            );
            let found = found.join("; ");
            assert!(found.contains(sentence), "{sentence}: {found}");
        }
    }
}
