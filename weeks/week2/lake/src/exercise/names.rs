//! Exercise: names of objects, and what they say when they are read back.

use jiff::civil::Date;

use crate::Partition;

/// The folders of a partition within a zone, with a slash at the end: without it the
/// folder of one partition would be the beginning of another's.
///
/// `dataset=general/program_year=2023/`, as engines read partitions from paths: keys in
/// lower case, values as they are, dataset before year because every question names it.
pub fn partition_path(partition: &Partition) -> String {
    todo!("the folders of {partition:?}")
}

/// A delivered file, under the name it was delivered by, below the publication that it
/// states. Other bytes under the same name stand in another folder (the first eight digits
/// of their SHA-256), so nothing in raw is ever overwritten.
///
/// The table of [`keys`](crate::keys) has the shape of all names. What a key says follows
/// from the parameters: the same file has the same key whenever it is delivered.
pub fn raw_key(partition: &Partition, publication: Date, sha256: &str, name: &str) -> String {
    todo!("where {name} with {sha256} is, of {partition:?} as of {publication}")
}

/// A curated Parquet file, named by its run, its number within the run, and its content.
pub fn curated_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    todo!("the name of part {part} with {sha256} of run {run_id} of {partition:?}")
}

/// A quarantine Parquet file, named in the same way.
pub fn rejected_key(partition: &Partition, run_id: &str, part: usize, sha256: &str) -> String {
    todo!("the name of quarantine part {part} with {sha256} of run {run_id} of {partition:?}")
}

/// One commit. Twenty digits, so that names sort as numbers do, up to the largest.
pub fn commit_key(partition: &Partition, sequence: u64) -> String {
    todo!("the name of commit {sequence} of {partition:?}")
}

/// Sequence number in a commit's key; `None` for anything else in the lake, such as a file
/// that somebody has put beside the commits: only what [`commit_key`] gives is one.
pub fn sequence_of(key: &str) -> Option<u64> {
    todo!("the number in {key}")
}

/// The partition in a commit's key; `None` for anything else in the lake.
pub fn partition_of(key: &str) -> Option<Partition> {
    todo!("the partition in {key}")
}

/// The commit with the highest sequence, whatever the order of the listing and whatever
/// else is in it; `None` if no key is a commit's.
pub fn newest_commit<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let keys: Vec<&str> = keys.into_iter().collect();
    todo!("the newest of {keys:?}")
}
