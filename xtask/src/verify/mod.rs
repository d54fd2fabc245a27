//! `cargo xtask verify`: what must hold of every commit.
//!
//! Every step runs even when an earlier one failed, so that one run tells all
//! that there is to mend. The cheap ones come first. Tests that try many cases try a few
//! by default; `--full` gives them the numbers in [`LONG_FORMS`].

mod book;
pub(crate) mod checkpoints;
mod facts;
pub(crate) mod surface;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use workbook::course::{BASE_TRACK, Course};

use crate::learner::Usage;
use crate::local::Choice;
use crate::workspace::Workspace;
use crate::{duckdb, hygiene, lock, one_build};

/// Tests that have a long form: the variable that asks for it, and how much it asks for.
const LONG_FORMS: &[(&str, &str)] = &[
    // Records in each layout whose quarantine is compared with the fault ledger.
    ("LEDGER_ROWS", "1000000"),
    // Boundaries of a run at which it is killed.
    ("KILL_POINTS", "all"),
    // Servers with random faults that a download meets.
    ("HTTP_SEEDS", "150"),
    // A lake that fails: seeds of whole pipelines.
    ("FAULT_SEEDS", "2000"),
    // KiB between the sizes of disk on which a run is tried.
    ("DISK_STEP", "4"),
    // Publication histories whose end is compared with a lake built at once.
    ("INCREMENTAL_HISTORIES", "50"),
    // Cases of every property.
    ("PROPTEST_CASES", "2000"),
];

/// What a step found.
struct Verdict {
    passed: bool,
    /// A few words for the summary.
    detail: String,
}

impl Verdict {
    fn of_status(passed: bool) -> Self {
        let detail = if passed { "" } else { "see above" };
        Self {
            passed,
            detail: detail.to_owned(),
        }
    }

    /// Passed if nothing was found; each finding is printed.
    fn of_findings(findings: &[String], what: &str) -> Self {
        for finding in findings {
            println!("{finding}");
        }
        Self {
            passed: findings.is_empty(),
            detail: match findings.len() {
                0 => String::new(),
                count => format!("{count} {what}"),
            },
        }
    }
}

type Step<'a> = (&'static str, Box<dyn Fn() -> Result<Verdict> + 'a>);

/// What `verify` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask verify              what CI runs\n  \
    cargo xtask verify --only checkpoints   one step\n  cargo xtask verify --write-lock    after a change of starters or graded tests"
)]
pub(crate) struct Args {
    /// Tests with many cases in their long form too.
    #[arg(long)]
    full: bool,
    /// One step, by its name in the summary.
    #[arg(long)]
    only: Option<String>,
    /// Writes weeks/delivered.lock over the starters and graded tests as they are, and ends.
    #[arg(long)]
    write_lock: bool,
}

/// Runs every step and sums up.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let course = Course::load(&workspace.root, BASE_TRACK)?;
    if args.write_lock {
        lock::write(workspace, &course)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(library) = duckdb::ensure(workspace)? else {
        return Ok(ExitCode::from(crate::ENVIRONMENT));
    };
    let mut summary = Vec::new();
    let mut passed = true;
    let steps = steps(workspace, &course, &library, args.full);
    let chosen = |name: &str| args.only.as_deref().is_none_or(|only| only == name);
    if !steps.iter().any(|(name, _)| chosen(name)) {
        let names: Vec<_> = steps.iter().map(|(name, _)| *name).collect();
        bail!(Usage(format!("the steps are {}", names.join(", "))));
    }
    for (name, step) in steps.into_iter().filter(|(name, _)| chosen(name)) {
        println!("== {name}");
        let started = Instant::now();
        let verdict = step()?;
        passed &= verdict.passed;
        summary.push(line(name, &verdict, started.elapsed().as_secs_f64()));
    }
    println!("\n{}", summary.join("\n"));
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(crate::NOT_YET)
    })
}

fn line(name: &str, verdict: &Verdict, seconds: f64) -> String {
    let mark = if verdict.passed { "ok    " } else { "FAILED" };
    let line = format!("{mark}  {name:<12} {seconds:>7.1} s  {}", verdict.detail);
    line.trim_end().to_owned()
}

fn steps<'a>(
    workspace: &'a Workspace,
    course: &'a Course,
    library: &'a Choice,
    full: bool,
) -> [Step<'a>; 9] {
    [
        (
            "formatting",
            Box::new(|| {
                let status = workspace.cargo().args(["fmt", "--all", "--check"]).status();
                Ok(Verdict::of_status(
                    status.context("cannot run cargo")?.success(),
                ))
            }),
        ),
        (
            "words",
            Box::new(|| {
                let found = hygiene::findings(workspace)?;
                Ok(Verdict::of_findings(
                    &found,
                    "machine paths or registry hosts",
                ))
            }),
        ),
        ("facts", Box::new(|| facts::check(workspace, course))),
        (
            "delivered",
            Box::new(|| checkpoints::delivered(workspace, course)),
        ),
        (
            "one build",
            Box::new(|| {
                let found = one_build::compiled_twice(workspace)?;
                Ok(Verdict::of_findings(&found, "dependencies compiled twice"))
            }),
        ),
        (
            "lints",
            Box::new(|| {
                let mut cargo = workspace.cargo();
                cargo.args(["clippy", "--workspace", "--all-targets"]);
                library.apply(&mut cargo);
                // Denied here and not by RUSTFLAGS, which would compile every
                // dependency again.
                let status = cargo.args(["--", "--deny=warnings"]).status();
                Ok(Verdict::of_status(
                    status.context("cannot run cargo")?.success(),
                ))
            }),
        ),
        (
            "checkpoints",
            Box::new(|| checkpoints::prove(workspace, course)),
        ),
        ("book", Box::new(|| book::check(workspace))),
        (
            "tests",
            Box::new(move || {
                let mut cargo = workspace.cargo();
                cargo.args(["test", "--workspace", "--no-fail-fast"]);
                if full {
                    cargo.envs(LONG_FORMS.iter().copied());
                }
                library.apply(&mut cargo);
                tests(&mut cargo)
            }),
        ),
    ]
}

/// Shows what the tests print, and counts them.
fn tests(cargo: &mut Command) -> Result<Verdict> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let output = child.stdout.take().context("the output is piped")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cannot read the tests' output")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        counts.add(&line);
    }
    let status = child.wait().context("lost cargo")?;
    Ok(Verdict {
        passed: status.success(),
        detail: counts.to_string(),
    })
}

/// Sums over all test programs.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds `test result: ok. 3 passed; 0 failed; 1 ignored; ...`; other lines add nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, what)) = part.split_once(' ') else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            passed,
            failed,
            ignored,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {ignored} ignored")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_test_programs_are_summed() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.02s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "test result: nonsense",
        ] {
            counts.add(line);
        }
        let expected = Counts {
            passed: 7,
            failed: 2,
            ignored: 1,
        };
        assert_eq!(counts, expected);
    }

    #[test]
    fn findings_fail_a_step_and_are_counted() {
        assert!(Verdict::of_findings(&[], "things").passed);
        let verdict = Verdict::of_findings(&["a:1: x".to_owned()], "things");
        assert!(!verdict.passed);
        assert_eq!(
            line("words", &verdict, 0.25),
            "FAILED  words            0.2 s  1 things"
        );
    }
}
