//! The second reading of a delivered file: its bytes go to the raw zone.
//!
//! Checkpoint 2.1 decides what is left to do; this carries it out, in its order.

use store::Digest;
use week2_ingestion::{Event, IngestManifest, Standing, Step, StoredFile};
use week2_lake::keys;

use super::{Audited, Ingested, Problem};
use crate::context::Capstone;
use crate::parts;

/// Copies the files of a delivery to the raw zone, as far as they are not there, and then
/// publishes its description. Gives files that are not what they were when they were
/// audited: then nothing is published.
pub(super) fn to_raw(
    capstone: &Capstone,
    files: &[Audited],
    ingested: &Ingested,
) -> anyhow::Result<Vec<Problem>> {
    let (lake, manifest) = (&capstone.lake, ingested.manifest());
    let description = keys::ingested(&ingested.partition(), ingested.delivery.publication);
    // Delivered again, it changes nothing, not even a file's time.
    let published = lake.read_json(&description).ok().flatten().as_ref() == Some(ingested);
    let found = found(capstone, &manifest)?;
    tell(
        &manifest,
        parts::ingestion::standing(&manifest, published, &found),
    );
    let mut changed = Vec::new();
    for step in parts::ingestion::resume_plan(&manifest, published, &found) {
        match step {
            Step::Keep { file } => stored(&manifest, file, false),
            Step::Copy { file, .. } => match copy(capstone, &files[file], &manifest, file) {
                Ok(copied) => stored(&manifest, file, copied),
                Err(_) if has_changed(&files[file]) => changed.push(Problem {
                    subject: files[file].file.name.clone(),
                    error: "it changed while it was ingested: run again when it is complete".into(),
                }),
                Err(error) => return Err(error),
            },
            // Part of a publication must not replace the whole.
            Step::Publish if !changed.is_empty() => {}
            Step::Publish => lake.replace_json(&description, ingested)?,
        }
    }
    Ok(changed)
}

fn copy(
    capstone: &Capstone,
    file: &Audited,
    manifest: &IngestManifest,
    at: usize,
) -> anyhow::Result<bool> {
    let key = &manifest.files[at].key;
    capstone
        .lake
        .upload(key, &file.file.path, &file.audit.sha256)
}

/// What the lake has under the keys of these files.
fn found(capstone: &Capstone, manifest: &IngestManifest) -> anyhow::Result<Vec<StoredFile>> {
    let objects = manifest.files.iter().map(|file| {
        let object = capstone.lake.about(&file.key)?;
        Ok(object.map(|object| StoredFile {
            key: file.key.clone(),
            size: object.size,
            sha256: object.sha256.map(|digest| digest.to_string()),
        }))
    });
    objects.filter_map(Result::transpose).collect()
}

/// Says what an earlier attempt has left, if that is worth a word.
fn tell(manifest: &IngestManifest, standing: Standing) {
    let (run_id, of) = (manifest.run_id.as_str(), manifest.files.len());
    let resumed = |there| parts::ingestion::emit(&Event::Resumed { run_id, there, of });
    match standing {
        Standing::Absent | Standing::Complete => {}
        Standing::Partial { there, .. } => resumed(there),
        Standing::Unpublished => resumed(of),
        Standing::Broken { files } => {
            for file in &files {
                parts::ingestion::emit(&Event::Broken { run_id, file });
            }
        }
    }
}

fn stored(manifest: &IngestManifest, file: usize, copied: bool) {
    let found = &manifest.files[file];
    parts::ingestion::emit(&Event::Stored {
        run_id: &manifest.run_id,
        file: &found.name,
        key: &found.key,
        copied,
    });
}

fn has_changed(file: &Audited) -> bool {
    let found = Digest::of_file(&file.file.path);
    !found.is_ok_and(|found| found.to_string() == file.audit.sha256)
}
