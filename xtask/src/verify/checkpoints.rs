//! What `verify` proves of every checkpoint on disk: its starter is empty and quiet, its
//! reference passes, and each of its wrong answers is rejected by the tests that name it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use workbook::course::{Course, Unit};
use workbook::facts::{Checkpoint, Kind, Wrong};

use super::{Verdict, surface};
use crate::check::build::{self, Built};
use crate::check::graded::{self, Outcome, Outcomes};
use crate::lock;
use crate::workspace::Workspace;

/// The three test programs of a checkpoint.
const TARGETS: [&str; 3] = ["exercise", "solution", "wrong"];

/// Proves every checkpoint that has graded items; one line each, then what is wrong.
pub(super) fn prove(workspace: &Workspace, course: &Course) -> Result<Verdict> {
    let units: Vec<&Unit> = course
        .checkpoints
        .iter()
        .filter(|unit| unit.facts.items.iter().any(|item| item.kind == Kind::Test))
        .collect();
    let packages: Vec<&str> = units
        .iter()
        .filter_map(|unit| unit.package.as_deref())
        .collect();
    let builds = build::test_programs(workspace, &packages, &TARGETS)?;
    if let Some(trouble) = &builds.trouble {
        println!("{trouble}");
    }
    let (mut problems, mut tests, mut wrongs) = (0, 0, 0);
    for unit in &units {
        let started = Instant::now();
        let built = unit
            .package
            .as_ref()
            .and_then(|name| builds.packages.get(name));
        let built = built.context("every package was asked for")?;
        let proof = prove_one(unit, built)?;
        tests += proof.tests;
        wrongs += unit.facts.wrongs.len();
        problems += proof.problems.len();
        let mark = if proof.problems.is_empty() {
            "ok    "
        } else {
            "FAILED"
        };
        println!(
            "{mark}  {:<32} {:>3} tests, {:>2} wrong answers rejected  {:>5.1} s",
            unit.heading(),
            proof.tests,
            unit.facts.wrongs.len(),
            started.elapsed().as_secs_f64()
        );
        for problem in &proof.problems {
            println!("        {problem}");
        }
    }
    Ok(Verdict {
        passed: problems == 0 && builds.trouble.is_none() && !units.is_empty(),
        detail: format!(
            "{} checkpoints, {tests} graded tests, {wrongs} wrong answers, {problems} problems",
            units.len()
        ),
    })
}

/// What was found of one checkpoint.
#[derive(Default)]
pub(crate) struct Proof {
    /// Graded tests.
    pub(crate) tests: usize,
    /// What does not hold, a sentence each.
    pub(crate) problems: Vec<String>,
}

/// Proves one checkpoint by its three test programs.
pub(crate) fn prove_one(unit: &Unit, built: &Built) -> Result<Proof> {
    let folder = unit.folder.as_deref().context("a crate has a folder")?;
    let mut proof = Proof::default();
    proof.problems.extend(built.errors.iter().cloned());
    let warnings = built.warnings.iter();
    proof
        .problems
        .extend(warnings.map(|warning| format!("a warning: {warning}")));
    let [Some(exercise), Some(solution), Some(wrong)] =
        TARGETS.map(|target| built.programs.get(target))
    else {
        proof
            .problems
            .push("exercise, solution or wrong does not compile".to_owned());
        return Ok(proof);
    };
    let reference = graded::run(folder, solution, "graded::")?;
    proof.tests = reference.len();
    proof.problems.extend(passes(&unit.facts, &reference));
    let starter = graded::run(folder, exercise, "graded::")?;
    proof.problems.extend(is_empty(&starter, &reference));
    let modules: BTreeSet<String> = graded::names(folder, wrong, "")?
        .iter()
        .filter_map(|name| Some(name.split_once("::graded::")?.0.to_owned()))
        .collect();
    let told: BTreeSet<String> = unit
        .facts
        .wrongs
        .iter()
        .map(|wrong| wrong.name.clone())
        .collect();
    let difference = modules.symmetric_difference(&told);
    proof.problems.extend(difference.map(|name| {
        format!(
            "the wrong answer `{name}` stands in only one of tests/wrong.rs and checkpoint.toml"
        )
    }));
    for answer in unit
        .facts
        .wrongs
        .iter()
        .filter(|answer| modules.contains(&answer.name))
    {
        proof.problems.extend(rejected(folder, wrong, answer)?);
    }
    proof.problems.extend(surface::differences(folder)?);
    Ok(proof)
}

/// The reference passes every graded test, and every item has some.
fn passes(facts: &Checkpoint, outcomes: &Outcomes) -> Vec<String> {
    let failed = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome != Outcome::Passed);
    let mut problems: Vec<String> = failed
        .map(|(name, _)| format!("the reference fails {name}"))
        .collect();
    let items = facts.items.iter().filter(|item| item.kind == Kind::Test);
    let modules: Vec<String> = items
        .filter_map(|item| item.tests.as_ref())
        .map(|module| format!("graded::{module}::"))
        .collect();
    for module in &modules {
        if !outcomes.keys().any(|name| name.starts_with(module)) {
            problems.push(format!("no test stands under {module}"));
        }
    }
    let strays = outcomes
        .keys()
        .filter(|name| !modules.iter().any(|module| name.starts_with(module)));
    problems.extend(strays.map(|name| format!("{name} belongs to no item")));
    problems
}

/// The starter fails every graded test, and by `todo!` alone.
fn is_empty(starter: &Outcomes, reference: &Outcomes) -> Vec<String> {
    let mut problems = Vec::new();
    for name in reference.keys() {
        match starter.get(name) {
            Some(outcome) if outcome.is_todo() => {}
            Some(Outcome::Passed) => problems.push(format!("the starter passes {name}")),
            Some(Outcome::Failed(failure)) => {
                problems.push(format!(
                    "the starter fails {name} by itself: {}",
                    failure.message
                ));
            }
            Some(Outcome::Endless | Outcome::Crashed(_)) => {
                problems.push(format!("the starter does not come back from {name}"));
            }
            None => problems.push(format!("the starter does not run {name}")),
        }
    }
    problems
}

/// The wrong answer fails each test that names it, by an answer of its own.
fn rejected(folder: &Path, program: &Path, wrong: &Wrong) -> Result<Vec<String>> {
    let prefix = format!("{}::graded::", wrong.name);
    let outcomes = graded::run(folder, program, &prefix)?;
    let mut problems = Vec::new();
    for test in &wrong.fails {
        match outcomes.get(&format!("{prefix}{test}")) {
            None => problems.push(format!(
                "`{}` should fail {test}, which is no test",
                wrong.name
            )),
            Some(Outcome::Passed) => {
                problems.push(format!("`{}` slips through {test}", wrong.name));
            }
            Some(outcome) if outcome.is_todo() => {
                problems.push(format!(
                    "`{}` fails {test} only because it is empty",
                    wrong.name
                ));
            }
            Some(_) => {}
        }
    }
    Ok(problems)
}

/// Starters and graded tests are those of the lock.
pub(super) fn delivered(workspace: &Workspace, course: &Course) -> Result<Verdict> {
    let (then, now) = (lock::read(workspace)?, lock::now(workspace, course, None)?);
    let files: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let changed: Vec<String> = files
        .into_iter()
        .filter(|file| then.get(*file) != now.get(*file))
        .map(|file| {
            format!(
                "{file} is not as weeks/delivered.lock has it (`cargo xtask verify --write-lock`)"
            )
        })
        .collect();
    Ok(Verdict::of_findings(&changed, "files"))
}
