//! Holds the program at a crash point, and kills it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Output};

use crate::support::{Desk, Ended, spawn};

/// A process that stands at a crash point and waits to be killed.
pub(crate) struct Held {
    child: Child,
    /// Such as `before commit metadata/commits/…`.
    pub(crate) point: String,
}

/// Where a point is announced: `crash point 17: before commit …`.
fn announced(line: &str) -> Option<&str> {
    Some(line.strip_prefix("crash point ")?.split_once(": ")?.1)
}

/// Runs the program until it stands at a place; how it ended if it never got there.
pub(crate) fn hold(mut command: Command, place: &str) -> Result<Held, Ended> {
    let mut child = spawn(command.env("CAPSTONE_CRASH", format!("hold {place}")));
    let mut said = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(point) = announced(&line) {
            let point = point.to_owned();
            return Ok(Held { child, point });
        }
        said += &line;
        said.push('\n');
    }
    let Output { status, stdout, .. } = child.wait_with_output().unwrap();
    let stderr = said.into_bytes();
    Err(Ended::of(Output {
        status,
        stdout,
        stderr,
    }))
}

impl Held {
    /// Pulls the plug.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "{}: {status}", self.point);
    }
}

/// The points of an undisturbed run, in order.
pub(crate) fn points(desk: &Desk, arguments: &[&str]) -> Vec<String> {
    let mut command = desk.capstone(arguments);
    let ended = Ended::of(command.env("CAPSTONE_CRASH", "list").output().unwrap()).expect(0);
    let points = ended.stderr.lines().filter_map(announced);
    points.map(ToOwned::to_owned).collect()
}
