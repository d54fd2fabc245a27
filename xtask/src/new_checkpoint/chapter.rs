//! The chapter's skeleton, in the order of the chapters that stand.

use anyhow::Result;

use super::files::of_item;
use super::plan::Plan;
use super::{STAND_IN, Work};
use crate::workspace::Workspace;

/// Writes the chapter, or adds its sections below an outline. A chapter that has sections is
/// somebody's work.
pub(super) fn add(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let path = format!("book/src/week{}/{}.md", plan.week, plan.id);
    let place = workspace.root.join(&path);
    let sections = sections(plan);
    if !place.exists() {
        let head = plan.fill(include_str!("templates/chapter_head.md.txt"));
        work.new.push((path, head + &sections));
        return Ok(());
    }
    let outline = std::fs::read_to_string(&place)?;
    if outline.lines().any(|line| line.starts_with("## ")) {
        work.left
            .push(format!("{path}: it has sections of its own"));
        return Ok(());
    }
    let said = vec!["the sections of a chapter, below the outline".to_owned()];
    work.by_hand.push(format!(
        "{path}: its outline at the top goes when the chapter is written"
    ));
    work.changed.push((path, outline + &sections, said));
    Ok(())
}

fn sections(plan: &Plan) -> String {
    let mut text = plan.fill(include_str!("templates/chapter.md.txt"));
    for item in &plan.items {
        let change = if item.is_record {
            format!(
                "the record that `cargo xtask record new {}` makes.",
                item.id
            )
        } else {
            format!("`{}` in `src/exercise.rs`.", item.function)
        };
        let template = include_str!("templates/chapter_task.md.txt")
            .replace("@TITLE@", &item.title)
            .replace("@CHANGE@", &change);
        text += &of_item(plan, item, &template);
    }
    debug_assert!(text.contains(STAND_IN));
    text + &plan.fill(include_str!("templates/chapter_tail.md.txt"))
}
