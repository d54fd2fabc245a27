//! Looks at files with your own profile, and at layouts with your own diff:
//!
//! ```text
//! cargo xtask example look sample FOLDER
//! cargo xtask example look some.csv
//! cargo xtask example look general_e_75 general_f_91
//! cargo xtask example look layouts
//! ```

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use fixtures::layouts::{self, Layout};
use fixtures::{GenerateError, PublicationSpec, Spec};
use week1_schema::{Contract, ContractError, Dataset, ProfileError, exercise, solution};

#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error("name a CSV file, two layouts, `layouts`, or `sample` and a folder")]
    Usage,
    #[error("{0} is no layout; `layouts` lists them")]
    Layout(String),
    #[error("{0} has no table in the contract")]
    Untyped(String),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Contract(#[from] ContractError),
    #[error(transparent)]
    Sample(#[from] GenerateError),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match look(&arguments, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

fn look(arguments: &[&str], out: &mut impl Write) -> Result<(), LookError> {
    let contract = solution::read_contract(solution::CONTRACT_YAML)?;
    match arguments {
        ["layouts"] => {
            for layout in layouts::all() {
                writeln!(out, "{}", layout.id)?;
            }
            Ok(())
        }
        ["sample", folder] => sample(Path::new(folder), out),
        [file] => profile(file, &contract, out),
        [old, new] => difference(layout(old)?, layout(new)?, &contract, out),
        _ => Err(LookError::Usage),
    }
}

fn layout(id: &str) -> Result<&'static Layout, LookError> {
    layouts::by_id(id).ok_or_else(|| LookError::Layout(id.to_owned()))
}

/// Files of several layouts, some of their records damaged, and the ledger of it.
fn sample(folder: &Path, out: &mut impl Write) -> Result<(), LookError> {
    let publications = [2013, 2014, 2015, 2018, 2023].map(PublicationSpec::first);
    let spec = Spec::new(publications.to_vec(), 5_000, 1).with_faults(0.01, true);
    for file in fixtures::generate(&spec, folder)?.files {
        writeln!(out, "{} ({})", file.path.display(), file.layout.id)?;
    }
    Ok(())
}

fn profile(path: &str, contract: &Contract, out: &mut impl Write) -> Result<(), LookError> {
    let profile = exercise::profile(File::open(path)?, &contract.missing_values)?;
    writeln!(
        out,
        "{} records, {} ragged",
        profile.records, profile.ragged
    )?;
    for (name, column) in &profile.columns {
        let shown = |text: &Option<String>| text.clone().unwrap_or_default();
        let value_type = column.value_type.map(|found| format!("{found:?}"));
        writeln!(
            out,
            "{name}: {}, null {:.1} %, {:?}, from {:?} to {:?}, longest {:?}",
            shown(&value_type),
            100.0 * column.null_share,
            column.distinct,
            shown(&column.minimum),
            shown(&column.maximum),
            shown(&column.longest),
        )?;
    }
    Ok(())
}

fn difference(
    old: &Layout,
    new: &Layout,
    contract: &Contract,
    out: &mut impl Write,
) -> Result<(), LookError> {
    let table = Dataset::ALL
        .into_iter()
        .find(|dataset| dataset.as_str() == new.dataset)
        .and_then(|dataset| contract.table(dataset))
        .ok_or_else(|| LookError::Untyped(new.id.to_owned()))?;
    let changes = exercise::diff(&old.columns, &new.columns, table);
    for name in &changes.added {
        writeln!(out, "added {name}")?;
    }
    for name in &changes.removed {
        writeln!(out, "removed {name}")?;
    }
    for rename in &changes.renamed {
        writeln!(
            out,
            "renamed {} to {}: {}",
            rename.from, rename.to, rename.column
        )?;
    }
    for moved in &changes.moved {
        writeln!(
            out,
            "moved {} from field {} to {}",
            moved.name, moved.from, moved.to
        )?;
    }
    Ok(())
}
