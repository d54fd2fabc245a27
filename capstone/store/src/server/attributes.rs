//! What S3 keeps of an object besides its bytes, in files beside the buckets.
//!
//! Layout: `<root>/.s3/attributes/<bucket>/<key hash>-<mtime>-<size>`, JSON. The
//! name carries the identity of the object's *version*: modification time in
//! nanoseconds and size. It is written before the object is published, and found
//! again from the object's own file status, so bytes and attributes change in the
//! one step that publishes the bytes; no lock, no moment in which a reader sees
//! one without the other. Two versions never share an identity: the second
//! writer finds the name taken and moves its file's modification time on.
//!
//! A crash can leave attributes without an object; nothing finds them. A file
//! without attributes (put there by hand, or copied by a tool that drops
//! modification times) is an object without metadata.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// How often a taken identity is moved on before something else must be wrong.
const MAX_MOVES: u32 = 1000;

/// One microsecond: every file system in use resolves it, or rounds it away, in
/// which case [`MAX_MOVES`] ends the loop.
const MOVE: Duration = Duration::from_micros(1);

/// Stored per version of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attributes {
    /// The entity tag, without quotes; see [`Tag`](super::body::Tag). For a multipart
    /// object the MD5 of its parts' tags and their number, as on S3.
    pub(super) e_tag: String,
    /// `Content-Type`.
    pub(super) content_type: Option<String>,
    /// `x-amz-meta-*`, without the prefix.
    pub(super) metadata: HashMap<String, String>,
}

/// The folder of one bucket's attributes.
#[derive(Debug)]
pub(super) struct Shelf(PathBuf);

impl Shelf {
    pub(super) fn new(control: &Path, bucket: &str) -> Self {
        Self(control.join("attributes").join(bucket))
    }

    /// Stores the attributes of `staged`, which is about to be published as `key`,
    /// and returns where. May move the file's modification time.
    pub(super) fn save(
        &self,
        key: &str,
        staged: &File,
        attributes: &Attributes,
    ) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.0)?;
        for _ in 0..MAX_MOVES {
            let status = staged.metadata()?;
            let path = self.path(key, &status)?;
            match File::create_new(&path) {
                Ok(mut file) => {
                    file.write_all(&serde_json::to_vec(attributes)?)?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    staged.set_modified(status.modified()? + MOVE)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other(
            "the file system keeps modification times too coarsely",
        ))
    }

    /// The attributes of the version with this file status, if it has any.
    pub(super) fn load(&self, key: &str, status: &Metadata) -> io::Result<Option<Attributes>> {
        match fs::read(self.path(key, status)?) {
            // Unreadable after a power cut: an object without metadata, not a lost object.
            Ok(json) => Ok(serde_json::from_slice(&json).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Forgets a version that is gone.
    pub(super) fn remove(&self, key: &str, status: &Metadata) {
        // Best effort: nothing finds what stays.
        if let Ok(path) = self.path(key, status) {
            let _ = fs::remove_file(path);
        }
    }

    /// Where the attributes of the version with this file status are.
    pub(super) fn path(&self, key: &str, status: &Metadata) -> io::Result<PathBuf> {
        // Keys can be longer than a file name; half a SHA-256 names them safely.
        let hash = Digest::of(key.as_bytes()).to_string();
        let modified = nanoseconds(status.modified()?);
        Ok(self
            .0
            .join(format!("{}-{modified:x}-{:x}", &hash[..32], status.len())))
    }
}

/// Since 1970; times before it count as 1970.
fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(e_tag: &str) -> Attributes {
        Attributes {
            e_tag: e_tag.to_owned(),
            ..Attributes::default()
        }
    }

    #[test]
    fn versions_of_equal_time_and_size_keep_their_own_attributes() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(root.path(), "lake");
        let time = UNIX_EPOCH + Duration::from_secs(1);
        let files = ["a", "b"].map(|name| {
            let file = File::create_new(root.path().join(name)).unwrap();
            file.set_modified(time).unwrap();
            shelf.save("key", &file, &tagged(name)).unwrap();
            file
        });
        for (file, name) in files.iter().zip(["a", "b"]) {
            let found = shelf.load("key", &file.metadata().unwrap()).unwrap();
            assert_eq!(found, Some(tagged(name)));
        }
    }

    #[test]
    fn a_file_that_was_changed_by_hand_has_no_attributes() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(root.path(), "lake");
        let mut file = File::create_new(root.path().join("a")).unwrap();
        shelf.save("key", &file, &tagged("a")).unwrap();
        file.write_all(b"more").unwrap();
        assert_eq!(shelf.load("key", &file.metadata().unwrap()).unwrap(), None);
    }
}
