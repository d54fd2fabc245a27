//! One verdict per item.

use anyhow::{Context, Result};
use serde::Serialize;
use workbook::course::Unit;
use workbook::facts::{Item, Kind, Wrong};

use super::build::{Builds, Built};
use super::graded::{self, Outcome, Outcomes};
use super::{probe, record};
use crate::learner::Learner;
use crate::lock;
use crate::workspace::Workspace;

/// All that a check found.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// What was asked for.
    pub(crate) checkpoints: Vec<CheckedUnit>,
    /// Items of earlier checkpoints that passed once and fail now.
    pub(crate) regressions: Vec<Checked>,
    /// Graded tests that are not as they were delivered.
    pub(crate) edited: Vec<String>,
}

impl Verdict {
    /// Whether nothing is left to do.
    pub(crate) fn passed(&self) -> bool {
        let all = self.checkpoints.iter().flat_map(|unit| &unit.items);
        self.regressions.is_empty() && all.into_iter().all(|item| item.state.passed())
    }
}

/// One checkpoint.
#[derive(Debug, Serialize)]
pub(crate) struct CheckedUnit {
    /// Its id.
    pub(crate) id: String,
    /// Its number in the track.
    pub(crate) number: Option<String>,
    /// Its title.
    pub(crate) title: String,
    /// Its items, in the order of work.
    pub(crate) items: Vec<Checked>,
    /// What the compiler said about the learner's files.
    pub(crate) compile_errors: Vec<String>,
}

/// One item.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// How it stands.
    pub(crate) state: State,
    /// A few words: `3/4 tests`, `not available here: docker`.
    pub(crate) detail: String,
    /// The first thing to mend.
    pub(crate) problem: Option<Problem>,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Done.
    Passed,
    /// Tried, and not right yet.
    Failed,
    /// Not tried: it does not compile.
    Broken,
    /// Not begun.
    Open,
    /// Cannot be checked on this machine; the checkpoint can pass without it.
    Deferred,
}

impl State {
    /// Whether it holds nobody up.
    pub(crate) fn passed(self) -> bool {
        matches!(self, Self::Passed | Self::Deferred)
    }
}

/// What is wrong, in data terms.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Problem {
    /// The test, if it is one.
    pub(crate) test: Option<String>,
    /// `file:line`.
    pub(crate) place: Option<String>,
    /// What was expected and what was found.
    pub(crate) message: String,
    /// What a known mistake that fails the same test gets wrong.
    pub(crate) mistake: Option<String>,
}

impl Problem {
    fn saying(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }
}

/// Judges every item of a checkpoint.
pub(crate) fn checkpoint(
    workspace: &Workspace,
    learner: &Learner,
    unit: &Unit,
    builds: &Builds,
) -> Result<CheckedUnit> {
    let graded = graded_items(unit, builds)?;
    let mut graded = graded.into_iter();
    let mut items = Vec::new();
    for item in &unit.facts.items {
        items.push(match item.kind {
            Kind::Test => graded.next().context("each test item was judged")?,
            Kind::Probe => probed(workspace, unit, item)?,
            Kind::Record => written(workspace, unit, item)?,
            Kind::Quiz | Kind::Attest => told(learner, item),
            Kind::Planned => checked(item, State::Open, "planned"),
        });
    }
    let built = unit
        .package
        .as_ref()
        .and_then(|name| builds.packages.get(name));
    Ok(CheckedUnit {
        id: unit.facts.id.clone(),
        number: unit.number.clone(),
        title: unit.facts.title.clone(),
        items,
        compile_errors: built.map(|built| built.errors.clone()).unwrap_or_default(),
    })
}

/// Runs the graded tests of a checkpoint; one verdict for each of its test items.
pub(crate) fn graded_items(unit: &Unit, builds: &Builds) -> Result<Vec<Checked>> {
    let items = unit
        .facts
        .items
        .iter()
        .filter(|item| item.kind == Kind::Test);
    let nothing = Built::default();
    let built = unit
        .package
        .as_ref()
        .and_then(|name| builds.packages.get(name));
    let built = built.unwrap_or(&nothing);
    let Some(program) = built.programs.get(super::TARGET) else {
        let detail = "does not compile";
        return Ok(items
            .map(|item| checked(item, State::Broken, detail))
            .collect());
    };
    let folder = unit.folder.as_deref().context("a crate has a folder")?;
    items
        .map(|item| {
            let module = item
                .tests
                .as_deref()
                .context("a test item names its tests")?;
            let prefix = format!("graded::{module}::");
            let outcomes = graded::run(folder, program, &prefix)?;
            Ok(judge_tests(item, &unit.facts.wrongs, &outcomes))
        })
        .collect()
}

