// Chunks: byte ranges on record boundaries, over any reader.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

use proptest::prelude::*;
use week2_ingestion::{AuditFields, ChunkSpan, FileAudit};

use super::subject;
use super::support::{audit, cases, rows, written};

/// Gives its bytes in portions, and what else a reader may do in between.
struct Portions(VecDeque<io::Result<Vec<u8>>>);

impl Portions {
    fn new<const N: usize>(portions: [io::Result<&[u8]>; N]) -> Self {
        Self(
            portions
                .into_iter()
                .map(|p| p.map(<[u8]>::to_vec))
                .collect(),
        )
    }
}

impl Read for Portions {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(portion) = self.0.pop_front().transpose()? else {
            return Ok(0);
        };
        let (now, later) = portion.split_at(portion.len().min(buffer.len()));
        buffer[..now.len()].copy_from_slice(now);
        if !later.is_empty() {
            self.0.push_front(Ok(later.to_vec()));
        }
        Ok(now.len())
    }
}

fn read(mut reader: Portions, piece_bytes: usize) -> io::Result<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    subject::read_pieces(&mut reader, piece_bytes, &mut |piece| {
        pieces.push(piece.to_vec());
    })?;
    Ok(pieces)
}

fn chunked(header: &str, body: &str, chunk_bytes: u64) -> FileAudit {
    audit(header, body.as_bytes(), AuditFields::default(), chunk_bytes)
}

fn texts<'a>(file: &'a str, chunks: &[ChunkSpan]) -> Vec<&'a str> {
    let text = |chunk: &ChunkSpan| {
        let from = usize::try_from(chunk.start.offset).unwrap();
        let to = from + usize::try_from(chunk.length).unwrap();
        file.get(from..to).unwrap_or("not a range of the file")
    };
    chunks.iter().map(text).collect()
}

#[test]
fn a_chunk_ends_only_where_a_record_does() {
    let body = "\"a\nb\",1\nc,2\n\"d,\n\ne\",3\n";
    let chunks = chunked("x,y\n", body, 1).chunks;
    let file = format!("x,y\n{body}");
    assert_eq!(
        texts(&file, &chunks),
        ["\"a\nb\",1\n", "c,2\n", "\"d,\n\ne\",3\n"]
    );
    let starts: Vec<_> = chunks
        .iter()
        .map(|chunk| (chunk.start.line, chunk.start.record, chunk.records))
        .collect();
    assert_eq!(starts, [(2, 1, 1), (4, 2, 1), (5, 3, 1)]);
}

#[test]
fn a_chunk_is_closed_as_soon_as_it_is_long_enough() {
    let body = "aa,1\nbb,2\ncc,3\ndd,4\nee,5\n";
    for (chunk_bytes, expected) in [
        (1, vec![1, 1, 1, 1, 1]),
        (5, vec![1, 1, 1, 1, 1]),
        (6, vec![2, 2, 1]),
        (10, vec![2, 2, 1]),
        (11, vec![3, 2]),
        (1000, vec![5]),
    ] {
        let chunks = chunked("x,y\n", body, chunk_bytes).chunks;
        let records: Vec<_> = chunks.iter().map(|chunk| chunk.records).collect();
        assert_eq!(
            records, expected,
            "records per chunk of {chunk_bytes} bytes"
        );
    }
}

#[test]
fn a_byte_order_mark_belongs_to_the_header() {
    let audit = chunked("\u{feff}x,y\r\n", "a,1\r\nb,2", 1);
    assert_eq!(
        audit.header_bytes, 8,
        "three bytes of the mark, five of the line"
    );
    let starts: Vec<_> = audit
        .chunks
        .iter()
        .map(|chunk| chunk.start.offset)
        .collect();
    assert_eq!(starts, [8, 13]);
    assert_eq!(audit.chunks[1].length, 3, "the last record has no newline");
}

