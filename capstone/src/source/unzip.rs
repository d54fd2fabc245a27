//! What zips hold, unpacked. The checksum of each member is verified while it is read.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::Context as _;
use zip::read::ZipFile;

use super::SourceFile;
use super::folder::{file_name, has_extension};
use crate::crash;
use crate::ingest::Problem;

/// The CSV members of a zip, below `folder`, and those that can't be had.
#[derive(Debug, Default)]
pub(super) struct Unzipped {
    pub(super) files: Vec<SourceFile>,
    pub(super) problems: Vec<Problem>,
}

/// Unpacks the CSV members of `zip` below `folder`.
pub(super) fn unzip(zip: &SourceFile, folder: &Path) -> anyhow::Result<Unzipped> {
    let mut unzipped = Unzipped::default();
    let name = &zip.name;
    let folder = folder.join(name);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let opened = File::open(&zip.path).map_err(zip::result::ZipError::from);
    let mut archive = match opened.and_then(zip::ZipArchive::new) {
        Ok(archive) => archive,
        Err(error) => {
            unzipped.problem(name.clone(), corrupt(&error));
            return Ok(unzipped);
        }
    };
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| corrupt(&error));
        match member.and_then(|member| csv_name(&member).map(|csv| (csv, member))) {
            Ok((Some(csv), mut member)) => unzipped.extract(name, csv, &mut member, &folder)?,
            Ok((None, _)) => {}
            Err(error) => unzipped.problem(name.clone(), error),
        }
    }
    if unzipped.files.is_empty() && unzipped.problems.is_empty() {
        unzipped.problem(name.clone(), "there is no .csv in this zip".into());
    }
    Ok(unzipped)
}

impl Unzipped {
    fn problem(&mut self, subject: String, error: String) {
        self.problems.push(Problem { subject, error });
    }

    fn extract(
        &mut self,
        zip: &str,
        name: String,
        member: &mut impl io::Read,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let path = folder.join(&name);
        let mut target = File::create(&path).with_context(|| path.display().to_string())?;
        match crash::named("spool", &name, || io::copy(member, &mut target)) {
            Ok(_) => self.files.push(SourceFile { name, path }),
            // The system has something to say: a full disk, and not a bad zip.
            Err(error) if error.raw_os_error().is_some() => {
                return Err(error)
                    .with_context(|| format!("unpacking {zip} to {}", path.display()));
            }
            Err(error) => self.problem(format!("{name} in {zip}"), corrupt(&error)),
        }
        Ok(())
    }
}

fn corrupt(error: &dyn std::fmt::Display) -> String {
    format!("no sound zip file ({error}): fetch it again")
}

/// The name under which a member is unpacked, if it is a CSV: only the last part, so that
/// it can't leave the folder.
fn csv_name<R: io::Read>(member: &ZipFile<'_, R>) -> Result<Option<String>, String> {
    let name = member.name().map_err(|error| corrupt(&error))?;
    let name = file_name(Path::new(name.as_ref()));
    // What macOS puts into zips beside each file.
    let hidden = name.starts_with("._");
    let csv = member.is_file() && has_extension(Path::new(&name), "csv") && !hidden;
    Ok(csv.then_some(name))
}
