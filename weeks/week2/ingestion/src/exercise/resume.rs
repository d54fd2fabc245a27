//! Going on where an attempt stopped, and noticing that one did.
//!
//! Given: the manifest and what can be said of it ([`Step`], [`Standing`]). Yours: what counts
//! as there, what is left to do and in which order, and when somebody must hear of it.

use std::collections::BTreeMap;

use crate::{Flaw, IngestManifest, ManifestFile, Standing, Step, StoredFile};

/// What is wrong with the object that should be this file; `None` if nothing is.
///
/// Only the recorded SHA-256 proves that bytes are the same: a size that fits is no proof,
/// and an object whose bytes nobody recorded is not trusted.
pub fn flaw(file: &ManifestFile, found: Option<&StoredFile>) -> Option<Flaw> {
    todo!("{found:?} as {file:?}")
}

/// What is left to do, in this order: one [`Step::Keep`] or [`Step::Copy`] for every file, as
/// the manifest lists them, and [`Step::Publish`] at the end unless the manifest is
/// `published` already.
///
/// `found` are objects of the lake in any order, also such as have nothing to do with this
/// delivery. A manifest that is published proves nothing about its files.
pub fn resume_plan(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Vec<Step> {
    todo!("steps from {found:?} to {manifest:?}, published: {published}")
}

/// How the lake stands to this manifest, before a plan is carried out.
///
/// A file counts as there if [`flaw`] finds nothing wrong with it. A manifest without files
/// that is not published is [`Standing::Absent`].
pub fn standing(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Standing {
    todo!("{manifest:?}, published: {published}, and {found:?}")
}
