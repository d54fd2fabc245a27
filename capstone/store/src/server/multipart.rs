//! Uploads in parts, until they are completed or aborted.
//!
//! The register lives in memory and the parts in the session's staging folder:
//! an upload ends with the process that took it, and its disk space comes back
//! with the next start. (AWS keeps unfinished uploads, and bills them, until a
//! lifecycle rule ends them.)

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{CompletedPart, ETag};
use s3s::{S3Result, s3_error};

use super::attributes::Attributes;
use super::body::{Received, Tag};
use super::files::failed;

/// S3's smallest part, the last one excepted: 5 MiB.
const MIN_PART_BYTES: u64 = 5 << 20;

/// One upload under way.
#[derive(Debug)]
pub(super) struct Upload {
    bucket: String,
    key: String,
    /// As the object will have them; the tag is known at completion.
    attributes: Attributes,
    parts: Mutex<BTreeMap<i32, Arc<Received>>>,
}

/// All uploads under way.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<HashMap<String, Arc<Upload>>>);

impl Uploads {
    /// Starts an upload and returns its id.
    pub(super) fn start(&self, bucket: String, key: String, attributes: Attributes) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let upload = Upload {
            bucket,
            key,
            attributes,
            parts: Mutex::default(),
        };
        locked(&self.0).insert(id.clone(), Arc::new(upload));
        id
    }

    pub(super) fn find(&self, id: &str, bucket: &str, key: &str) -> S3Result<Arc<Upload>> {
        locked(&self.0)
            .get(id)
            .filter(|upload| upload.bucket == bucket && upload.key == key)
            .cloned()
            .ok_or_else(|| s3_error!(NoSuchUpload))
    }

    /// Forgets an upload; its parts go with the last request that uses them.
    pub(super) fn end(&self, id: &str) {
        locked(&self.0).remove(id);
    }
}

impl Upload {
    /// Keeps a part; one with the same number is replaced. Returns its tag.
    pub(super) fn keep(&self, number: i32, part: Received) -> S3Result<ETag> {
        if !(1..=10_000).contains(&number) {
            return Err(s3_error!(
                InvalidArgument,
                "part numbers go from 1 to 10,000"
            ));
        }
        let tag = ETag::Strong(part.tag.to_string());
        locked(&self.parts).insert(number, Arc::new(part));
        Ok(tag)
    }

    /// The parts that the request names, if they are those that came.
    pub(super) fn choose(&self, named: &[CompletedPart]) -> S3Result<Vec<Arc<Received>>> {
        if !named.is_sorted_by(|left, right| left.part_number < right.part_number) {
            return Err(s3_error!(InvalidPartOrder));
        }
        let kept = locked(&self.parts);
        let chosen: Option<Vec<_>> = named
            .iter()
            .map(|part| {
                kept.get(&part.part_number?)
                    .filter(|kept| has_tag(kept, part))
                    .cloned()
            })
            .collect();
        let chosen = chosen
            .filter(|parts| !parts.is_empty())
            .ok_or_else(|| s3_error!(InvalidPart))?;
        let all_but_last = &chosen[..chosen.len() - 1];
        if all_but_last.iter().any(|part| part.size < MIN_PART_BYTES) {
            return Err(s3_error!(EntityTooSmall));
        }
        Ok(chosen)
    }

    /// Joins parts in a staged file and returns the object's attributes. Blocking;
    /// the parts stay, so that a refused completion can be repeated.
    pub(super) fn join(&self, parts: &[Arc<Received>], mut into: &File) -> S3Result<Attributes> {
        let mut md5 = Md5::new();
        for part in parts {
            let mut file = File::open(&part.staged.path).map_err(failed)?;
            // Copied inside the kernel where source and target allow it.
            io::copy(&mut file, &mut into).map_err(failed)?;
            md5.update(&part.tag.bytes());
        }
        let e_tag = format!("{}-{}", Tag::Md5(md5.finalize()), parts.len());
        Ok(Attributes {
            e_tag,
            ..self.attributes.clone()
        })
    }
}

/// A part named without a tag is taken as it is.
fn has_tag(kept: &Received, named: &CompletedPart) -> bool {
    named
        .e_tag
        .as_ref()
        .is_none_or(|tag| tag.value() == kept.tag.to_string())
}

/// Each critical section is one map operation, so a panic leaves no half-done state.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
