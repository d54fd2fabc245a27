//! The reference: production code, and what the capstone runs on.
//!
//! - [`Typer`]: a table's checks, compiled for one layout; shared by all threads
//! - [`ChunkBuilder`]: one chunk on its way to typed columns
//! - [`SeenKeys`]: the set rule, applied in file order

mod builder;
mod checks;
mod columns;
mod duplicates;
mod quarantine;
mod typer;
mod values;

pub use builder::ChunkBuilder;
pub use duplicates::SeenKeys;
pub use quarantine::quarantine_frame;
pub use typer::{Typer, TyperError};
