//! Nine weeks of check-ins, and the screens that a careful project manager would draw.
//!
//! `screens/*.txt` hold a screen each and, below a line of dashes, its arithmetic by hand.

mod learner;

use learner::{Learner, on, shifted};
use plan::report::Report;
use plan::screen;
use plan::zones::Zone;

/// The screen above the arithmetic.
fn drawn(file: &str) -> &str {
    file.split("\n----").next().unwrap()
}

#[track_caller]
fn shows(learner: &Learner, date: &str, file: &str) {
    let text = screen::text(&learner.looks(on(date)));
    assert_eq!(text, drawn(file), "\n{text}\n");
}

/// Late, own, shared, given back.
fn late_by(report: &Report, number: &str) -> [String; 4] {
    let entries = report.ledger.entries.iter();
    let entry = entries.rev().find(|entry| entry.number == number).unwrap();
    [entry.late, entry.own, entry.shared, entry.returned].map(screen::half)
}

#[test]
fn a_learner_who_is_late() {
    let mut learner = Learner::with_job();
    learner.finishes("1.1", on("2026-12-03"));
    learner.finishes("1.2", on("2026-12-07"));
    learner.finishes("2.1", on("2026-12-15"));
    learner.passes("2.2", 1, on("2026-12-16"));
    shows(&learner, "2026-12-17", include_str!("screens/late.txt"));
}

#[test]
fn a_learner_who_is_very_late() {
    let mut learner = Learner::with_job();
    learner.finishes("1.1", on("2026-12-10"));
    learner.finishes("1.2", on("2026-12-17"));
    learner.finishes("2.1", on("2027-01-09"));
    learner.passes("2.2", 2, on("2027-01-12"));
    shows(
        &learner,
        "2027-01-18",
        include_str!("screens/very-late.txt"),
    );
}

#[test]
fn a_learner_who_was_ill_and_moved_the_plan() {
    let mut learner = Learner::with_job();
    learner.finishes_late(&[0; 6]);
    learner.plan("2027-01-04", "2027-01-11", "sat,sun,mon", &[]);
    learner.finishes("4.1", on("2027-01-16"));
    learner.finishes("4.2", on("2027-01-18"));
    learner.passes("5.1", 3, on("2027-01-24"));
    shows(&learner, "2027-01-25", include_str!("screens/moved.txt"));
}

#[test]
fn on_time_for_nine_weeks_uses_no_buffer_on_any_day() {
    let mut learner = Learner::with_job();
    let planned = learner.looks(on("2026-11-30"));
    for unit in &planned.units {
        let [first, last] = unit.dates.unwrap();
        learner.passes(&unit.number, 3, first);
        // The morning of the last day, and its evening.
        assert!(learner.looks(last).ledger.used <= 0.0, "{}", unit.number);
        learner.finishes(&unit.number, last);
        let report = learner.looks(last);
        assert!(report.ledger.used.abs() < 1e-9, "{}", unit.number);
        assert_eq!(report.zone, Some(Zone::Green));
    }
    let report = learner.looks(planned.end);
    assert_eq!(report.current, None);
    assert_eq!(
        (report.forecast.half, report.forecast.likely),
        (planned.end, planned.end)
    );
    assert!(
        report
            .advice
            .contains("18½ working days of the buffer left"),
        "{}",
        report.advice
    );
}

#[test]
fn early_days_are_given_back() {
    let mut learner = Learner::with_job();
    // Planned for 2, 5 and 9 December; days 2, 4 and 7 counted from 0.
    learner.finishes_late(&[0, -2, 2]);
    let report = learner.looks(on("2026-12-13"));
    // 1.2 on day 2: three days gone, five planned, two days early.
    assert_eq!(late_by(&report, "1.2"), ["-2", "0", "0", "2"]);
    // 2.1 on day 9: ten gone, seven and a half planned; two late, after two early: four by
    // itself, of which two are its own.
    assert_eq!(late_by(&report, "2.1"), ["4", "2", "2", "0"]);
    assert!((report.ledger.used - 2.0).abs() < 1e-9);
}

#[test]
fn ahead_of_the_plan_is_green_and_the_buffer_is_whole() {
    let mut learner = Learner::with_job();
    learner.finishes_late(&[-1, -3, -5]);
    let report = learner.looks(on("2026-12-03"));
    assert!(report.ledger.used < 0.0);
    assert_eq!(report.zone, Some(Zone::Green));
    assert!(report.ledger.left() >= 18.5);
    assert!(report.advice.contains("ahead"), "{}", report.advice);
    assert!(report.forecast.half < learner_without_history().forecast.half);
}

fn learner_without_history() -> Report {
    Learner::with_job().looks(on("2026-11-30"))
}

