//! What holds; each check is also that of a fuzz target.

pub(crate) mod contract;
pub(crate) mod header;
