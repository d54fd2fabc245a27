//! Pictures: well-formed, said in words, nothing outside of the frame.

use plan::report::{Point, Report};
use plan::svg::{burndown, calendar, fever};
use roxmltree::{Document, Node};

use crate::learner::{Learner, done, fresh, late, on};

/// The reports whose pictures are tried.
pub(crate) fn reports() -> Vec<Report> {
    let moved = Learner::usual()
        .finishes("environment", "2026-12-01")
        .moves("2026-12-13", "2027-01-11")
        .report("2027-01-20");
    let leap = Learner::starting("dbt-bruin", "2028-02-14", "tue,sun", &["2028-02-29"])
        .finishes("environment", "2028-02-20")
        .report("2028-03-01");
    let one_day = Learner::starting("base", "2026-12-01", "wed", &[]).report("2026-11-01");
    vec![late(), fresh(), done(), moved, leap, one_day]
}

fn within(node: Node, name: &str, from: f64, to: f64) {
    if let Some(value) = node.attribute(name) {
        let value: f64 = value.parse().unwrap();
        assert!((from..=to).contains(&value), "{name}={value} of {node:?}");
    }
}

/// The title and the words of a picture, after a look at all of it.
fn read(svg: &str) -> (String, String) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let size: Vec<f64> = root
        .attribute("viewBox")
        .unwrap()
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    for node in root.descendants() {
        assert_ne!(node.tag_name().name(), "script");
        for name in ["x", "x1", "x2", "cx"] {
            within(node, name, 0.0, size[2]);
        }
        for name in ["y", "y1", "y2", "cy"] {
            within(node, name, 0.0, size[3]);
        }
    }
    let named = root.attribute("aria-labelledby").unwrap();
    let mut words = named.split(' ').map(|id| {
        let mut nodes = root.descendants();
        let node = nodes.find(|node| node.attribute("id") == Some(id));
        node.unwrap().text().unwrap().to_owned()
    });
    (words.next().unwrap(), words.next().unwrap())
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

#[test]
fn every_picture_of_every_report_is_well_formed_and_stays_in_its_frame() {
    for report in reports() {
        read(&fever(&report));
        read(&burndown(&report));
        let months = calendar(&report);
        let document = Document::parse(&months).unwrap();
        let own = document.root_element().children();
        for month in own.filter(Node::is_element) {
            read(&months[month.range()]);
        }
    }
}

#[test]
fn the_fever_chart_says_where_the_learner_stands_and_how_they_got_there() {
    let report = late();
    let svg = fever(&report);
    let (title, words) = read(&svg);
    assert!(title.starts_with("Fever chart"), "{title}");
    // 13 of 18.5 days for 6 of 18 checkpoints; on the lines at a third of the plan: 70/3 is
    // 23.3, and 20 + 70/3 is 43.3.
    assert!(
        words
            .starts_with("33\u{a0}% of the plan is done and 70\u{a0}% of the buffer is used: red."),
        "{words}"
    );
    assert!(words.contains("yellow from 23\u{a0}% of the buffer on, and red from 43\u{a0}% on"));
    assert!(words.contains("1.1 at 6\u{a0}% of the plan and 0\u{a0}% of the buffer"));
    let texts = texts(&svg);
    for label in ["green", "yellow", "red", "1.1", "3.1", "today"] {
        assert!(texts.iter().any(|text| text == label), "{label}: {texts:?}");
    }
}

#[test]
fn what_lies_beyond_the_chart_is_drawn_on_its_edge_and_said() {
    let mut report = late();
    let far = |used: f64, number: Option<&str>| Point {
        date: report.today,
        done: 0.5,
        used,
        number: number.map(str::to_owned),
    };
    report.history = vec![far(-0.4, Some("4.1")), far(2.5, None)];
    let svg = fever(&report);
    let (_, words) = read(&svg);
    assert!(words.contains("4.1 at 50\u{a0}% of the plan and -40\u{a0}% of the buffer"));
    assert!(words.contains("drawn on the edge"), "{words}");
    assert!(texts(&svg).contains(&"today (250\u{a0}%)".to_owned()));
}

#[test]
fn checkpoints_that_were_finished_together_share_a_point() {
    let report = Learner::usual()
        .finishes("environment", "2026-12-01")
        .finishes("schema", "2026-12-01")
        .finishes("ingestion", "2026-12-01")
        .report("2026-12-02");
    let svg = fever(&report);
    let (_, words) = read(&svg);
    assert!(words.contains("1.1"), "{words}");
    let marks = svg.matches("<circle").count();
    assert!(marks < report.history.len(), "{marks} marks");
}

