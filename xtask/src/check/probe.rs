//! Probes: a program that is run, or something that the checker looks at itself.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use workbook::course::Unit;
use workbook::facts::Probe;

use super::remembered::{self, Remembered};
use crate::builtin;
use crate::workspace::Workspace;

/// How long a probe may take: a run of a DAG by Airflow takes more than a minute here.
const LIMIT: Duration = Duration::from_mins(5);

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Found {
    /// What it was looking for.
    Passed,
    /// Not yet, and why.
    NotYet(String),
    /// The tool is missing: the item is deferred.
    NotHere(String),
}

/// Runs a probe of the item `name`; one that is slow, only if something changed since.
pub(crate) fn run(workspace: &Workspace, unit: &Unit, name: &str, probe: &Probe) -> Result<Found> {
    if let Some(name) = &probe.builtin {
        return match builtin::find(name) {
            Some(builtin) => builtin(workspace, unit),
            None => Ok(Found::NotYet(format!(
                "this checker has no probe `{name}`: update the workbook"
            ))),
        };
    }
    let [program, arguments @ ..] = probe.run.as_slice() else {
        bail!("a probe names a program or a builtin");
    };
    let folder = unit
        .folder
        .as_ref()
        .context("a planned checkpoint has no probes")?;
    let tool = probe.needs.as_deref().unwrap_or(program);
    let Some(program) = builtin::program(workspace, program) else {
        return Ok(Found::NotHere(tool.to_owned()));
    };
    let mut line = vec![program.to_string_lossy().into_owned()];
    line.extend(arguments.iter().cloned());
    // A probe of the checkpoint's own files can be remembered; Docker may start meanwhile.
    let about_files = arguments
        .iter()
        .any(|argument| folder.join(argument).is_file());
    let remembered = about_files.then(|| Remembered::open(&workspace.root));
    let key = remembered::key(&line, folder);
    if let Some(found) = remembered.as_ref().and_then(|known| known.find(name, key)) {
        return Ok(found);
    }
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    let started = Instant::now();
    let found = match ran(&mut command, LIMIT)? {
        None => Found::NotHere(tool.to_owned()),
        Some(Ran { success: true, .. }) => Found::Passed,
        Some(Ran { output, .. }) => Found::NotYet(if output.is_empty() {
            format!("it fails without a word; passing means: {}", probe.passing)
        } else {
            output
        }),
    };
    if let Some(remembered) = remembered {
        remembered.note(name, key, &found, started.elapsed());
    }
    Ok(found)
}

/// What a finished program said.
#[derive(Debug)]
pub(crate) struct Ran {
    /// It exited with 0.
    pub(crate) success: bool,
    /// Its last lines on stdout and, if that is empty, on stderr.
    pub(crate) output: String,
}

/// Runs a program to its end or to a limit; `None` if there is no such program.
pub(crate) fn ran(command: &mut Command, limit: Duration) -> Result<Option<Ran>> {
    let logs = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (out, err) = (logs.path().join("out"), logs.path().join("err"));
    let file = |path| std::fs::File::create(path).context("cannot write a log");
    command
        .stdin(Stdio::null())
        .stdout(file(&out)?)
        .stderr(file(&err)?);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("cannot run a probe"),
    };
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().context("lost a probe")? {
            break status;
        }
        if started.elapsed() > limit {
            // It may have ended just now: either way it is gone.
            let _ = child.kill();
            let _ = child.wait();
            let output = format!("stopped after {} s", limit.as_secs());
            return Ok(Some(Ran {
                success: false,
                output,
            }));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let text = |path| std::fs::read_to_string(path).unwrap_or_default();
    let mut output = last_lines(&text(&out));
    if output.is_empty() {
        output = last_lines(&text(&err));
    }
    Ok(Some(Ran {
        success: status.success(),
        output,
    }))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
