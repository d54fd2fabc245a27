//! What holds of every history.

mod learner;

use learner::{Learner, on, shifted};
use plan::report::Report;
use proptest::prelude::*;

/// What somebody sees who finished the first checkpoints late by so many working days
/// each, and looks on the day of the last one.
fn after(late: &[i32], idle: i32) -> Report {
    let mut learner = Learner::with_job();
    learner.finishes_late(late);
    let planned = learner.looks(on("2026-11-30"));
    let finished = planned.units.iter().filter_map(|unit| unit.finished);
    let last = finished.max().unwrap();
    learner.looks(shifted(&planned.calendar, last, idle))
}

/// How late each checkpoint was finished; not always in their order.
fn histories() -> impl Strategy<Value = Vec<i32>> {
    proptest::collection::vec(-1..8i32, 1..17)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn more_delay_never_makes_the_forecast_earlier(
        late in histories(),
        from in any::<prop::sample::Index>(),
        more in 1..6i32,
        alone in any::<bool>(),
    ) {
        let from = from.index(late.len());
        let mut later = late.clone();
        if alone {
            later[from] += more;
        } else {
            later.iter_mut().skip(from).for_each(|days| *days += more);
        }
        let (before, after) = (after(&late, 0), after(&later, 0));
        prop_assert!(before.forecast.half <= after.forecast.half);
        prop_assert!(before.forecast.likely <= after.forecast.likely);
        prop_assert!(before.ledger.used <= after.ledger.used);
    }

    #[test]
    fn a_day_without_work_never_makes_the_forecast_earlier(late in histories(), idle in 1..10i32) {
        let (before, after) = (after(&late, 0), after(&late, idle));
        prop_assert!(before.forecast.half <= after.forecast.half);
        prop_assert!(before.forecast.likely <= after.forecast.likely);
    }

    #[test]
    fn the_account_of_the_buffer_balances(late in histories(), idle in 0..5i32) {
        let report = after(&late, idle);
        let entries = &report.ledger.entries;
        let sum: f64 = entries
            .iter()
            .map(|entry| entry.own + entry.shared - entry.returned)
            .sum();
        prop_assert!((sum - report.ledger.used).abs() < 1e-9);
        for entry in entries {
            let mut units = report.units.iter();
            let unit = units.find(|unit| unit.number == entry.number).unwrap();
            let own = unit.buffer.map_or(0.0, |[low, high]| if low == 0.0 { high } else { low });
            prop_assert!(entry.own <= own);
            // The others' days are touched only when its own are gone.
            prop_assert!(entry.shared == 0.0 || entry.own >= own);
        }
    }

    #[test]
    fn four_in_five_are_never_earlier_than_half(late in histories()) {
        let forecast = after(&late, 0).forecast;
        prop_assert!(forecast.half <= forecast.likely);
    }
}

#[test]
fn a_forecast_is_the_same_whenever_it_is_made() {
    assert_eq!(after(&[1, 4, 2], 1).forecast, after(&[1, 4, 2], 1).forecast);
}

#[test]
fn no_history_and_no_risk_give_the_plan() {
    let mut learner = Learner::with_job();
    for unit in &mut learner.course.checkpoints {
        unit.facts.buffer_days = None;
    }
    let report = learner.looks(on("2026-11-30"));
    assert_eq!(report.forecast.half, report.end);
    assert!(
        report.forecast.likely > report.end,
        "nobody's pace is known yet"
    );
    assert_eq!((report.zone, report.burn), (None, None));
}

#[test]
fn no_history_gives_the_plan_with_a_part_of_its_buffer() {
    let report = Learner::with_job().looks(on("2026-11-30"));
    assert!(report.end <= report.forecast.half);
    assert!(report.forecast.likely <= report.buffer_end[0]);
}

#[test]
fn finishing_everything_ends_today() {
    let mut learner = Learner::with_job();
    let today = on("2027-01-20");
    for unit in learner.looks(today).units {
        learner.finishes(&unit.number, today);
    }
    let report = learner.looks(today);
    assert_eq!(
        (report.forecast.half, report.forecast.likely),
        (today, today)
    );
    assert!((report.done - 1.0).abs() < 1e-9);
}

#[test]
fn one_day_a_week_and_years_ends_are_no_trouble() {
    let mut learner = Learner::without_plan("base");
    // 29 February 2028 is a Tuesday.
    learner.plan("2027-12-20", "2027-12-21", "tue", &[]);
    let report = learner.looks(on("2027-12-21"));
    let last: Vec<_> = report
        .units
        .iter()
        .filter_map(|unit| unit.dates)
        .map(|[_, last]| last)
        .collect();
    assert_eq!(last[0], on("2027-12-21"));
    assert_eq!(
        last[1],
        on("2027-12-21"),
        "two a week, and one day for both"
    );
    assert_eq!(report.end, on("2028-02-15"), "the ninth Tuesday");
    assert!(report.buffer_end[0] > on("2028-02-29"));
}

#[test]
fn the_handbooks_point_burns_at_one_and_a_quarter() {
    // TOC Handbook, chapter 3: 10 of 30 days of buffer for 14 of 52 days of the chain.
    let (used, done) = (10.0 / 30.0, 14.0 / 52.0);
    let rate: f64 = used / done;
    assert!((rate - 1.238).abs() < 0.001);
    let zones = Learner::without_plan("base").zones;
    // The handbook's own chart has it green; ours, with its line from the origin, does not.
    assert_eq!(
        zones.mode(None).unwrap().zone(done, used).to_string(),
        "yellow"
    );
    assert_eq!(
        zones
            .mode(Some("thirds"))
            .unwrap()
            .zone(done, used)
            .to_string(),
        "yellow"
    );
}
