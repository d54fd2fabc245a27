//! Stage *generate*: synthetic files, and the note that says so.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use fixtures::{Generated, Spec};
use serde::{Deserialize, Serialize};
use week2_lake::DataKind;

/// Lies beside generated files, so that they are never taken for real ones.
const NOTE: &str = "synthetic.json";

/// What the note says.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// How to make the files again.
    spec: Spec,
    /// Their names.
    files: Vec<String>,
}

/// Generates into `folder`, in place of what was generated there before.
pub fn generate(spec: &Spec, folder: &Path) -> anyhow::Result<Generated> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for name in note(folder).map(|note| note.files).unwrap_or_default() {
        // Already gone is as good.
        let _ = fs::remove_file(folder.join(name));
    }
    let generated = fixtures::generate(spec, folder)?;
    let files = generated
        .files
        .iter()
        .map(|file| file.name.clone())
        .collect();
    let note = Note {
        spec: spec.clone(),
        files,
    };
    fs::write(folder.join(NOTE), serde_json::to_vec_pretty(&note)?)?;
    Ok(generated)
}

/// Whether a source is generated or was delivered by CMS.
pub fn kind_of(source: &Path) -> DataKind {
    let folder = if source.is_dir() {
        source
    } else {
        source.parent().unwrap_or(Path::new("."))
    };
    match note(folder) {
        Some(note) if source.is_dir() || is_listed(&note, source) => DataKind::Synthetic,
        _ => DataKind::Real,
    }
}

fn is_listed(note: &Note, file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| note.files.iter().any(|listed| *listed == *name))
}

fn note(folder: &Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(folder.join(NOTE)).ok()?).ok()
}
