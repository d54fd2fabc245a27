//! Builds the book: sources and facts in, a folder of HTML out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::civil::Date;
use mdbook_driver::MDBook;
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_driver::config::Config;

use crate::preprocess::{Facts, Workbook};
use crate::{Problem, Problems, links};

/// What a build says of itself.
#[derive(Debug)]
pub struct Built {
    /// Pages written.
    pub pages: usize,
    /// Files outside of the book's folder that chapters include.
    pub included: Vec<PathBuf>,
}

/// Builds the book of the repository at `root` into `out`, which is emptied first. The
/// learner's plan is shown as of `today`.
///
/// # Errors
/// Everything in the sources that is not as it should be ([`Problems`], each with file and
/// line), or a folder that cannot be written.
pub fn make(root: &Path, out: &Path, today: Date) -> Result<Built> {
    let folder = root.join("book");
    let file = folder.join("book.toml");
    let mut config =
        Config::from_disk(&file).with_context(|| format!("cannot read {}", file.display()))?;
    out.clone_into(&mut config.build.build_dir);
    config.build.create_missing = false;
    // Ours comes first, on the chapters as they are on disk.
    config.build.use_default_preprocessors = false;
    summary(&folder.join(&config.book.src))?;
    let workbook = Workbook::new(root, Facts::load(root, today)?);
    let included = workbook.included.clone();
    let mut book = MDBook::load_with_config(&folder, config)?;
    book.with_preprocessor(workbook)
        .with_preprocessor(LinkPreprocessor::new());
    book.build().map_err(plain)?;
    start(&book, out)?;
    let problems = links::check(out)?;
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let included = included
        .lock()
        .map(|paths| paths.clone())
        .unwrap_or_default();
    Ok(Built {
        pages: book.book.chapters().count(),
        included,
    })
}

/// mdBook copies the first chapter to index.html, where its relative links lead nowhere:
/// ours leads to the chapter itself.
fn start(book: &MDBook, out: &Path) -> Result<()> {
    let first = book
        .book
        .chapters()
        .find_map(|chapter| chapter.path.as_ref());
    let Some(first) = first.filter(|path| *path != Path::new("index.md")) else {
        return Ok(());
    };
    let first = first.with_extension("html");
    let first = first.to_string_lossy().replace('\\', "/");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>The Open Payments Workbook</title>\n<meta http-equiv=\"refresh\" content=\"0; url={first}\"></head>\n<body><a href=\"{first}\">The Open Payments Workbook</a></body></html>\n"
    );
    let index = out.join("index.html");
    std::fs::write(&index, page).with_context(|| format!("cannot write {}", index.display()))
}

/// Our own problems without mdBook's words around them.
fn plain(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Problems>() {
        Ok(problems) => problems.into(),
        Err(error) => error,
    }
}

/// Every chapter that SUMMARY.md names must be there: mdBook would stop at the first, or
/// write an empty one.
fn summary(sources: &Path) -> Result<()> {
    let path = sources.join("SUMMARY.md");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let mut problems = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let link = line
            .rsplit_once("](")
            .and_then(|(_, rest)| rest.split_once(')'));
        if let Some((name, _)) = link
            && !name.is_empty()
            && !sources.join(name).is_file()
        {
            problems.push(Problem {
                path: "book/src/SUMMARY.md".into(),
                line: at + 1,
                what: format!("there is no book/src/{name}"),
            });
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems).into())
    }
}
