// What several graded modules need: records as owned data, pieces, files with their chunks.

use proptest::prelude::*;
use week2_ingestion::{AuditFields, FileAudit, Position, RecordFault};

use super::subject;

/// Where records start that stand behind a header of no bytes.
pub(super) const START: Position = Position {
    offset: 0,
    line: 2,
    record: 1,
};

/// So many cases, unless the environment says otherwise; nothing is left in the folder.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig { cases, ..config },
    }
}

/// A record as owned data, to compare and to read in a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) position: Position,
    pub(super) text: String,
    pub(super) values: Vec<String>,
    pub(super) fault: Option<RecordFault>,
}

/// Cuts `bytes` as if they arrived in pieces of these sizes, over and over.
pub(super) fn cut_in_pieces(bytes: &[u8], expected: usize, sizes: &[usize]) -> Vec<Seen> {
    let mut cutter = subject::Cutter::new(expected);
    let (mut seen, mut pending, mut next, mut at) = (Vec::new(), Vec::new(), START, 0);
    let mut sizes = sizes.iter().cycle();
    loop {
        let size = sizes.next().copied().unwrap_or(bytes.len()).max(1);
        let end = (at + size).min(bytes.len());
        pending.extend_from_slice(&bytes[at..end]);
        at = end;
        let at_end = at == bytes.len();
        let cut = cutter.cut(&pending, next, at_end, |record| {
            let values = 0..record.fields.len();
            let value = |field| subject::unquoted(record, field).into_owned();
            seen.push(Seen {
                position: record.position,
                text: record.bytes.escape_ascii().to_string(),
                values: values
                    .map(|field| String::from_utf8_lossy(&value(field)).into_owned())
                    .collect(),
                fault: record.fault,
            });
        });
        assert!(
            cut.consumed <= pending.len(),
            "it used {} bytes of {}",
            cut.consumed,
            pending.len()
        );
        pending.drain(..cut.consumed);
        next = cut.next;
        if at_end {
            let left = pending.escape_ascii().to_string();
            assert_eq!(left, "", "bytes of the file that belong to no record");
            assert_eq!(next.offset, bytes.len() as u64, "where the next one starts");
            return seen;
        }
    }
}

/// All at once.
pub(super) fn cut(text: &str, expected: usize) -> Vec<Seen> {
    cut_in_pieces(text.as_bytes(), expected, &[])
}

pub(super) fn values(seen: &[Seen]) -> Vec<Vec<&str>> {
    seen.iter()
        .map(|seen| seen.values.iter().map(String::as_str).collect())
        .collect()
}

pub(super) fn faults(seen: &[Seen]) -> Vec<Option<RecordFault>> {
    seen.iter().map(|seen| seen.fault).collect()
}

/// The audit of a header and what follows it, in one piece.
pub(super) fn audit(header: &str, body: &[u8], fields: AuditFields, chunk_bytes: u64) -> FileAudit {
    let expected = header.split(',').count();
    let mut builder = subject::AuditBuilder::new(header.as_bytes(), expected, fields, chunk_bytes);
    builder.update(body);
    builder.finish("general.csv")
}

/// Rows of three fields as an independent writer writes them, `\n` or `\r\n` behind each.
pub(super) fn written(rows: &[Vec<String>], windows: bool, always_quoted: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(if windows {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
        .quote_style(if always_quoted {
            csv::QuoteStyle::Always
        } else {
            csv::QuoteStyle::Necessary
        })
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("memory does not end");
    }
    writer.into_inner().expect("memory does not end")
}

/// Rows of three fields, rich in what ends fields and records elsewhere.
pub(super) fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let value = prop_oneof![
        "[a-c]{0,3}",
        "[\",\r\n aé]{0,6}",
        "[0-9]{1,4}\\.[0-9]{2}",
        Just("\u{feff}".to_owned())
    ];
    proptest::collection::vec(proptest::collection::vec(value, 3), 1..16)
}
