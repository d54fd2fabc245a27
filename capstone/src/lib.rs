//! The pipeline that all checkpoints build towards.
//!
//! `source file → raw zone → chunks → validation → typed rows | quarantine → curated
//! Parquet → commit → star schema → quality → report`
//!
//! This crate holds processes: threads, clients, files, bars. Every decision and
//! algorithm is a checkpoint's, and [`parts`] says whose.
//!
//! - [`cli`]: the command line; [`commands`]: what it calls; [`pipeline`]: what they do
//! - [`settings`]: who says how it runs; [`context`]: what all stages share; [`lake`]: the lake as they see it
//! - [`generate`], [`source`], [`ingest`], [`validate`], [`transform`], [`commit`],
//!   [`load`], [`quality`], [`report`]: the stages, in order
//! - [`backfill`]: many program years, planned and then run; [`replay`]: one run again
//! - [`warehouse`]: the DuckDB file
//! - [`accounts`], [`summary`], [`attempt`], [`alive`]: what became of every file; what is
//!   shown at the end; history, and who is still at work
//! - [`audit`], [`lineage`]: what happened, for SQL and for OpenLineage
//! - [`gc`]: removes what interrupted runs left
//! - [`clock`], [`ui`], [`error`], [`http`]: time, progress, exit codes, fetching
//! - [`scratch`], [`crash`]: folders that don't outlive a run; dying on purpose

pub mod accounts;
pub mod alive;
pub mod attempt;
pub mod audit;
pub mod backfill;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod commit;
pub mod compare;
pub mod context;
pub mod crash;
pub mod error;
pub mod gc;
pub mod generate;
pub mod http;
pub mod ingest;
pub mod lake;
pub mod lineage;
pub mod load;
pub mod parts;
pub mod pipeline;
pub mod quality;
pub mod replay;
pub mod report;
pub mod scratch;
pub mod serve;
pub mod settings;
pub mod source;
pub mod summary;
pub mod transform;
pub mod ui;
pub mod validate;
pub mod warehouse;
