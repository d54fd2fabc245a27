//! The audit against a second one, made from the definition's records.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use week2_ingestion::solution::{AuditBuilder, Cutter};
use week2_ingestion::{ChunkSpan, FileAudit, RecordFault};

use super::Case;
use super::model::{Model, Modelled, newlines};

/// Partitions that are kept by name.
const KEPT: usize = 64;

pub(crate) fn check(case: &Case) {
    let audit = audit(case);
    let whole = Case {
        pieces: vec![usize::MAX],
        ..case.clone()
    };
    assert_eq!(audit, self::audit(&whole), "pieces {:?}", case.pieces);
    let one_chunk = Case {
        chunk_bytes: u64::MAX,
        ..whole
    };
    let chunks = audit.chunks.clone();
    assert_eq!(
        FileAudit {
            chunks: self::audit(&one_chunk).chunks,
            ..audit.clone()
        },
        self::audit(&one_chunk),
        "the size of chunks changes the audit"
    );
    adds_up(case, &audit);
    chunks_tile(case, &chunks);
}

fn audit(case: &Case) -> FileAudit {
    let header = case.header();
    let mut builder = AuditBuilder::new(header, case.expected, case.fields, case.chunk_bytes);
    case.arriving(case.body())
        .for_each(|piece| builder.update(piece));
    builder.finish("f.csv")
}

fn adds_up(case: &Case, audit: &FileAudit) {
    let Model {
        records,
        blank_lines,
    } = case.model();
    let sum = Sum::of(case, &records);
    assert_eq!(audit.size, case.file.len() as u64);
    let digest = Sha256::digest(&case.file);
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(audit.sha256, hex.concat());
    assert_eq!(audit.header_bytes, case.header().len() as u64);
    assert_eq!(audit.records, records.len() as u64);
    assert_eq!(audit.faults, sum.faults);
    assert_eq!(
        (audit.cents, audit.without_amount),
        (sum.cents, sum.without)
    );
    assert_eq!(audit.partitions, sum.partitions);
    let cut_off = case.file.last().is_some_and(|byte| *byte != b'\n');
    assert_eq!(audit.ends_without_newline, cut_off);
    assert_eq!(audit.lines, newlines(&case.file) + u64::from(cut_off));
    assert_eq!(audit.blank_lines, blank_lines);
}

#[derive(Default)]
struct Sum {
    faults: BTreeMap<RecordFault, u64>,
    cents: i64,
    without: u64,
    partitions: BTreeMap<String, u64>,
}

impl Sum {
    fn of(case: &Case, records: &[Modelled]) -> Self {
        let mut sum = Self::default();
        for record in records {
            match record.fault {
                Some(fault) => {
                    *sum.faults.entry(fault).or_default() += 1;
                    sum.without += 1;
                }
                None => sum.add(case, record),
            }
        }
        sum
    }

    fn add(&mut self, case: &Case, record: &Modelled) {
        let value = |field: Option<usize>| {
            field.map_or(String::new(), |at| {
                // The audit takes values as written, with quotes doubled.
                let value = String::from_utf8(record.values[at].clone()).unwrap();
                value.replace('"', "\"\"")
            })
        };
        if case.fields.amount.is_some() {
            let cents = cents(&value(case.fields.amount));
            match cents.and_then(|cents| self.cents.checked_add(cents)) {
                Some(sum) => self.cents = sum,
                None => self.without += 1,
            }
        }
        let year = value(case.fields.program_year);
        let key = format!("{year}|{}", value(case.fields.publication));
        let kept = self.partitions.contains_key(&key) || self.partitions.len() < KEPT;
        let key = if kept { key } else { "other".to_owned() };
        *self.partitions.entry(key).or_default() += 1;
    }
}

/// Dollars with at most two decimals that fit `DECIMAL(14,2)`, in cents.
pub(crate) fn cents(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, amount) = match text.strip_prefix('-') {
        Some(amount) => (-1, amount),
        None => (1, text),
    };
    let (dollars, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if dollars.is_empty() || dollars.len() > 18 || decimals.len() > 2 {
        return None;
    }
    if !digits(dollars) || !digits(decimals) {
        return None;
    }
    let cents: i128 = format!("{dollars}{decimals:0<2}").parse().ok()?;
    (cents < 10i128.pow(14)).then_some(())?;
    Some(sign * i64::try_from(cents).ok()?)
}

/// Chunks follow each other without gaps, and each cut alone gives its records.
fn chunks_tile(case: &Case, chunks: &[ChunkSpan]) {
    let mut next = case.start().offset;
    let mut parts = Vec::new();
    for chunk in chunks {
        assert_eq!(chunk.start.offset, next, "chunks follow each other");
        let from = usize::try_from(chunk.start.offset).unwrap();
        let to = from + usize::try_from(chunk.length).unwrap();
        let mut records = 0;
        Cutter::new(case.expected).cut(&case.file[from..to], chunk.start, true, |record| {
            records += 1;
            parts.push((record.position, record.bytes.len(), record.fault));
        });
        assert_eq!(records, chunk.records);
        next = chunk.start.offset + chunk.length;
    }
    let whole: Vec<_> = case
        .model()
        .records
        .into_iter()
        .map(|record| (record.position, record.length, record.fault))
        .collect();
    assert_eq!(parts, whole);
    if !chunks.is_empty() {
        assert_eq!(next, case.file.len() as u64, "chunks reach the end");
    }
}
