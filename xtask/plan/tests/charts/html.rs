//! The part and the page: well-formed, complete, safe inside Markdown.

use std::collections::BTreeSet;

use plan::html::{fragment, page};
use plan::report::Assumed;
use roxmltree::Document;

use crate::learner::{Learner, done, fresh, late};
use crate::svg::reports;

/// All its text, in order.
fn words(html: &str) -> String {
    let document = Document::parse(html).unwrap_or_else(|error| panic!("{error}: {html}"));
    let texts = document.descendants().filter(roxmltree::Node::is_text);
    let texts: Vec<&str> = texts.filter_map(|node| node.text()).collect();
    texts.join(" ")
}

#[test]
fn the_part_is_well_formed_and_markdown_leaves_it_alone() {
    for report in reports() {
        let html = fragment(&report);
        words(&html);
        assert!(html.starts_with("<section"), "{html}");
        assert!(!html.contains("\n\n"), "a blank line would end the HTML");
        assert!(!html.contains("{{"), "the book would look for a directive");
        assert!(
            !html.contains("<h"),
            "headings belong to the page around it"
        );
    }
}

#[test]
fn no_two_things_on_a_page_have_the_same_id() {
    for report in reports() {
        let html = fragment(&report);
        let document = Document::parse(&html).unwrap();
        let ids: Vec<&str> = document
            .descendants()
            .filter_map(|node| node.attribute("id"))
            .collect();
        let different: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), different.len(), "{ids:?}");
    }
}

#[test]
fn the_page_needs_nothing_beside_it() {
    let html = page(&late());
    let body = html.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let words = words(body);
    assert!(words.contains("Nine weeks, with risk buffers"));
    for outside in ["<script", "<link", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("color-scheme: light dark"));
}

#[test]
fn every_class_of_the_part_has_its_style() {
    let html = fragment(&late());
    let style = page(&late());
    let style = style.split("</style>").next().unwrap();
    let document = Document::parse(&html).unwrap();
    let classes: BTreeSet<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("class"))
        .flat_map(|classes| classes.split(' '))
        .collect();
    // Where the look is the text's own.
    let plain = ["plan", "wide", "plan-note"];
    for class in classes {
        let known = plain.contains(&class) || style.contains(&format!(".{class}"));
        assert!(known, "no style for {class}");
    }
}

#[test]
fn the_account_adds_up_to_what_was_used() {
    let report = late();
    let words = words(&fragment(&report));
    for part in [
        "Do not rush 4.1",
        "70\u{a0}% of the buffer is used for 33\u{a0}% of the plan: burn rate 2.11.",
        "13 of 18½ to 22½ days used, 5½ left",
        "3.1 Airflow ingestion DAG",
        "4.1 Athena exploration, open",
        "In all",
    ] {
        assert!(words.contains(part), "no `{part}` in {words}");
    }
    let html = fragment(&report);
    let total = html.lines().find(|line| line.contains("In all")).unwrap();
    assert!(total.contains("<td>13</td>"), "{total}");
}

#[test]
fn the_first_plan_is_named_once_it_was_moved() {
    assert!(!fragment(&late()).contains("The first plan ended"));
    let moved = Learner::usual().moves("2026-12-13", "2027-01-11");
    let html = fragment(&moved.report("2026-12-13"));
    assert!(html.contains("The first plan ended"), "{html}");
    assert!(html.contains("before 1 move"), "{html}");
}

#[test]
fn what_a_track_takes_for_done_and_what_is_odd_is_said() {
    let mut report = fresh();
    report.assumed = vec![Assumed {
        title: "A <b> & {{#card x}}".to_owned(),
        why: "it has `no` line\n\nfor it".to_owned(),
    }];
    report.notes = vec!["the clock was set back".to_owned()];
    let html = fragment(&report);
    assert!(html.contains("<code>no</code>"), "{html}");
    assert!(!html.contains("\n\n") && !html.contains("{{"), "{html}");
    let words = words(&html);
    assert!(words.contains("A <b> & {{#card x}}"), "{words}");
    assert!(words.contains("Note: the clock was set back."), "{words}");
}

#[test]
fn a_title_in_any_script_survives() {
    let mut report = fresh();
    report.title = "Neun Wochen für Zoë — 九週間 👩‍💻".to_owned();
    let html = page(&report);
    assert!(words(&html["<!DOCTYPE html>\n".len()..]).contains(&report.title));
}

#[test]
fn a_checkpoint_done_on_no_known_day_was_done_earlier() {
    let mut report = done();
    report.units[0].finished = Some(jiff::civil::Date::MIN);
    let html = fragment(&report);
    assert!(html.contains("<td>earlier</td>"), "{html}");
    assert!(!html.contains("-9999"), "{html}");
}
