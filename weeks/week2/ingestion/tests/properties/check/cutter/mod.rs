//! What holds of any file, whatever its bytes and in whatever pieces they arrive.

pub(crate) mod audit;
pub(crate) mod model;

use std::fmt;

use week2_ingestion::solution::{Cutter, unquoted};
use week2_ingestion::{AuditFields, Field, Position, RecordFault};

use model::{Model, Modelled};

/// A file, and how it is read.
#[derive(Clone)]
pub(crate) struct Case {
    /// The header line, if it has one, and what follows it.
    pub(crate) file: Vec<u8>,
    /// Fields of a good record.
    pub(crate) expected: usize,
    /// Sizes of the pieces in which it arrives, over and over.
    pub(crate) pieces: Vec<usize>,
    /// Length at which a chunk is closed.
    pub(crate) chunk_bytes: u64,
    /// Where the audit looks.
    pub(crate) fields: AuditFields,
}

/// A record that the cutter handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    position: Position,
    bytes: Vec<u8>,
    fields: Vec<Field>,
    values: Vec<Vec<u8>>,
    fault: Option<RecordFault>,
}

impl fmt::Debug for Case {
    /// Bytes as text, and of a large file its ends only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = |bytes: &[u8]| match bytes.split_at_checked(1000) {
            Some((start, rest)) if rest.len() > 1000 => {
                let end = &rest[rest.len() - 100..];
                format!("{} … {}", start[..100].escape_ascii(), end.escape_ascii())
            }
            _ => bytes.escape_ascii().to_string(),
        };
        f.debug_struct("Case")
            .field("file", &ends(&self.file))
            .field("size", &self.file.len())
            .field("expected", &self.expected)
            .field("pieces", &self.pieces)
            .field("chunk_bytes", &self.chunk_bytes)
            .field("fields", &self.fields)
            .finish()
    }
}

impl Case {
    /// From a fuzzer's input: four bytes say how to read, the rest is the file.
    pub(crate) fn from_bytes(input: &[u8]) -> Self {
        let (plan, file) = input.split_at(input.len().min(4));
        let plan = |at: usize| usize::from(plan.get(at).copied().unwrap_or(0));
        let expected = 1 + plan(0) % 8;
        let field = |at: usize| (at < expected).then_some(at);
        Self {
            file: file.to_vec(),
            expected,
            pieces: vec![1 + plan(1) % 16, 1 + plan(1) / 16],
            chunk_bytes: 1 + plan(2) as u64,
            fields: AuditFields {
                amount: field(plan(3) % 4),
                program_year: field(plan(3) / 4 % 4),
                publication: field(plan(3) / 16 % 4),
            },
        }
    }

    /// The header line with its end.
    pub(crate) fn header(&self) -> &[u8] {
        let newline = self.file.iter().position(|byte| *byte == b'\n');
        &self.file[..newline.map_or(self.file.len(), |at| at + 1)]
    }

    /// What stands behind it.
    pub(crate) fn body(&self) -> &[u8] {
        &self.file[self.header().len()..]
    }

    /// Where the body starts.
    pub(crate) fn start(&self) -> Position {
        Position {
            offset: self.header().len() as u64,
            line: 1 + model::newlines(self.header()),
            record: 1,
        }
    }

    /// Its records, by definition.
    pub(crate) fn model(&self) -> Model {
        model::model(self.body(), self.start(), self.expected)
    }

    /// Bytes as they arrive.
    pub(crate) fn arriving<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let (mut sizes, mut rest) = (self.pieces.iter().cycle(), bytes);
        std::iter::from_fn(move || {
            let size = (*sizes.next()?).clamp(1, rest.len().max(1));
            let (piece, after) = rest.split_at_checked(size)?;
            rest = after;
            Some(piece)
        })
    }
}

/// Everything that holds of a file.
pub(crate) fn check(case: &Case) {
    let whole = cut_whole(case);
    by_definition(&whole, &case.model().records);
    assert_eq!(cut_in_pieces(case), whole, "pieces {:?}", case.pieces);
    tiles(case, &whole);
    for record in &whole {
        fields_tile(record);
    }
    as_the_csv_crate_reads_it(case, &whole);
    audit::check(case);
}

