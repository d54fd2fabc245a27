//! The reference.

use jiff::civil::Date;

use crate::{
    Account, Commit, CommitPlan, DataKind, FORMAT_VERSION, Identity, IdentityError, Imbalance,
    Manifest, Partition,
};

/// Sequence number in a commit's key; `None` for anything else under the prefix.
pub fn sequence_of(key: &str) -> Option<u64> {
    let name = key.rsplit('/').next()?.strip_suffix(".json")?;
    (name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    name.parse().ok()
}

/// The key with the highest sequence, whatever the order of the listing.
pub fn newest_commit<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    keys.into_iter()
        .filter_map(|key| sequence_of(key).map(|sequence| (sequence, key)))
        .max()
        .map(|(_, key)| key)
}

/// The partition in a commit's key: `metadata/commits/<dataset>/<program_year>/…`.
pub fn partition_of(key: &str) -> Option<Partition> {
    let mut parts = key.strip_prefix("metadata/commits/")?.split('/');
    let dataset = parts.next()?.to_owned();
    let program_year = parts.next()?.parse().ok()?;
    Some(Partition {
        dataset,
        program_year,
    })
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
            sequence: commit.sequence + 1,
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
