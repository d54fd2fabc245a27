//! The reference: production code, and what the capstone runs on.

mod audit;
mod chunks;
mod cutter;
mod delivery;
mod events;
pub(crate) mod names;
mod pages;
mod resume;
mod retry;
mod run_id;
mod selection;
mod transfer;

pub use audit::{AuditBuilder, parse_cents, unquoted};
pub use chunks::{Chunks, read_pieces};
pub use cutter::Cutter;
pub use delivery::delivery_of;
pub use events::emit;
pub use names::parse_file_name;
pub use pages::Pages;
pub use resume::{flaw, resume_plan, standing};
pub use retry::{Attempts, delay_before, is_passing, pause_before};
pub use run_id::run_id;
pub use selection::choose;
pub use transfer::{ask, ask_if_changed, retry_after, understand, version};

pub(crate) use audit::hex;
