//! `cargo xtask hint`: one level per call, questions first.

use std::process::ExitCode;

use anstream::println;
use anyhow::{Result, bail};

use crate::learner::{Learner, Usage};
use crate::workspace::Workspace;

/// What `hint` is asked for.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  cargo xtask hint ingestion/retry   one more each time you ask")]
pub(crate) struct Args {
    /// An item; nothing means the first open one.
    item: Option<String>,
}

/// Shows the hints so far and one more.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let item = match &args.item {
        Some(name) => learner.item(name)?.1.clone(),
        None => match first_open(&learner) {
            Some(item) => item,
            None => bail!(Usage("nothing is open; name an item".to_owned())),
        },
    };
    println!("{}  {}", item.id, item.title);
    if item.hints.is_empty() {
        println!("  There are no hints for it. What it asks: {}", item.task);
        return Ok(ExitCode::SUCCESS);
    }
    let known = usize::try_from(learner.progress.item(&item).hints).unwrap_or(0);
    let shown = (known + 1).min(item.hints.len());
    for (number, hint) in item.hints.iter().take(shown).enumerate() {
        println!("  {}. {hint}", number + 1);
    }
    if known < item.hints.len() {
        learner.progress.hint_shown(&item);
        learner.save();
    }
    let left = item.hints.len() - shown;
    match left {
        0 => println!(
            "That was the last. `cargo xtask solution {} --give-up` shows the reference",
            item.id.split('/').next().unwrap_or_default()
        ),
        _ => println!("{left} more: ask again when you have tried"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The first open item of the current checkpoint that has hints.
fn first_open(learner: &Learner) -> Option<workbook::facts::Item> {
    let items = &learner.current()?.facts.items;
    let open = items
        .iter()
        .find(|item| !learner.is_settled(item) && !item.hints.is_empty());
    open.cloned()
}
