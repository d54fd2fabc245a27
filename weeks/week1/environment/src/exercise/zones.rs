//! What may be done where in the lake.

use crate::{Lifetime, Operation, Permit, Refused, Zone};

/// The zone of a key: its first folder, which is `raw`, `staging`, `curated` or `metadata`.
///
/// A key has at least one part behind its zone. An empty part, `.` or `..` anywhere makes it
/// a key in no zone, because stores that keep files would follow it elsewhere.
pub fn zone_of(key: &str) -> Result<Zone, Refused> {
    todo!("the zone of {key}")
}

/// How long an object stays as it is.
///
/// - What was delivered (`raw/`) is evidence. Its keys carry a digest, and nobody can fetch
///   it again once CMS has published over it.
/// - Typed and rejected rows (`curated/`, `staging/`) and what vouches for them
///   (`metadata/validation/`, `audit/`, `manifests/`, `changes/`) are named by the run or
///   the content that they come from. Readers see them through a commit; without one they
///   are orphans of an interrupted run.
/// - A commit (`metadata/commits/`) is what writers race for. So is what the lake is
///   (`metadata/lake.json`); and each attempt tells of its start and end
///   (`metadata/lineage/`) exactly once.
/// - The results of the quality rules (`metadata/quality/`) belong to the history of one
///   attempt, whose name they carry.
/// - Which delivery is the newest (`metadata/ingested/`), which version of an address was
///   fetched (`metadata/sources/`) and how far an attempt has come (`metadata/attempts/`)
///   changes.
///
/// Any other place in `metadata/` has no rule yet, and what has no rule is
/// [`Refused::NoRule`]; a folder alone is no object.
pub fn lifetime(key: &str) -> Result<Lifetime, Refused> {
    todo!("how long {key} stays as it is")
}

/// Leave to do something to an object, or why not.
///
/// Everything may be created. What is named by its content may be written again with that
/// content; what shows the present may be replaced. Only an orphan may be deleted, and only
/// of what lives as long as a commit lists it. History is not deleted, however often it
/// changes.
pub fn permit(key: &str, operation: Operation) -> Result<Permit, Refused> {
    todo!("whether {key} may be {operation}; `Permit::new` makes a permit")
}
