//! A skeleton in a copy of this checkout: its facts hold, its text is formatted, and it is
//! proved as `verify` proves every checkpoint, compiled by rustc alone.

mod copy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use workbook::coverage::Coverage;
use workbook::facts::Kind;
use workbook::rules;
use workbook::track;

use self::copy::Trial;
use super::*;
use crate::check::build::Built;
use crate::learner::Usage;
use crate::verify::checkpoints::prove_one;

/// What the facts step has against the copy.
fn problems(copy: &Trial) -> Vec<String> {
    let folder = copy.workspace.root.join("weeks/tracks");
    let coverage: Coverage = workbook::read(&folder.join("coverage.toml")).unwrap();
    let tracks = track::all(&copy.workspace.root).unwrap();
    rules::problems(&copy.course(), &tracks, &coverage)
}

/// Compiles a crate that needs nothing but std, and its three test programs.
fn compiled(folder: &Path, krate: &str) -> Built {
    let out = tempfile::tempdir().unwrap().keep();
    let rustc = |arguments: &[&str]| {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let output = Command::new(rustc)
            .args([
                "--edition",
                "2024",
                "--deny=warnings",
                "--warn=missing_docs",
            ])
            .args(["--cfg", "feature=\"exercise\"", "--out-dir"])
            .arg(&out)
            .arg("-L")
            .arg(&out)
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
    };
    rustc(&["--crate-type=lib", "--crate-name", krate, "src/lib.rs"]);
    let mut built = Built::default();
    for target in ["solution", "exercise", "wrong"] {
        let source = format!("tests/{target}.rs");
        rustc(&["--test", "--extern", krate, &source]);
        let program = out.join(format!("{target}{}", std::env::consts::EXE_SUFFIX));
        built.programs.insert(target.to_owned(), program);
    }
    built
}

/// Facts, formatting and proofs of what was made.
fn assert_sound(copy: &Trial, id: &str) {
    assert_eq!(problems(copy), Vec::<String>::new());
    let course = copy.course();
    let unit = course.find(id).unwrap()[0];
    let folder = unit.folder.clone().unwrap();
    let built = compiled(&folder, &unit.package.clone().unwrap().replace('-', "_"));
    let proof = prove_one(unit, &built).unwrap();
    assert_eq!(proof.problems, Vec::<String>::new());
    let items = unit.facts.items.iter();
    let graded = items.filter(|item| item.kind == Kind::Test).count();
    assert_eq!(proof.tests, 4 * graded, "each stand-in has four tests");
    if let Some(out) = built.programs["wrong"].parent() {
        std::fs::remove_dir_all(out).unwrap();
    }
    let roots = ["src/lib.rs", "tests/solution.rs", "tests/wrong.rs"];
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2024"]);
    match rustfmt.args(roots.map(|root| folder.join(root))).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}");
        }
        Err(error) => eprintln!("SKIPPED: rustfmt does not run here: {error}"),
    }
}

/// Nothing that stood before lost a line, but for those that are named.
fn assert_kept(before: &BTreeMap<PathBuf, String>, copy: &Trial, lost: &[&str]) {
    let after = copy.files();
    for (path, text) in before {
        let Some(now) = after.get(path) else {
            assert!(
                lost.iter().any(|lost| path.ends_with(lost)),
                "{}",
                path.display()
            );
            continue;
        };
        let mut lines = now.lines();
        for line in text.lines().filter(|line| !lost.contains(line)) {
            assert!(
                lines.any(|other| other == line),
                "{}: {line}",
                path.display()
            );
        }
    }
}

