// Records: where each begins and ends, its fields, and what is wrong with it.

use proptest::prelude::*;
use week2_ingestion::RecordFault::{InvalidUtf8, OpenQuote, TooFewFields, TooManyFields};
use week2_ingestion::{MAX_RECORD, Position};

use super::support::{cases, cut, cut_in_pieces, faults, rows, values, written};

fn at(offset: u64, line: u64, record: u64) -> Position {
    Position {
        offset,
        line,
        record,
    }
}

#[test]
fn a_newline_inside_quotes_does_not_end_the_record() {
    let seen = cut("\"Dr.\nSmith\",1\n\"b\",2\n", 2);
    assert_eq!(values(&seen), [["Dr.\nSmith", "1"], ["b", "2"]]);
    assert_eq!(faults(&seen), [None, None]);
}

#[test]
fn a_comma_inside_quotes_does_not_end_the_field() {
    let seen = cut("\"Smith, Jones, and Co\",1\nb,\",,\"\n", 2);
    assert_eq!(values(&seen), [["Smith, Jones, and Co", "1"], ["b", ",,"]]);
    assert_eq!(faults(&seen), [None, None]);
}

#[test]
fn a_quote_inside_a_field_does_not_end_the_record() {
    let seen = cut("\"\"\"ACTICOAT\"\" 4\"\" X\",1\n\"\",\"\"\"\"\n", 2);
    assert_eq!(values(&seen), [["\"ACTICOAT\" 4\" X", "1"], ["", "\""]]);
    assert_eq!(faults(&seen), [None, None]);
}

#[test]
fn windows_line_ends_do_not_stay_in_the_last_field() {
    let seen = cut("a,1\r\n\"b\",\"2\"\r\nc,\r\n", 2);
    assert_eq!(values(&seen), [["a", "1"], ["b", "2"], ["c", ""]]);
    assert_eq!(seen[2].position, at(14, 4, 3), "the third record");
    assert_eq!(seen[2].text, "c,", "its bytes, without the line end");
}

#[test]
fn a_last_record_without_a_newline_is_a_record() {
    for (text, last) in [("a,1\nb,2", "2"), ("a,1\nb,\"2\"", "2"), ("a,1\nb,", "")] {
        let seen = cut(text, 2);
        assert_eq!(values(&seen), [["a", "1"], ["b", last]], "{text:?}");
        assert_eq!(faults(&seen), [None, None], "{text:?}");
    }
}

#[test]
fn blank_lines_are_no_records_and_still_are_lines() {
    let seen = cut("\na,1\n\r\n\nb,2\n\n", 2);
    assert_eq!(values(&seen), [["a", "1"], ["b", "2"]]);
    assert_eq!(seen[0].position, at(1, 3, 1));
    assert_eq!(seen[1].position, at(8, 6, 2));
}

#[test]
fn a_record_of_another_length_is_neither_padded_nor_clipped() {
    let seen = cut("a,b,c\na,b\na,b,c,d\n\"a,b,c\"\n", 3);
    assert_eq!(
        faults(&seen),
        [
            None,
            Some(TooFewFields),
            Some(TooManyFields),
            Some(TooFewFields)
        ]
    );
    assert_eq!(seen[1].values, ["a", "b"], "the fields that it has");
    assert_eq!(seen[2].values, ["a", "b", "c", "d"]);
}

#[test]
fn a_fault_is_found_where_it_stands_in_the_file() {
    let seen = cut("\"a\nb\",1\n\n\"c\"\n\"d\",2\n", 2);
    assert_eq!(seen[1].fault, Some(TooFewFields));
    assert_eq!(
        seen[1].position,
        at(9, 5, 2),
        "byte 9, line 5: line 2 and 3 are one record, line 4 is empty"
    );
    assert_eq!(seen[2].position, at(13, 6, 3));
}

#[test]
fn a_lost_quote_costs_its_own_line_and_not_the_rest_of_the_file() {
    let seen = cut("\"a\",\"lost\n\"b\",\"2\"\n\"c\",\"3\"\n", 2);
    assert_eq!(faults(&seen), [Some(OpenQuote), None, None]);
    assert_eq!(seen[0].text, "\\\"a\\\",\\\"lost");
    assert_eq!(seen[0].values, ["a"], "the fields before the fault");
    assert_eq!(seen[1].position, at(10, 3, 2));
}

#[test]
fn an_open_quote_gives_back_the_lines_that_it_swallowed() {
    let seen = cut("a,1\n\"b\",\"open\nc,3\nd,4\n", 2);
    assert_eq!(faults(&seen), [None, Some(OpenQuote), None, None]);
    assert_eq!(seen[3].values, ["d", "4"]);
}

