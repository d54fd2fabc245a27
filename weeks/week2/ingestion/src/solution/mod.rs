//! The reference: production code, and what the capstone runs on.

mod audit;
mod cutter;
mod delivery;
mod retry;
mod run_id;

pub use audit::{AuditBuilder, parse_cents, unquoted};
pub use cutter::Cutter;
pub use delivery::{delivery_of, parse_file_name};
pub use retry::delay_before;
pub use run_id::run_id;
