//! The report as HTML: a part for the book's page, and a whole page of its own.
//!
//! The part has no blank lines and no headings, since the book puts it into Markdown; its
//! tables and figures carry captions. It is well-formed XML too, so that tests can read it.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::markup::{known, long, percent, signed};
use crate::report::{Report, Unit};
use crate::screen::{days, half, on};
use crate::svg;
use workbook::html::{escape, inline};

/// Colours and layout, the book's own file: one look in both places.
const STYLE: &str = include_str!("../../../book/assets/plan.css");

/// What the book's theme gives, for a page without the book.
const PAGE_STYLE: &str = "\
:root { --bg: light-dark(#ffffff, #14171f); color-scheme: light dark; }
body { background: var(--bg); color: light-dark(#1f2328, #dfe6ee); font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 50rem; padding: 0.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
code { font-size: 0.9em; }
table { border-collapse: collapse; }
th, td { border: 1px solid light-dark(#d0d7de, #3b475c); padding: 0.25rem 0.6rem; text-align: start; }
";

/// A whole page that needs nothing beside it.
pub fn page(report: &Report) -> String {
    let title = escape(&report.title);
    let day = long(report.today);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{title}: {day}</title>\n<style>\n{PAGE_STYLE}{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}<br/><small>{day}</small></h1>\n{}</main>\n</body>\n</html>\n",
        fragment(report)
    )
}

/// The same without a page around it.
pub fn fragment(report: &Report) -> String {
    let mut html = format!(
        "<section class=\"plan\" aria-label=\"The plan on {}\">\n<p class=\"plan-advice\">{}</p>\n",
        long(report.today),
        inline(&report.advice)
    );
    for note in &report.notes {
        let _ = writeln!(html, "<p class=\"plan-note\">Note: {}.</p>", inline(note));
    }
    html.push_str(&standing(report));
    html.push_str(&dates(report));
    let fever = svg::fever(report);
    html.push_str(&if report.ledger.size > 0.0 {
        figure(&fever, &fever_caption(report))
    } else {
        fever
    });
    html.push_str(&figure(&svg::burndown(report), BURNDOWN_CAPTION));
    html.push_str(&figure(&svg::calendar(report), CALENDAR_CAPTION));
    html.push_str(&ledger(report));
    html.push_str(&checkpoints(report));
    html.push_str(&assumed(report));
    html.push_str("</section>\n");
    html
}

const BURNDOWN_CAPTION: &str = "<strong>Burn-down.</strong> The dashed line is the first plan, the solid one is what was left at the end of each day. The bars below share the time axis.";

const CALENDAR_CAPTION: &str = "<strong>Calendar</strong> of the plan that holds now. A number is the first day of a checkpoint, ✓ the day on which one was finished. “end” is the last planned day; “buffer” days follow up to the lower end of the buffer, “upper” ones up to its upper end. “50 %” and “80 %” are the forecast. Struck out and “off” are days off.";

fn fever_caption(report: &Report) -> String {
    format!(
        "<strong>Fever chart.</strong> Each point is a finished checkpoint. To the right is progress, upwards is buffer used, below 0 % is ahead. Boundaries: {}.",
        escape(&report.mode.name)
    )
}

fn figure(picture: &str, caption: &str) -> String {
    format!(
        "<figure class=\"plan-figure\">\n{picture}<figcaption>{caption}</figcaption>\n</figure>\n"
    )
}

/// Zone, shares and burn rate in one line.
fn standing(report: &Report) -> String {
    let Some(zone) = report.zone else {
        return format!(
            "<p><span class=\"plan-zone\">no zone</span> {} of the plan is done; this track gives no buffer.</p>\n",
            percent(report.done)
        );
    };
    let used = report.ledger.used;
    let share = percent(report.ledger.share().unwrap_or(0.0).max(0.0));
    let against = if used < 0.0 {
        format!(", {} ahead of the plan", days(-used))
    } else {
        String::new()
    };
    let burn = report.burn.map_or_else(
        || "no rate yet".to_owned(),
        |burn| format!("burn rate {:.2}", burn.max(0.0)),
    );
    format!(
        "<p><span class=\"plan-zone plan-zone-{zone}\">{zone}</span> {share} of the buffer is used for {} of the plan{against}: {burn}.</p>\n",
        percent(report.done)
    )
}

/// The dates that matter, two columns.
fn dates(report: &Report) -> String {
    let day = |date: Date| {
        let words = unbroken(&on(date, report.today));
        format!("<time datetime=\"{date}\">{words}</time>")
    };
    let mut rows = vec![("Today", day(report.today))];
    if let Some(place) = report.current {
        let unit = &report.units[place];
        let due = unit
            .dates
            .map_or_else(String::new, |[_, last]| format!(", due {}", day(last)));
        rows.push(("Now", format!("{}{due}", heading(unit))));
    }
    if report.moves > 0 {
        let times = if report.moves == 1 { "move" } else { "moves" };
        let end = format!(
            "{} (before {} {times})",
            day(report.baseline_end),
            report.moves
        );
        rows.push(("The first plan ended", end));
    }
    rows.push(("The plan ends", day(report.end)));
    let ledger = &report.ledger;
    if ledger.size > 0.0 {
        let [low, high] = report.buffer_end;
        rows.push(("Its buffer ends", format!("{} or {}", day(low), day(high))));
        let left = if ledger.left() < 0.0 {
            format!("{} too many", half(-ledger.left()))
        } else {
            format!("{} left", half(ledger.left()))
        };
        let [low, high] = report.buffer.map(half);
        let used = half(ledger.used.max(0.0));
        rows.push((
            "Buffer",
            format!("{used} of {low} to {high} days used, {left}"),
        ));
    }
    let forecast = report.forecast;
    if report.current.is_none() {
        rows.push(("Finished", day(forecast.half)));
    } else {
        rows.push(("Forecast, even odds", day(forecast.half)));
        rows.push(("Forecast, 80\u{a0}%", day(forecast.likely)));
    }
    let own = report
        .load
        .own
        .map_or_else(String::new, |own| format!("; you have {}", hours(own)));
    rows.push((
        "Work a week",
        format!("{} planned{own}", hours(report.load.planned)),
    ));
    let mut html = String::from("<table class=\"plan-dates\">\n<tbody>\n");
    for (name, value) in rows {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>"
        );
    }
    html.push_str("</tbody>\n</table>\n");
    html
}

/// Words that stay on one line.
fn unbroken(words: &str) -> String {
    words.replace(' ', "\u{a0}")
}

/// `14.2 h`, `10 h`.
fn hours(hours: f64) -> String {
    format!("{}\u{a0}h", (hours * 10.0).round() / 10.0)
}

fn heading(unit: &Unit) -> String {
    format!("{} {}", escape(&unit.number), escape(&unit.title))
}

/// A table that a narrow screen scrolls by itself, also by keyboard.
fn table(caption: &str, head: &[&str], rows: &str) -> String {
    let head: Vec<String> = head
        .iter()
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .collect();
    format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table class=\"plan-table\">\n<caption>{caption}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        head.join("")
    )
}

/// What used the buffer, and what gave back.
fn ledger(report: &Report) -> String {
    let mut rows = String::new();
    let (mut late, mut own, mut shared, mut returned) = (0.0, 0.0, 0.0, 0.0);
    for entry in &report.ledger.entries {
        let Some(unit) = report.units.get(entry.place) else {
            continue;
        };
        late += entry.late;
        own += entry.own;
        shared += entry.shared;
        returned += entry.returned;
        let open = if entry.finished.is_none() {
            ", open"
        } else {
            ""
        };
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\">{}{open}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            heading(unit),
            half(entry.planned),
            signed(entry.late),
            half(entry.own),
            half(entry.shared),
            half(entry.returned),
            unbroken(&format!(
                "{:.0} of {:.0}",
                unit.spent_minutes, unit.planned_minutes
            )),
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    let _ = writeln!(
        rows,
        "<tr><th scope=\"row\">In all</th><td></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td></td></tr>",
        signed(late),
        half(own),
        half(shared),
        half(returned)
    );
    table(
        "The buffer’s account, in working days",
        &[
            "Checkpoint",
            "Planned",
            "Late",
            "Own buffer",
            "Shared",
            "Returned",
            "Minutes",
        ],
        &rows,
    )
}

/// Every checkpoint's dates: what the calendar shows, in words.
fn checkpoints(report: &Report) -> String {
    let day = |date: Date| unbroken(&on(date, report.today));
    let mut rows = String::new();
    for unit in &report.units {
        let planned = unit.dates.map_or_else(
            || "done before".to_owned(),
            |[first, last]| format!("{} to\u{a0}{}", day(first), day(last)),
        );
        let [done, all] = unit.items;
        let finished = match (known(unit.finished), unit.finished) {
            (Some(date), _) => day(date),
            (None, Some(_)) => "earlier".to_owned(),
            (None, None) => format!("{done} of {all}"),
        };
        let unchecked = match unit.unchecked {
            0 => String::new(),
            count => format!(", {count} without a check yet"),
        };
        let buffer = match unit.buffer {
            Some([_, high]) if unit.capped => format!("at most {}", half(high)),
            Some([low, high]) if low < high => format!("{} to {}", half(low), half(high)),
            Some([low, _]) if low > 0.0 => half(low),
            _ => "no buffer given".to_owned(),
        };
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{planned}</td><td>{finished}{unchecked}</td><td>{buffer}</td></tr>",
            heading(unit),
        );
    }
    format!(
        "<details>\n<summary>All checkpoints with their dates</summary>\n{}</details>\n",
        table(
            "Checkpoints of the plan",
            &[
                "Checkpoint",
                "Planned",
                "Finished, or items done",
                "Buffer, days"
            ],
            &rows
        )
    )
}

fn assumed(report: &Report) -> String {
    if report.assumed.is_empty() {
        return String::new();
    }
    let mut html =
        String::from("<p>This track takes for done, and the reference stands in:</p>\n<ul>\n");
    for assumed in &report.assumed {
        let _ = writeln!(
            html,
            "<li>{}: {}</li>",
            escape(&assumed.title),
            inline(&assumed.why)
        );
    }
    html.push_str("</ul>\n");
    html
}
