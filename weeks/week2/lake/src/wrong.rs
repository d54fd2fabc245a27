//! Answers that look right and are not. `tests/wrong.rs` proves that each is caught, and
//! `checkpoint.toml` says by which test and why it is wrong.

/// A bucket that exists is an error, the owner's too.
pub mod owned_is_an_error {
    pub use crate::solution::*;

    use crate::{Answer, BucketOutcome, solution};

    /// Asks whether it worked, and not what the service knows.
    pub fn understand_bucket(answer: Answer<'_>, attempt: u32, was_missing: bool) -> BucketOutcome {
        match answer {
            Answer::Error {
                code: "BucketAlreadyOwnedByYou",
                ..
            } => BucketOutcome::Refused,
            _ => solution::understand_bucket(answer, attempt, was_missing),
        }
    }
}

/// "It exists" is good enough, whoever owns it.
pub mod taken_is_fine {
    pub use crate::solution::*;

    use crate::{Answer, BucketOutcome, solution};

    /// Reads the status and not the code.
    pub fn understand_bucket(answer: Answer<'_>, attempt: u32, was_missing: bool) -> BucketOutcome {
        match answer {
            Answer::Error {
                code: "BucketAlreadyExists",
                ..
            } => BucketOutcome::AlreadyMine,
            _ => solution::understand_bucket(answer, attempt, was_missing),
        }
    }
}

/// The zone's prefix makes an object ours.
pub mod zone_is_enough {
    pub use crate::solution::*;

    use crate::keys::Kind;

    /// Compares beginnings only.
    pub fn kind_of(key: &str) -> Option<Kind> {
        Kind::ALL
            .into_iter()
            .find(|kind| key.starts_with(kind.prefix()))
    }
}

/// Partitions are named as the delivered columns are.
pub mod column_names {
    pub use crate::solution::*;

    use jiff::civil::Date;

    use crate::{Partition, solution};

    /// `Program_Year`, as the header has it.
    pub fn partition_path(partition: &Partition) -> String {
        format!(
            "Dataset={}/Program_Year={}/",
            partition.dataset, partition.program_year
        )
    }

    /// Calls it.
    pub fn raw_key(partition: &Partition, publication: Date, sha256: &str, name: &str) -> String {
        renamed(
            partition,
            &solution::raw_key(partition, publication, sha256, name),
        )
    }

    /// Calls it.
    pub fn curated_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
        renamed(
            partition,
            &solution::curated_key(partition, run_id, part, sha256),
        )
    }

    /// Calls it.
    pub fn rejected_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
        renamed(
            partition,
            &solution::rejected_key(partition, run_id, part, sha256),
        )
    }

    fn renamed(partition: &Partition, key: &str) -> String {
        key.replace(
            &solution::partition_path(partition),
            &partition_path(partition),
        )
    }
}

/// A number is a number, however it is written.
pub mod any_number_is_a_commit {
    pub use crate::solution::*;

    use crate::Partition;

    /// Parses the last segment.
    pub fn sequence_of(key: &str) -> Option<u64> {
        let rest = key.strip_prefix("metadata/commits/")?;
        rest.rsplit('/').next()?.strip_suffix(".json")?.parse().ok()
    }

    /// Parses the two before it.
    pub fn partition_of(key: &str) -> Option<Partition> {
        sequence_of(key)?;
        let mut folders = key.strip_prefix("metadata/commits/")?.split('/');
        Some(Partition {
            dataset: folders.next()?.to_owned(),
            program_year: folders.next()?.parse().ok()?,
        })
    }

    /// Calls it.
    pub fn newest_commit<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let keys = keys.into_iter().filter(|key| sequence_of(key).is_some());
        keys.max_by_key(|key| sequence_of(key))
    }
}

/// Raw is partitioned by the day on which the program runs.
pub mod clock_in_raw_key {
    pub use crate::solution::*;

    use jiff::civil::Date;

    use crate::{Partition, solution};

    /// Today, whatever was published when.
    pub fn raw_key(partition: &Partition, _publication: Date, sha256: &str, name: &str) -> String {
        #[expect(clippy::disallowed_methods, reason = "the mistake itself")]
        let today = jiff::Zoned::now().date();
        solution::raw_key(partition, today, sha256, name)
    }
}