fn judge_tests(item: &Item, wrongs: &[Wrong], outcomes: &Outcomes) -> Checked {
    let passed = outcomes
        .values()
        .filter(|outcome| **outcome == Outcome::Passed)
        .count();
    let untouched = outcomes.values().all(Outcome::is_todo);
    let mut detail = format!("{passed}/{} tests", outcomes.len());
    // A failure says more than a missing piece, and most where a known mistake explains it.
    let told = |name: &String| {
        let test = name.trim_start_matches("graded::");
        wrongs
            .iter()
            .any(|wrong| wrong.fails.iter().any(|fails| fails == test))
    };
    let first = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome != Outcome::Passed)
        .min_by_key(|(name, outcome)| (outcome.is_todo(), !told(name)));
    let (state, problem) = match first {
        _ if outcomes.is_empty() => {
            let problem =
                Problem::saying("its graded tests are missing; `git checkout` brings them back");
            (State::Failed, Some(problem))
        }
        None => (State::Passed, None),
        Some((name, outcome)) => {
            let mut problem = explain(name, outcome);
            if matches!(outcome, Outcome::Failed(_)) && !outcome.is_todo() {
                problem.mistake = known_mistake(wrongs, outcomes, name);
            }
            (
                if untouched {
                    State::Open
                } else {
                    State::Failed
                },
                Some(problem),
            )
        }
    };
    if untouched && !outcomes.is_empty() {
        detail.push_str(", not begun");
    }
    Checked {
        problem,
        ..checked(item, state, &detail)
    }
}

fn explain(name: &str, outcome: &Outcome) -> Problem {
    let test = Some(name.trim_start_matches("graded::").to_owned());
    match outcome {
        Outcome::Failed(failure) => Problem {
            test,
            place: Some(failure.place.clone()).filter(|place| !place.is_empty()),
            message: failure.message.clone(),
            mistake: None,
        },
        Outcome::Endless => Problem {
            test,
            ..Problem::saying("an endless loop, or as good as one: it was stopped")
        },
        Outcome::Crashed(words) => Problem {
            test,
            ..Problem::saying(format!("the program died in it: {words}"))
        },
        Outcome::Passed => Problem::default(),
    }
}

/// The explanation of the known mistake that is most like this one: it is caught by the
/// failing test, and of all those it shares the most failing tests.
fn known_mistake(wrongs: &[Wrong], outcomes: &Outcomes, failing: &str) -> Option<String> {
    let fails = |test: &String| {
        let outcome = outcomes.get(&format!("graded::{test}"));
        outcome.is_some_and(|outcome| *outcome != Outcome::Passed)
    };
    let failing = failing.trim_start_matches("graded::");
    wrongs
        .iter()
        .filter(|wrong| wrong.fails.iter().any(|test| test == failing))
        .max_by_key(|wrong| {
            let shared = wrong.fails.iter().filter(|test| fails(test)).count();
            // Of two that share as many, the one with fewer tests that passed here.
            (shared, std::cmp::Reverse(wrong.fails.len()))
        })
        .map(|wrong| wrong.why.clone())
}

fn probed(workspace: &Workspace, unit: &Unit, item: &Item) -> Result<Checked> {
    let probe = item
        .probe
        .as_ref()
        .context("a probe item says what is tried")?;
    Ok(match probe::run(workspace, unit, &item.id, probe)? {
        probe::Found::Passed => checked(item, State::Passed, "found"),
        probe::Found::NotHere(tool) => checked(
            item,
            State::Deferred,
            &format!("not available here: {tool}"),
        ),
        probe::Found::NotYet(_) if lock::untouched(workspace, unit, &item.files) => {
            checked(item, State::Open, "not begun")
        }
        probe::Found::NotYet(message) => Checked {
            problem: Some(Problem::saying(message)),
            ..checked(item, State::Failed, "not yet")
        },
    })
}

