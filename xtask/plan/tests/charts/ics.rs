//! The calendar file, as an importing program reads it.

use std::collections::{BTreeMap, BTreeSet};

use plan::ics::calendar;

use crate::learner::{Learner, fresh, late};
use crate::svg::reports;

/// Unfolded events, by UID, each a map of names to values.
fn events(file: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    assert!(file.ends_with("END:VCALENDAR\r\n"), "{file}");
    assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
    assert!(file.split("\r\n").all(|line| line.len() <= 75));
    let unfolded = file.replace("\r\n ", "");
    let mut events = BTreeMap::new();
    let mut open: Option<BTreeMap<String, String>> = None;
    for line in unfolded.lines() {
        match (line, &mut open) {
            ("BEGIN:VEVENT", _) => open = Some(BTreeMap::new()),
            ("END:VEVENT", _) => {
                let event = open.take().expect("it was begun");
                let twice = events.insert(event["UID"].clone(), event);
                assert!(twice.is_none(), "a UID twice: {twice:?}");
            }
            (line, Some(event)) => {
                let (name, value) = line.split_once(':').expect("a name and a value");
                event.insert(name.to_owned(), value.to_owned());
            }
            _ => {}
        }
    }
    events
}

fn days(event: &BTreeMap<String, String>) -> [&str; 2] {
    ["DTSTART;VALUE=DATE", "DTEND;VALUE=DATE"].map(|name| event[name].as_str())
}

#[test]
fn every_checkpoint_and_every_end_is_an_event_of_whole_days() {
    let file = calendar(&fresh());
    assert!(
        file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"),
        "{file}"
    );
    let events = events(&file);
    assert_eq!(events.len(), 18 + 3);
    // Monday to Wednesday; the end is the day after.
    let first = &events["environment@open-payments-workbook"];
    assert_eq!(days(first), ["20261130", "20261203"]);
    assert_eq!(first["SUMMARY"], "1.1 Environment and framing");
    assert_eq!(first["DTSTAMP"], "20261130T000000Z");
    let end = &events["plan-end@open-payments-workbook"];
    assert_eq!(days(end), ["20270209", "20270210"]);
    assert_eq!(
        days(&events["buffer-end-lower@open-payments-workbook"])[0],
        "20270308"
    );
    assert_eq!(
        days(&events["buffer-end-upper@open-payments-workbook"])[0],
        "20270313"
    );
}

#[test]
fn a_finished_checkpoint_ends_on_the_day_it_was_finished() {
    let events = events(&calendar(&late()));
    // Planned for 14 to 16 December, finished late.
    let late = &events["orchestration@open-payments-workbook"];
    assert_eq!(days(late), ["20261214", "20270112"]);
    assert!(late["SUMMARY"].starts_with("✓ 3.1 "), "{}", late["SUMMARY"]);
    // Planned up to the 2nd, finished on the 1st.
    let early = &events["environment@open-payments-workbook"];
    assert_eq!(days(early), ["20261130", "20261202"]);
}

#[test]
fn one_that_was_finished_before_its_first_day_is_an_event_of_that_day() {
    let learner = Learner::usual().finishes("lake", "2026-12-01");
    let events = events(&calendar(&learner.report("2026-12-01")));
    let early = &events["lake@open-payments-workbook"];
    assert_eq!(days(early), ["20261201", "20261202"]);
}

#[test]
fn an_end_on_the_last_day_of_a_month_or_year_is_the_first_of_the_next() {
    let leap = Learner::starting("base", "2028-02-28", "mon,tue", &[]).report("2028-02-28");
    let leap = events(&calendar(&leap));
    // Week 1 is Monday the 28th and Tuesday the 29th.
    assert_eq!(
        days(&leap["schema@open-payments-workbook"]),
        ["20280229", "20280301"]
    );
    let year = Learner::starting("base", "2026-12-30", "wed,thu", &[]).report("2026-12-30");
    let year = events(&calendar(&year));
    assert_eq!(
        days(&year["schema@open-payments-workbook"]),
        ["20261231", "20270101"]
    );
}

#[test]
fn a_plan_that_was_moved_keeps_its_uids_and_counts_on() {
    let before = events(&calendar(&fresh()));
    let moved = Learner::usual().moves("2026-12-13", "2027-01-11");
    let after = events(&calendar(&moved.report("2026-12-13")));
    let uids = |events: &BTreeMap<String, _>| events.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(uids(&before), uids(&after));
    assert!(before.values().all(|event| event["SEQUENCE"] == "0"));
    assert!(after.values().all(|event| event["SEQUENCE"] == "1"));
}

#[test]
fn every_report_gives_different_uids_and_the_same_bytes_again() {
    for report in reports() {
        let file = calendar(&report);
        assert!(events(&file).len() > 3);
        assert_eq!(file, calendar(&report));
    }
}

#[test]
fn a_track_without_a_buffer_has_no_ends_of_one() {
    let mut report = fresh();
    report.ledger.size = 0.0;
    let events = events(&calendar(&report));
    assert!(!events.keys().any(|uid| uid.starts_with("buffer")));
}

#[test]
fn a_title_with_commas_and_letters_of_all_scripts_is_kept() {
    let mut report = fresh();
    report.units[0].title = "Zoë, 環境; und so weiter ".repeat(6);
    let events = events(&calendar(&report));
    let summary = &events["environment@open-payments-workbook"]["SUMMARY"];
    let read = summary.replace("\\,", ",").replace("\\;", ";");
    assert_eq!(read, format!("1.1 {}", report.units[0].title));
}
