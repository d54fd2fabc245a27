//! Children of `watch`: this program itself, with another command.
//!
//! A child's words are handed over whole lines at a time, so that two children that run at
//! once do not mix within a line, and the terminal stays ours.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// What a child says.
#[derive(Debug)]
pub(crate) enum Said {
    /// A line on standard error, at once.
    Line(String),
    /// All of its standard output, when it has ended.
    Ended(String),
}

/// A running child.
pub(crate) struct Job {
    child: Child,
    own_group: bool,
}

impl Job {
    /// Starts `cargo xtask ARGUMENTS`. With `own_group`, whoever stops it stops its children
    /// too; without it, Ctrl-C in the terminal reaches all of them.
    pub(crate) fn start(
        workspace: &Workspace,
        arguments: &[&str],
        own_group: bool,
        say: impl Fn(Said) + Send + Clone + 'static,
    ) -> Result<Self> {
        let mut command = Command::new(this_program()?);
        command
            .args(arguments)
            .current_dir(&workspace.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let colour = anstream::AutoStream::choice(&std::io::stdout());
        if colour != anstream::ColorChoice::Never {
            command.env("CLICOLOR_FORCE", "1");
        }
        if own_group {
            group(&mut command);
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot run cargo xtask {}", arguments.join(" ")))?;
        let mut output = child.stdout.take().context("stdout is piped")?;
        let errors = child.stderr.take().context("stderr is piped")?;
        let line = say.clone();
        let lines = std::thread::spawn(move || {
            for said in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
                line(Said::Line(String::from_utf8_lossy(&said).trim_end().into()));
            }
        });
        std::thread::spawn(move || {
            let mut text = Vec::new();
            // A child that dies says no more; that it ended is what counts.
            let _ = output.read_to_end(&mut text);
            let _ = lines.join();
            say(Said::Ended(String::from_utf8_lossy(&text).into_owned()));
        });
        Ok(Self { child, own_group })
    }

    /// Waits for a child that has said its last word; whether it exited with 0.
    pub(crate) fn end(mut self) -> bool {
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Ends a child and what it started.
    pub(crate) fn stop(mut self) {
        if self.own_group {
            end_tree(self.child.id());
        }
        // It may have ended by itself: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program. Where it was compiled anew since we started, the new one.
fn this_program() -> Result<PathBuf> {
    let program = std::env::current_exe().context("this program does not know its own path")?;
    let name = program.to_string_lossy();
    Ok(match name.strip_suffix(" (deleted)") {
        Some(replaced) => PathBuf::from(replaced),
        None => program,
    })
}

#[cfg(unix)]
fn group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn group(_: &mut Command) {}

/// Ends a process and its children; by the platform's own program, as std cannot.
fn end_tree(id: u32) {
    let mut command = if cfg!(windows) {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(["/T", "/F", "/PID", &id.to_string()]);
        taskkill
    } else {
        let mut kill = Command::new("kill");
        kill.args(["-TERM", "--", &format!("-{id}")]);
        kill
    };
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    // Without it the child itself is still stopped.
    let _ = quiet.status();
}