fn written(workspace: &Workspace, unit: &Unit, item: &Item) -> Result<Checked> {
    let wanted = item
        .record
        .as_ref()
        .context("a record item names its template")?;
    let template = super::read(unit, &wanted.template)?;
    let path = record::path(&workspace.root, &item.id);
    let shown = path
        .strip_prefix(&workspace.root)
        .unwrap_or(&path)
        .display()
        .to_string();
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(Checked {
            problem: Some(Problem::saying(format!(
                "`cargo xtask record new {}` makes {shown} from its template",
                item.id
            ))),
            ..checked(item, State::Open, "not written")
        });
    };
    let missing = record::missing(&template, &text, wanted.words);
    if missing.is_empty() {
        return Ok(checked(item, State::Passed, "written"));
    }
    Ok(Checked {
        problem: Some(Problem {
            place: Some(shown),
            ..Problem::saying(missing.join("\n"))
        }),
        ..checked(
            item,
            State::Failed,
            &format!("{} sections open", missing.len()),
        )
    })
}

/// What only the learner can tell.
fn told(learner: &Learner, item: &Item) -> Checked {
    if learner.progress.done(item) {
        return checked(item, State::Passed, "done");
    }
    let (detail, command) = match item.kind {
        Kind::Quiz => {
            let checkpoint = item.id.split('/').next().unwrap_or_default();
            ("not answered", format!("cargo xtask quiz {checkpoint}"))
        }
        _ => ("your word", format!("cargo xtask done {}", item.id)),
    };
    Checked {
        problem: Some(Problem::saying(format!("`{command}`"))),
        ..checked(item, State::Open, detail)
    }
}

fn checked(item: &Item, state: State, detail: &str) -> Checked {
    Checked {
        id: item.id.clone(),
        title: item.title.clone(),
        state,
        detail: detail.to_owned(),
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::graded::Failure;

    fn failed(message: &str) -> Outcome {
        Outcome::Failed(Failure {
            place: "a.rs:1".to_owned(),
            message: message.to_owned(),
        })
    }

    fn outcomes(list: &[(&str, Outcome)]) -> Outcomes {
        let named = list
            .iter()
            .map(|(name, outcome)| (format!("graded::{name}"), outcome.clone()));
        named.collect()
    }

    fn item() -> Item {
        let text = "id = \"a/b\"\nkind = \"test\"\npart = \"core\"\ntitle = \"\"\nminutes = 1\ntask = \"\"\n";
        toml_edit::de::from_str(text).unwrap()
    }

    fn wrong(name: &str, fails: &[&str]) -> Wrong {
        Wrong {
            name: name.to_owned(),
            item: "a/b".to_owned(),
            fails: fails.iter().map(|&name| name.to_owned()).collect(),
            why: name.to_owned(),
        }
    }

    #[test]
    fn a_starter_is_open_and_not_failed() {
        let todo = failed("not yet implemented: x");
        let found = judge_tests(
            &item(),
            &[],
            &outcomes(&[("b::x", todo.clone()), ("b::y", todo)]),
        );
        assert_eq!(found.state, State::Open);
        assert_eq!(found.detail, "0/2 tests, not begun");
    }

    #[test]
    fn a_real_failure_is_shown_before_a_missing_piece() {
        let list = [
            ("b::a", failed("not yet implemented: x")),
            ("b::b", failed("row 3")),
            ("b::c", Outcome::Passed),
        ];
        let found = judge_tests(&item(), &[], &outcomes(&list));
        assert_eq!(found.state, State::Failed);
        assert_eq!(found.problem.unwrap().message, "row 3");
    }

    #[test]
    fn the_mistake_that_shares_most_failing_tests_is_named() {
        let wrongs = [
            wrong("one", &["b::a"]),
            wrong("both", &["b::a", "b::b"]),
            wrong("other", &["b::c"]),
        ];
        let list = [
            ("b::a", failed("1")),
            ("b::b", failed("2")),
            ("b::c", Outcome::Passed),
        ];
        let found = judge_tests(&item(), &wrongs, &outcomes(&list));
        assert_eq!(found.problem.unwrap().mistake.as_deref(), Some("both"));
    }

    #[test]
    fn a_mistake_is_not_named_for_a_piece_that_is_missing() {
        let list = [("b::a", failed("not yet implemented: x"))];
        let found = judge_tests(&item(), &[wrong("one", &["b::a"])], &outcomes(&list));
        assert_eq!(found.problem.unwrap().mistake, None);
    }

    #[test]
    fn the_failure_that_a_known_mistake_explains_is_shown_first() {
        let list = [("b::a", failed("1")), ("b::b", failed("2"))];
        let found = judge_tests(&item(), &[wrong("known", &["b::b"])], &outcomes(&list));
        assert_eq!(found.problem.unwrap().message, "2");
    }

    #[test]
    fn an_item_without_tests_never_passes() {
        assert_eq!(
            judge_tests(&item(), &[], &Outcomes::new()).state,
            State::Failed
        );
    }
}
