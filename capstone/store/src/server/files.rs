//! Buckets and objects as plain files: `<root>/<bucket>/<key>`.
//!
//! Invariants, also between processes that share a root:
//! - an object's name appears only when all its bytes are there (staged, then
//!   published by one rename or one hard link);
//! - a conditional create is one hard link, which the operating system refuses
//!   where the name exists: of any number of writers exactly one wins;
//! - nothing under `.s3` is ever listed: bucket names cannot start with a dot.
//!
//! Crash points: before publishing, nothing is visible; after it, everything is. A power
//! cut is one more crash: see [`durable`](super::durable).

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use super::attributes::{Attributes, Shelf};
use super::durable::{Folders, force, force_names};
use super::session::{Session, Staged};
use crate::key;

/// Reads of an object that is replaced again and again give up after this many tries.
const MAX_READS: u32 = 100;

/// May an object take the place of another?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Publish {
    Replace,
    CreateOnly,
}

/// An object as it was when it was opened.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    pub(super) status: Metadata,
    /// `None` for a file that did not come through this service.
    pub(super) attributes: Option<Attributes>,
}

/// All blocking; callers are on a thread that may block.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    folders: Folders,
    session: Session,
}

impl Files {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        let session = Session::open(&root.join(".s3").join("staging"))?;
        let folders = Folders::new(root.clone());
        Ok(Self {
            root,
            folders,
            session,
        })
    }

    pub(super) fn stage(&self) -> S3Result<Staged> {
        self.session.stage().map_err(failed)
    }

    /// The bucket's folder.
    pub(super) fn bucket(&self, bucket: &str) -> S3Result<PathBuf> {
        let path = self.root.join(bucket);
        if path.is_dir() {
            Ok(path)
        } else {
            Err(s3_error!(NoSuchBucket))
        }
    }

    /// Names of all buckets with the status of their folders, sorted.
    pub(super) fn buckets(&self) -> io::Result<Vec<(String, Metadata)>> {
        let mut buckets = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let (name, status) = (entry.file_name(), entry.metadata()?);
            if let Some(name) = name
                .to_str()
                .filter(|name| s3s::path::check_bucket_name(name))
                && status.is_dir()
            {
                buckets.push((name.to_owned(), status));
            }
        }
        buckets.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(buckets)
    }

    pub(super) fn create_bucket(&self, bucket: &str) -> S3Result<()> {
        match fs::create_dir(self.root.join(bucket)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(s3_error!(BucketAlreadyOwnedByYou))
            }
            result => result.map_err(failed),
        }
    }

    pub(super) fn shelf(&self, bucket: &str) -> Shelf {
        Shelf::new(&self.root.join(".s3"), bucket)
    }

    /// Makes a staged file an object, with its attributes, in one step.
    pub(super) fn publish(
        &self,
        (bucket, key): (&str, &str),
        staged: &Staged,
        attributes: &Attributes,
        how: Publish,
    ) -> S3Result<()> {
        let path = self.object(bucket, key)?;
        let kept = self.shelf(bucket);
        let folder = path
            .parent()
            .expect("an object's path has its bucket as an ancestor");
        self.folders
            .make(folder)
            .map_err(|error| collision(error, key))?;
        let saved = kept.save(key, &staged.file, attributes).map_err(failed)?;
        force(&staged.file).map_err(failed)?;
        let replaced = fs::metadata(&path)
            .ok()
            .and_then(|status| kept.path(key, &status).ok());
        let published = match how {
            Publish::Replace => fs::rename(&staged.path, &path),
            Publish::CreateOnly => fs::hard_link(&staged.path, &path),
        };
        if let Err(error) = published {
            // Best effort: nothing finds attributes without an object.
            let _ = fs::remove_file(&saved);
            return Err(match error.kind() {
                _ if path.is_dir() => collision(error, key),
                io::ErrorKind::AlreadyExists => s3_error!(PreconditionFailed, "the object exists"),
                _ => failed(error),
            });
        }
        if let Some(old) = replaced.filter(|old| *old != saved) {
            // Best effort, like the removal above.
            let _ = fs::remove_file(old);
        }
        force_names(folder).map_err(failed)
    }

    /// Opens an object together with the attributes of exactly that version.
    pub(super) fn find(&self, bucket: &str, key: &str) -> S3Result<Found> {
        let path = self.object(bucket, key)?;
        let kept = self.shelf(bucket);
        for _ in 0..MAX_READS {
            let file = File::open(&path).map_err(failed)?;
            let status = file.metadata().map_err(failed)?;
            if status.is_dir() {
                return Err(s3_error!(NoSuchKey));
            }
            let attributes = kept.load(key, &status).map_err(failed)?;
            if attributes.is_some() || is_current(&path, &status) {
                return Ok(Found {
                    file,
                    status,
                    attributes,
                });
            }
            // Replaced between opening it and reading its attributes.
        }
        Err(s3_error!(SlowDown, "the object changes all the time"))
    }

    /// Removes an object; one that is not there is removed already.
    pub(super) fn remove(&self, bucket: &str, key: &str) -> S3Result<()> {
        let path = self.object(bucket, key)?;
        let Ok(status) = fs::metadata(&path) else {
            return Ok(());
        };
        if status.is_dir() {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => {
                self.shelf(bucket).remove(key, &status);
                Ok(())
            }
        }
    }

    fn object(&self, bucket: &str, key: &str) -> S3Result<PathBuf> {
        if let Some(reason) = key::fault(key) {
            return Err(s3_error!(
                InvalidArgument,
                "this service can't hold the key: {reason}"
            ));
        }
        Ok(self.bucket(bucket)?.join(key))
    }
}

/// Whether the path still leads to the file with this status.
fn is_current(path: &Path, status: &Metadata) -> bool {
    fs::metadata(path)
        .is_ok_and(|now| now.len() == status.len() && now.modified().ok() == status.modified().ok())
}

/// A key that is a folder of other keys, or lies below an object: fine on S3,
/// impossible in a file tree.
fn collision(error: io::Error, key: &str) -> S3Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::DirectoryNotEmpty => s3_error!(
            InvalidArgument,
            "{key:?} can't be an object and a folder of other objects: this service keeps plain files"
        ),
        _ => failed(error),
    }
}

/// An I/O error as S3 would say it; the operating system's text goes with it, so
/// that a full disk reads as one.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
pub(super) fn failed(error: io::Error) -> S3Error {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => return full(&error),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => S3ErrorCode::NoSuchKey,
        io::ErrorKind::InvalidFilename => S3ErrorCode::KeyTooLongError,
        io::ErrorKind::PermissionDenied => S3ErrorCode::AccessDenied,
        _ => S3ErrorCode::InternalError,
    };
    S3Error::with_message(code, error.to_string())
}

/// AWS is never full, so this is nobody's code but ours, with the status that `WebDAV`
/// gave to such a case and `MinIO` uses, too.
fn full(error: &io::Error) -> S3Error {
    let code = S3ErrorCode::Custom("InsufficientStorage".into());
    let mut full = S3Error::with_message(code, error.to_string());
    full.set_status_code(507_u16.try_into().expect("a status code"));
    full
}
