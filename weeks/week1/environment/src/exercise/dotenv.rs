//! `.env`, restricted to what everybody reads alike.
//!
//! There is no standard. A shell expands `$`, Compose expands it too but has other escapes,
//! and a third parser strips `#` from passwords. A file on which they disagree starts the
//! container with one password and the terminal with another. So whatever is not read the
//! same everywhere is an error, and single quotes are always the way out.

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
    todo!("names and values of the {} lines", text.lines().count())
}
