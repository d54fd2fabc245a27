//! Where the bytes of a download wait: they survive the process that fetches them.
//!
//! A download has a folder in the lake's spool, named by its address, with the bytes and a
//! note of what they are. Invariants:
//! - The note never promises more bytes than the disk has: it is written behind a sync. A
//!   crash, of the machine too, loses what came after the last note.
//! - Whoever works on the folder holds a lock, which the system releases however the
//!   process ends. Who finds it locked works in a folder of its own, for this run only.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use store::Digest;
use url::Url;
use week2_ingestion::{Partial, Version};

use crate::scratch::Scratch;

const BYTES: &str = "bytes";
const NOTE: &str = "note.json";
/// Bytes between two notes: seldom enough to cost nothing, and soon fetched again.
const STEP: u64 = 4 << 20;

/// The folder of one download.
#[derive(Debug)]
pub(super) struct Slot {
    folder: PathBuf,
    file: File,
    /// What is there, up to the last byte written.
    note: Option<Note>,
    noted: u64,
    _hold: Hold,
}

/// What the bytes are.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    name: String,
    partial: Partial,
}

/// Keeps others out.
#[derive(Debug)]
#[expect(dead_code, reason = "they are held, not read")]
enum Hold {
    Lock(File),
    Private(Scratch),
}

/// What an address is called in the spool and in the lake's metadata.
pub(super) fn id_of(url: &Url) -> String {
    Digest::of(url.as_str().as_bytes()).to_string()[..16].to_owned()
}

impl Slot {
    /// The folder for `url` below `spool`, with what an earlier run has left in it.
    pub(super) fn open(spool: &Path, url: &Url) -> anyhow::Result<Self> {
        let (folder, hold) =
            claim(spool, &id_of(url)).with_context(|| spool.display().to_string())?;
        let slot = Self::at(folder.clone(), hold);
        slot.with_context(|| folder.display().to_string())
    }