#[test]
fn a_track_without_a_buffer_has_a_sentence_instead() {
    let mut report = fresh();
    report.ledger.size = 0.0;
    report.zone = None;
    let html = fever(&report);
    assert!(
        html.contains("no buffer") && !html.contains("<svg"),
        "{html}"
    );
    assert!(texts(&burndown(&report)).contains(&"buffer: none given".to_owned()));
    assert!(!calendar(&report).contains("plan-buffer"));
}

#[test]
fn thirds_are_level_lines() {
    let mut report = late();
    report.mode.yellow_from = [100.0 / 3.0; 2];
    report.mode.red_from = [200.0 / 3.0; 2];
    let svg = fever(&report);
    let document = Document::parse(&svg).unwrap();
    let bounds: Vec<Node> = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("plan-bound"))
        .collect();
    assert_eq!(bounds.len(), 2);
    for bound in bounds {
        assert_eq!(bound.attribute("y1"), bound.attribute("y2"));
    }
}

#[test]
fn the_burn_down_names_every_date_on_its_axis() {
    let report = late();
    let svg = burndown(&report);
    let (_, words) = read(&svg);
    assert!(
        words.starts_with("On 18 January 2027 67\u{a0}% of the plan is left."),
        "{words}"
    );
    assert!(
        words.contains("The plan ends on 9 February 2027"),
        "{words}"
    );
    assert!(
        words.contains("its buffer on 8 March 2027 or 13 March 2027"),
        "{words}"
    );
    let texts = texts(&svg);
    assert!(
        texts.contains(&"plan: to 9 Feb 2027".to_owned()),
        "{texts:?}"
    );
    assert!(texts.contains(&"Jan 2027".to_owned()), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("forecast: ")));
}

#[test]
fn a_finished_plan_has_no_forecast() {
    let report = done();
    let (_, words) = read(&burndown(&report));
    assert!(
        words.contains("Everything was done on 21 January 2027."),
        "{words}"
    );
    assert!(!words.contains("Forecast"), "{words}");
    assert!(!calendar(&report).contains("80\u{a0}%"));
}

#[test]
fn the_calendar_goes_over_the_years_end_and_marks_the_days_off() {
    let html = calendar(&late());
    let document = Document::parse(&html).unwrap();
    let months: Vec<(String, String)> = document
        .root_element()
        .children()
        .filter(Node::is_element)
        .map(|month| read(&html[month.range()]))
        .collect();
    let titles: Vec<&str> = months.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(
        titles[..3],
        ["November 2026", "December 2026", "January 2027"]
    );
    let december = &months[1].1;
    // Thursday 24, Saturday 26, Monday 28 to Thursday 31: working weekdays of the holiday.
    assert!(
        december.contains("Off: 24, 26, 28, 29, 30, 31."),
        "{december}"
    );
    assert!(
        december.contains("1.1 was finished on Tuesday 1."),
        "{december}"
    );
    assert!(december.contains("2.1 begins on Monday 7."), "{december}");
    assert!(
        months[2].1.contains("Today is Monday 18."),
        "{}",
        months[2].1
    );
    assert!(months[3].1.contains("The plan ends on 9 February 2027."));
}

#[test]
fn february_of_a_leap_year_has_its_last_day() {
    let report = Learner::starting("base", "2028-02-28", "mon,tue", &[]).report("2028-02-29");
    let html = calendar(&report);
    assert!(html.contains("Today is Tuesday 29."), "{html}");
    assert_eq!(report.today, on("2028-02-29"));
}

#[test]
fn one_working_day_a_week_gives_a_day_two_checkpoints() {
    let report = Learner::starting("base", "2026-12-01", "wed", &[]).report("2026-12-01");
    assert!(texts(&calendar(&report)).contains(&"1.1+1".to_owned()));
}

#[test]
fn years_of_days_off_end_the_calendar_with_a_sentence() {
    let off = ["2027-01-01..2036-12-31"];
    let report = Learner::starting("base", "2026-12-01", "mon", &off).report("2026-12-01");
    let html = calendar(&report);
    assert_eq!(html.matches("<svg").count(), 24);
    assert!(
        html.contains("the plan goes on to"),
        "{}",
        &html[html.len() - 200..]
    );
}
