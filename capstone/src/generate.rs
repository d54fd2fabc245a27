//! Stage *generate*: synthetic files, and the note that says so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fixtures::{Generated, LEDGER, Spec};
use serde::{Deserialize, Serialize};
use week2_lake::DataKind;

use crate::crash;
use crate::error::Stop;
use crate::scratch::Scratch;

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
///
/// Files are made in a folder of their own and then moved, the note first: whenever it is
/// interrupted, each file is whole and known to be made up.
pub fn generate(spec: &Spec, folder: &Path) -> anyhow::Result<Generated> {
    let context = || folder.display().to_string();
    let scratch = Scratch::new_in(folder, ".generating-").with_context(context)?;
    let old = note(folder).map(|note| note.files).unwrap_or_default();
    if let Some(foreign) = foreign(folder, &old).with_context(context)? {
        let message = format!(
            "{} is not a generated file, and generated ones are not put beside it: name \
             another folder",
            foreign.display()
        );
        return Err(Stop::Usage(message).into());
    }
    let mut generated = fixtures::generate(spec, scratch.path())?;
    let made = generated.files.iter().map(|file| file.name.clone());
    let new: Vec<String> = made.collect();
    let both = [&new[..], &old].concat();
    write_note(spec, both, scratch.path(), folder).with_context(context)?;
    for name in new.iter().map(String::as_str).chain([LEDGER]) {
        let place = || fs::rename(scratch.path().join(name), folder.join(name));
        crash::named("generated", name, place).with_context(context)?;
    }
    for name in old.iter().filter(|name| !new.contains(name)) {
        // Already gone is as good.
        let _ = fs::remove_file(folder.join(name));
    }
    write_note(spec, new, scratch.path(), folder).with_context(context)?;
    generated.ledger = folder.join(LEDGER);
    for file in &mut generated.files {
        file.path = folder.join(&file.name);
    }
    Ok(generated)
}

/// Makes the note in `scratch` and moves it, so that there is never half of it.
fn write_note(spec: &Spec, files: Vec<String>, scratch: &Path, folder: &Path) -> io::Result<()> {
    let spec = spec.clone();
    let bytes = serde_json::to_vec_pretty(&Note { spec, files })?;
    fs::write(scratch.join(NOTE), bytes)?;
    let place = || fs::rename(scratch.join(NOTE), folder.join(NOTE));
    crash::named("generated", NOTE, place)
}

/// Whether a source is generated or was delivered by CMS.
pub fn kind_of(source: &Path) -> anyhow::Result<DataKind> {
    let folder = source.parent().filter(|_| !source.is_dir());
    let Some(note) = note(folder.unwrap_or(source)) else {
        return Ok(DataKind::Real);
    };
    if folder.is_some() {
        return Ok(if is_listed(&note.files, source) {
            DataKind::Synthetic
        } else {
            DataKind::Real
        });
    }
    let foreign = foreign(source, &note.files).with_context(|| source.display().to_string())?;
    foreign.map_or(Ok(DataKind::Synthetic), |file| {
        let message = format!(
            "{} lies among generated files: real and synthetic data do not go into one \
             lake, so keep them in two folders",
            file.display()
        );
        Err(Stop::Usage(message).into())
    })
}

/// A data file that is not listed.
fn foreign(folder: &Path, listed: &[String]) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if crate::source::is_data(&path) && !is_listed(listed, &path) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn is_listed(files: &[String], file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| files.iter().any(|listed| *listed == *name))
}

fn note(folder: &Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(folder.join(NOTE)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use fixtures::PublicationSpec;

    use super::*;

    #[test]
    fn a_generated_file_is_synthetic_on_its_own_too_and_its_neighbour_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let spec = Spec::new(vec![PublicationSpec::first(2023)], 10, 1);
        let generated = generate(&spec, folder.path()).unwrap();
        assert_eq!(kind_of(folder.path()).unwrap(), DataKind::Synthetic);
        assert_eq!(
            kind_of(&generated.files[0].path).unwrap(),
            DataKind::Synthetic
        );
        let other = folder.path().join("OP_DTL_GNRL_PGYR2016_P06302017.csv");
        fs::write(&other, "a,b\n").unwrap();
        assert_eq!(kind_of(&other).unwrap(), DataKind::Real);
        assert!(kind_of(folder.path()).is_err(), "they are mixed");
    }
}
