//! Going on where an attempt stopped, and noticing that one did.
//!
//! Invariants: an object counts only if its size and its recorded SHA-256 are those of the
//! manifest, whatever its key, its age or a manifest says; and the manifest is written when
//! all its files are there, never before. A crash between two steps leaves a delivery that
//! nobody reads, and the next plan has fewer steps.

use std::collections::BTreeMap;

use crate::{Flaw, IngestManifest, ManifestFile, Standing, Step, StoredFile};

/// What is wrong with the object that should be this file; `None` if nothing is.
///
/// Only the recorded SHA-256 proves that bytes are the same: a size that fits is no proof,
/// and an object whose bytes nobody recorded is not trusted.
pub fn flaw(file: &ManifestFile, found: Option<&StoredFile>) -> Option<Flaw> {
    let Some(found) = found else {
        return Some(Flaw::Missing);
    };
    if found.size != file.size {
        return Some(Flaw::OtherSize { found: found.size });
    }
    match &found.sha256 {
        None => Some(Flaw::Unverified),
        Some(sha256) if *sha256 != file.sha256 => Some(Flaw::OtherBytes {
            found: sha256.clone(),
        }),
        Some(_) => None,
    }
}

/// What is left to do, in this order: one [`Step::Keep`] or [`Step::Copy`] for every file, as
/// the manifest lists them, and [`Step::Publish`] at the end unless the manifest is
/// `published` already.
///
/// `found` are objects of the lake in any order, also such as have nothing to do with this
/// delivery. A manifest that is published proves nothing about its files.
pub fn resume_plan(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Vec<Step> {
    let flaws = flaws(manifest, found);
    let files = flaws
        .into_iter()
        .enumerate()
        .map(|(file, flaw)| match flaw {
            None => Step::Keep { file },
            Some(why) => Step::Copy { file, why },
        });
    let publish = (!published).then_some(Step::Publish);
    files.chain(publish).collect()
}

/// How the lake stands to this manifest, before a plan is carried out.
///
/// A file counts as there if [`flaw`] finds nothing wrong with it. A manifest without files
/// that is not published is [`Standing::Absent`].
pub fn standing(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Standing {
    let flaws = flaws(manifest, found);
    let of = flaws.len();
    let there = flaws.iter().filter(|flaw| flaw.is_none()).count();
    match (published, there) {
        (true, there) if there == of => Standing::Complete,
        (true, _) => Standing::Broken {
            files: flawed(manifest, &flaws),
        },
        (false, 0) => Standing::Absent,
        (false, there) if there == of => Standing::Unpublished,
        (false, there) => Standing::Partial { there, of },
    }
}

fn flaws(manifest: &IngestManifest, found: &[StoredFile]) -> Vec<Option<Flaw>> {
    let by_key: BTreeMap<&str, &StoredFile> = found
        .iter()
        .map(|object| (object.key.as_str(), object))
        .collect();
    let files = manifest.files.iter();
    files
        .map(|file| flaw(file, by_key.get(file.key.as_str()).copied()))
        .collect()
}

fn flawed(manifest: &IngestManifest, flaws: &[Option<Flaw>]) -> Vec<String> {
    let files = manifest.files.iter().zip(flaws);
    files
        .filter(|(_, flaw)| flaw.is_some())
        .map(|(file, _)| file.name.clone())
        .collect()
}
