//! Entries in any order become a sorted stream, in bounded memory: full buffers are sorted
//! and go to disk, and all of them are merged.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::vec;

use anyhow::Context as _;
use week5_incremental::{Entry, Placed};

use crate::parts::incremental::{self, Merge};
use crate::scratch::Scratch;

/// Entries in memory before they go to disk: 32 MB.
const BUFFER: usize = 1 << 20;
/// Bytes of an entry on disk.
const BYTES: usize = 32;

/// Takes entries in any order.
pub(super) struct Sorter {
    spool: PathBuf,
    capacity: usize,
    buffer: Vec<Placed>,
    spilled: Vec<PathBuf>,
    folder: Option<Scratch>,
}

/// All entries, ready to be merged. What was spilled lives as long as this does.
pub(super) struct Sorted {
    last: Vec<Placed>,
    spilled: Vec<PathBuf>,
    _folder: Option<Scratch>,
}

/// One sorted run.
pub(super) enum Run {
    Memory(vec::IntoIter<Placed>),
    Disk(BufReader<File>),
}

impl Sorter {
    /// One that spills below `spool`, if it must.
    pub(super) fn new(spool: PathBuf) -> Self {
        Self::with_capacity(spool, BUFFER)
    }

    fn with_capacity(spool: PathBuf, capacity: usize) -> Self {
        Self {
            spool,
            capacity,
            buffer: Vec::new(),
            spilled: Vec::new(),
            folder: None,
        }
    }

    pub(super) fn extend(&mut self, entries: Vec<Placed>) -> anyhow::Result<()> {
        self.buffer.extend(entries);
        if self.buffer.len() < self.capacity {
            return Ok(());
        }
        self.spill()
            .with_context(|| self.spool.display().to_string())
    }

    fn spill(&mut self) -> io::Result<()> {
        let folder = match &self.folder {
            Some(folder) => folder,
            None => self
                .folder
                .insert(Scratch::new_in(&self.spool, "compare-")?),
        };
        let path = folder.path().join(self.spilled.len().to_string());
        sort(&mut self.buffer);
        let mut file = BufWriter::new(File::create(&path)?);
        for placed in self.buffer.drain(..) {
            file.write_all(&to_bytes(placed))?;
        }
        file.into_inner()?;
        self.spilled.push(path);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Sorted {
        sort(&mut self.buffer);
        Sorted {
            last: self.buffer,
            spilled: self.spilled,
            _folder: self.folder,
        }
    }
}

impl Sorted {
    /// The entries by record id, each id once. Can be had once.
    pub(super) fn merge(&mut self) -> anyhow::Result<Merge<Run>> {
        let mut runs = vec![Run::Memory(std::mem::take(&mut self.last).into_iter())];
        for path in self.spilled.drain(..) {
            let file = File::open(&path).with_context(|| path.display().to_string())?;
            runs.push(Run::Disk(BufReader::new(file)));
        }
        Ok(incremental::merge(runs))
    }
}

impl Iterator for Run {
    type Item = anyhow::Result<Placed>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Memory(entries) => entries.next().map(Ok),
            Self::Disk(file) => next_on_disk(file).transpose(),
        }
    }
}

fn next_on_disk(file: &mut BufReader<File>) -> anyhow::Result<Option<Placed>> {
    let mut bytes = [0; BYTES];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(from_bytes(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error).context("a sorted run"),
    }
}

fn sort(entries: &mut [Placed]) {
    entries.sort_unstable_by_key(|placed| (placed.entry.record_id, placed.place));
}

fn to_bytes(Placed { entry, place }: Placed) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&entry.record_id.to_le_bytes());
    bytes[8..16].copy_from_slice(&entry.hash.to_le_bytes());
    bytes[16..24].copy_from_slice(&entry.cents.to_le_bytes());
    bytes[24..].copy_from_slice(&place.to_le_bytes());
    bytes
}

fn from_bytes(bytes: &[u8; BYTES]) -> Placed {
    let word = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        word
    };
    Placed {
        entry: Entry {
            record_id: u64::from_le_bytes(word(0)),
            hash: u64::from_le_bytes(word(8)),
            cents: i64::from_le_bytes(word(16)),
        },
        place: u64::from_le_bytes(word(24)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(number: u64) -> Placed {
        Placed {
            entry: Entry {
                // 997 is prime: every id once, in disorder.
                record_id: number * 31 % 997,
                hash: number ^ u64::MAX,
                cents: -i64::try_from(number).unwrap(),
            },
            place: number,
        }
    }

    fn sorted(folder: &std::path::Path, capacity: usize) -> Vec<Entry> {
        let mut sorter = Sorter::with_capacity(folder.to_owned(), capacity);
        for chunk in (0..1994).collect::<Vec<u64>>().chunks(60) {
            let chunk = chunk.iter().map(|number| placed(*number)).collect();
            sorter.extend(chunk).unwrap();
        }
        let mut all = sorter.finish();
        let merged = all.merge().unwrap();
        merged.map(Result::unwrap).collect()
    }

    #[test]
    fn entries_come_back_sorted_and_first_of_their_id_from_memory_or_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        let in_memory = sorted(folder.path(), usize::MAX);
        let ids: Vec<u64> = in_memory.iter().map(|entry| entry.record_id).collect();
        assert_eq!(ids, (0..997).collect::<Vec<u64>>());
        assert!(
            in_memory.iter().all(|entry| -entry.cents < 997),
            "the first"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(sorted(folder.path(), 100), in_memory);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "spilled files are removed"
        );
    }
}
