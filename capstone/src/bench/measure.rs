//! What a process costs, as Linux accounts for it.
//!
//! A command is started by a small process that starts nothing else, waits for it, and
//! then reads in `/proc/self/stat` what its children used: exact to a tick of 10 ms, for any
//! program, its own children included, and without any code in the program measured.
//! Memory is what `/proc/PID/status` calls `VmHWM`, the most that a process ever held. It
//! only grows, so it is read again and again until the process is gone. On other systems
//! both are not available, and nothing else is lost.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Ticks in a second, in `/proc`: part of Linux's interface, whatever the kernel's own.
const TICKS: f64 = 100.0;
/// How often memory is read: some 50 µs of processor time each.
const PAUSE: Duration = Duration::from_millis(20);

/// What one run of a command cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// From start to end, in seconds.
    pub wall_s: f64,
    /// Processor time in user mode and in the kernel, in seconds; none where the system
    /// does not say.
    pub cpu_s: Option<f64>,
    /// Most memory held by the process, with that of its children, in bytes.
    pub peak_bytes: Option<u64>,
}

/// Runs a command to its end, in a process that has started nothing else. What it prints
/// goes to standard error.
pub fn measure(command: &[String]) -> anyhow::Result<Cost> {
    let (program, arguments) = command.split_first().context("a command to measure")?;
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(std::io::stderr())
        .spawn()
        .with_context(|| program.clone())?;
    let (process, ended) = (child.id(), AtomicBool::new(false));
    let (status, wall_s, peak_bytes) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(process, &ended));
        let status = child.wait();
        let wall_s = started.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        (status, wall_s, watcher.join().ok().flatten())
    });
    let status = status?;
    anyhow::ensure!(status.success(), "{program} ended with {status}");
    Ok(Cost {
        wall_s,
        cpu_s: children_cpu(),
        peak_bytes,
    })
}

/// Reads memory until the process has ended.
fn watch(process: u32, ended: &AtomicBool) -> Option<u64> {
    let mut peak = None;
    while !ended.load(Ordering::Relaxed) {
        peak = peak.max(peak_of(process));
        std::thread::sleep(PAUSE);
    }
    peak
}

/// `VmHWM` of a process and its children, which are few.
fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let own = kilobytes(&status, "VmHWM:")? * 1024;
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    Some(own + children.filter_map(peak_of).sum::<u64>())
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Processor seconds of all children that have ended.
fn children_cpu() -> Option<f64> {
    parse_children_cpu(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Fields 16 and 17 of `/proc/PID/stat`; the second may hold spaces, and ends in `)`.
fn parse_children_cpu(stat: &str) -> Option<f64> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut ticks = behind.split_whitespace().skip(13).map(str::parse::<f64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accounts_of_linux_are_read_as_documented() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 100 200 0 0 11 12 130 40 20 0 1 0 5 6 7";
        assert_eq!(parse_children_cpu(stat), Some(1.7));
        assert_eq!(
            kilobytes("Name:\tx\nVmHWM:\t   2048 kB\n", "VmHWM:"),
            Some(2048)
        );
        assert_eq!(kilobytes("State:\tZ (zombie)\n", "VmHWM:"), None);
    }
}
