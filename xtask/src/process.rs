//! Child processes: with a time limit, or in our own place.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How often a child with a time limit is looked at.
const POLL: Duration = Duration::from_millis(20);

/// Runs a child whose output is kept back.
///
/// # Errors
/// What went wrong in one line: the program is missing, it ran longer than
/// `limit` (and was ended), or it failed, with what it printed about that.
pub(crate) fn run_limited(
    command: &mut Command,
    limit: Duration,
    log: &Path,
) -> Result<(), String> {
    let path = Path::new(command.get_program());
    let program = path.file_name().unwrap_or_default().display().to_string();
    let output = File::create(log).map_err(|error| format!("cannot write a log: {error}"))?;
    let errors = output
        .try_clone()
        .map_err(|error| format!("cannot write a log: {error}"))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err(format!("{program} failed: {}", failure(log))),
            Ok(None) if started.elapsed() > limit => {
                // It may have ended by itself just now: either way it is gone.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program} took more than {} s", limit.as_secs()));
            }
            Ok(None) => std::thread::sleep(POLL),
            Err(error) => return Err(format!("lost {program}: {error}")),
        }
    }
}

/// What a log says about its failure: the first lines that speak of one, or the last line.
fn failure(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = |line: &&str| {
        let line = line.to_lowercase();
        ["error", "failed"].iter().any(|word| line.contains(word))
    };
    let told: Vec<_> = lines.clone().filter(telling).take(2).collect();
    if told.is_empty() {
        return lines.next_back().unwrap_or("it printed nothing").to_owned();
    }
    told.join("; ")
}

/// Lets a child take our place: its Ctrl-C handling and its exit code are ours.
#[cfg(unix)]
pub(crate) fn replace(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("cannot run {}", command.get_program().display()))
}

/// Runs a child to its end and passes its exit code on.
#[cfg(not(unix))]
pub(crate) fn replace(command: &mut Command) -> Result<ExitCode> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(crate::ENVIRONMENT)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run_limited(&mut command, limit, &folder.path().join("log"))
    }

    #[test]
    fn a_failure_carries_the_line_that_explains_it() {
        let script = "echo starting; echo 'error: no such host' >&2; echo bye; exit 1";
        let outcome = shell(script, Duration::from_mins(1));
        assert_eq!(outcome, Err("sh failed: error: no such host".to_owned()));
    }

    #[test]
    fn a_child_that_hangs_is_ended_at_its_limit() {
        let outcome = shell("exec sleep 600", Duration::ZERO);
        assert_eq!(outcome, Err("sh took more than 0 s".to_owned()));
    }

    #[test]
    fn a_missing_program_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("no-such-program");
        let outcome = run_limited(&mut command, Duration::ZERO, &folder.path().join("log"));
        let message = outcome.expect_err("it does not exist");
        assert!(
            message.starts_with("cannot run no-such-program"),
            "{message}"
        );
    }
}
