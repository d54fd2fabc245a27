//! Finds delivered files: a CSV, a zip as CMS ships them, or a folder of both.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::error::Stop;

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
    /// In name order.
    pub files: Vec<SourceFile>,
    _unpacked: Option<TempDir>,
}

/// Finds the CSV files in `path`; members of zips are unpacked below `spool`.
pub fn discover(path: &Path, spool: &Path) -> anyhow::Result<Source> {
    let mut found = Vec::new();
    collect(path, &mut found)?;
    let zips = found.iter().any(|path| has_extension(path, "zip"));
    let unpacked = if zips { Some(spool_in(spool)?) } else { None };
    let mut files = Vec::new();
    for path in found {
        match &unpacked {
            Some(folder) if has_extension(&path, "zip") => {
                files.extend(unzip(&path, folder.path())?)
            }
            _ => files.push(SourceFile {
                name: file_name(&path),
                path,
            }),
        }
    }
    if files.is_empty() {
        let message = format!(
            "{} has no .csv and no .zip file; Open Payments files are named like \
             OP_DTL_GNRL_PGYR2023_P06282024.csv",
            path.display()
        );
        return Err(Stop::NotYet(message).into());
    }
    files.sort();
    Ok(Source {
        files,
        _unpacked: unpacked,
    })
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Stop::NotYet(format!("there is no {}", path.display())),
        _ => Stop::Environment(format!("{} can't be read: {error}", path.display())),
    })?;
    if about.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let path = entry.with_context(|| path.display().to_string())?.path();
        if path.is_file() && (has_extension(&path, "csv") || has_extension(&path, "zip")) {
            found.push(path);
        }
    }
    Ok(())
}

fn spool_in(folder: &Path) -> anyhow::Result<TempDir> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    Ok(TempDir::with_prefix_in("unzipped-", folder)?)
}

/// Unpacks the CSV members of a zip. The checksum of each is verified while it is read.
fn unzip(zip: &Path, folder: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let corrupt = |error: &dyn std::fmt::Display| {
        Stop::NotYet(format!(
            "{} is no sound zip file ({error}): fetch it again",
            zip.display()
        ))
    };
    let file = File::open(zip).with_context(|| zip.display().to_string())?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| corrupt(&error))?;
    let folder = folder.join(file_name(zip));
    fs::create_dir_all(&folder)?;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| corrupt(&error))?;
        // Only the last part of the name: a member can't leave the folder.
        let name = member.name().map_err(|error| corrupt(&error))?.into_owned();
        let name = file_name(Path::new(&name));
        if !member.is_file() || !has_extension(Path::new(&name), "csv") || name.starts_with("._") {
            continue;
        }
        let path = folder.join(&name);
        let mut target = File::create(&path).with_context(|| path.display().to_string())?;
        io::copy(&mut member, &mut target).map_err(|error| corrupt(&error))?;
        files.push(SourceFile { name, path });
    }
    Ok(files)
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
