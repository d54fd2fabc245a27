//! The first line of a file to a list of names.

use crate::{HeaderError, MAX_HEADER};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF_16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

/// Splits a header line into names, quotes removed, and says whether a byte order
/// mark stood before it. The line may end in `\n`, `\r\n` or nothing.
///
/// Names keep their case and space: judging those is [`recognise`](super::recognise)'s.
pub fn parse_header(line: &[u8]) -> Result<(Vec<String>, bool), HeaderError> {
    if UTF_16_MARKS.iter().any(|mark| line.starts_with(mark)) {
        return Err(not_csv("it is UTF-16; save the file as UTF-8"));
    }
    if line.len() > MAX_HEADER {
        let text = format!("it is longer than {MAX_HEADER} bytes");
        return Err(not_csv(text));
    }
    let (line, marked) = match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text =
        std::str::from_utf8(line).map_err(|error| not_csv(format!("it is not UTF-8: {error}")))?;
    if text.trim().is_empty() {
        return Err(HeaderError::Empty);
    }
    if text.contains('\0') {
        return Err(not_csv("it holds a NUL byte, so the file is binary"));
    }
    let names = split(text)?;
    other_separator(&names)?;
    Ok((names, marked))
}

/// RFC 4180: a quoted name may hold commas, and a doubled quote stands for one.
fn split(text: &str) -> Result<Vec<String>, HeaderError> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_name(quoted, names.len() + 1)?,
            None => bare_name(rest),
        };
        names.push(name);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(names),
            None => {
                let text = format!("text follows the closing quote of field {}", names.len());
                return Err(not_csv(text));
            }
        }
    }
}

fn bare_name(text: &str) -> (String, &str) {
    let (name, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    (name.to_owned(), after)
}

/// A name whose opening quote is already cut off, and what follows its closing quote.
fn quoted_name(text: &str, number: usize) -> Result<(String, &str), HeaderError> {
    let mut name = String::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once('"') {
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                name.push('"');
                rest = next;
            }
            None => return Ok((name, after)),
        }
    }
    Err(not_csv(format!(
        "the quote of field {number} is never closed"
    )))
}

/// One single name with tabs or semicolons in it is a table of another dialect.
fn other_separator(names: &[String]) -> Result<(), HeaderError> {
    let [only] = names else { return Ok(()) };
    for (separator, word) in [('\t', "tabs"), (';', "semicolons"), ('|', "bars")] {
        if only.contains(separator) {
            return Err(not_csv(format!(
                "its columns are split by {word}, not commas"
            )));
        }
    }
    Ok(())
}

fn not_csv(reason: impl Into<String>) -> HeaderError {
    HeaderError::NotCsv {
        reason: reason.into(),
    }
}
