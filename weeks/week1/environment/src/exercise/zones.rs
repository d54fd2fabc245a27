//! What may be done where in the lake.

use crate::{Lifetime, Operation, Permit, Refused, Zone};

/// The zone of a key: its first folder, which is `raw`, `staging`, `curated` or `metadata`.
///
/// A key has at least one part behind its zone. An empty part, `.` or `..` anywhere makes it
/// a key in no zone, because stores that keep files would follow it elsewhere.
// ANCHOR: zone_of
pub fn zone_of(key: &str) -> Result<Zone, Refused> {
    // ANCHOR_END: zone_of
    let parts: Vec<&str> = key.split('/').collect();
    let leads_out = parts.iter().any(|part| matches!(*part, "" | "." | ".."));
    let zone = match parts[..] {
        ["raw", _, ..] => Zone::Raw,
        ["staging", _, ..] => Zone::Staging,
        ["curated", _, ..] => Zone::Curated,
        ["metadata", _, ..] => Zone::Metadata,
        _ => return Err(no_zone(key)),
    };
    if leads_out {
        return Err(no_zone(key));
    }
    Ok(zone)
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
// ANCHOR: lifetime
pub fn lifetime(key: &str) -> Result<Lifetime, Refused> {
    // ANCHOR_END: lifetime
    let lifetime = match zone_of(key)? {
        Zone::Raw => Lifetime::Kept,
        Zone::Staging | Zone::Curated => Lifetime::Sealed,
        Zone::Metadata => {
            return of_metadata(key).ok_or_else(|| Refused::NoRule {
                key: key.to_owned(),
            });
        }
    };
    Ok(lifetime)
}

/// Leave to do something to an object, or why not.
///
/// Everything may be created. What is named by its content may be written again with that
/// content; what shows the present may be replaced. Only an orphan may be deleted, and only
/// of what lives as long as a commit lists it. History is not deleted, however often it
/// changes.
// ANCHOR: permit
pub fn permit(key: &str, operation: Operation) -> Result<Permit, Refused> {
    // ANCHOR_END: permit
    let lifetime = lifetime(key)?;
    let allowed = match operation {
        Operation::Create => true,
        Operation::Rewrite => lifetime != Lifetime::Once,
        Operation::Replace => lifetime == Lifetime::Current,
        Operation::Collect => lifetime == Lifetime::Sealed,
        Operation::Remove => false,
    };
    if allowed {
        return Ok(Permit::new(key, operation));
    }
    Err(Refused::Forbidden {
        key: key.to_owned(),
        operation,
        lifetime,
    })
}

fn no_zone(key: &str) -> Refused {
    Refused::NoZone {
        key: key.to_owned(),
    }
}

fn of_metadata(key: &str) -> Option<Lifetime> {
    match key.split('/').collect::<Vec<_>>()[..] {
        [_, "lake.json"] | [_, "commits" | "lineage", _, ..] => Some(Lifetime::Once),
        [_, "quality", _, ..] => Some(Lifetime::Kept),
        [_, "validation" | "audit" | "manifests" | "changes", _, ..] => Some(Lifetime::Sealed),
        [_, "ingested" | "sources" | "attempts", _, ..] => Some(Lifetime::Current),
        _ => None,
    }
}