fn cut_whole(case: &Case) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut cutter = Cutter::new(case.expected);
    let cut = cutter.cut(case.body(), case.start(), true, |record| {
        seen.push(see(record));
    });
    assert_eq!(cut.consumed, case.body().len());
    assert_eq!(cut.next.offset, case.file.len() as u64);
    seen
}

fn cut_in_pieces(case: &Case) -> Vec<Seen> {
    let mut cutter = Cutter::new(case.expected);
    let (mut seen, mut pending, mut next) = (Vec::new(), Vec::new(), case.start());
    let mut cut = |pending: &mut Vec<u8>, at_end| {
        let cut = cutter.cut(pending, next, at_end, |record| seen.push(see(record)));
        pending.drain(..cut.consumed);
        next = cut.next;
    };
    for piece in case.arriving(case.body()) {
        pending.extend_from_slice(piece);
        cut(&mut pending, false);
    }
    cut(&mut pending, true);
    assert!(pending.is_empty(), "bytes left over: {pending:?}");
    seen
}

fn see(record: &week2_ingestion::Record<'_>) -> Seen {
    Seen {
        position: record.position,
        bytes: record.bytes.to_vec(),
        fields: record.fields.to_vec(),
        values: (0..record.fields.len())
            .map(|field| unquoted(record, field).into_owned())
            .collect(),
        fault: record.fault,
    }
}

fn by_definition(seen: &[Seen], records: &[Modelled]) {
    let seen: Vec<Modelled> = seen
        .iter()
        .map(|seen| Modelled {
            position: seen.position,
            length: seen.bytes.len(),
            values: seen.values.clone(),
            fault: seen.fault,
        })
        .collect();
    assert_eq!(seen, records);
}

/// Every byte belongs to one record or to a line end.
fn tiles(case: &Case, seen: &[Seen]) {
    let mut at = case.header().len();
    for record in seen {
        let start = usize::try_from(record.position.offset).unwrap();
        assert!(only_line_ends(&case.file[at..start]), "before byte {start}");
        at = start + record.bytes.len();
        assert_eq!(case.file[start..at], record.bytes);
    }
    assert!(only_line_ends(&case.file[at..]), "at the end");
}

fn only_line_ends(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// Fields lie in their record in order, with a comma and quotes between them.
fn fields_tile(record: &Seen) {
    let mut at = 0;
    for (number, field) in record.fields.iter().enumerate() {
        let (start, end) = (field.start as usize, field.end as usize);
        assert!(at <= start && start <= end && end <= record.bytes.len());
        let between = &record.bytes[at..start];
        let expected: &[&[u8]] = match number {
            0 => &[b"", b"\""],
            _ => &[b",", b",\"", b"\",", b"\",\""],
        };
        assert!(expected.contains(&between), "{between:?} before {number}");
        at = end;
    }
    if record.fault != Some(RecordFault::OpenQuote) {
        assert!(matches!(&record.bytes[at..], b"" | b"\""));
    }
}

/// The `csv` crate mends broken quotes, and takes a lone `\r` for a line end; of all other
/// files it must read the same.
fn as_the_csv_crate_reads_it(case: &Case, seen: &[Seen]) {
    let mends = |record: &Seen| record.fault == Some(RecordFault::OpenQuote);
    if seen
        .iter()
        .any(|record| mends(record) || lone_return(record))
    {
        return;
    }
    // It strips a byte order mark where it starts to read; here that is data.
    let bytes = [b"header\n", case.body()].concat();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes.as_slice());
    let records = reader.byte_records().skip(1);
    let read: Vec<Vec<Vec<u8>>> = records
        .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
        .collect();
    let ours: Vec<_> = seen.iter().map(|record| record.values.clone()).collect();
    assert_eq!(ours, read);
}

fn lone_return(record: &Seen) -> bool {
    record.fields.iter().any(|field| {
        let (start, end) = (field.start as usize, field.end as usize);
        let quoted = start > 0 && record.bytes[start - 1] == b'"';
        !quoted && record.bytes[start..end].contains(&b'\r')
    })
}
