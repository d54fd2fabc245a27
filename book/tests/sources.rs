//! The book builds from its own sources, and stops with file and line where they are wrong.

use std::path::{Path, PathBuf};

use book::Problems;
use book::make::make;
use jiff::civil::{Date, date};

/// The day of every trial.
fn today() -> Date {
    date(2027, 1, 4)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the repository")
        .to_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("readable").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else if path.extension().is_some_and(|end| end == "toml") {
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("writable");
            std::fs::copy(&path, to).expect("writable");
        }
    }
}

/// A small book over the real facts: one chapter for each standing checkpoint, and `text`.
fn trial(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&root().join("weeks"), &folder.path().join("weeks"));
    let sources = folder.path().join("book/src");
    std::fs::create_dir_all(sources.join("week1")).expect("writable");
    let course = workbook::course::Course::load(&root(), "base").expect("the facts");
    let units = course.checkpoints.iter();
    let cards: Vec<String> = units
        .filter(|unit| unit.folder.is_some())
        .map(|unit| format!("{{{{#card {}}}}}\n", unit.facts.id))
        .collect();
    let write =
        |path: &str, text: &str| std::fs::write(sources.join(path), text).expect("writable");
    write(
        "SUMMARY.md",
        "# S\n\n- [Cards](week1/cards.md)\n- [Text](text.md)\n",
    );
    write("week1/cards.md", &cards.join("\n"));
    write("text.md", text);
    std::fs::write(
        folder.path().join("book/book.toml"),
        "[book]\ntitle = \"T\"\n",
    )
    .expect("writable");
    folder
}

fn built(text: &str) -> Result<String, String> {
    let folder = trial(text);
    let out = folder.path().join("out");
    match make(folder.path(), &out, today()) {
        Ok(_) => Ok(std::fs::read_to_string(out.join("text.html")).expect("the page")),
        Err(error) => {
            assert!(error.is::<Problems>(), "{error:#}");
            Err(error.to_string())
        }
    }
}