#[test]
fn a_planned_checkpoint_becomes_one_that_verify_accepts() {
    let copy = Trial::new(&["week4/exploration"]);
    let before = copy.files();
    copy.make("week4/exploration", &[]).unwrap();
    assert_sound(&copy, "exploration");
    assert_kept(&before, &copy, &["weeks/planned/exploration.toml"]);
    let course = copy.course();
    let facts = &course.find("4.1").unwrap()[0].facts;
    let (old, new) = (before.iter(), &facts.items);
    let mut old = old.filter(|(path, _)| path.ends_with("planned/exploration.toml"));
    let old = facts::read(old.next().unwrap().1).unwrap();
    assert_eq!((&old.title, &old.delay), (&facts.title, &facts.delay));
    assert_eq!((&old.levels, &old.posts), (&facts.levels, &facts.posts));
    assert_eq!(old.buffer_days, facts.buffer_days);
    for item in &old.items {
        let real = new.iter().find(|real| real.id == item.id).unwrap();
        assert_eq!((&real.task, real.minutes), (&item.task, item.minutes));
    }
    let chapter = copy.workspace.root.join("book/src/week4/exploration.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    assert!(
        chapter.contains("{{#task exploration/anomalies}}"),
        "{chapter}"
    );
}

#[test]
fn a_checkpoint_that_no_plan_has_is_accepted_with_its_reason() {
    let copy = Trial::new(&[]);
    let before = copy.files();
    let args = [
        "--title",
        "Late \"files\"",
        "--why",
        "two issues ask for it",
    ];
    copy.make("week4/late-files", &args).unwrap();
    assert_sound(&copy, "late-files");
    assert_kept(&before, &copy, &[]);
    let course = copy.course();
    let unit = course.find("4.3").unwrap()[0];
    assert_eq!(unit.facts.title, "Late \"files\"");
    let root = &copy.workspace.root;
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    assert!(text("book/src/SUMMARY.md").contains("](week4/late-files.md)\n\n# Week 5"));
    assert!(text("Cargo.toml").contains("week4-late-files = { path"));
    assert!(
        text("capstone/Cargo.toml").contains("mine-late-files = [\"week4-late-files/exercise\"]")
    );
    assert!(text("capstone/src/parts.rs").contains("part!(late_files, week4_late_files, "));
}

#[test]
fn a_checkpoint_beyond_the_plan_says_why_and_one_of_the_plan_does_not() {
    let copy = Trial::new(&[]);
    let args = ["--title", "Late files", "--why", "two issues ask for it"];
    copy.make("week4/late-files", &args).unwrap();
    let found = |path: &str, from: &str, to: &str| {
        let path = copy.workspace.root.join("weeks").join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let found = problems(&copy).join("; ");
        std::fs::write(&path, text).unwrap();
        found
    };
    let (late, why) = (
        "week4/late-files/checkpoint.toml",
        "beyond_plan = \"two issues ask for it\"",
    );
    let of_plan = "week2/lake/checkpoint.toml";
    for (path, from, to, sentence) in [
        (late, why, "", "late-files: the plan has no such checkpoint"),
        (
            late,
            why,
            "beyond_plan = \" \"",
            "late-files: `beyond_plan` gives no reason",
        ),
        (
            of_plan,
            "risk = ",
            "beyond_plan = \"x\"\nrisk = ",
            "lake: the plan asks for it",
        ),
    ] {
        let found = found(path, from, to);
        assert!(found.contains(sentence), "{sentence}: {found}");
    }
}

#[test]
fn named_items_become_records_and_the_others_are_graded() {
    let copy = Trial::new(&["week9/documentation"]);
    let records = ["--record", "setup", "--record", "diagram"];
    copy.make("week9/documentation", &records).unwrap();
    assert_sound(&copy, "documentation");
}

#[test]
fn a_crate_with_a_reference_keeps_every_line_and_gets_what_it_lacks() {
    let copy = Trial::new(&["week4/exploration"]);
    let folder = copy.workspace.root.join("weeks/week4/exploration");
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"week4-exploration\"\n\n[lints]\nworkspace = true\n",
    );
    write(
        "src/lib.rs",
        "//! What it decides.\n\nmod answer;\npub mod solution;\nmod table;\n\npub use answer::Answer;\npub use table::TABLE;\n",
    );
    write("src/answer.rs", "/// One.\npub struct Answer;\n");
    write(
        "src/table.rs",
        "/// Its name.\npub const TABLE: &str = \"t\";\n",
    );
    write(
        "src/solution/mod.rs",
        "//! The reference.\n\nmod views;\n\nuse crate::TABLE;\n\npub use views::raw_queries;\n\n/// Made.\npub fn statement() -> String {\n    format!(\"create {TABLE}\")\n}\n",
    );
    write(
        "src/solution/views.rs",
        "/// None.\npub fn raw_queries() {}\n",
    );
    let before = copy.files();
    copy.make("week4/exploration", &["--record", "anomalies"])
        .unwrap();
    assert_kept(&before, &copy, &["weeks/planned/exploration.toml"]);
    assert_sound(&copy, "exploration");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[test]]").count(), 3, "{manifest}");
    assert!(manifest.contains("exercise = []"), "{manifest}");
    let parts = copy.workspace.root.join("capstone/src/parts.rs");
    let parts = std::fs::read_to_string(parts).unwrap();
    let (before, after) = parts.split_once("part!(exploration, ").unwrap();
    assert!(before.contains("part!(validation, ") && !after.contains("part!(validation, "));
}

