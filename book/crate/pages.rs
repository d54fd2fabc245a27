//! Whole pages of facts: the map, the learner's progress, the coverage of the plans.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plan::report::Report;
use workbook::course::{Course, Unit};
use workbook::coverage::{Coverage, Line};
use workbook::facts::{Item, Kind, Part};
use workbook::progress::Progress;

use crate::html::{anchor, days, escape, inline, minutes};

/// Where a checkpoint's card stands, seen from the page: `../week2/ingestion.html#card-ingestion`.
pub type CardLinks = BTreeMap<String, String>;

fn linked(unit: &Unit, cards: &CardLinks) -> String {
    let heading = escape(&unit.heading());
    match cards.get(&unit.facts.id) {
        Some(link) => format!("<a href=\"{link}\">{heading}</a>"),
        None => heading,
    }
}

/// The weeks of the track with their risk and buffer.
pub fn map(course: &Course, cards: &CardLinks) -> String {
    let mut html = String::from(
        "<div class=\"wide\"><table class=\"map\">\n<thead><tr><th>Week</th><th>Checkpoint</th><th>Risk</th><th>Usual delay</th><th>Buffer</th><th>Work</th></tr></thead>\n<tbody>\n",
    );
    for week in &course.track.weeks {
        let units = course
            .checkpoints
            .iter()
            .filter(|unit| unit.week == Some(week.number));
        let units: Vec<&Unit> = units.collect();
        for (at, unit) in units.iter().enumerate() {
            let head = if at == 0 {
                let risk = week.risk.map_or_else(String::new, |risk| {
                    format!("<br><span class=\"how\">risk: {risk}</span>")
                });
                format!(
                    "<th scope=\"rowgroup\" rowspan=\"{}\">{}. {}{risk}</th>",
                    units.len(),
                    week.number,
                    escape(&week.title)
                )
            } else {
                String::new()
            };
            let facts = &unit.facts;
            let work: u32 = facts.items.iter().map(|item| item.minutes).sum();
            let stands = if unit.stands() {
                ""
            } else {
                " <span class=\"how\">planned</span>"
            };
            let _ = writeln!(
                html,
                "<tr>{head}<td>{}{stands}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                linked(unit, cards),
                facts.risk,
                facts
                    .delay
                    .as_deref()
                    .map_or_else(|| "none named".to_owned(), inline),
                facts.buffer_days.map_or_else(|| "none".to_owned(), days),
                minutes(work),
            );
        }
    }
    html.push_str("</tbody>\n</table></div>\n");
    html
}

/// The learner's plan, and what they have done, checkpoint by checkpoint.
pub fn progress(
    course: &Course,
    progress: &Progress,
    plan: &Result<Option<Report>, String>,
    cards: &CardLinks,
) -> String {
    let standing: Vec<&Item> = course
        .checkpoints
        .iter()
        .flat_map(|unit| &unit.facts.items)
        .filter(|item| item.kind != Kind::Planned)
        .collect();
    let done = standing.iter().filter(|item| progress.done(item)).count();
    let mut html = planned(plan);
    html.push_str("<section class=\"progress\">\n");
    if progress.is_empty() {
        html.push_str(
            "<p>Nothing is noted yet: <code>cargo xtask check</code> makes the first note.</p>\n",
        );
    }
    let _ = write!(
        html,
        "<p><strong>{done} of {} items passed</strong></p>\n<p><progress value=\"{done}\" max=\"{}\" aria-label=\"Items passed\"></progress></p>\n",
        standing.len(),
        standing.len().max(1)
    );
    html.push_str("<div class=\"wide\"><table>\n<thead><tr><th>Checkpoint</th><th>Core</th><th>Capstone</th><th>Deferred</th><th>Hints</th><th>Your time</th><th>Planned for</th></tr></thead>\n<tbody>\n");
    for unit in &course.checkpoints {
        html.push_str(&row(unit, progress, cards));
    }
    html.push_str("</tbody>\n</table></div>\n</section>\n");
    html
}

/// The plan, or the command that makes one.
fn planned(plan: &Result<Option<Report>, String>) -> String {
    match plan {
        Ok(Some(report)) => plan::html::fragment(report),
        Ok(None) => "<p class=\"no-plan\">There is no plan yet: <code>cargo xtask plan start --help</code> shows how to give your nine weeks dates.</p>\n".to_owned(),
        Err(problem) => format!(
            "<p class=\"no-plan\">The plan cannot be shown: {}.</p>\n",
            escape(problem)
        ),
    }
}

