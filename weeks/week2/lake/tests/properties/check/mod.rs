//! What holds; each check is also that of a fuzz target.

pub(crate) mod commit;
pub(crate) mod lake_keys;
