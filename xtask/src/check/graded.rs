//! Runs graded tests and reads what they say.
//!
//! The test programs are libtest's. A program that does not come back is stopped at a limit;
//! the tests that had not answered by then are tried one by one, to name the one that hangs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long a program may go without an answer: all tests of an item take a second or two.
const SILENCE: Duration = Duration::from_secs(10);
/// The same for the first test that is tried alone because its item did not come back.
const ALONE: Duration = Duration::from_secs(5);
/// The same for those after one that did not come back.
const IN_PASSING: Duration = Duration::from_secs(1);
/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(10);
/// What `todo!` says.
pub(crate) const NOT_YET: &str = "not yet implemented";

/// How one test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed(Failure),
    /// It did not come back within its limit.
    Endless,
    /// The program died in it: a stack overflow, an abort.
    Crashed(String),
}

impl Outcome {
    /// Whether it met a `todo!`.
    pub(crate) fn is_todo(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.message.contains(NOT_YET))
    }
}

/// Why a test failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `file:line` of the panic.
    pub(crate) place: String,
    /// What it said.
    pub(crate) message: String,
}

/// Outcomes by test name, as libtest names them.
pub(crate) type Outcomes = BTreeMap<String, Outcome>;

/// Runs the tests of `program` whose names start with `prefix`.
pub(crate) fn run(folder: &Path, program: &Path, prefix: &str) -> Result<Outcomes> {
    let wanted = names(folder, program, prefix)?;
    let first = execute(folder, program, &[prefix], SILENCE)?;
    let mut outcomes = read(&first.output);
    outcomes.retain(|name, _| wanted.contains(name));
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|name| !outcomes.contains_key(*name))
        .collect();
    let (mut answered, mut limit) = (BTreeMap::new(), ALONE);
    for name in missing {
        // Tests alone: the first to hang or crash explains the rest.
        let arguments = [name.as_str(), "--exact"];
        let alone = execute(folder, program, &arguments, limit)?;
        if !alone.in_time {
            limit = IN_PASSING;
        }
        let found = read(&alone.output).remove(name);
        let outcome = found.unwrap_or(if alone.in_time {
            Outcome::Crashed(last_words(&alone.errors))
        } else {
            Outcome::Endless
        });
        answered.insert(name.clone(), outcome);
    }
    outcomes.extend(answered);
    Ok(outcomes)
}

/// Names of the tests under a prefix.
pub(crate) fn names(folder: &Path, program: &Path, prefix: &str) -> Result<BTreeSet<String>> {
    let listed = execute(folder, program, &[prefix, "--list"], SILENCE)?;
    let names = listed
        .output
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    let names = names.filter(|name| name.starts_with(prefix));
    Ok(names.map(str::to_owned).collect())
}

struct Ran {
    output: String,
    errors: String,
    in_time: bool,
}

fn execute(folder: &Path, program: &Path, arguments: &[&str], silence: Duration) -> Result<Ran> {
    let logs = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (output, errors) = (logs.path().join("out"), logs.path().join("err"));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("RUST_BACKTRACE", "0")
        .env("CARGO_MANIFEST_DIR", folder)
        .stdin(Stdio::null())
        .stdout(File::create(&output).context("cannot write a log")?)
        .stderr(File::create(&errors).context("cannot write a log")?);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let (mut heard, mut heard_at) = (0, Instant::now());
    let in_time = loop {
        if child.try_wait().context("lost a test program")?.is_some() {
            break true;
        }
        let length = std::fs::metadata(&output).map_or(0, |file| file.len());
        if length > heard {
            (heard, heard_at) = (length, Instant::now());
        }
        if heard_at.elapsed() > silence {
            // It may have ended just now: either way it is gone.
            let _ = child.kill();
            let _ = child.wait();
            break false;
        }
        std::thread::sleep(POLL);
    };
    let read = |path| {
        let bytes = std::fs::read(path).context("cannot read a log")?;
        Ok::<_, anyhow::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Ran {
        output: read(&output)?,
        errors: read(&errors)?,
        in_time,
    })
}

