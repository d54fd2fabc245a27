//! The reference: production code, and what the capstone runs on.

mod audit;
mod cutter;
mod delivery;
mod pages;
mod retry;
mod run_id;
mod transfer;

pub use audit::{AuditBuilder, parse_cents, unquoted};
pub use cutter::Cutter;
pub use delivery::{delivery_of, parse_file_name};
pub use pages::Pages;
pub use retry::{delay_before, pause_before};
pub use run_id::run_id;
pub use transfer::{Attempts, ask, ask_if_changed, retry_after, understand, version};
