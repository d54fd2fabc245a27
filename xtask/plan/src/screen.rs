//! The report on a terminal of 80 by 24.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::report::{Report, Unit, Week};
use crate::work::allowance;

/// Columns.
pub const WIDTH: usize = 80;

/// Days from which on a date is shown with its year.
const FAR: i32 = 270;

/// Cells of a week's bar.
const BAR: usize = 10;

/// Everything on one screen, without colours.
pub fn text(report: &Report) -> String {
    let mut lines = vec![
        trimmed(
            &format!(
                "{}  {}",
                report.title,
                report.today.strftime("%A, %-d %B %Y")
            ),
            WIDTH,
        ),
        format!(
            "{:<31}{:<19}{:<8}{}",
            "week", "items done", "due", "own buffer used"
        ),
    ];
    lines.extend(report.weeks.iter().map(|week| week_line(report, week)));
    lines.push(String::new());
    for (label, text) in summary(report) {
        lines.extend(labelled(label, &text));
    }
    lines.join("\n")
}

/// The lines below the weeks.
fn summary(report: &Report) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("Now", now(report)),
        ("Today", today(report)),
        ("Buffer", buffer(report)),
        ("Burn", burn(report)),
        ("Finish", finish(report)),
    ];
    lines.extend(report.notes.iter().map(|note| ("Note", note.clone())));
    lines.push(("Advice", report.advice.clone()));
    lines
}

fn week_line(report: &Report, week: &Week) -> String {
    let [done, all] = week.items;
    let due = week.due.map_or_else(String::new, short);
    let units = report.units.iter().enumerate();
    let own = units.filter(|(_, unit)| unit.week == week.number);
    let cells: Vec<String> = own.map(|(place, unit)| cell(report, place, unit)).collect();
    let line = format!(
        "{:>2} {:<27} {} {:>7} {:<8}{}",
        week.number,
        trimmed(&week.title, 27),
        bar(done, all),
        format!("{done}/{all}"),
        due,
        cells.join("")
    );
    line.trim_end().to_owned()
}

/// `2.1 2/2+1`: two of its own two days, and one of the others'.
fn cell(report: &Report, place: usize, unit: &Unit) -> String {
    let entry = report.ledger.entry(place);
    let own = entry.map_or(0.0, |entry| entry.own);
    let mut text = match unit.buffer {
        Some(buffer) => {
            let [size, _] = allowance(buffer);
            format!("{} {}/{}", unit.number, half(own), half(size))
        }
        None => format!("{} none", unit.number),
    };
    if let Some(entry) = entry {
        if entry.shared > 0.0 {
            let _ = write!(text, "+{}", half(entry.shared));
        }
        if entry.returned > 0.0 {
            let _ = write!(text, "-{}", half(entry.returned));
        }
    }
    format!("{text:<11}")
}

fn now(report: &Report) -> String {
    let Some(place) = report.current else {
        return "nothing is left to do".to_owned();
    };
    let unit = &report.units[place];
    let [done, all] = unit.items;
    let due = unit.dates.map_or_else(String::new, |[_, last]| {
        format!(", due {}", on(last, report.today))
    });
    format!("{} {}, {done} of {all} items{due}", unit.number, unit.title)
}

fn today(report: &Report) -> String {
    let used = report.ledger.used;
    let against = if used > 0.0 {
        format!("{} behind the plan", days(used))
    } else if used < 0.0 {
        format!("{} ahead of the plan", days(-used))
    } else {
        "on plan".to_owned()
    };
    let moved = match report.moves {
        0 => String::new(),
        _ => format!(
            "; the first plan ended on {}",
            on(report.baseline_end, report.today)
        ),
    };
    format!("{against}, {} of it done{moved}", percent(report.done))
}

fn buffer(report: &Report) -> String {
    let ledger = &report.ledger;
    if ledger.size == 0.0 {
        return "no buffer given".to_owned();
    }
    let left = ledger.left();
    let mut text = format!(
        "{} of {} to {} days used, {}",
        half(ledger.used.max(0.0)),
        half(report.buffer[0]),
        half(report.buffer[1]),
        if left < 0.0 {
            format!("{} too many", half(-left))
        } else {
            format!("{} left", half(left))
        }
    );
    let mut users: Vec<_> = ledger
        .entries
        .iter()
        .filter(|entry| entry.late > 0.0)
        .collect();
    users.sort_by(|a, b| b.late.total_cmp(&a.late));
    let users: Vec<String> = users
        .iter()
        .take(4)
        .map(|entry| format!("{} {}", entry.number, half(entry.late)))
        .collect();
    if !users.is_empty() {
        let _ = write!(text, "; by {}", users.join(", "));
    }
    text
}

fn burn(report: &Report) -> String {
    let zone = report.zone.map_or_else(
        || "no zone".to_owned(),
        |zone| zone.to_string().to_uppercase(),
    );
    let rate = report.burn.map_or_else(
        || "no rate yet".to_owned(),
        |burn| format!("rate {:.2}", burn.max(0.0)),
    );
    let used = report.ledger.share().unwrap_or(0.0).max(0.0);
    format!(
        "{zone}: {} of the buffer for {} of the plan, {rate}",
        percent(used),
        percent(report.done)
    )
}

fn finish(report: &Report) -> String {
    let on = |date| on(date, report.today);
    if report.current.is_none() {
        return format!(
            "{}; the plan said {}",
            on(report.forecast.half),
            on(report.end)
        );
    }
    format!(
        "plan {}, buffer to {} or {}; even odds {}, 80 % {}",
        on(report.end),
        on(report.buffer_end[0]),
        on(report.buffer_end[1]),
        on(report.forecast.half),
        on(report.forecast.likely)
    )
}

/// `Now      text`, and further lines under the text.
pub fn labelled(label: &str, text: &str) -> Vec<String> {
    let mut lines = vec![format!("{label:<8}")];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if lines[last].chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{:<8} {word}", ""));
        } else {
            lines[last].push(' ');
            lines[last].push_str(word);
        }
    }
    lines
}

fn bar(done: usize, all: usize) -> String {
    let full = (done * BAR).checked_div(all).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(BAR - full))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// `2½`, `½`, `0`.
pub fn half(days: f64) -> String {
    let halves = (days * 2.0).round();
    let (whole, half) = ((halves / 2.0).trunc(), halves % 2.0 != 0.0);
    match (whole == 0.0, half) {
        (true, true) => "½".to_owned(),
        (_, true) => format!("{whole:.0}½"),
        (_, false) => format!("{whole:.0}"),
    }
}

/// `1 working day`, `2½ working days`.
pub(crate) fn days(days: f64) -> String {
    let unit = if days > 1.0 {
        "working days"
    } else {
        "working day"
    };
    format!("{} {unit}", half(days))
}

/// `Sat 5 Dec`, with the year where it would be in doubt.
pub fn on(date: Date, today: Date) -> String {
    let near = (-FAR..FAR).contains(&(date - today).get_days());
    let form = if near { "%a %-d %b" } else { "%a %-d %b %Y" };
    date.strftime(form).to_string()
}

fn short(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}

/// At most so many characters.
fn trimmed(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width - 1).collect();
    format!("{}…", kept.trim_end())
}