/// Reads libtest's output.
fn read(output: &str) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for line in output.lines() {
        let Some((name, verdict)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        let outcome = match verdict {
            "ok" => Outcome::Passed,
            verdict if verdict.starts_with("FAILED") => Outcome::Failed(Failure::default()),
            _ => continue,
        };
        outcomes.insert(name.to_owned(), outcome);
    }
    for (name, text) in sections(output) {
        if let Some(outcome @ Outcome::Failed(_)) = outcomes.get_mut(name) {
            *outcome = Outcome::Failed(explain(&text));
        }
    }
    outcomes
}

/// What each failed test printed: `---- name stdout ----` up to the next one.
fn sections(output: &str) -> Vec<(&str, String)> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    let mut within = false;
    for line in output.lines() {
        let head = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some(name) = head {
            sections.push((name, String::new()));
            within = true;
        } else if line == "failures:" {
            within = false;
        } else if let (true, Some((_, text))) = (within, sections.last_mut()) {
            text.push_str(line);
            text.push('\n');
        }
    }
    sections
}

/// The last panic of a test: a property panics once per try before it tells its smallest case.
fn explain(text: &str) -> Failure {
    let lines: Vec<&str> = text.lines().collect();
    let is_panic = |line: &&str| line.starts_with("thread '") && line.contains(" panicked at ");
    let Some(at) = lines.iter().rposition(is_panic) else {
        return Failure {
            place: String::new(),
            message: text.trim().to_owned(),
        };
    };
    let place = lines[at].split(" panicked at ").nth(1).unwrap_or_default();
    let message = lines[at + 1..]
        .iter()
        .take_while(|line| !line.starts_with("note: "))
        .copied()
        .collect::<Vec<_>>()
        .join("\n");
    Failure {
        place: without_column(place),
        message: message.trim().to_owned(),
    }
}

/// `file:line` of `file:line:column:`.
fn without_column(place: &str) -> String {
    let place = place.trim_end_matches(':');
    place
        .rsplit_once(':')
        .map_or(place, |(place, _)| place)
        .to_owned()
}

/// What a program said before it died.
fn last_words(errors: &str) -> String {
    let lines = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let told: Vec<&str> = lines.collect();
    let start = told.len().saturating_sub(2);
    told[start..].join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 3 tests
test graded::retry::a ... ok
test graded::retry::b ... FAILED
test graded::retry::c ... FAILED

failures:

---- graded::retry::b stdout ----

thread 'graded::retry::b' (77) panicked at weeks/week2/ingestion/src/exercise.rs:12:5:
not yet implemented: a pause before attempt 2
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- graded::retry::c stdout ----

thread 'graded::retry::c' (78) panicked at weeks/week2/ingestion/tests/graded/retry.rs:5:9:
first try
note: run with `RUST_BACKTRACE=1`

thread 'graded::retry::c' (78) panicked at weeks/week2/ingestion/tests/graded/retry.rs:9:9:
assertion `left == right` failed: attempt 2
  left: 1
 right: 2


failures:
    graded::retry::b
    graded::retry::c

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.00s
";

    #[test]
    fn each_test_has_its_outcome_and_its_own_words() {
        let outcomes = read(OUTPUT);
        assert_eq!(outcomes["graded::retry::a"], Outcome::Passed);
        assert!(outcomes["graded::retry::b"].is_todo());
        let expected = Failure {
            place: "weeks/week2/ingestion/tests/graded/retry.rs:9".to_owned(),
            message: "assertion `left == right` failed: attempt 2\n  left: 1\n right: 2".to_owned(),
        };
        assert_eq!(outcomes["graded::retry::c"], Outcome::Failed(expected));
    }

    #[test]
    fn a_failure_that_is_no_panic_keeps_what_it_said() {
        let failure = explain("Error: NotFound\n");
        assert_eq!(failure.message, "Error: NotFound");
    }
}
