//! The second reading of a delivered file: its bytes go to the raw zone.

use store::Digest;

use super::{Audited, Ingested, Problem};
use crate::context::Capstone;

/// Copies the files of a delivery to the raw zone; gives those that are not what they were
/// when they were audited.
pub(super) fn to_raw(
    capstone: &Capstone,
    files: &[Audited],
    ingested: &Ingested,
) -> anyhow::Result<Vec<Problem>> {
    let mut changed = Vec::new();
    for (file, described) in files.iter().zip(&ingested.files) {
        let (name, key) = (&file.file.name, &described.raw_key);
        match capstone
            .lake
            .upload(key, &file.file.path, &file.audit.sha256)
        {
            Ok(copied) => tracing::info!(file = name, key, copied, "raw"),
            Err(_) if has_changed(file) => changed.push(Problem {
                subject: name.clone(),
                error: "it changed while it was ingested: run again when it is complete".into(),
            }),
            Err(error) => return Err(error),
        }
    }
    Ok(changed)
}

fn has_changed(file: &Audited) -> bool {
    let found = Digest::of_file(&file.file.path);
    !found.is_ok_and(|found| found.to_string() == file.audit.sha256)
}
