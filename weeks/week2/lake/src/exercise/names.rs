//! Names of objects, and what they say when they are read back.

use jiff::civil::Date;

use crate::Partition;

/// The folders of a partition within a zone, with a slash at the end: without it the
/// folder of one partition would be the beginning of another's.
///
/// `dataset=general/program_year=2023/`, as engines read partitions from paths: keys in
/// lower case, values as they are, dataset before year because every question names it.
pub fn partition_path(partition: &Partition) -> String {
    format!(
        "dataset={}/program_year={}/",
        partition.dataset, partition.program_year
    )
}

/// A delivered file, under the name it was delivered by, below the publication that it
/// states. Other bytes under the same name stand in another folder (the first eight digits
/// of their SHA-256), so nothing in raw is ever overwritten.
///
/// The table of [`keys`](crate::keys) has the shape of all names. What a key says follows
/// from the parameters: the same file has the same key whenever it is delivered.
pub fn raw_key(partition: &Partition, publication: Date, sha256: &str, name: &str) -> String {
    let (path, digest) = (partition_path(partition), short(sha256));
    format!("raw/{path}publication={publication}/{digest}/{name}")
}

/// A curated Parquet file, named by its run, its number within the run, and its content.
pub fn curated_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    let (path, file) = (partition_path(partition), part_name(run_id, part, sha256));
    format!("curated/{path}{file}")
}

/// A quarantine Parquet file, named in the same way.
pub fn rejected_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    let (path, file) = (partition_path(partition), part_name(run_id, part, sha256));
    format!("staging/rejected/{path}{file}")
}

/// One commit. Twenty digits, so that names sort as numbers do, up to the largest.
pub fn commit_key(partition: &Partition, sequence: u64) -> String {
    format!(
        "metadata/commits/{}/{}/{sequence:020}.json",
        partition.dataset, partition.program_year
    )
}

/// Sequence number in a commit's key; `None` for anything else in the lake, such as a file
/// that somebody has put beside the commits: only what [`commit_key`] gives is one.
pub fn sequence_of(key: &str) -> Option<u64> {
    read_commit_key(key).map(|(_, sequence)| sequence)
}

/// The partition in a commit's key; `None` for anything else in the lake.
pub fn partition_of(key: &str) -> Option<Partition> {
    read_commit_key(key).map(|(partition, _)| partition)
}

/// The commit with the highest sequence, whatever the order of the listing and whatever
/// else is in it; `None` if no key is a commit's.
pub fn newest_commit<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    keys.into_iter()
        .filter_map(|key| sequence_of(key).map(|sequence| (sequence, key)))
        .max()
        .map(|(_, key)| key)
}

/// Not one with a sign in its year, and none in a folder below.
fn read_commit_key(key: &str) -> Option<(Partition, u64)> {
    let rest = key.strip_prefix("metadata/commits/")?;
    let [dataset, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return None;
    };
    let partition = Partition {
        dataset: dataset.to_owned(),
        program_year: year.parse().ok()?,
    };
    let sequence = file.strip_suffix(".json")?.parse().ok()?;
    (commit_key(&partition, sequence) == key).then_some((partition, sequence))
}

fn part_name(run_id: &str, part: usize, sha256: &str) -> String {
    format!("{}-part-{part:05}-{}.parquet", short(run_id), short(sha256))
}

/// The first eight digits of a digest; all of something shorter, which is none.
fn short(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}