    fn at(folder: PathBuf, hold: Hold) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut slot = Self {
            file: options.open(folder.join(BYTES))?,
            note: None,
            noted: 0,
            folder,
            _hold: hold,
        };
        slot.recover()?;
        Ok(slot)
    }

    /// Goes back to the last note; without one, or with fewer bytes than it says, to nothing.
    fn recover(&mut self) -> io::Result<()> {
        let note = fs::read(self.folder.join(NOTE)).ok();
        let note: Option<Note> = note.and_then(|note| serde_json::from_slice(&note).ok());
        let there = self.file.metadata()?.len();
        let Some(note) = note.filter(|note| note.partial.length <= there) else {
            return self.discard();
        };
        self.noted = note.partial.length;
        self.file.set_len(self.noted)?;
        self.file.seek(SeekFrom::End(0))?;
        self.note = Some(note);
        Ok(())
    }

    /// What is there.
    pub(super) fn partial(&self) -> Option<&Partial> {
        self.note.as_ref().map(|note| &note.partial)
    }

    /// Bytes that are there.
    pub(super) fn length(&self) -> u64 {
        self.partial().map_or(0, |partial| partial.length)
    }

    /// The name under which the file was delivered.
    pub(super) fn name(&self) -> &str {
        self.note.as_ref().map_or("", |note| &note.name)
    }

    /// Where the bytes are.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(BYTES)
    }

    /// Makes room for another file.
    pub(super) fn begin(
        &mut self,
        name: String,
        total: Option<u64>,
        version: Version,
    ) -> io::Result<()> {
        self.discard()?;
        let partial = Partial {
            length: 0,
            total,
            version,
            whole: false,
        };
        self.note = Some(Note { name, partial });
        Ok(())
    }

    /// What the server says now about the length.
    pub(super) fn expect(&mut self, total: u64) {
        if let Some(note) = &mut self.note {
            note.partial.total = Some(total);
        }
    }

    /// The next bytes.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        if let Some(note) = &mut self.note {
            note.partial.length += bytes.len() as u64;
        }
        if self.length() - self.noted >= STEP {
            self.save()?;
        }
        Ok(())
    }

    /// All bytes are there.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if let Some(note) = &mut self.note {
            note.partial.whole = true;
        }
        self.save()
    }

    /// Writes down what is there, behind the bytes themselves.
    pub(super) fn save(&mut self) -> io::Result<()> {
        let Some(note) = &self.note else {
            return Ok(());
        };
        self.file.sync_data()?;
        let mut staged = tempfile::NamedTempFile::new_in(&self.folder)?;
        staged.write_all(&serde_json::to_vec(note)?)?;
        staged.as_file().sync_data()?;
        staged.persist(self.folder.join(NOTE))?;
        self.noted = note.partial.length;
        Ok(())
    }

    /// Drops what is there: first the note, then the bytes.
    pub(super) fn discard(&mut self) -> io::Result<()> {
        self.note = None;
        self.noted = 0;
        match fs::remove_file(self.folder.join(NOTE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.file.set_len(0)?;
        self.file.rewind()
    }

    /// Removes the folder. The lock stays: who waits for it must find it.
    pub(super) fn remove(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if self.note.is_none() {
            // An empty folder does no harm.
            let _ = self.remove();
        }
    }
}

fn claim(spool: &Path, id: &str) -> io::Result<(PathBuf, Hold)> {
    let downloads = spool.join("downloads");
    fs::create_dir_all(&downloads)?;
    let lock = File::create(downloads.join(format!("{id}.lock")))?;
    match lock.try_lock() {
        Ok(()) => Ok((downloads.join(id), Hold::Lock(lock))),
        Err(TryLockError::WouldBlock) => {
            tracing::warn!("another run fetches the same address: this one fetches its own copy");
            let scratch = Scratch::new_in(spool, "download-")?;
            Ok((scratch.path().join("copy"), Hold::Private(scratch)))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        "https://cms.gov/a.csv".parse().unwrap()
    }

    fn begun(spool: &Path) -> Slot {
        let mut slot = Slot::open(spool, &url()).unwrap();
        slot.begin("a.csv".into(), Some(9), Version::default())
            .unwrap();
        slot.append(b"abcd").unwrap();
        slot
    }

    #[test]
    fn what_was_noted_is_there_again_and_what_came_later_is_not() {
        let spool = tempfile::tempdir().unwrap();
        let mut slot = begun(spool.path());
        slot.save().unwrap();
        slot.append(b"ef").unwrap();
        drop(slot);
        let slot = Slot::open(spool.path(), &url()).unwrap();
        assert_eq!((slot.length(), slot.name()), (4, "a.csv"));
        assert_eq!(fs::read(slot.path()).unwrap(), b"abcd");
        let mut slot = slot;
        slot.append(b"efghi").unwrap();
        slot.finish().unwrap();
        drop(slot);
        let slot = Slot::open(spool.path(), &url()).unwrap();
        assert!(slot.partial().unwrap().whole);
        assert_eq!(fs::read(slot.path()).unwrap(), b"abcdefghi");
    }

    #[test]
    fn bytes_without_a_note_and_a_note_without_its_bytes_are_nothing() {
        let spool = tempfile::tempdir().unwrap();
        drop(begun(spool.path()));
        let mut slot = Slot::open(spool.path(), &url()).unwrap();
        assert_eq!(slot.length(), 0, "no note was written");
        slot.begin("a.csv".into(), None, Version::default())
            .unwrap();
        slot.append(b"abcd").unwrap();
        slot.save().unwrap();
        slot.file.set_len(2).unwrap();
        drop(slot);
        let slot = Slot::open(spool.path(), &url()).unwrap();
        assert_eq!((slot.length(), slot.partial()), (0, None));
    }

    #[test]
    fn two_at_once_do_not_share_a_file_and_other_addresses_have_other_folders() {
        let spool = tempfile::tempdir().unwrap();
        let first = begun(spool.path());
        let second = Slot::open(spool.path(), &url()).unwrap();
        assert_eq!((first.length(), second.length()), (4, 0));
        assert_ne!(first.path(), second.path());
        let other = "https://cms.gov/b.csv".parse().unwrap();
        let other = Slot::open(spool.path(), &other).unwrap();
        assert_ne!(other.path(), first.path());
        first.remove().unwrap();
        drop((first, second, other));
        let third = Slot::open(spool.path(), &url()).unwrap();
        assert_eq!(third.length(), 0);
    }
}
