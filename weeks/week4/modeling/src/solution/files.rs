//! Where a project's files come from.

use std::fs;
use std::path::Path;

use crate::{ModelingError, ProjectFile, walk};

/// Written by `build.rs`: every file of `solution/dbt`, by path.
const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/project.rs"));

/// The reference project, as it was when this crate was compiled.
pub fn embedded() -> Vec<ProjectFile> {
    let files = EMBEDDED.iter();
    files
        .map(|(path, text)| ProjectFile {
            path: (*path).into(),
            text: (*text).into(),
        })
        .collect()
}

/// Reads a project from the folder that holds its `dbt_project.yml`.
///
/// What dbt writes there (`target`, `logs`, `dbt_packages`) is left out.
pub fn read_project(root: &Path) -> Result<Vec<ProjectFile>, ModelingError> {
    if !root.join("dbt_project.yml").is_file() {
        let message = "holds no dbt_project.yml, so it is no dbt project".into();
        return Err(ModelingError::Unreadable {
            path: root.display().to_string(),
            message,
        });
    }
    let paths = walk::project_files(root).map_err(|error| unreadable(root, &error))?;
    paths.iter().map(|path| read_file(root, path)).collect()
}

fn read_file(root: &Path, path: &Path) -> Result<ProjectFile, ModelingError> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Ok(ProjectFile {
        path: walk::relative(root, path),
        text,
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> ModelingError {
    ModelingError::Unreadable {
        path: path.display().to_string(),
        message: error.to_string(),
    }
}
