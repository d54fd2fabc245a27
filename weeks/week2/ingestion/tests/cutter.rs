//! What the cutter must hold for any bytes.

use proptest::prelude::*;
use week2_ingestion::solution::{AuditBuilder, Cutter, unquoted};
use week2_ingestion::{AuditFields, MAX_RECORD, Position, RecordFault};

const START: Position = Position {
    offset: 0,
    line: 2,
    record: 1,
};

/// A record as owned data, to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    position: Position,
    bytes: Vec<u8>,
    values: Vec<Vec<u8>>,
    fault: Option<RecordFault>,
}

/// Cuts `bytes` as if they arrived in pieces of these sizes.
fn cut_in_pieces(bytes: &[u8], expected: usize, pieces: &[usize]) -> Vec<Seen> {
    let mut cutter = Cutter::new(expected);
    let (mut seen, mut pending, mut next, mut at) = (Vec::new(), Vec::new(), START, 0);
    let mut sizes = pieces.iter().cycle();
    loop {
        let end = (at + sizes.next().copied().unwrap_or(bytes.len()).max(1)).min(bytes.len());
        pending.extend_from_slice(&bytes[at..end]);
        at = end;
        let cut = cutter.cut(&pending, next, at == bytes.len(), |record| {
            seen.push(Seen {
                position: record.position,
                bytes: record.bytes.to_vec(),
                values: (0..record.fields.len())
                    .map(|i| unquoted(record, i).into_owned())
                    .collect(),
                fault: record.fault,
            });
        });
        pending.drain(..cut.consumed);
        next = cut.next;
        if at == bytes.len() {
            assert!(
                pending.is_empty(),
                "bytes left over at the end: {pending:?}"
            );
            assert_eq!(next.offset, bytes.len() as u64);
            return seen;
        }
    }
}

fn cut(text: &str, expected: usize) -> Vec<Seen> {
    cut_in_pieces(text.as_bytes(), expected, &[])
}

fn faults(text: &str, expected: usize) -> Vec<Option<RecordFault>> {
    cut(text, expected)
        .into_iter()
        .map(|seen| seen.fault)
        .collect()
}

#[test]
fn a_quoted_newline_stays_inside_its_record_and_moves_the_line_count() {
    let seen = cut("\"a\nb\",1\n\"c\",2\n", 2);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].values, [b"a\nb".to_vec(), b"1".to_vec()]);
    assert_eq!(
        seen[1].position,
        Position {
            offset: 8,
            line: 4,
            record: 2
        }
    );
}

#[test]
fn doubled_quotes_become_one() {
    assert_eq!(
        cut("\"\"\"ACTICOAT 4\"\" X 4\"\"\",\n", 2)[0].values[0],
        b"\"ACTICOAT 4\" X 4\""
    );
}

#[test]
fn a_short_record_is_not_padded_and_a_long_one_not_clipped() {
    use RecordFault::{TooFewFields, TooManyFields};
    assert_eq!(
        faults("a,b,c\na,b\na,b,c,d\n", 3),
        [None, Some(TooFewFields), Some(TooManyFields)]
    );
}

#[test]
fn a_lost_quote_costs_its_own_line_only() {
    let text = "\"a\",\"lost,\"c\"\n\"d\",\"e\",\"f\"\n";
    let seen = cut(text, 3);
    assert_eq!(seen[0].fault, Some(RecordFault::OpenQuote));
    assert_eq!(seen[0].bytes, b"\"a\",\"lost,\"c\"");
    assert_eq!(seen[1].values, [b"d", b"e", b"f"]);
}

#[test]
fn a_lost_quote_in_the_last_field_does_not_swallow_the_next_record() {
    let seen = cut("\"a\",\"lost\n\"d\",\"e\"\n\"g\",\"h\"\n", 2);
    assert_eq!(
        seen.iter().map(|s| s.fault.is_some()).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(
        seen[1].position,
        Position {
            offset: 10,
            line: 3,
            record: 2
        }
    );
}

#[test]
fn a_quote_in_an_unquoted_field_is_a_fault() {
    assert_eq!(
        faults("a\"b,c\nd,e\n", 2),
        [Some(RecordFault::OpenQuote), None]
    );
}

#[test]
fn windows_line_ends_and_a_missing_last_newline_are_no_faults() {
    let seen = cut("\"a\",b\r\nc,\r\n\"d\",\"e\"", 2);
    assert_eq!(seen.iter().filter_map(|s| s.fault).count(), 0);
    assert_eq!(seen[1].values, [b"c".to_vec(), b"".to_vec()]);
}

#[test]
fn an_open_quote_at_the_end_of_the_file_gives_back_the_lines_it_swallowed() {
    let seen = cut("\"a\",\"open\nb,c\nd,e\n", 2);
    assert_eq!(
        seen.iter().map(|s| s.fault).collect::<Vec<_>>(),
        [Some(RecordFault::OpenQuote), None, None]
    );
}

#[test]
fn invalid_utf8_is_a_fault_of_its_record() {
    let seen = cut_in_pieces(b"a,\xff\nb,c\n", 2, &[]);
    assert_eq!(seen[0].fault, Some(RecordFault::InvalidUtf8));
    assert_eq!(seen[1].fault, None);
}

#[test]
fn empty_lines_are_no_records() {
    let seen = cut("\na,b\n\r\n\nc,d\n", 2);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].position.line, 6);
}

