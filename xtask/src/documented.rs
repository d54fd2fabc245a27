//! Every `cargo xtask …` that the book, the README or CONTRIBUTING.md shows is a command that
//! there is, with flags that it has. What `capstone` and `book` are given is their own affair.

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;

use crate::Cli;

/// How a command begins.
const START: &str = "cargo xtask";

/// The commands of a text: line number from 1, and the words behind `cargo xtask`.
fn commands(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices(START) {
            let rest = &line[at + START.len()..];
            if rest.starts_with(|next: char| next.is_alphanumeric()) {
                continue;
            }
            let words = command(line[..at].chars().next_back(), rest);
            found.push((index + 1, words));
        }
    }
    found
}

/// The words up to the command's end: in a code span its backtick, elsewhere what a shell or a
/// table ends it by, or a comment, or the wide space before a column of text.
fn command(before: Option<char>, rest: &str) -> Vec<String> {
    let end = if before == Some('`') {
        rest.find('`')
    } else {
        let ends = [" #", " |", ")", ";", " &&", " >", "`", "   "];
        ends.iter().filter_map(|end| rest.find(end)).min()
    };
    let rest = &rest[..end.unwrap_or(rest.len())];
    let mut words = Vec::new();
    for (at, part) in rest.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// What clap has against a command; an argument left out is none of it: prose names commands.
fn objection(words: &[String]) -> Option<String> {
    let words = std::iter::once(START).chain(words.iter().map(String::as_str));
    let error = Cli::try_parse_from(words).err()?;
    let fine = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
    ];
    let told = error.to_string();
    let first = told.lines().next().unwrap_or_default().to_owned();
    (!fine.contains(&error.kind())).then_some(first)
}

fn markdown(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            markdown(&path, files);
        } else if path.extension().is_some_and(|end| end == "md") {
            files.push(path);
        }
    }
}

#[test]
fn every_command_that_is_shown_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    markdown(&root.join("book/src"), &mut files);
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let shown = file.strip_prefix(root).unwrap().display().to_string();
        for (line, words) in commands(&text) {
            seen += 1;
            if let Some(objection) = objection(&words) {
                let words = words.join(" ");
                wrong.push(format!("{shown}:{line}: `{START} {words}`: {objection}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} commands were found: is any read?");
}

#[test]
fn a_command_ends_where_a_reader_sees_it_end() {
    let text = "a `cargo xtask check 2.1`, and\n\
        $ cargo xtask hint retry   # questions first\n\
        eval \"$(cargo xtask engines)\"\n\
        ```cargo xtask\n\
        cargo xtasks are none\n\
        `cargo xtask capstone query \"select 1\"`\n";
    let found: Vec<(usize, String)> = commands(text)
        .into_iter()
        .map(|(line, words)| (line, words.join("|")))
        .collect();
    let expected = [
        (1, "check|2.1"),
        (2, "hint|retry"),
        (3, "engines"),
        (4, ""),
        (6, "capstone|query|select 1"),
    ];
    assert_eq!(
        found,
        expected.map(|(line, words)| (line, words.to_owned()))
    );
}

#[test]
fn a_misspelt_command_and_an_unknown_flag_are_found() {
    let objection = |line: &str| {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        objection(&words)
    };
    assert!(objection("chekc 2.1").is_some());
    assert!(objection("check 2.1 --jsno").is_some());
    assert!(objection("record knew x").is_some());
    assert_eq!(objection("hint"), None, "prose names a command alone");
    assert_eq!(objection("check --json"), None);
    assert_eq!(objection("capstone run --anything"), None);
}