#[test]
fn empty_lines_belong_to_the_chunk_before_and_alone_make_none() {
    let body = "\n\na,1\n\n\nb,2\n\n";
    let chunks = chunked("x,y\n", body, 1).chunks;
    let file = format!("x,y\n{body}");
    assert_eq!(texts(&file, &chunks), ["\n\na,1\n\n\n", "b,2\n\n"]);
    assert_eq!(chunked("x,y\n", "\n\n\n", 1).chunks, []);
    assert_eq!(chunked("x,y\n", "", 1).chunks, []);
}

#[test]
fn a_reader_that_gives_little_is_not_at_its_end() {
    let portions = || Portions::new([Ok(b"a,".as_slice()), Ok(b"1\n"), Ok(b"b"), Ok(b",2\n")]);
    let bytes = read(portions(), 1024).unwrap().concat();
    assert_eq!(String::from_utf8_lossy(&bytes), "a,1\nb,2\n");
}

#[test]
fn an_interrupted_call_is_repeated() {
    let interrupted = || Err(ErrorKind::Interrupted.into());
    let portions = [
        interrupted(),
        Ok(b"a,1\n".as_slice()),
        interrupted(),
        Ok(b"b,2\n"),
    ];
    let bytes = read(Portions::new(portions), 1024).unwrap().concat();
    assert_eq!(String::from_utf8_lossy(&bytes), "a,1\nb,2\n");
}

#[test]
fn an_error_is_not_the_end_of_the_file() {
    let reset = Err(ErrorKind::ConnectionReset.into());
    let portions = Portions::new([Ok(b"a,1\n".as_slice()), reset, Ok(b"b,2\n")]);
    let error = read(portions, 1024).expect_err("half a file must not look like a whole one");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn no_more_is_held_at_once_than_was_allowed() {
    let bytes = vec![b'x'; 1000];
    for piece_bytes in [0, 1, 7, 1000, 4096] {
        let pieces = read(Portions::new([Ok(&bytes)]), piece_bytes).unwrap();
        let longest = pieces.iter().map(Vec::len).max().unwrap_or_default();
        assert!(
            longest <= piece_bytes.max(1),
            "{longest} bytes, {piece_bytes} allowed"
        );
        assert_eq!(
            pieces.concat().len(),
            1000,
            "bytes in all, {piece_bytes} at a time"
        );
    }
}

fn as_csv(bytes: &[u8]) -> Vec<csv::ByteRecord> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).from_reader(bytes);
    let records = reader.into_byte_records();
    records.map(|record| record.unwrap()).collect()
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn chunks_tile_the_file_and_each_alone_is_a_csv(
        rows in rows(),
        windows in any::<bool>(),
        chunk_bytes in 1..120_u64,
        piece_bytes in 1..50_usize,
    ) {
        let (header, body) = (b"a,b,c\n", written(&rows, windows, true));
        let mut builder =
            subject::AuditBuilder::new(header, 3, AuditFields::default(), chunk_bytes);
        let mut portions = Portions(body.chunks(piece_bytes).map(|p| Ok(p.to_vec())).collect());
        builder.read(&mut portions, 16, |_| {}).unwrap();
        let audit = builder.finish("general.csv");
        let file = [&header[..], &body].concat();
        let (mut next, mut records) = (header.len(), Vec::new());
        for (number, chunk) in audit.chunks.iter().enumerate() {
            prop_assert_eq!(chunk.start.offset, next as u64, "where chunk {} starts", number);
            let end = next + usize::try_from(chunk.length).unwrap();
            prop_assert!(end <= file.len(), "chunk {} ends behind the file", number);
            let alone = as_csv(&file[next..end]);
            prop_assert_eq!(alone.len() as u64, chunk.records, "records of chunk {}", number);
            records.extend(alone);
            next = end;
        }
        prop_assert_eq!(next, file.len(), "where the last chunk ends");
        prop_assert_eq!(records, as_csv(&body));
    }
}