#[test]
fn a_holiday_in_the_plan_costs_nothing() {
    let mut learner = Learner::with_job();
    learner.finishes_late(&[0; 6]);
    let before = learner.looks(on("2026-12-24"));
    let after = learner.looks(on("2027-01-04"));
    assert_eq!(before.ledger, after.ledger);
    assert_eq!(before.zone, after.zone);
    assert_eq!(
        before.forecast, after.forecast,
        "two weeks of nothing change nothing"
    );
}

#[test]
fn a_move_keeps_the_first_plan_and_what_was_used() {
    let mut learner = Learner::with_job();
    learner.finishes_late(&[0, 3]);
    let before = learner.looks(on("2026-12-10"));
    learner.plan(
        "2026-12-10",
        "2026-12-14",
        "mon,tue,wed,thu,sat",
        &["2026-12-24..2027-01-02"],
    );
    let after = learner.looks(on("2026-12-10"));
    assert_eq!(after.baseline_end, before.end);
    assert!(after.end > before.end);
    assert!((after.ledger.used - before.ledger.used).abs() < 1e-9);
    let later = learner.looks(on("2026-12-14"));
    assert!(
        (later.ledger.used - before.ledger.used).abs() < 1e-9,
        "days before the new start"
    );
    // The buffer ends as many days later as it has days left.
    let left = 18.5 - before.ledger.used;
    let days = after.calendar.between(after.end, after.buffer_end[0]) as f64;
    assert!(
        (days - left).abs() <= 1.0,
        "{days} days of buffer for {left}"
    );
}

#[test]
fn half_a_day_at_most_is_said_when_it_is_exceeded() {
    let learner = Learner::with_job();
    let report = learner.looks(on("2026-12-05"));
    // Four days gone, nothing done.
    assert!((report.ledger.used - 4.0).abs() < 1e-9);
    assert!(report.advice.contains("at most"), "{}", report.advice);
}

#[test]
fn a_clock_that_was_set_back_loses_nothing() {
    let mut learner = Learner::with_job();
    learner.finishes_late(&[1, 1, 2]);
    let newest = learner.looks(on("2026-12-12"));
    let back = learner.looks(on("2026-12-01"));
    assert_eq!(back.ledger, newest.ledger);
    assert_eq!(back.today, on("2026-12-12"));
    assert!(back.notes[0].contains("2026-12-01"), "{:?}", back.notes);
}

#[test]
fn every_screen_fits_eighty_by_twenty_four() {
    let mut learner = Learner::with_job();
    let planned = learner.looks(on("2026-11-30"));
    for (at, unit) in planned.units.iter().enumerate() {
        let [_, last] = unit.dates.unwrap();
        let date = shifted(&planned.calendar, last, i32::try_from(at).unwrap() * 2);
        learner.finishes(&unit.number, date);
        let text = screen::text(&learner.looks(date));
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= screen::WIDTH),
            "{text}"
        );
        // Two for the next step, and one for the prompt.
        assert!(
            text.lines().count() <= 21,
            "{}\n{text}",
            text.lines().count()
        );
    }
}

#[test]
fn the_second_track_brings_buffers_along_and_says_where_there_are_none() {
    let mut learner = Learner::without_plan("dbt-bruin");
    learner.plan("2026-11-21", "2026-11-30", "mon,tue,wed,thu,sat", &[]);
    let report = learner.looks(on("2026-11-30"));
    assert_eq!(report.units.len(), 18);
    let unit = |number: &str| {
        report
            .units
            .iter()
            .find(|unit| unit.number == number)
            .unwrap()
    };
    assert_eq!(unit("2.1").buffer, Some([2.0, 2.0]));
    assert_eq!(
        (unit("5.1").buffer, unit("5.1").id.as_deref()),
        (None, None)
    );
    let sum: f64 = report
        .units
        .iter()
        .filter_map(|unit| unit.buffer)
        .map(|[low, high]| if low == 0.0 { high } else { low })
        .sum();
    assert!((report.buffer[0] - sum).abs() < 1e-9);
    let assumed: Vec<&str> = report
        .assumed
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(assumed.len(), 3, "{assumed:?}");
}

#[test]
fn a_plan_over_another_track_is_refused_in_words() {
    let mut learner = Learner::with_job();
    learner.course = Learner::without_plan("dbt-bruin").course;
    let report = Report::of(
        &learner.course,
        &learner.progress,
        &learner.zones,
        on("2026-12-01"),
    );
    let error = report.unwrap_err().to_string();
    assert!(
        error.contains("`base`") && error.contains("`dbt-bruin`"),
        "{error}"
    );
}