#[test]
fn a_card_shows_risk_buffer_and_the_items() {
    let page = built("{{#card ingestion}}\n\n{{#task ingestion/retry}}\n").expect("it builds");
    for part in [
        "Hardened ingestion",
        "<dd>high</dd>",
        "<dd>2 days</dd>",
        "href=\"#task-ingestion-retry\"",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    assert!(page.contains("id=\"task-ingestion-retry\""));
}

#[test]
fn the_learners_own_passes_are_ticked() {
    let folder = trial("{{#task ingestion/retry}}\n\n{{#progress}}\n");
    let note =
        "version = 1\n[items.\"ingestion/retry\"]\npasses = true\nfirst_passed = \"2026-12-01\"\n";
    std::fs::write(folder.path().join("progress.toml"), note).expect("writable");
    let out = folder.path().join("out");
    make(folder.path(), &out, today()).expect("it builds");
    let page = std::fs::read_to_string(out.join("text.html")).expect("the page");
    assert!(page.contains("task done"), "the box is ticked");
    assert!(page.contains("<strong>1 of "), "the progress counts it");
}

/// A trial of the progress page with this `progress.toml`.
fn progress_page(toml: &str) -> String {
    let folder = trial("{{#progress}}\n");
    std::fs::write(folder.path().join("progress.toml"), toml).expect("writable");
    let out = folder.path().join("out");
    make(folder.path(), &out, today()).expect("it builds");
    std::fs::read_to_string(out.join("text.html")).expect("the page")
}

const PLAN: &str = "version = 1
[plan]
track = \"TRACK\"
[[plan.revision]]
noted = \"2026-11-30\"
on = \"2026-11-30\"
days = [\"mon\", \"tue\", \"wed\", \"thu\", \"sat\"]
";

#[test]
fn without_a_plan_the_progress_page_names_the_command() {
    let page = progress_page("version = 1\n");
    assert!(page.contains("<code>cargo xtask plan start --help</code>"));
    assert!(!page.contains("plan-fever"));
}

#[test]
fn a_plan_is_drawn_on_the_progress_page_whatever_its_track() {
    for track in ["base", "dbt-bruin"] {
        let page = progress_page(&PLAN.replace("TRACK", track));
        for part in [
            "plan-fever",
            "plan-burndown",
            "plan-2027-01",
            "4 January 2027",
        ] {
            assert!(page.contains(part), "{track}: no {part}");
        }
        assert!(!page.contains("class=\"no-plan\""), "{track}");
    }
}

#[test]
fn a_damaged_plan_is_a_sentence_and_the_rest_of_the_book_stands() {
    let page = progress_page("version = 1\n[plan]\ntrack = \"base\"\n");
    assert!(page.contains("The plan cannot be shown"), "{page}");
    assert!(page.contains(" items passed"), "{page}");
    let page = progress_page(&PLAN.replace("TRACK", "none-such"));
    assert!(page.contains("The plan cannot be shown"), "{page}");
}

#[test]
fn a_quiz_is_a_form_for_each_question() {
    let course = workbook::course::Course::load(&root(), "base").expect("the facts");
    let with = course
        .checkpoints
        .iter()
        .find(|unit| !unit.facts.questions.is_empty());
    let unit = with.expect("some checkpoint has a quiz");
    let page = built(&format!("{{{{#quiz {}}}}}\n", unit.facts.id)).expect("it builds");
    assert_eq!(
        page.matches("<fieldset>").count(),
        unit.facts.questions.len()
    );
}

#[test]
fn the_coverage_counts_every_plan() {
    let page = built("{{#coverage}}\n\n{{#map}}\n").expect("it builds");
    assert_eq!(page.matches("<summary>All ").count(), 5, "five plans");
    assert_eq!(page.matches("scope=\"rowgroup\"").count(), 9, "nine weeks");
}

#[test]
fn what_is_wrong_stops_the_build_with_file_and_line() {
    for (text, said) in [
        (
            "a\n\n{{#card ingestoin}}",
            "book/src/text.md:3: there is no checkpoint `ingestoin`; did you mean `ingestion`?",
        ),
        (
            "{{#task ingestion/retyr}}",
            "book/src/text.md:1: there is no item `ingestion/retyr`; did you mean `ingestion/retry`?",
        ),
        (
            "{{#crad ingestion}}",
            "book/src/text.md:1: there is no `{{#crad}}`",
        ),
        (
            "x\n```rust\n{{#include ../../gone.rs:a}}\n```",
            "book/src/text.md:3: cannot include gone.rs",
        ),
        (
            "\n```\nx\n```",
            "book/src/text.md:2: a fence without a label",
        ),
        (
            "```text\nx",
            "book/src/text.md:1: this fence is never closed",
        ),
        (
            "x\n\n```mermaid\nflowchurt LR\n```",
            "book/src/text.md:3: no diagram",
        ),
        ("[x](week1/gone.md)", "`week1/gone.html` leads nowhere"),
    ] {
        let error = built(text).expect_err(text);
        assert!(error.contains(said), "{text}\n{error}");
    }
}

#[test]
fn a_checkpoint_without_a_chapter_stops_the_build() {
    let folder = trial("x");
    std::fs::write(folder.path().join("book/src/week1/cards.md"), "x").expect("writable");
    let error = make(folder.path(), &folder.path().join("out"), today()).expect_err("no cards");
    assert!(
        error
            .to_string()
            .contains("no chapter has the card of `lake`"),
        "{error}"
    );
}

#[test]
fn a_chapter_that_is_not_there_is_named_with_its_line() {
    let folder = trial("x");
    std::fs::remove_file(folder.path().join("book/src/text.md")).expect("it was there");
    let error = make(folder.path(), &folder.path().join("out"), today()).expect_err("no chapter");
    assert!(
        error
            .to_string()
            .contains("book/src/SUMMARY.md:4: there is no book/src/text.md"),
        "{error}"
    );
}

#[test]
fn facts_that_do_not_parse_are_named_with_their_line() {
    let folder = trial("x");
    let facts = folder.path().join("weeks/week2/lake/checkpoint.toml");
    std::fs::write(&facts, "id = \"lake\"\ntitle = \n").expect("writable");
    let error = make(folder.path(), &folder.path().join("out"), today()).expect_err("no facts");
    let error = format!("{error:#}");
    assert!(
        error.contains("lake/checkpoint.toml") && error.contains("line 2"),
        "{error}"
    );
}

/// The real book: every link, include, fence, card and diagram in it.
#[test]
fn the_book_builds() {
    let out = tempfile::tempdir().expect("a temporary folder");
    let built = make(&root(), out.path(), today()).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(built.pages >= 28, "{} pages", built.pages);
}
