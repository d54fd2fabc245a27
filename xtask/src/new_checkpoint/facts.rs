//! checkpoint.toml: planned facts whose items become real, or new ones.

use std::path::Path;

use anyhow::{Context, Result, bail};
use toml_edit::{Array, DocumentMut, Item as Node, Table, value};
use workbook::facts::Checkpoint;

use super::files::wrongs;
use super::plan::Plan;
use super::{Args, STAND_IN};
use crate::learner::Usage;

/// The facts of a planned checkpoint, without the comment that says that it is none yet.
pub(super) fn planned(path: &Path, title: Option<&str>) -> Result<String> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines: Vec<&str> = text.lines().collect();
    let head = lines
        .iter()
        .take_while(|line| line.starts_with('#'))
        .count();
    let text = lines[head..].join("\n") + "\n";
    let Some(title) = title else { return Ok(text) };
    let mut document: DocumentMut = text.parse().context("planned facts parse")?;
    document["title"] = value(title);
    Ok(document.to_string())
}

/// Facts of a checkpoint that no plan has.
pub(super) fn beyond_plan(id: &str, args: &Args) -> Result<String> {
    let Some(title) = &args.title else {
        bail!(Usage(format!(
            "no plan has a checkpoint `{id}` (see weeks/planned), so it needs a title: --title \"...\""
        )));
    };
    let text = include_str!("templates/checkpoint.toml.txt").replace("@ID@", id);
    let mut document: DocumentMut = text.parse().context("the template parses")?;
    document["title"] = value(title);
    let why = args.why.clone();
    document["beyond_plan"] = value(why.unwrap_or_else(|| format!("{STAND_IN}: who needs it?")));
    Ok(document.to_string())
}

/// Reads a draft as the checker would.
pub(super) fn read(draft: &str) -> Result<Checkpoint> {
    toml_edit::de::from_str(draft).context("the facts do not say what they should")
}

/// The whole file: every item real, and a wrong answer for each that is graded.
pub(super) fn text(plan: &Plan) -> String {
    let mut document: DocumentMut = plan.draft.parse().unwrap_or_default();
    let tables = document
        .get_mut("item")
        .and_then(Node::as_array_of_tables_mut);
    for table in tables.into_iter().flat_map(|tables| tables.iter_mut()) {
        let id = table.get("id").and_then(Node::as_str);
        if let Some(item) = plan.items.iter().find(|item| Some(item.id.as_str()) == id) {
            table.remove("reason");
            if item.is_record {
                record(table, &item.module);
            } else {
                graded(table, &item.module, &item.function);
            }
        }
    }
    let mut text = document.to_string();
    for wrong in wrongs(plan) {
        let entry = include_str!("templates/wrong_entry.toml.txt")
            .replace("@NAME@", &wrong.name)
            .replace("@ITEM@", &wrong.item.id)
            .replace(
                "@FAILS@",
                &format!("{}::{}", wrong.item.module, wrong.mistake.fails),
            )
            .replace("@WHY@", wrong.mistake.why);
        text.push_str(&entry);
    }
    text
}

fn graded(table: &mut Table, module: &str, function: &str) {
    table["kind"] = value("test");
    table["tests"] = value(module);
    table["files"] = value(Array::from_iter(["src/exercise.rs"]));
    table["hints"] = hints(&[
        format!("{STAND_IN}: a question that opens the matter?"),
        format!("{STAND_IN}: a pointer to what `{function}` needs, and not the answer."),
    ]);
}

fn record(table: &mut Table, module: &str) {
    table["kind"] = value("record");
    table["hints"] = hints(&[
        format!("{STAND_IN}: a question that somebody will ask about this decision?"),
        format!("{STAND_IN}: where a figure for it can be had."),
    ]);
    let mut record = Table::new();
    record["template"] = value(format!("records/{}.md", module.replace('_', "-")));
    record["words"] = value(30);
    table["record"] = Node::Table(record);
}

/// One hint a line, as the other facts have them.
fn hints(texts: &[String]) -> Node {
    let mut hints: Array = texts.iter().map(String::as_str).collect();
    for hint in hints.iter_mut() {
        hint.decor_mut().set_prefix("\n    ");
    }
    hints.set_trailing("\n");
    hints.set_trailing_comma(true);
    value(hints)
}
