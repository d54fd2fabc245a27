//! A CSV file into `exploration.payments`, every column as text: a type is a rule, and a
//! rule would reject what is to be looked at.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::client::Client;

/// Postgres cuts names at so many bytes.
const LONGEST_NAME: usize = 63;
/// A header is not longer; a file without line ends is no CSV file.
const LONGEST_HEADER: u64 = 1 << 20;

/// What to do about a file that Postgres refuses.
const ALL_OR_NOTHING: &str = "\
COPY takes a file whole or not at all, and the table is as it was. Records that Postgres refuses
are those that the pipeline quarantines; a sample without any:
  cargo xtask capstone generate --years 2023 --rows 5000 --faults 0 --out .data/sample
What it said";

/// What was loaded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// Rows of the table.
    pub(crate) rows: u64,
    /// Its columns.
    pub(crate) columns: usize,
    /// Names that were cut.
    pub(crate) cut: usize,
}

/// Replaces the table by the file's records.
pub(crate) fn load(client: &Client, path: &Path) -> Result<Loaded> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let header = header(&file).with_context(|| format!("cannot load {}", path.display()))?;
    let (columns, cut) = columns(&header)?;
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let statements = statements(&columns);
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let rows = client.feed(&statements, file).context(ALL_OR_NOTHING)?;
    Ok(Loaded {
        rows: rows.parse().context("psql does not say how many rows")?,
        columns: columns.len(),
        cut,
    })
}

fn statements(columns: &[String]) -> [String; 5] {
    let columns: Vec<String> = columns
        .iter()
        .map(|name| format!("\"{}\" text", name.replace('"', "\"\"")))
        .collect();
    [
        // `if exists` says NOTICE otherwise.
        "set client_min_messages = warning; create schema if not exists exploration; \
         drop table if exists exploration.payments"
            .to_owned(),
        format!("create table exploration.payments ({})", columns.join(", ")),
        "\\copy exploration.payments from pstdin with (format csv, header true)".to_owned(),
        "analyze exploration.payments".to_owned(),
        "select count(*) from exploration.payments".to_owned(),
    ]
}

/// The first record's fields. A header with a line end inside a name is none.
fn header(file: &File) -> Result<Vec<String>> {
    let mut line = Vec::new();
    let mut reader = BufReader::new(file).take(LONGEST_HEADER);
    reader.read_until(b'\n', &mut line)?;
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
    let line = std::str::from_utf8(line).context("its first line is not text")?;
    let line = line.trim_end_matches(['\r', '\n']);
    ensure!(!line.is_empty(), "it has no header");
    Ok(fields(line))
}

/// Splits on commas outside quotes.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let (mut quoted, mut letters) = (false, line.chars().peekable());
    while let Some(letter) = letters.next() {
        let field = fields.last_mut().expect("there is always one field");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => field.push(letter),
        }
    }
    fields
}

/// Column names: lower case, so that SQL needs no quotes; cut as Postgres would, and how many
/// were.
fn columns(header: &[String]) -> Result<(Vec<String>, usize)> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let mut cut = 0;
    for (at, field) in header.iter().enumerate() {
        let mut name = field.trim().to_lowercase();
        if name.is_empty() {
            name = format!("column_{}", at + 1);
        }
        if name.len() > LONGEST_NAME {
            cut += 1;
            let end = (0..=LONGEST_NAME).rfind(|&end| name.is_char_boundary(end));
            name.truncate(end.unwrap_or(0));
        }
        if let Some(first) = names.iter().position(|other| *other == name) {
            bail!(
                "columns {} and {} are both called {name}: Postgres tells names apart by their first {LONGEST_NAME} bytes",
                first + 1,
                at + 1
            );
        }
        names.push(name);
    }
    Ok((names, cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(header: &[&str]) -> Result<(Vec<String>, usize)> {
        let header: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
        columns(&header)
    }

    #[test]
    fn a_header_is_split_outside_quotes() {
        assert_eq!(fields("a,\"b,c\",\"d\"\"e\","), ["a", "b,c", "d\"e", ""]);
    }

    #[test]
    fn names_are_lower_case_cut_and_never_empty() {
        let long = format!("A{}", "é".repeat(40));
        let (names, cut) = named(&["Record_ID", " ", &long]).unwrap();
        assert_eq!(names[..2], ["record_id", "column_2"]);
        assert_eq!((names[2].len(), cut), (63, 1), "{}", names[2]);
    }

    #[test]
    fn two_columns_that_postgres_would_call_the_same_are_named() {
        let error = named(&["Amount", "x", "AMOUNT"]).unwrap_err().to_string();
        assert!(error.contains("columns 1 and 3"), "{error}");
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let statements = statements(&["a\" text); drop schema x; --".to_owned()]);
        assert!(
            statements[1].contains("\"a\"\" text); drop"),
            "{}",
            statements[1]
        );
    }

    #[test]
    fn an_empty_file_and_a_binary_one_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [&b""[..], b"\n", b"PK\x03\x04\xff\xfe\n"] {
            let path = folder.path().join("x.csv");
            std::fs::write(&path, bytes).unwrap();
            assert!(header(&File::open(&path).unwrap()).is_err(), "{bytes:?}");
        }
    }
}