#[test]
fn a_damaged_record_ends_behind_the_fields_before_its_fault() {
    let seen = cut("\"a\nb\",\"x\"y\nc,2\n", 2);
    assert_eq!(faults(&seen), [Some(OpenQuote), None]);
    assert_eq!(
        seen[0].values,
        ["a\nb"],
        "a newline in a sound field before the broken one does not end the record"
    );
    assert_eq!(seen[1].values, ["c", "2"]);
}

#[test]
fn a_quote_where_none_may_stand_is_a_fault() {
    for text in ["a\"b,1\nc,2\n", "\"a\"b,1\nc,2\n", "\"a\" ,1\nc,2\n"] {
        assert_eq!(faults(&cut(text, 2)), [Some(OpenQuote), None], "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_a_fault_of_their_record_alone() {
    let seen = cut_in_pieces(b"a,\xff\nb,\xc3\xa9\n\"\xc3\",\"\xa9\"\n", 2, &[]);
    assert_eq!(faults(&seen), [Some(InvalidUtf8), None, Some(InvalidUtf8)]);
}

#[test]
fn pieces_of_one_byte_change_nothing() {
    let text = "\"a\r\nb\",\"\"\"\"\r\n\r\nc,\"d\ne\"\r\n\"f\",lost\"\n,\n\"g\",\"h\"\r\ni,j";
    let whole = cut(text, 2);
    assert_eq!(whole.len(), 6, "{whole:?}");
    for size in [1, 2, 3, 5] {
        let seen = cut_in_pieces(text.as_bytes(), 2, &[size]);
        assert_eq!(seen, whole, "pieces of {size} bytes");
    }
}

#[test]
fn a_field_that_never_ends_is_cut_at_the_limit() {
    let mut bytes = b"\"".to_vec();
    bytes.resize(2 * MAX_RECORD, b'x');
    bytes.extend_from_slice(b"\na,b\n");
    let whole = cut_in_pieces(&bytes, 2, &[]);
    assert_eq!(whole[0].text.len(), MAX_RECORD + 1, "one quote is escaped");
    assert_eq!(whole[0].fault, Some(OpenQuote));
    assert_eq!(whole.last().map(|seen| seen.fault), Some(None));
    let pieces = cut_in_pieces(&bytes, 2, &[300_000]);
    assert!(
        whole == pieces,
        "pieces of 300,000 bytes give other records"
    );
}

/// Bytes that look like CSV, rich in the characters that matter.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => Just(b'"'), 4 => Just(b','), 3 => Just(b'\n'), 2 => Just(b'\r'),
        6 => Just(b'a'), 1 => any::<u8>(),
    ];
    proptest::collection::vec(byte, 0..200)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn what_an_independent_writer_wrote_is_what_is_read(
        rows in rows(),
        windows in any::<bool>(),
        always_quoted in any::<bool>(),
        ends_without_newline in any::<bool>(),
        sizes in proptest::collection::vec(1..40_usize, 1..6),
    ) {
        let mut bytes = written(&rows, windows, always_quoted);
        if ends_without_newline {
            bytes.truncate(bytes.len() - if windows { 2 } else { 1 });
        }
        let seen = cut_in_pieces(&bytes, 3, &sizes);
        let found: Vec<_> = seen.iter().map(|seen| seen.values.clone()).collect();
        prop_assert_eq!(found, rows.clone());
        for (number, seen) in seen.iter().enumerate() {
            let before = written(&rows[..number], windows, always_quoted);
            let lines = before.split(|byte| *byte == b'\n').count() as u64 - 1;
            let expected = at(before.len() as u64, 2 + lines, number as u64 + 1);
            prop_assert_eq!(seen.position, expected, "of {:?}", &rows[number]);
            prop_assert_eq!(seen.fault, None);
        }
    }

    #[test]
    fn the_pieces_in_which_bytes_arrive_change_nothing(
        bytes in soup(),
        sizes in proptest::collection::vec(1..30_usize, 1..6),
    ) {
        prop_assert_eq!(cut_in_pieces(&bytes, 3, &sizes), cut_in_pieces(&bytes, 3, &[]));
    }

    #[test]
    fn every_byte_belongs_to_a_record_or_to_a_line_end(bytes in soup()) {
        let bytes = [&b"x"[..], &bytes].concat();
        let mut records = Vec::new();
        let mut cutter = super::subject::Cutter::new(3);
        cutter.cut(&bytes, super::support::START, true, |record| {
            let from = usize::try_from(record.position.offset).unwrap();
            records.push(from..from + record.bytes.len());
        });
        let mut left: Vec<u8> = Vec::new();
        let mut end = 0;
        for record in records {
            prop_assert!(record.start >= end, "two records have byte {}", record.start);
            left.extend_from_slice(&bytes[end..record.start]);
            end = record.end;
        }
        left.extend_from_slice(&bytes[end..]);
        left.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        prop_assert_eq!(left.escape_ascii().to_string(), "");
    }
}
