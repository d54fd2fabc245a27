//! `.cargo/local.toml`: what set-up found on this machine, read by every cargo
//! command through the `include` in `.cargo/config.toml`.
//!
//! Invariant: only our own keys change; what a user added stays, with comments.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml_edit::{DocumentMut, Item, Table, value};

/// Where the shared library lies; read by the binding's build script and by ours.
const LIBRARY: &str = "DUCKDB_LIB_DIR";
/// Present when the user chose to compile DuckDB.
const SOURCE: &str = "OPEN_PAYMENTS_DUCKDB_FROM_SOURCE";
/// The first line of a new file.
const HEAD: &str = "# Written by `cargo xtask setup` for this machine.\n";

/// How this checkout gets DuckDB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Links the shared library in this folder.
    Library(PathBuf),
    /// Compiles DuckDB with the capstone.
    Source,
}

/// What the file says, if it says anything.
pub(crate) fn read(file: &Path) -> Result<Option<Choice>> {
    let document = parse(file)?;
    let env = document.get("env");
    if env.and_then(|env| env.get(SOURCE)).is_some() {
        return Ok(Some(Choice::Source));
    }
    let library = env
        .and_then(|env| env.get(LIBRARY))
        .and_then(Item::as_str)
        .map(|directory| Choice::Library(PathBuf::from(directory)));
    Ok(library)
}

/// Writes a choice, or forgets the earlier one. The file is touched only if that
/// changes it: cargo looks at nothing but the values, people look at the time.
pub(crate) fn write(file: &Path, choice: Option<&Choice>) -> Result<()> {
    let mut document = parse(file)?;
    let before = document.to_string();
    set(&mut document, choice)?;
    let after = document.to_string();
    if after == before {
        return Ok(());
    }
    let text = if before.is_empty() {
        format!("{HEAD}{after}")
    } else {
        after
    };
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn set(document: &mut DocumentMut, choice: Option<&Choice>) -> Result<()> {
    let env = document
        .entry("env")
        .or_insert(Item::Table(Table::new()))
        .as_table_like_mut()
        .context("`env` in .cargo/local.toml is not a table")?;
    match choice {
        Some(Choice::Library(directory)) => {
            let text = directory.to_str().context("the path is not Unicode")?;
            if env.get(LIBRARY).and_then(Item::as_str) != Some(text) {
                env.insert(LIBRARY, value(text));
            }
            env.remove(SOURCE);
        }
        Some(Choice::Source) => {
            env.insert(SOURCE, value("1"));
            env.remove(LIBRARY);
        }
        None => {
            env.remove(LIBRARY);
            env.remove(SOURCE);
        }
    }
    Ok(())
}

fn parse(file: &Path) -> Result<DocumentMut> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    text.parse()
        .with_context(|| format!("{} is not TOML", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Choice {
        Choice::Library(PathBuf::from("cache/duckdb"))
    }

    #[test]
    fn a_new_file_says_who_wrote_it_and_reads_back() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("local.toml");
        assert_eq!(read(&file).expect("no file is no choice"), None);
        write(&file, Some(&library())).expect("writable");
        let text = fs::read_to_string(&file).expect("written");
        let expected = format!("{HEAD}[env]\nDUCKDB_LIB_DIR = \"cache/duckdb\"\n");
        assert_eq!(text, expected);
        assert_eq!(read(&file).expect("readable"), Some(library()));
    }

    #[test]
    fn what_the_user_added_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("local.toml");
        let mine = "# my linker\n[target.x]\nlinker = \"mold\" # fast\n\n[env]\nOTHER = \"1\"\n";
        fs::write(&file, mine).expect("writable");
        write(&file, Some(&library())).expect("writable");
        let text = fs::read_to_string(&file).expect("written");
        assert_eq!(text, format!("{mine}DUCKDB_LIB_DIR = \"cache/duckdb\"\n"));
        write(&file, None).expect("writable");
        assert_eq!(fs::read_to_string(&file).expect("written"), mine);
    }

    #[test]
    fn a_later_choice_replaces_the_earlier_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("local.toml");
        for choice in [library(), Choice::Source, library()] {
            write(&file, Some(&choice)).expect("writable");
            assert_eq!(read(&file).expect("readable"), Some(choice));
        }
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_and_left_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("local.toml");
        fs::write(&file, "[env").expect("writable");
        let error = write(&file, Some(&library())).expect_err("it cannot be merged");
        assert!(format!("{error:#}").contains("local.toml is not TOML"));
        assert_eq!(fs::read_to_string(&file).expect("still there"), "[env");
    }
}