/// A raw object is named by its name alone.
pub mod name_alone {
    pub use crate::solution::*;

    use jiff::civil::Date;

    use crate::Partition;

    /// A corrected file comes under the same name, and replaces what was delivered first.
    pub fn raw_key(partition: &Partition, publication: Date, _sha256: &str, name: &str) -> String {
        let path = partition_path(partition);
        format!("raw/{path}publication={publication}/{name}")
    }
}

/// Numbers of commits are written as they are.
pub mod unpadded_sequence {
    pub use crate::solution::*;

    use crate::Partition;

    /// `9` sorts after `10`.
    pub fn commit_key(partition: &Partition, sequence: u64) -> String {
        let (dataset, year) = (&partition.dataset, partition.program_year);
        format!("metadata/commits/{dataset}/{year}/{sequence}.json")
    }
}

/// What has the key has been uploaded.
pub mod skip_by_key {
    pub use crate::solution::*;

    use crate::{Found, LocalFile, Step};

    /// Asks whether it is there.
    pub fn plan_upload(local: &[LocalFile], remote: &[Found]) -> Vec<Step> {
        let is_there = |file: &LocalFile| remote.iter().any(|object| object.key == file.key);
        let step = |file: &LocalFile| {
            let key = file.key.clone();
            if is_there(file) {
                Step::Skip { key }
            } else {
                Step::Create { key }
            }
        };
        local.iter().map(step).collect()
    }
}

/// The entity tag is taken for the hash of the content where there is no better one.
pub mod etag_is_a_hash {
    pub use crate::solution::*;

    use crate::{Found, LocalFile, Step};

    /// Right for some objects of some services.
    pub fn plan_upload(local: &[LocalFile], remote: &[Found]) -> Vec<Step> {
        let hashed: Vec<Found> = remote
            .iter()
            .map(|object| Found {
                sha256: object.sha256.clone().or_else(|| object.etag.clone()),
                ..object.clone()
            })
            .collect();
        crate::solution::plan_upload(local, &hashed)
    }
}

/// What differs is sent again.
pub mod overwrite_raw {
    pub use crate::solution::*;

    use crate::{Found, LocalFile, Step, solution};

    /// As every copying tool does.
    pub fn plan_upload(local: &[LocalFile], remote: &[Found]) -> Vec<Step> {
        let steps = solution::plan_upload(local, remote).into_iter();
        let send = |step| match step {
            Step::Refuse { key } => Step::Create { key },
            step => step,
        };
        steps.map(send).collect()
    }
}

/// 412 is a conflict.
pub mod exists_is_a_conflict {
    pub use crate::solution::*;

    use crate::{Answer, CreateAttempt, CreateOutcome, solution};

    /// Takes the answer at its word.
    pub fn understand_create(tried: &CreateAttempt<'_>, ours: &str) -> CreateOutcome {
        match tried.answer {
            Answer::Error { status: 412, .. } => CreateOutcome::Taken,
            _ => solution::understand_create(tried, ours),
        }
    }
}

/// 412 to a second attempt is the first attempt's object.
pub mod retried_means_mine {
    pub use crate::solution::*;

    use crate::{Answer, CreateAttempt, CreateOutcome, solution};

    /// Knows of the lost reply, and forgets that others write too.
    pub fn understand_create(tried: &CreateAttempt<'_>, ours: &str) -> CreateOutcome {
        match tried.answer {
            Answer::Error { status: 412, .. } if tried.attempt > 1 => CreateOutcome::Created,
            _ => solution::understand_create(tried, ours),
        }
    }
}

/// The policy's part size holds for every file.
pub mod fixed_parts {
    pub use crate::solution::*;

    use crate::{PartPolicy, Sending, TooLarge};

    /// Works up to 156 GiB.
    pub fn plan_parts(size: u64, policy: PartPolicy) -> Result<Sending, TooLarge> {
        if size == 0 || size < policy.threshold_bytes {
            return Ok(Sending::Whole);
        }
        let part_bytes = policy.part_bytes.max(1);
        let parts = size.div_ceil(part_bytes);
        Ok(Sending::Parts { part_bytes, parts })
    }
}

