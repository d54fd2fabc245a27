//! Finds delivered files: a CSV, a zip as CMS ships them, or a folder of both.
//!
//! One that can't be had is a problem of its own and does not stop the others.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zip::read::ZipFile;

use crate::crash;
use crate::error::Stop;
use crate::ingest::Problem;
use crate::scratch::Scratch;

/// A delivered CSV file on this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Name as delivered, without a path.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
}

/// The files of a source, and the folder that holds those unpacked from zips.
#[derive(Debug)]
pub struct Source {
    /// In name order; at least one.
    pub files: Vec<SourceFile>,
    /// Files that are there by name and can't be had.
    pub problems: Vec<Problem>,
    _unpacked: Option<Scratch>,
}

impl Source {
    /// Bytes in all files that can be looked at.
    pub fn bytes(&self) -> u64 {
        let sizes = self
            .files
            .iter()
            .filter_map(|file| fs::metadata(&file.path).ok());
        sizes.map(|about| about.len()).sum()
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    files: Vec<SourceFile>,
    zips: Vec<PathBuf>,
    problems: Vec<Problem>,
}

/// Finds the CSV files in `path`; members of zips are unpacked below `spool`.
pub fn discover(path: &Path, spool: &Path) -> anyhow::Result<Source> {
    let mut found = Found::default();
    found.collect(path)?;
    let unpacked = found.unpack(spool)?;
    if found.files.is_empty() {
        return Err(Stop::NotYet(found.why_nothing(path)).into());
    }
    found.files.sort();
    Ok(Source {
        files: found.files,
        problems: found.problems,
        _unpacked: unpacked,
    })
}

impl Found {
    fn collect(&mut self, path: &Path) -> anyhow::Result<()> {
        let about = fs::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Stop::NotYet(format!("there is no {}: check --source", path.display()))
            }
            _ => Stop::Environment(format!("{} can't be read: {error}", path.display())),
        })?;
        if !about.is_dir() {
            self.take(path.to_owned());
            return Ok(());
        }
        let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
        for entry in entries {
            let path = entry.with_context(|| path.display().to_string())?.path();
            if !is_data(&path) {
                continue;
            }
            // Follows links, so that a broken one is noticed.
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => self.problem(file_name(&path), "is a folder"),
                Ok(_) => self.take(path),
                Err(error) => self.problem(file_name(&path), &format!("can't be read: {error}")),
            }
        }
        Ok(())
    }

    fn take(&mut self, path: PathBuf) {
        if has_extension(&path, "zip") {
            self.zips.push(path);
        } else {
            let name = file_name(&path);
            self.files.push(SourceFile { name, path });
        }
    }

    fn problem(&mut self, subject: String, error: &str) {
        let error = error.to_owned();
        self.problems.push(Problem { subject, error });
    }

    fn unpack(&mut self, spool: &Path) -> anyhow::Result<Option<Scratch>> {
        if self.zips.is_empty() {
            return Ok(None);
        }
        let scratch = Scratch::new_in(spool, "unzipped-");
        let scratch = scratch.with_context(|| spool.display().to_string())?;
        self.zips.sort();
        for zip in std::mem::take(&mut self.zips) {
            self.unzip(&zip, scratch.path())?;
        }
        Ok(Some(scratch))
    }

    /// Unpacks the CSV members of a zip. The checksum of each is verified while it is read.
    fn unzip(&mut self, path: &Path, folder: &Path) -> anyhow::Result<()> {
        let name = file_name(path);
        let folder = folder.join(&name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let opened = File::open(path).map_err(zip::result::ZipError::from);
        let mut archive = match opened.and_then(zip::ZipArchive::new) {
            Ok(archive) => archive,
            Err(error) => {
                self.problem(name, &corrupt(&error));
                return Ok(());
            }
        };
        let mut members = 0;
        for index in 0..archive.len() {
            let member = archive.by_index(index).map_err(|error| corrupt(&error));
            match member.and_then(|member| csv_name(&member).map(|csv| (csv, member))) {
                Ok((Some(csv), mut member)) => {
                    members += 1;
                    self.extract(&name, csv, &mut member, &folder)?;
                }
                Ok((None, _)) => {}
                Err(error) => {
                    members += 1;
                    self.problem(name.clone(), &error);
                }
            }
        }
        if members == 0 {
            self.problem(name, "there is no .csv in this zip");
        }
        Ok(())
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
            Err(error) => self.problem(format!("{name} in {zip}"), &corrupt(&error)),
        }
        Ok(())
    }

    fn why_nothing(&self, path: &Path) -> String {
        if self.problems.is_empty() {
            return format!(
                "{} has no .csv and no .zip file; Open Payments files are named like \
                 OP_DTL_GNRL_PGYR2023_P06282024.csv",
                path.display()
            );
        }
        let problems = self.problems.iter();
        let lines: Vec<_> = problems.map(ToString::to_string).collect();
        format!("no file can be read: {}", lines.join("; "))
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

/// Whether this is a file of data, by its name.
pub fn is_data(path: &Path) -> bool {
    has_extension(path, "csv") || has_extension(path, "zip")
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(source: &Source) -> Vec<&str> {
        source.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn csv_and_zip_members_are_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.CSV"), "x\n").unwrap();
        fs::write(folder.path().join("README.txt"), "x\n").unwrap();
        let mut zip =
            zip::ZipWriter::new(File::create(folder.path().join("PGYR23_P012024.ZIP")).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for name in ["deep/a.csv", "../../evil.csv", "notes.pdf"] {
            zip.start_file(name, options).unwrap();
            zip.write_all(name.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let spool = folder.path().join("spool");
        let source = discover(folder.path(), &spool).unwrap();
        assert_eq!(names(&source), ["a.csv", "b.CSV", "evil.csv"]);
        assert!(
            source
                .files
                .iter()
                .all(|file| file.path.starts_with(folder.path()))
        );
        assert_eq!(
            fs::read_to_string(&source.files[0].path).unwrap(),
            "deep/a.csv"
        );
        drop(source);
        assert_eq!(
            fs::read_dir(spool).unwrap().count(),
            0,
            "unpacked files are removed"
        );
    }

    #[test]
    fn a_corrupt_zip_an_empty_folder_and_a_missing_path_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| discover(path, folder.path()).unwrap_err().to_string();
        assert!(message(folder.path()).contains("no .csv and no .zip"));
        let zip = folder.path().join("a.zip");
        fs::write(&zip, "PK not really").unwrap();
        assert!(
            message(&zip).contains("no sound zip file"),
            "{}",
            message(&zip)
        );
        assert!(message(&folder.path().join("missing")).contains("there is no"));
    }
}
