//! From the bytes of a first line to names.

use proptest::prelude::*;
use week1_schema::HeaderError;
use week1_schema::solution::parse_header;

fn names(line: &[u8]) -> Vec<String> {
    parse_header(line).expect("a header").0
}

fn reason(line: &[u8]) -> String {
    match parse_header(line) {
        Err(HeaderError::NotCsv { reason }) => reason,
        other => panic!("expected NotCsv, got {other:?}"),
    }
}

#[test]
fn the_line_end_is_no_part_of_the_last_name() {
    for line in ["A,B", "A,B\n", "A,B\r\n"] {
        assert_eq!(names(line.as_bytes()), ["A", "B"]);
    }
}

#[test]
fn a_byte_order_mark_is_cut_off_and_reported() {
    let (names, marked) = parse_header(b"\xEF\xBB\xBFA,B\n").expect("a header");
    assert_eq!(
        (names, marked),
        (vec!["A".to_owned(), "B".to_owned()], true)
    );
    assert!(!parse_header(b"A,B\n").expect("a header").1);
}

#[test]
fn quotes_are_taken_off() {
    assert_eq!(names(br#""A","B, or ""C""",D"#), ["A", "B, or \"C\"", "D"]);
    assert_eq!(names(br#""A","","#), ["A", "", ""]);
}

#[test]
fn a_line_without_text_is_empty() {
    for line in [&b""[..], b"\n", b"\r\n", b"  \n", b"\xEF\xBB\xBF\n"] {
        assert_eq!(parse_header(line), Err(HeaderError::Empty));
    }
}

#[test]
fn what_is_no_csv_header_says_why() {
    assert!(reason(b"A,\"B\n").contains("field 2 is never closed"));
    assert!(reason(b"\"A\"x,B\n").contains("closing quote of field 1"));
    assert!(reason(b"A,\xFF\n").contains("UTF-8"));
    assert!(reason(b"\xFF\xFEA\0,\0B\0").contains("UTF-16"));
    assert!(reason(b"PK\x03\x04\0\0").contains("binary"));
    assert!(reason(b"A\tB\tC\n").contains("tabs"));
    assert!(reason(b"A;B;C\n").contains("semicolons"));
}

proptest! {
    #[test]
    fn names_survive_quoting(names in prop::collection::vec("[A-Za-z_,\" ]{1,12}", 2..20)) {
        let quoted: Vec<String> = names
            .iter()
            .map(|name| format!("\"{}\"", name.replace('"', "\"\"")))
            .collect();
        let line = quoted.join(",");
        prop_assert_eq!(parse_header(line.as_bytes()), Ok((names, false)));
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = parse_header(&bytes);
    }
}
