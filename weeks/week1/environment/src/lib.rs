//! Checkpoint 1.1, environment: where settings come from, and what may be done where.
//!
//! - Settings: a program is told what to do in five places, and the nearest one wins. The
//!   types are [`Setting`], [`Layer`], [`Said`] and [`Config`].
//! - Zones: the lake has places where nothing is ever changed and places that show the
//!   present. The types are [`Zone`], [`Lifetime`], [`Operation`] and [`Permit`].
//! - Runtime: `Dockerfile`, `compose.yaml` and `exploration.sql` lie in the folders
//!   `exercise/` and `solution/` beside this one.
//!
//! # Invariants
//!
//! - A secret shows itself to nobody: not in `Debug`, not in an error, not in a table of
//!   settings. [`Secret::expose`] is the one way out, and easy to search for.
//! - All problems of a configuration are told at once, and each names what to set and where.
//! - Who changes the lake holds a [`Permit`], and only the zone rules give one.
//!
//! Nothing here reads a file or the process's environment: those come in as values.

mod config;
#[cfg(feature = "exercise")]
pub mod exercise;
mod file;
mod problem;
pub mod solution;
#[cfg(feature = "exercise")]
pub mod wrong;
mod zones;

pub use config::{
    Config, Explained, Kind, Layer, NOT_SHOWN, OWN_PREFIX, Resolved, Said, Secret, Setting, Value,
    Wrong, nearest, parse_address, parse_time, without_user,
};
pub use file::entries;
pub use problem::{DotenvError, FileError, Problem, Problems};
pub use zones::{Lifetime, Operation, Permit, Refused, Zone};
