//! Bad input gets a clear error, and nothing is lost: the real binary, called as a user
//! calls it, on a few hundred records.
//!
//! Exit codes: 0 done, 1 the data or the work is not there yet, 2 usage, 3 environment,
//! 130 Ctrl-C. [`support::Ended`] fails a test in which a panic can be seen.

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod files;
#[cfg(unix)]
mod interrupted;
mod lakes;
#[cfg(unix)]
mod remote;
mod zips;