#[test]
fn a_field_without_end_is_cut_at_the_limit_whatever_the_buffer_holds() {
    let mut bytes = b"\"".to_vec();
    bytes.resize(3 * MAX_RECORD, b'x');
    bytes.extend_from_slice(b"\na,b\n");
    let whole = cut_in_pieces(&bytes, 2, &[]);
    assert_eq!(whole[0].bytes.len(), MAX_RECORD);
    assert_eq!(whole.last().map(|s| s.fault), Some(None));
    assert_eq!(whole, cut_in_pieces(&bytes, 2, &[100_000]));
}

#[test]
fn a_record_that_fills_the_limit_keeps_its_windows_line_end_in_any_pieces() {
    let mut bytes = vec![b'x'; MAX_RECORD];
    bytes.extend_from_slice(b"\r\na,b\n");
    let whole = cut_in_pieces(&bytes, 1, &[]);
    assert_eq!(whole[0].fault, None);
    assert_eq!(whole, cut_in_pieces(&bytes, 1, &[MAX_RECORD + 1]));
}

#[test]
fn a_record_cut_at_the_limit_is_as_damaged_in_a_chunk_that_ends_there() {
    let mut file = b"h\n".to_vec();
    file.resize(2 + MAX_RECORD + 5, b'x');
    let mut builder = AuditBuilder::new(b"h\n", 1, AuditFields::default(), 1);
    builder.update(&file[2..]);
    let audit = builder.finish("f.csv");
    assert_eq!(audit.faults[&RecordFault::OpenQuote], 1);
    let first = audit.chunks[0];
    let alone = &file[2..2 + usize::try_from(first.length).unwrap()];
    assert_eq!(
        cut_in_pieces(alone, 1, &[])[0].fault,
        Some(RecordFault::OpenQuote)
    );
}

/// CSV-like bytes, rich in the characters that matter.
fn tricky() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => Just(b'"'), 4 => Just(b','), 3 => Just(b'\n'), 1 => Just(b'\r'),
        6 => Just(b'a'), 1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..300)
}

proptest! {
    #[test]
    fn the_pieces_in_which_bytes_arrive_change_nothing(
        bytes in tricky(),
        pieces in prop::collection::vec(1usize..40, 1..8),
    ) {
        prop_assert_eq!(cut_in_pieces(&bytes, 3, &[]), cut_in_pieces(&bytes, 3, &pieces));
    }

    #[test]
    fn every_byte_belongs_to_one_record_or_line_end(bytes in tricky()) {
        let seen = cut_in_pieces(&bytes, 3, &[]);
        let mut at = 0;
        for record in &seen {
            let start = usize::try_from(record.position.offset).unwrap();
            prop_assert!(bytes[at..start].iter().all(|b| matches!(b, b'\r' | b'\n')));
            prop_assert_eq!(&bytes[start..start + record.bytes.len()], &record.bytes[..]);
            at = start + record.bytes.len();
        }
        prop_assert!(bytes[at..].iter().all(|b| matches!(b, b'\r' | b'\n')));
    }

    #[test]
    fn well_formed_records_come_back_as_they_were_written(
        rows in prop::collection::vec(prop::collection::vec("[a-z\",\n\r ]{0,8}", 3), 1..20),
    ) {
        let text: String = rows.iter().map(|row| {
            let fields: Vec<_> = row.iter().map(|v| format!("\"{}\"", v.replace('"', "\"\""))).collect();
            fields.join(",") + "\n"
        }).collect();
        let seen = cut(&text, 3);
        let values: Vec<Vec<Vec<u8>>> = seen.into_iter().map(|s| s.values).collect();
        let expected: Vec<Vec<Vec<u8>>> =
            rows.iter().map(|r| r.iter().map(|v| v.clone().into_bytes()).collect()).collect();
        prop_assert_eq!(values, expected);
    }

    #[test]
    fn chunks_tile_the_file_and_cutting_each_alone_equals_cutting_the_whole(
        bytes in tricky(),
        chunk_bytes in 1u64..120,
        piece in 1usize..50,
    ) {
        let header = b"a,b,c\n";
        let mut builder = AuditBuilder::new(header, 3, AuditFields::default(), chunk_bytes);
        bytes.chunks(piece).for_each(|part| builder.update(part));
        let audit = builder.finish("f.csv");
        let mut file = header.to_vec();
        file.extend_from_slice(&bytes);

        let mut whole = Vec::new();
        let start = Position { offset: header.len() as u64, line: 2, record: 1 };
        Cutter::new(3).cut(&bytes, start, true, |r| whole.push((r.position, r.bytes.to_vec(), r.fault)));
        let mut parts = Vec::new();
        for chunk in &audit.chunks {
            let from = usize::try_from(chunk.start.offset).unwrap();
            let to = from + usize::try_from(chunk.length).unwrap();
            let mut records = 0;
            Cutter::new(3).cut(&file[from..to], chunk.start, true, |r| {
                records += 1;
                parts.push((r.position, r.bytes.to_vec(), r.fault));
            });
            prop_assert_eq!(records, chunk.records);
        }
        prop_assert_eq!(parts, whole);
        prop_assert_eq!(audit.records, audit.chunks.iter().map(|c| c.records).sum::<u64>());
    }
}