fn row(unit: &Unit, progress: &Progress, cards: &CardLinks) -> String {
    let items = &unit.facts.items;
    if !unit.stands() {
        return format!(
            "<tr class=\"planned\"><td>{}</td><td colspan=\"6\">planned: {} items</td></tr>\n",
            linked(unit, cards),
            items.len()
        );
    }
    let part = |part: Part| {
        let of = items
            .iter()
            .filter(|item| item.part == part && item.kind != Kind::Planned);
        let (done, all) = of.fold((0, 0), |(done, all), item| {
            (done + usize::from(progress.done(item)), all + 1)
        });
        match (done, all) {
            (_, 0) => "none".to_owned(),
            (done, all) if done == all => format!("<span class=\"done\">✓ {done} of {all}</span>"),
            (done, all) => format!("{done} of {all}"),
        }
    };
    let known = || items.iter().map(|item| progress.item(item));
    let deferred = known()
        .filter(|item| item.deferred.is_some() && !item.passes)
        .count();
    let hints: i64 = known().map(|item| item.hints).sum();
    let spent: f64 = known().map(|item| item.minutes).sum();
    let wanted: u32 = items.iter().map(|item| item.minutes).sum();
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{deferred}</td><td>{hints}</td><td>{spent:.0} min</td><td>{}</td></tr>\n",
        linked(unit, cards),
        part(Part::Core),
        part(Part::Capstone),
        minutes(wanted),
    )
}

/// What a plan's line became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Items,
    Other,
    Planned,
}

/// Every line of every plan, with counts. Markdown headings, so that they can be linked to.
///
/// # Errors
/// Items that nothing knows, a sentence each.
pub fn coverage(
    coverage: &Coverage,
    course: &Course,
    known: &BTreeMap<String, bool>,
    cards: &CardLinks,
) -> Result<String, Vec<String>> {
    let mut text = String::new();
    let mut problems = Vec::new();
    for plan in &coverage.plans {
        let mut counts = [0_usize; 3];
        let mut rows = String::new();
        for line in &plan.lines {
            let fate = fate(line, known, &mut problems);
            counts[fate as usize] += 1;
            let class = if fate == Fate::Planned {
                " class=\"planned\""
            } else {
                ""
            };
            let _ = writeln!(
                rows,
                "<tr{class}><td>{}</td><td>{}</td><td>{}</td></tr>",
                line.line,
                inline(&line.text),
                what(line, course, known, cards)
            );
        }
        let [items, other, planned] = counts;
        let _ = write!(
            text,
            "\n## {}\n\n{} lines ask for something: **{items}** are items that stand, **{other}** are met by something else, **{planned}** are planned or stay outside.\n\n<details>\n<summary>All {} lines</summary>\n<div class=\"wide\"><table class=\"coverage\">\n<thead><tr><th>Line</th><th>It asks for</th><th>What became of it</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n</details>\n",
            plan.title,
            plan.lines.len(),
            plan.lines.len(),
        );
    }
    if problems.is_empty() {
        Ok(text)
    } else {
        Err(problems)
    }
}

fn fate(line: &Line, known: &BTreeMap<String, bool>, problems: &mut Vec<String>) -> Fate {
    let Some(items) = &line.items else {
        return if line.by.is_some() {
            Fate::Other
        } else {
            Fate::Planned
        };
    };
    for item in items.iter().filter(|item| !known.contains_key(*item)) {
        problems.push(format!(
            "weeks/tracks/coverage.toml: line {} of a plan names `{item}`, which no checkpoint has",
            line.line
        ));
    }
    if items.iter().any(|item| known.get(item) == Some(&true)) {
        Fate::Items
    } else {
        Fate::Planned
    }
}

fn what(line: &Line, course: &Course, known: &BTreeMap<String, bool>, cards: &CardLinks) -> String {
    let item = |id: &String| {
        let unit = course
            .checkpoints
            .iter()
            .find(|unit| unit.facts.item(id).is_some());
        let card = unit.and_then(|unit| cards.get(&unit.facts.id));
        let name = format!("<code>{}</code>", escape(id));
        let planned = if known.get(id) == Some(&true) {
            ""
        } else {
            " (planned)"
        };
        match card {
            Some(card) => format!("<a href=\"{card}\">{name}</a>{planned}"),
            None => format!("{name}{planned}"),
        }
    };
    match (&line.items, &line.by, &line.planned) {
        (Some(items), _, _) => items.iter().map(item).collect::<Vec<_>>().join(", "),
        (None, Some(by), _) => inline(by),
        (None, None, Some(reason)) => format!("Not: {}", inline(reason)),
        (None, None, None) => "nothing".to_owned(),
    }
}

/// Fragment of a card.
pub fn card_anchor(id: &str) -> String {
    format!("card-{}", anchor(id))
}