/// Every upload is cut into as many parts as there may be.
pub mod most_parts {
    pub use crate::solution::*;

    use crate::{MAX_PART_BYTES, MAX_PARTS, PartPolicy, Sending, TooLarge};

    /// Never too many, and mostly too small.
    pub fn plan_parts(size: u64, policy: PartPolicy) -> Result<Sending, TooLarge> {
        let is_small = size < policy.threshold_bytes && size <= MAX_PART_BYTES;
        if is_small || size == 0 {
            return Ok(Sending::Whole);
        }
        let part_bytes = size.div_ceil(MAX_PARTS);
        if part_bytes > MAX_PART_BYTES {
            return Err(TooLarge { size });
        }
        let parts = size.div_ceil(part_bytes);
        Ok(Sending::Parts { part_bytes, parts })
    }
}

/// The audit of a run lies beside its data.
pub mod audit_beside_data {
    pub use crate::solution::*;

    use crate::{Commit, Partition, solution};

    /// Found at once by people, and by every engine that reads the folder.
    pub fn audit_key(partition: &Partition, run_id: &str) -> String {
        format!("curated/{}_audit/{run_id}.json", partition_path(partition))
    }

    /// Calls it.
    pub fn keys_needed_by(commit: &Commit) -> Vec<String> {
        let (partition, run_id) = (&commit.manifest.partition, &commit.manifest.run_id);
        let mut keys = solution::keys_needed_by(commit);
        keys.retain(|key| *key != solution::audit_key(partition, run_id));
        keys.push(audit_key(partition, run_id));
        keys
    }
}

/// A commit needs what its readers read.
pub mod data_is_enough {
    pub use crate::solution::*;

    use crate::{Commit, keys};

    /// Nothing that a proof or a replay would ask for.
    pub fn keys_needed_by(commit: &Commit) -> Vec<String> {
        let manifest = &commit.manifest;
        let data = manifest.data.iter().map(|file| file.key.clone());
        data.chain([
            commit.manifest_key.clone(),
            keys::commit(&manifest.partition, commit.sequence),
        ])
        .collect()
    }
}

/// A replay reads what is in the folder.
pub mod replay_by_prefix {
    pub use crate::solution::*;

    use crate::{CantReplay, Held, Manifest, ReplayPlan, solution};

    /// Lists the publication's folder, and has today's files of it.
    pub fn plan_replay(manifest: &Manifest, held: &Held) -> Result<ReplayPlan, Vec<CantReplay>> {
        let plan = solution::plan_replay(manifest, held)?;
        let path = partition_path(&manifest.partition);
        let folder = format!("raw/{path}publication={}/", manifest.publication);
        let listed = held.keys().filter(|key| key.starts_with(&folder));
        Ok(ReplayPlan {
            read: listed.cloned().collect(),
            ..plan
        })
    }
}

/// A raw object that is there is the one that was delivered.
pub mod presence_is_enough {
    pub use crate::solution::*;

    use crate::{CantReplay, Held, Manifest, ReplayPlan, solution};

    /// Trusts the key.
    pub fn plan_replay(manifest: &Manifest, held: &Held) -> Result<ReplayPlan, Vec<CantReplay>> {
        let mut trusted = held.clone();
        for source in &manifest.sources {
            if let Some(sha256) = trusted.get_mut(&source.raw_key) {
                sha256.clone_from(&source.sha256);
            }
        }
        solution::plan_replay(manifest, &trusted)
    }
}

/// Two runs with the same rows and cents are the same run.
pub mod counts_agree {
    pub use crate::solution::*;

    use crate::{Account, DataFile, Deviation, Manifest, solution};

    /// Compares sums, which other rows may have too.
    pub fn deviations(manifest: &Manifest, rebuilt: &Manifest) -> Vec<Deviation> {
        let account = |files: &[DataFile]| {
            let files = files.iter().map(|file| Account {
                rows: file.rows,
                cents: file.cents,
            });
            files.sum::<Account>()
        };
        let sums = |run: &Manifest| (account(&run.data), account(&run.rejected));
        if sums(manifest) == sums(rebuilt) {
            return Vec::new();
        }
        solution::deviations(manifest, rebuilt)
    }
}
