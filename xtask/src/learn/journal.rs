//! `done`, `record new`, `post new`: the learner's word and the learner's words.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anstream::println;
use anyhow::{Context, Result, bail};
use workbook::JOURNAL;
use workbook::facts::{Item, Kind};
use workbook::progress::Outcome;

use crate::check::record;
use crate::learner::{Learner, Usage};
use crate::lock;
use crate::workspace::Workspace;

/// What `done` is asked for.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  cargo xtask done environment/orientation")]
pub(crate) struct DoneArgs {
    /// An item that only you can vouch for.
    item: String,
}

/// `record` and `post` know one verb each, so that others can come.
#[derive(clap::Subcommand)]
pub(crate) enum RecordCommand {
    /// Makes a record under journal/ from its template.
    #[command(after_help = "Example:\n  cargo xtask record new environment/postgres-role")]
    New {
        /// An item of kind record.
        item: String,
    },
}

/// See [`RecordCommand`].
#[derive(clap::Subcommand)]
pub(crate) enum PostCommand {
    /// Makes a draft under journal/posts/ from one of the checkpoint's prompts.
    #[command(after_help = "Example:\n  cargo xtask post new 2.1 --prompt 2")]
    New {
        /// A checkpoint; nothing means the current one.
        checkpoint: Option<String>,
        /// Which of its prompts.
        #[arg(long, default_value_t = 1)]
        prompt: usize,
    },
}

/// Notes the learner's word.
pub(crate) fn done(workspace: &Workspace, args: &DoneArgs) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let item = match learner.course.item_of_id(&args.item) {
        Some(item) => item,
        None => learner.item(&args.item)?.1.clone(),
    };
    if !matches!(item.kind, Kind::Attest | Kind::Planned) {
        bail!(Usage(format!(
            "{} is not a matter of your word: {}",
            item.id,
            how_checked(&item)
        )));
    }
    let (today, now) = (learner.clock.today(), learner.clock.now());
    learner.progress.record(&item, Outcome::Passed, today);
    learner.progress.work(&item, now);
    learner.progress.save()?;
    println!("Noted: {}.", item.title);
    if item.kind == Kind::Planned {
        println!("No check stands for it yet, so your word is taken.");
    }
    Ok(ExitCode::SUCCESS)
}

fn how_checked(item: &Item) -> String {
    match item.kind {
        Kind::Test => "its graded tests tell (`cargo xtask check`)".to_owned(),
        Kind::Probe => "the checker tries it (`cargo xtask check`)".to_owned(),
        Kind::Record => format!("`cargo xtask record new {}` makes its record", item.id),
        Kind::Quiz => format!(
            "`cargo xtask quiz {}`",
            item.id.split('/').next().unwrap_or_default()
        ),
        Kind::Attest | Kind::Planned => "you say so".to_owned(),
    }
}

/// Makes a record from its template.
pub(crate) fn record(workspace: &Workspace, command: &RecordCommand) -> Result<ExitCode> {
    let RecordCommand::New { item } = command;
    let learner = Learner::open(workspace)?;
    let (unit, item) = learner.item(item)?;
    let Some(wanted) = &item.record else {
        bail!(Usage(format!(
            "{} is no record: {}",
            item.id,
            how_checked(item)
        )));
    };
    let folder = unit
        .folder
        .as_ref()
        .context("a record's checkpoint has a folder")?;
    let template = folder.join(&wanted.template);
    let text = fs::read_to_string(&template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    create(workspace, &record::path(&workspace.root, &item.id), &text)
}

/// Makes a draft of a post.
pub(crate) fn post(workspace: &Workspace, command: &PostCommand) -> Result<ExitCode> {
    let PostCommand::New { checkpoint, prompt } = command;
    let learner = Learner::open(workspace)?;
    let unit = learner.choose_one(checkpoint.as_deref())?;
    let number = prompt.checked_sub(1);
    let Some(text) = number.and_then(|number| unit.facts.posts.get(number)) else {
        bail!(Usage(format!(
            "{} has {} prompts",
            unit.heading(),
            unit.facts.posts.len()
        )));
    };
    let name = format!("{}-{prompt}.md", unit.facts.id);
    let draft = format!(
        "# {text}\n\n<!-- A post is optional and never holds a checkpoint up. One thing that happened to you, \
         one figure that you measured, one thing you would do otherwise. -->\n\n"
    );
    create(
        workspace,
        &workspace.root.join(JOURNAL).join("posts").join(name),
        &draft,
    )
}

/// Writes a new file and never over an old one.
fn create(workspace: &Workspace, path: &Path, text: &str) -> Result<ExitCode> {
    let shown = lock::shown(workspace, path);
    if path.exists() {
        println!("{shown} is there already; it was not touched.");
        return Ok(ExitCode::SUCCESS);
    }
    let folder = path.parent().context("a file lies in a folder")?;
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.with_context(|| format!("cannot write {shown}; is the checkout read-only?"))?;
    println!("Made {shown}. Fill it in; `cargo xtask check` reads it.");
    Ok(ExitCode::SUCCESS)
}
