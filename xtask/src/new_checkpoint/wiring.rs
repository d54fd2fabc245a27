//! The lines that other files need: workspace, capstone, track, summary, and what a crate with
//! a reference lacks. Where a file does not look as expected, the line is left to a person.

use anyhow::{Context, Result};

use super::Work;
use super::plan::Plan;
use crate::workspace::Workspace;

/// A file's lines on their way, and which of them are new.
struct Edit {
    lines: Vec<String>,
    added: Vec<String>,
}

impl Edit {
    /// Puts lines before the line of this index.
    fn insert(&mut self, at: usize, new: &[String]) {
        self.lines.splice(at..at, new.iter().cloned());
        self.added.extend(new.iter().cloned());
    }

    /// The index of the first line that is so.
    fn first(&self, is: impl Fn(&str) -> bool) -> Option<usize> {
        self.lines.iter().position(|line| is(line))
    }

    /// The index of the last line that is so.
    fn last(&self, is: impl Fn(&str) -> bool) -> Option<usize> {
        self.lines.iter().rposition(|line| is(line))
    }

    /// Puts a line among its like, in order; false if there are none.
    fn insert_sorted(&mut self, line: &str, is_like: impl Fn(&str) -> bool) -> bool {
        let Some(last) = self.last(&is_like) else {
            return false;
        };
        let later = self.first(|other| is_like(other) && other > line);
        self.insert(later.unwrap_or(last + 1), &[line.to_owned()]);
        true
    }
}

/// Edits one file. `change` says whether it found its place; if not, `line` is for a person.
fn edit(
    workspace: &Workspace,
    work: &mut Work,
    path: &str,
    line: &str,
    change: impl FnOnce(&mut Edit) -> bool,
) -> Result<()> {
    let text = std::fs::read_to_string(workspace.root.join(path))
        .with_context(|| format!("cannot read {path}"))?;
    let mut edit = Edit {
        lines: text.lines().map(str::to_owned).collect(),
        added: Vec::new(),
    };
    if !change(&mut edit) {
        work.by_hand.push(format!("{path}: {line}"));
    } else if !edit.added.is_empty() {
        let text = edit.lines.join("\n") + "\n";
        work.changed.push((path.to_owned(), text, edit.added));
    }
    Ok(())
}

/// Works out every line.
pub(super) fn add(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let (package, krate, id) = (plan.package(), plan.krate(), plan.id.as_str());
    let line = format!(
        "{package} = {{ path = \"{}\", default-features = false }}",
        plan.folder()
    );
    edit(workspace, work, "Cargo.toml", &line, |file| {
        file.first(|other| other.starts_with(&format!("{package} = ")))
            .is_some()
            || file.insert_sorted(&line, |other| {
                other.starts_with("week") && other.contains("path = \"weeks/")
            })
    })?;
    capstone(workspace, plan, work)?;
    if plan.planned.is_none() {
        track(workspace, plan, work)?;
    }
    let chapter = format!("week{}/{id}.md", plan.week);
    let line = format!("- [{} {}]({chapter})", plan.number, plan.title);
    edit(workspace, work, "book/src/SUMMARY.md", &line, |file| {
        if file.first(|other| other.contains(&chapter)).is_some() {
            return true;
        }
        let week = format!("](week{}/", plan.week);
        let last = file.last(|other| other.contains(&week));
        last.inspect(|at| file.insert(at + 1, std::slice::from_ref(&line)))
            .is_some()
    })?;
    if plan.has_reference {
        crate_with_reference(workspace, plan, work)?;
        work.left.push(format!(
            "{}: its reference, tests and dependencies ({krate}::solution is what it was)",
            plan.folder()
        ));
    }
    by_hand(workspace, plan, work)
}

/// The feature `mine-…`, the dependency, and the line that chooses whose part it is.
fn capstone(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let (package, krate) = (plan.package(), plan.krate());
    let feature = format!("mine-{} = [\"{package}/exercise\"]", plan.id);
    let dependency = format!("{package}.workspace = true");
    let lines = format!("{feature} under [features], {dependency} under [dependencies]");
    edit(workspace, work, "capstone/Cargo.toml", &lines, |file| {
        let Some(last) = file.last(|other| other.starts_with("mine-")) else {
            return false;
        };
        file.insert(last + 1, &[feature]);
        file.first(|other| other == dependency).is_some()
            || file.insert_sorted(&dependency, |other| {
                other.starts_with("week") && other.ends_with(".workspace = true")
            })
    })?;
    let name = plan.id.replace('-', "_");
    let line = format!("part!({name}, {krate}, \"mine-{}\");", plan.id);
    edit(workspace, work, "capstone/src/parts.rs", &line, |file| {
        let fixed = format!("pub use {krate}::solution as {name};");
        // The one line that is replaced: it says that there is no part but the reference.
        file.lines.retain(|other| *other != fixed);
        // In the order of the weeks, which is that of the crates' names.
        let later = file.first(|other| krate_of(other).is_some_and(|other| other > krate.as_str()));
        let last = file.last(|other| krate_of(other).is_some());
        let at = later.or(last.map(|last| last + 1));
        at.inspect(|at| file.insert(*at, std::slice::from_ref(&line)))
            .is_some()
    })
}

