//! The plan as an iCalendar file (RFC 5545): a whole-day event for each checkpoint, for the
//! end of the plan, and for both ends of its buffer.
//!
//! Written by hand. Forty lines do it, and a calendar crate would cost the first
//! `cargo xtask` seconds of compiling that its budget does not have.
//!
//! The same report gives the same bytes. Events keep their UID over every re-plan, and
//! SEQUENCE counts the re-plans, so that a calendar that imports the file again moves what it
//! has and makes nothing twice.

use jiff::civil::Date;

use crate::ledger::day_after;
use crate::markup::known;
use crate::report::{Report, Unit};

/// Octets of a line without its end (RFC 5545, section 3.1).
const LONGEST_LINE: usize = 75;

/// The file, lines ended by CRLF.
pub fn calendar(report: &Report) -> String {
    let mut file = File::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Open Payments Workbook//cargo xtask status//EN");
    file.line("CALSCALE:GREGORIAN");
    file.text("X-WR-CALNAME", &report.title);
    let units = report.units.iter();
    for event in units
        .filter_map(|unit| checkpoint(report, unit))
        .chain(ends(report))
    {
        file.event(report, &event);
    }
    file.line("END:VCALENDAR");
    file.0
}

/// Whole days.
struct Event {
    uid: String,
    first: Date,
    /// Included.
    last: Date,
    summary: String,
    description: String,
}

/// Planned days; one that is finished ends on the day of that, early or late.
fn checkpoint(report: &Report, unit: &Unit) -> Option<Event> {
    let [first, last] = unit.dates?;
    let finished = known(unit.finished);
    let [done, all] = unit.items;
    let state = match finished {
        Some(date) => format!("finished on {date}, planned to {last}"),
        None => format!("{done} of {all} items done"),
    };
    // Not every unit of a track finishes a checkpoint; its number is unique in the track.
    let name = unit.id.clone();
    let name = name.unwrap_or_else(|| format!("{}-{}", report.track, unit.number));
    let tick = if finished.is_some() { "✓ " } else { "" };
    Some(Event {
        uid: uid(&name),
        first: finished.map_or(first, |date| date.min(first)),
        last: finished.unwrap_or(last),
        summary: format!("{tick}{} {}", unit.number, unit.title),
        description: format!("{}: {state}", report.title),
    })
}

fn ends(report: &Report) -> Vec<Event> {
    let event = |name: &str, date: Date, summary: &str| Event {
        uid: uid(name),
        first: date,
        last: date,
        summary: summary.to_owned(),
        description: report.title.clone(),
    };
    let mut events = vec![event("plan-end", report.end, "The plan ends")];
    if report.ledger.size > 0.0 {
        let [low, high] = report.buffer_end;
        events.push(event(
            "buffer-end-lower",
            low,
            "The buffer ends (lower end)",
        ));
        events.push(event(
            "buffer-end-upper",
            high,
            "The buffer ends (upper end)",
        ));
    }
    events
}

fn uid(name: &str) -> String {
    format!("{name}@open-payments-workbook")
}

/// Lines, folded.
#[derive(Default)]
struct File(String);

impl File {
    fn event(&mut self, report: &Report, event: &Event) {
        let day = |date: Date| date.strftime("%Y%m%d").to_string();
        self.line("BEGIN:VEVENT");
        self.text("UID", &event.uid);
        self.line(&format!("DTSTAMP:{}T000000Z", day(report.today)));
        self.line(&format!("DTSTART;VALUE=DATE:{}", day(event.first)));
        // The end is the first day that no longer belongs to it.
        self.line(&format!("DTEND;VALUE=DATE:{}", day(day_after(event.last))));
        self.line(&format!("SEQUENCE:{}", report.moves));
        self.text("SUMMARY", &event.summary);
        self.text("DESCRIPTION", &event.description);
        // The learner is not busy all day.
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escape(value)));
    }

    /// A long line goes on in the next one, behind a space; no character is cut in two.
    fn line(&mut self, line: &str) {
        let mut room = LONGEST_LINE;
        for character in line.chars() {
            if character.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LONGEST_LINE - 1;
            }
            room -= character.len_utf8();
            self.0.push(character);
        }
        self.0.push_str("\r\n");
    }
}

/// Text as a value may hold it (RFC 5545, section 3.3.11).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_separates_values_is_escaped_and_what_cannot_be_said_is_left_out() {
        assert_eq!(
            escape("a, b; c\\d\r\ne\u{7}: \"f\""),
            "a\\, b\\; c\\\\d\\ne: \"f\""
        );
    }

    #[test]
    fn lines_are_folded_at_75_octets_and_between_characters() {
        for text in [
            "x".repeat(400),
            "é".repeat(200),
            "日本語".repeat(40),
            "👩‍💻".repeat(30),
        ] {
            let mut file = File::default();
            file.line(&text);
            for line in file.0.strip_suffix("\r\n").unwrap().split("\r\n") {
                assert!(line.len() <= LONGEST_LINE, "{} octets: {line}", line.len());
            }
            assert_eq!(file.0.replace("\r\n ", ""), format!("{text}\r\n"));
        }
    }

    #[test]
    fn a_line_of_75_octets_is_one_line() {
        for (length, lines) in [(74, 1), (75, 1), (76, 2), (149, 2), (150, 3)] {
            let mut file = File::default();
            file.line(&"x".repeat(length));
            assert_eq!(file.0.matches("\r\n").count(), lines, "{length}");
        }
    }
}
