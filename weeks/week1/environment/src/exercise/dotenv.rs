//! `.env`, restricted to what everybody reads alike.
//!
//! There is no standard. A shell expands `$`, Compose expands it too but has other escapes,
//! and a third parser strips `#` from passwords. A file on which they disagree starts the
//! container with one password and the terminal with another. So whatever is not read the
//! same everywhere is an error, and single quotes are always the way out.

use std::collections::BTreeMap;

use crate::{DotenvError, Secret};

/// Reads a `.env` text: names and values in the order of the lines.
///
/// - A byte order mark at the start is skipped; lines end with `\n` or `\r\n`.
/// - Blank lines and lines that begin with `#` (after blanks) are skipped.
/// - `NAME=VALUE`, perhaps after blanks, perhaps after `export` and blanks. A name has ASCII
///   letters, digits and underscores, does not begin with a digit, and touches the `=`.
/// - Unquoted, a value ends at the first blank (space or tab); behind it only blanks and a
///   comment may stand. A `#` that follows no blank is part of the value: `a#b`. `$`, `` ` ``,
///   `\` and quotes are not allowed in it. It may be empty.
/// - In single quotes, everything up to the next single quote is the value.
/// - In double quotes, everything up to the closing one; `\"`, `\\` and `\$` stand for the
///   character behind the backslash. Another backslash, `$` or `` ` `` is not allowed.
/// - Behind a closing quote only blanks and, after a blank, a comment may stand.
/// - A name is set once.
///
/// Nothing is expanded. The first line that breaks a rule is the error:
/// [`DotenvError::Unclosed`] for a quote that does not close on its line,
/// [`DotenvError::Ambiguous`] for everything else that is wrong with a value.
pub fn parse_dotenv(text: &str) -> Result<Vec<(String, Secret)>, DotenvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim_start_matches(BLANKS);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (name, rest) = assignment(text, line)?;
        let value = value(rest).map_err(|fault| fault.of(name, line))?;
        if let Some(&first) = first.get(name) {
            let name = name.to_owned();
            return Err(DotenvError::Repeated { line, name, first });
        }
        first.insert(name, line);
        found.push((name.to_owned(), Secret::new(value)));
    }
    Ok(found)
}

/// What separates words in a shell.
const BLANKS: [char; 2] = [' ', '\t'];

/// What is wrong with a value.
enum Fault {
    Unclosed,
    Ambiguous,
}

impl Fault {
    fn of(self, name: &str, line: usize) -> DotenvError {
        let name = name.to_owned();
        match self {
            Self::Unclosed => DotenvError::Unclosed { line, name },
            Self::Ambiguous => DotenvError::Ambiguous { line, name },
        }
    }
}

/// Name, and what stands behind the `=`.
fn assignment(text: &str, line: usize) -> Result<(&str, &str), DotenvError> {
    let text = match text.strip_prefix("export") {
        Some(rest) if rest.starts_with(BLANKS) => rest.trim_start_matches(BLANKS),
        _ => text,
    };
    let (name, rest) = text
        .split_once('=')
        .ok_or(DotenvError::NoAssignment { line })?;
    if is_name(name) {
        Ok((name, rest))
    } else {
        Err(DotenvError::BadName { line })
    }
}

fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(inner)
}

fn value(text: &str) -> Result<String, Fault> {
    let (value, rest) = if let Some(text) = text.strip_prefix('\'') {
        let (value, rest) = text.split_once('\'').ok_or(Fault::Unclosed)?;
        (value.to_owned(), rest)
    } else if let Some(text) = text.strip_prefix('"') {
        double_quoted(text)?
    } else {
        unquoted(text)?
    };
    let after = rest.trim_start_matches(BLANKS);
    let is_comment = after.starts_with('#') && after.len() < rest.len();
    if after.is_empty() || is_comment {
        Ok(value)
    } else {
        Err(Fault::Ambiguous)
    }
}

/// Up to the first blank.
fn unquoted(text: &str) -> Result<(String, &str), Fault> {
    let (value, rest) = text.split_at(text.find(BLANKS).unwrap_or(text.len()));
    if value.contains(['$', '`', '\\', '\'', '"']) {
        return Err(Fault::Ambiguous);
    }
    Ok((value.to_owned(), rest))
}

/// Up to the closing quote; the opening one is gone.
fn double_quoted(text: &str) -> Result<(String, &str), Fault> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    let mut fault = None;
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return fault.map_or(Ok((value, &text[position + 1..])), Err),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\' | '$'))) => value.push(escaped),
                _ => fault = Some(Fault::Ambiguous),
            },
            '$' | '`' => fault = Some(Fault::Ambiguous),
            plain => value.push(plain),
        }
    }
    Err(Fault::Unclosed)
}
