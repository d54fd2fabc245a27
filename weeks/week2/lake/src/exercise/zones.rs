//! Exercise: what an object is, by its key.

use crate::keys::Kind;

/// What an object is; `None` for a key that no program of this lake makes.
///
/// What one run wrote is removed by its kind when the run was never committed: typed rows,
/// quarantine, validation, audit, manifest. So a key counts as one of these only if it is
/// named exactly as the table of [`keys`](crate::keys) says, with hexadecimal ids in lower
/// case, a part number of five digits or more, and nothing before, between or behind. A
/// person's export in `curated/` is no typed rows of ours. The identity is one key. The
/// other kinds are never removed; for them the prefix is enough ([`Kind::prefix`]).
pub fn kind_of(key: &str) -> Option<Kind> {
    todo!("what {key} is")
}
