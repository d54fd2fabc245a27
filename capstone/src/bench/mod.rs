//! `capstone bench`: our pipeline and other engines at the same work, side by side.
//!
//! Every run is a fresh process of its own on the same generated file, engines take turns,
//! and nothing is shown before both outputs were proved equal row by row. What is timed is
//! the whole: reading the file, checking the contract, quarantine, Parquet on disk.
//!
//! - [`Plan`]: what is run, and in which order
//! - [`Workload`]: which file; [`Stage`]: our side, whole or cut off behind a step
//! - [`Engine`], [`Peer`]: who takes turns; [`duckdb`]: the one that is always there, and
//!   [`job`]: what the others are told; [`peer`]: where they write
//! - [`measure`]: what a process costs
//! - [`proof`]: that two outputs are equal
//! - [`report`]: table and document

pub mod duckdb;
mod engine;
pub mod job;
mod machine;
pub mod measure;
pub mod peer;
mod pitch;
pub mod proof;
pub mod report;
mod run;
mod sql;
mod stage;
mod workload;

pub use self::engine::{Engine, Peer};
pub use self::run::Plan;
pub use self::stage::{Stage, run as run_stage};
pub use self::workload::{Source, Workload};
