//! A checkpoint's card and an item's box: from its facts, with the learner's ticks.

use std::fmt::Write as _;

use workbook::course::{Unit, slug};
use workbook::facts::{Item, Kind, Part};
use workbook::progress::Progress;

use crate::html::{anchor, days, escape, inline, minutes};

/// How an item stands with the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Passed, and not seen failing since.
    Done,
    /// Its tool is missing on this machine.
    Deferred,
    /// Passed once and failed since.
    Lost,
    /// To do.
    Open,
    /// There is nothing to do yet.
    Planned,
}

impl State {
    /// From the learner's own file.
    pub fn of(item: &Item, progress: &Progress) -> Self {
        let known = progress.item(item);
        if item.kind == Kind::Planned {
            Self::Planned
        } else if known.passes {
            Self::Done
        } else if known.deferred.is_some() {
            Self::Deferred
        } else if known.first_passed.is_some() {
            Self::Lost
        } else {
            Self::Open
        }
    }

    /// A sign and a word: a sign alone says nothing to who cannot see it.
    pub fn sign(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("✓", "passed"),
            Self::Deferred => ("–", "not available here"),
            Self::Lost => ("✗", "passed once, fails now"),
            Self::Open => ("○", "open"),
            Self::Planned => ("…", "planned"),
        }
    }

    /// The class that colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Deferred => "deferred",
            Self::Lost => "lost",
            Self::Open => "open",
            Self::Planned => "planned",
        }
    }
}

/// How an item is checked, in a word.
fn kind(item: &Item) -> &'static str {
    match item.kind {
        Kind::Test => "graded tests",
        Kind::Probe => "a probe",
        Kind::Record => "a record",
        Kind::Quiz => "the quiz",
        Kind::Attest => "your word",
        Kind::Planned => "planned",
    }
}

/// The whole card. `here` are the items whose boxes stand in the same chapter.
pub fn card(unit: &Unit, progress: &Progress, here: &[String]) -> String {
    let facts = &unit.facts;
    let mut html = format!(
        "<section class=\"checkpoint\" id=\"card-{}\" aria-label=\"Checkpoint {}\">\n<p class=\"checkpoint-title\">{}</p>\n<p>{}</p>\n<dl>\n",
        anchor(&facts.id),
        escape(unit.name()),
        escape(&unit.heading()),
        inline(&facts.summary),
    );
    let mut row = |term: &str, text: &str| {
        let _ = writeln!(html, "<dt>{term}</dt><dd>{text}</dd>");
    };
    row("Risk", &facts.risk.to_string());
    if let Some(delay) = &facts.delay {
        row("Usual delay", &inline(delay));
    }
    if let Some(sign) = &facts.sign {
        row("Its early sign", &inline(sign));
    }
    if let Some(buffer) = facts.buffer_days {
        row("Buffer", &days(buffer));
    }
    row("Work", &work(&facts.items));
    let levels: Vec<String> = facts
        .levels
        .iter()
        .map(|level| inline(&level.text))
        .collect();
    if !levels.is_empty() {
        row("Level to reach", &levels.join("</dd>\n<dd>"));
    }
    html.push_str("</dl>\n");
    for (part, title) in [(Part::Core, "Core"), (Part::Capstone, "Capstone")] {
        let items: Vec<&Item> = facts
            .items
            .iter()
            .filter(|item| item.part == part)
            .collect();
        if items.is_empty() {
            continue;
        }
        let done = items.iter().filter(|item| progress.done(item)).count();
        let _ = write!(
            html,
            "<p class=\"checkpoint-part\">{title} <span>{done} of {}</span></p>\n<ul>\n",
            items.len()
        );
        for item in items {
            html.push_str(&line(item, progress, here.contains(&item.id)));
        }
        html.push_str("</ul>\n");
    }
    if unit.stands() {
        let _ = writeln!(
            html,
            "<p class=\"checkpoint-run\"><code>cargo xtask check {}</code></p>",
            escape(unit.name())
        );
    }
    html.push_str("</section>\n");
    html
}

/// Minutes of both parts.
fn work(items: &[Item]) -> String {
    let of = |part| {
        let items = items.iter().filter(|item| item.part == part);
        items.map(|item| item.minutes).sum::<u32>()
    };
    match (of(Part::Core), of(Part::Capstone)) {
        (core, 0) => format!("{} of core work", minutes(core)),
        (core, capstone) => format!(
            "{} of core work, {} for the capstone",
            minutes(core),
            minutes(capstone)
        ),
    }
}

/// An item in the card.
fn line(item: &Item, progress: &Progress, linked: bool) -> String {
    let state = State::of(item, progress);
    let (sign, word) = state.sign();
    let title = inline(&item.title);
    let title = if linked {
        format!("<a href=\"#task-{}\">{title}</a>", anchor(&item.id))
    } else {
        title
    };
    let reason = item.reason.as_ref().map_or_else(String::new, |reason| {
        format!("<br><span class=\"why\">Not yet: {}</span>", inline(reason))
    });
    format!(
        "<li class=\"{}\"><span class=\"sign\" role=\"img\" aria-label=\"{word}\">{sign}</span> {title} <span class=\"how\">{}, {}</span>{reason}</li>\n",
        state.class(),
        minutes(item.minutes),
        kind(item),
    )
}

/// An item's box: what to do, in the facts' own words. `card` is where its card stands.
pub fn task(unit: &Unit, item: &Item, progress: &Progress, card: &str) -> String {
    let state = State::of(item, progress);
    let (sign, word) = state.sign();
    let hint = if item.hints.is_empty() {
        String::new()
    } else {
        format!(
            " · <code>cargo xtask hint {}/{}</code>",
            escape(unit.name()),
            escape(slug(&item.id))
        )
    };
    format!(
        "<aside class=\"task {}\" id=\"task-{}\" aria-label=\"Task\">\n<p class=\"task-title\"><span class=\"sign\" role=\"img\" aria-label=\"{word}\">{sign}</span> <a href=\"{card}\">{}</a> <span class=\"how\">{}, {}</span></p>\n<p>{}</p>\n<p class=\"how\"><code>{}</code>{hint}</p>\n</aside>\n",
        state.class(),
        anchor(&item.id),
        inline(&item.title),
        minutes(item.minutes),
        kind(item),
        inline(&item.task),
        escape(&item.id),
    )
}

/// The prompts for posts.
pub fn posts(unit: &Unit) -> String {
    let mut html = String::from(
        "<section class=\"posts\">\n<p>Posts are always optional. Two prompts, should you want to write:</p>\n<ol>\n",
    );
    for post in &unit.facts.posts {
        let _ = writeln!(html, "<li>{}</li>", inline(post));
    }
    let _ = write!(
        html,
        "</ol>\n<p class=\"how\"><code>cargo xtask post new {} --prompt 1</code> makes a draft under <code>journal/posts/</code>.</p>\n</section>\n",
        escape(unit.name())
    );
    html
}
