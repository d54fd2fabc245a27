//! Files on this machine.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;

use super::unzip::unzip;
use super::{Source, SourceFile};
use crate::error::Stop;
use crate::ingest::Problem;
use crate::scratch::Scratch;

/// What was found so far.
#[derive(Default)]
struct Found {
    files: Vec<SourceFile>,
    zips: Vec<SourceFile>,
    problems: Vec<Problem>,
}

/// The CSV files at `path`; members of zips are unpacked below `spool`.
pub(super) fn find(path: &Path, spool: &Path) -> anyhow::Result<Source> {
    let mut found = Found::default();
    found.collect(path)?;
    found.into_source(spool, &path.display().to_string())
}

/// The CSV files in one file, which came from `origin`.
pub(super) fn sort(file: SourceFile, spool: &Path, origin: &str) -> anyhow::Result<Source> {
    let mut found = Found::default();
    found.take(file);
    found.into_source(spool, origin)
}

impl Found {
    fn into_source(mut self, spool: &Path, origin: &str) -> anyhow::Result<Source> {
        let unpacked = self.unpack(spool)?;
        if self.files.is_empty() {
            return Err(Stop::NotYet(self.why_nothing(origin)).into());
        }
        self.files.sort();
        Ok(Source {
            files: self.files,
            problems: self.problems,
            _unpacked: unpacked,
            ..Source::default()
        })
    }

    fn collect(&mut self, path: &Path) -> anyhow::Result<()> {
        let about = fs::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Stop::NotYet(format!("there is no {}: check --source", path.display()))
            }
            _ => Stop::Environment(format!("{} can't be read: {error}", path.display())),
        })?;
        if !about.is_dir() {
            self.take(named(path));
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
                Ok(_) => self.take(named(&path)),
                Err(error) => self.problem(file_name(&path), &format!("can't be read: {error}")),
            }
        }
        Ok(())
    }

    fn take(&mut self, file: SourceFile) {
        if has_extension(Path::new(&file.name), "zip") {
            self.zips.push(file);
        } else {
            self.files.push(file);
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
            let unzipped = unzip(&zip, scratch.path())?;
            self.files.extend(unzipped.files);
            self.problems.extend(unzipped.problems);
        }
        Ok(Some(scratch))
    }

    fn why_nothing(&self, origin: &str) -> String {
        if self.problems.is_empty() {
            return format!(
                "{origin} has no .csv and no .zip file; Open Payments files are named like \
                 OP_DTL_GNRL_PGYR2023_P06282024.csv"
            );
        }
        let problems = self.problems.iter();
        let lines: Vec<_> = problems.map(ToString::to_string).collect();
        format!("no file can be read: {}", lines.join("; "))
    }
}

fn named(path: &Path) -> SourceFile {
    SourceFile {
        name: file_name(path),
        path: path.to_owned(),
    }
}

/// Whether this is a file of data, by its name.
pub fn is_data(path: &Path) -> bool {
    has_extension(path, "csv") || has_extension(path, "zip")
}

pub(super) fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
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
        let source = find(folder.path(), &spool).unwrap();
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
        let message = |path: &Path| find(path, folder.path()).unwrap_err().to_string();
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