/// `week4_modeling` of `part!(modeling, week4_modeling, "mine-modeling");`.
fn krate_of(line: &str) -> Option<&str> {
    line.strip_prefix("part!(")?.split(", ").nth(1)
}

/// The checkpoint at the end of its week.
fn track(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let mut block = vec![
        String::new(),
        "[[week.checkpoint]]".to_owned(),
        format!("number = \"{}\"", plan.number),
        format!("id = \"{}\"", plan.id),
        "items = [".to_owned(),
    ];
    let items = plan.items.iter();
    block.extend(items.map(|item| format!("    \"{}\",", item.id)));
    block.push("]".to_owned());
    let lines = block.join("\n");
    edit(workspace, work, "weeks/tracks/base.toml", &lines, |file| {
        let Some(week) = file.first(|line| line == format!("number = {}", plan.week)) else {
            return false;
        };
        let is_next = |line: &String| line.starts_with("[[") && line != "[[week.checkpoint]]";
        let next = file.lines[week..].iter().position(is_next);
        let end = next.map_or(file.lines.len(), |next| week + next);
        let text = file.lines[..end].iter().rposition(|line| !line.is_empty());
        file.insert(text.map_or(end, |text| text + 1), &block);
        true
    })
}

/// What a crate with a reference only lacks: features, test targets, modules.
fn crate_with_reference(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let template = include_str!("templates/Cargo.toml.txt");
    let part = |from: &str, to: Option<&str>| {
        let lines = template.lines().skip_while(|line| *line != from);
        let lines = lines.take_while(|line| Some(*line) != to);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let path = format!("{}/Cargo.toml", plan.folder());
    edit(
        workspace,
        work,
        &path,
        "the features and test targets of CONTRIBUTING.md",
        |file| {
            let is_there = |line: &str| ["[features]", "[[test]]"].contains(&line);
            let Some(lints) = file.first(|line| line == "[lints]") else {
                return false;
            };
            if file.first(is_there).is_some() {
                return false;
            }
            file.insert(lints, &part("[features]", Some("[lints]")));
            let mut targets = part("[[test]]", None);
            targets.insert(0, String::new());
            file.insert(file.lines.len(), &targets);
            true
        },
    )?;
    let path = format!("{}/src/lib.rs", plan.folder());
    let modules = ["exercise", "wrong"]
        .map(|name| {
            [
                "#[cfg(feature = \"exercise\")]".to_owned(),
                format!("pub mod {name};"),
            ]
        })
        .concat();
    edit(workspace, work, &path, &modules.join(" "), |file| {
        let at = file.first(|line| line == "pub mod solution;");
        at.inspect(|at| file.insert(*at, &modules)).is_some()
    })?;
    let functions: Vec<&str> = plan.graded().map(|item| item.function.as_str()).collect();
    let exports = [
        String::new(),
        "mod stand_in;".to_owned(),
        String::new(),
        format!("pub use stand_in::{{{}}};", functions.join(", ")),
    ];
    let single = format!("{}/src/solution.rs", plan.folder());
    let path = if workspace.root.join(&single).is_file() {
        single
    } else {
        format!("{}/src/solution/mod.rs", plan.folder())
    };
    edit(workspace, work, &path, &exports.join(" "), |file| {
        let docs = file.first(|line| !line.starts_with("//!"));
        docs.inspect(|at| file.insert(*at, &exports)).is_some()
    })
}

/// Sentences elsewhere that say that the checkpoint does not stand.
fn by_hand(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let path = "weeks/tracks/coverage.toml";
    let text = std::fs::read_to_string(workspace.root.join(path))
        .with_context(|| format!("cannot read {path}"))?;
    let all_planned = format!("see the items of {}", plan.id);
    for (index, line) in text.lines().enumerate() {
        if line.contains(&all_planned) {
            let number = index + 1;
            work.by_hand.push(format!(
                "{path}:{number}: it says that all its items are planned"
            ));
        }
    }
    work.by_hand
        .push("README.md: the numbers of checkpoints, tests and wrong answers".to_owned());
    work.by_hand
        .push("Cargo.lock: the next cargo command names the crate in it; commit it too".to_owned());
    Ok(())
}
