//! Pulling the plug: the shipped binary is held at its crash points (`CAPSTONE_CRASH`) and
//! killed there by SIGKILL, which no program can answer.
//!
//! `KILL_POINTS=all` kills at every point, asks the warehouse each time, and reruns the
//! whole pipeline; otherwise those points are left out that find the same bytes on disk
//! as their neighbours.
#![cfg(unix)]

#[allow(dead_code, reason = "each test binary uses its own half of it")]
#[path = "../support/mod.rs"]
mod support;

mod drill;
mod everywhere;
mod gc;
mod history;
mod scenario;
