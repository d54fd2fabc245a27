//! The reference.

mod bucket;
mod create;
mod document;
mod names;
mod replay;
mod trail;
mod upload;
mod zones;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::keys::Kind;
use crate::{
    Account, CleanupPlan, Commit, CommitPlan, DataKind, FORMAT_VERSION, Identity, IdentityError,
    Imbalance, Manifest, StoredObject,
};

pub use bucket::understand_bucket;
pub use create::understand_create;
pub use document::check_commit;
pub use names::{
    commit_key, curated_key, newest_commit, partition_of, partition_path, raw_key, rejected_key,
    sequence_of,
};
pub use replay::{check_versions, choose_run, committed_runs, deviations, plan_replay};
pub use trail::{attempt_key, audit_key, keys_needed_by};
pub use upload::{plan_parts, plan_upload};
pub use zones::kind_of;

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
