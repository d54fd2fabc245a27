//! What holds; each check is also that of a fuzz target.

pub(crate) mod cutter;
pub(crate) mod file_name;