#[test]
fn what_cannot_be_made_is_refused_in_a_sentence_and_nothing_is_written() {
    let copy = Trial::new(&[
        "week4/exploration",
        "week6/foundation",
        "week7/audit",
        "week9/documentation",
    ]);
    let root = &copy.workspace.root;
    std::fs::create_dir_all(root.join("weeks/week6/foundation")).unwrap();
    std::fs::write(root.join("weeks/week6/foundation/notes.md"), "mine").unwrap();
    std::fs::create_dir_all(root.join("weeks/week7/audit/src")).unwrap();
    for file in [
        "Cargo.toml",
        "src/lib.rs",
        "src/solution.rs",
        "src/wrong.rs",
    ] {
        std::fs::write(root.join("weeks/week7/audit").join(file), "mine").unwrap();
    }
    let before = copy.files();
    let titled = ["--title", "T"];
    for (name, args, sentence) in [
        ("exploration", &[][..], "is no week and id"),
        ("week12/late", &titled, "there is no week `week12`"),
        ("week04/late", &titled, "there is no week `week04`"),
        ("week4/Late_Files", &titled, "`Late_Files` is no id"),
        ("week4/../planned", &titled, "is no id"),
        ("week4/match", &titled, "is a word of Rust"),
        ("week4/late", &[], "needs a title"),
        ("week4/late", &["--title", " "], "a title is one line"),
        ("week4/late", &["--title", "a\nb"], "a title is one line"),
        ("week4/exploration", &["--why", "x"], "needs no --why"),
        (
            "week2/lake",
            &[],
            "2.2 S3 data lake structure is there already",
        ),
        ("week5/exploration", &[], "stands in week 4 of the plan"),
        ("week6/foundation", &[], "is no crate with a reference"),
        ("week7/audit", &[], "has a src/wrong.rs of its own"),
        (
            "week4/exploration",
            &["--record", "athena"],
            "has no item `athena`; it has external-tables",
        ),
        (
            "week9/documentation",
            &[
                "--record", "readme", "--record", "diagram", "--record", "setup",
            ],
            "at least one is graded",
        ),
    ] {
        let error = copy.make(name, args).unwrap_err();
        assert!(error.is::<Usage>(), "{name}: {error:#}");
        assert!(error.to_string().contains(sentence), "{name}: {error}");
    }
    copy.make("week4/exploration", &[]).unwrap();
    let made = copy.files();
    let error = copy.make("week4/exploration", &[]).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(copy.files(), made);
    for (path, text) in &before {
        let untouched = !path.starts_with(root.join("weeks/week6"))
            || std::fs::read_to_string(path).is_ok_and(|now| now == *text);
        assert!(untouched, "{}", path.display());
    }
}

#[test]
fn every_planned_checkpoint_can_be_made() {
    let copy = Trial::new(&["week3/validation"]);
    let course = copy.course();
    let planned = course
        .checkpoints
        .iter()
        .filter(|unit| unit.folder.is_none());
    for unit in planned {
        let (week, id) = (unit.week.unwrap(), &unit.facts.id);
        // A reference may have tests under the names that the skeleton needs.
        if let Err(error) = copy.make(&format!("week{week}/{id}"), &[]) {
            assert!(error.to_string().contains("of its own"), "{id}: {error:#}");
        }
    }
    assert_sound(&copy, "validation");
}
