//! The reference.

mod document;
mod replay;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::keys::{self, Kind};
use crate::{
    Account, CleanupPlan, Commit, CommitPlan, DataKind, FORMAT_VERSION, Identity, IdentityError,
    Imbalance, Manifest, Partition, StoredObject,
};

pub use document::check_commit;
pub use replay::{check_files, check_raw, check_versions, choose_run, committed_runs, deviations};

/// Sequence number in a commit's key; `None` for anything else in the lake.
pub fn sequence_of(key: &str) -> Option<u64> {
    commit_key(key).map(|(_, sequence)| sequence)
}

/// The partition in a commit's key; `None` for anything else in the lake.
pub fn partition_of(key: &str) -> Option<Partition> {
    commit_key(key).map(|(partition, _)| partition)
}

/// Only a key that [`keys::commit`] gives is a commit's: not one with a sign in its year,
/// and none in a folder below.
fn commit_key(key: &str) -> Option<(Partition, u64)> {
    let rest = key.strip_prefix("metadata/commits/")?;
    let [dataset, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return None;
    };
    let partition = Partition {
        dataset: dataset.to_owned(),
        program_year: year.parse().ok()?,
    };
    let sequence = file.strip_suffix(".json")?.parse().ok()?;
    (keys::commit(&partition, sequence) == key).then_some((partition, sequence))
}

/// The key with the highest sequence, whatever the order of the listing.
pub fn newest_commit<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    keys.into_iter()
        .filter_map(|key| sequence_of(key).map(|sequence| (sequence, key)))
        .max()
        .map(|(_, key)| key)
}

/// What committing a run means, given the newest commit of its partition.
///
/// A publication is the whole state of its partition, so an older one is never
/// committed over a newer one.
pub fn plan_commit(newest: Option<&Commit>, run_id: &str, publication: Date) -> CommitPlan {
    match newest {
        None => CommitPlan::Create { sequence: 1 },
        Some(commit) if commit.manifest.run_id == run_id => CommitPlan::Unchanged {
            sequence: commit.sequence,
        },
        Some(commit) if commit.manifest.publication > publication => CommitPlan::Older {
            newest: commit.manifest.publication,
        },
        Some(commit) => CommitPlan::Create {
            sequence: commit.sequence.saturating_add(1),
        },
    }
}

/// The bytes of a commit: canonical, so that an identical state has identical bytes.
pub fn commit_bytes(commit: &Commit) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(commit).expect("plain structs serialise");
    bytes.push(b'\n');
    bytes
}

/// Whether a lake may take data of this kind.
pub fn check_identity(lake: &Identity, data: DataKind) -> Result<(), IdentityError> {
    if lake.format_version > FORMAT_VERSION {
        return Err(IdentityError::Newer {
            found: lake.format_version,
            known: FORMAT_VERSION,
        });
    }
    if lake.data != data {
        return Err(IdentityError::Mixed {
            lake: lake.data.as_str(),
            source_kind: data.as_str(),
        });
    }
    Ok(())
}

/// The accounting identity of every file: read = accepted + rejected, in rows and in cents.
///
/// Rows of an older publication are superseded as a whole and never get here. The two
/// sides are counted by different code in different passes over the bytes.
pub fn check_balance(manifest: &Manifest) -> Result<(), Imbalance> {
    for source in &manifest.sources {
        balance(&source.name, source.read, source.accepted, source.rejected)?;
    }
    Ok(())
}

fn balance(
    file: &str,
    read: Account,
    accepted: Account,
    rejected: Account,
) -> Result<(), Imbalance> {
    let sides = |unit, value: fn(Account) -> i128| {
        let (read, accepted, rejected) = (value(read), value(accepted), value(rejected));
        if read == accepted + rejected {
            Ok(())
        } else {
            Err(Imbalance {
                file: file.to_owned(),
                unit,
                read,
                accepted,
                rejected,
            })
        }
    };
    sides("rows", |account| i128::from(account.rows))?;
    sides("cents", |account| i128::from(account.cents))
}

/// Every object that a commit needs: the files it lists, and what vouches for them.
///
/// An older commit needs its own just as much: history and replay read them.
pub fn keys_needed_by(commit: &Commit) -> Vec<String> {
    let manifest = &commit.manifest;
    let (partition, run_id) = (&manifest.partition, &manifest.run_id);
    let files = manifest.data.iter().chain(&manifest.rejected);
    let raw = manifest.sources.iter().map(|source| &source.raw_key);
    files
        .map(|file| &file.key)
        .chain(raw)
        .chain([&commit.manifest_key])
        .cloned()
        .chain([
            keys::commit(partition, commit.sequence),
            keys::audit(partition, run_id),
            keys::validation(partition, run_id),
        ])
        .collect()
}

/// Tells orphans from everything else in a lake.
///
/// `needed` are the keys that commits or deliveries still to be committed need. Only what
/// belongs to a run can be an orphan: raw files, commits, deliveries and the history of
/// attempts stay whatever happens. A run writes its files long before its commit lists
/// them, so what was written after `written_before` may belong to a run at work.
pub fn plan_cleanup(
    objects: impl IntoIterator<Item = StoredObject>,
    needed: &BTreeSet<String>,
    written_before: Timestamp,
) -> CleanupPlan {
    let mut plan = CleanupPlan::default();
    for object in objects {
        if needed.contains(&object.key) {
            continue;
        }
        let is_old = object.modified.is_some_and(|time| time <= written_before);
        match Kind::of(&object.key) {
            None => plan.unknown.push(object),
            Some(kind) if !belongs_to_a_run(kind) => {}
            Some(_) if is_old => plan.orphans.push(object),
            Some(_) => plan.young.push(object),
        }
    }
    plan
}

const fn belongs_to_a_run(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Validation | Kind::Quarantine | Kind::Data | Kind::Audit | Kind::Manifest
    )
}
