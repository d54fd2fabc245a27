//! The workbook's book: mdBook in process, with the workbook's facts in it.
//!
//! - [`make`]: builds it, from sources to a folder of HTML
//! - [`source`]: what a chapter's Markdown must hold: fences, includes, directives
//! - [`preprocess`]: mdBook calls it; each directive becomes HTML
//! - [`card`], [`quiz`], [`pages`], [`diagram`]: what the directives become
//! - [`links`]: whether every link of the built book leads somewhere
//! - [`clock`]: which day it is, for the learner's plan
//! - [`serve`]: a server for one reader, on this machine only; [`watch`] tells it of changes
//!
//! Directives stand in a chapter's text, outside of fences: `{{#card ingestion}}`,
//! `{{#task ingestion/retry}}`, `{{#quiz ingestion}}`, `{{#posts ingestion}}`,
//! `{{#progress}}`, `{{#coverage}}`, `{{#map}}`.

pub mod card;
pub mod clock;
pub mod diagram;
pub mod html;
pub mod links;
pub mod make;
pub mod pages;
pub mod preprocess;
pub mod quiz;
pub mod serve;
pub mod source;
pub mod watch;

use std::fmt;
use std::path::PathBuf;

/// Something in the sources with which no book can be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the repository.
    pub path: PathBuf,
    /// From 1; 0 where it is about the whole file.
    pub line: usize,
    /// What is wrong, and what would be right where that is known.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what } = self;
        match line {
            0 => write!(f, "{}: {what}", path.display()),
            line => write!(f, "{}:{line}: {what}", path.display()),
        }
    }
}

/// All that was found at once.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let count = self.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "the book is not built: {count} {noun}")
    }
}

impl std::error::Error for Problems {}
