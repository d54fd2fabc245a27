//! Files rich in what breaks readers.

use proptest::collection::vec;
use proptest::prelude::*;
use week2_ingestion::{AuditFields, MAX_RECORD};

use crate::check::cutter::{self, Case};

/// Pieces of a file: what opens, closes and ends fields, and what stands in them.
fn token() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &'static [u8]| Just(text.to_vec());
    prop_oneof![
        6 => text(b","), 4 => text(b"\""), 3 => text(b"\n"), 2 => text(b"\r\n"),
        2 => text(b"\","), 2 => text(b",\""), 2 => text(b"\"\""), 1 => text(b"\r"),
        3 => text(b"a"), 1 => text("é".as_bytes()), 1 => text(b"\xff"), 1 => text(b"\0"),
        1 => text(b"\xEF\xBB\xBF"), 1 => text(b"|"), 2 => text(b"2020"), 1 => text(b"20"),
        1 => text(b"-1.5"), 1 => text(b"12.50"), 1 => text("\u{a0}7".as_bytes()),
        1 => text(b"0000000000000000000001"), 1 => text(b"90000000000000000"),
        1 => (1usize..3000).prop_map(|length| vec![b'x'; length]),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

fn soup() -> impl Strategy<Value = Vec<u8>> {
    vec(token(), 0..80).prop_map(|tokens| tokens.concat())
}

/// Records as a good writer writes them.
fn rows() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        "[a-c|]{0,3}",
        "[\",\r\n a]{0,6}",
        "[0-9]{1,5}(\\.[0-9]{0,2})?"
    ];
    let field = (value, any::<bool>()).prop_map(|(value, quoted)| {
        if quoted || value.contains(['"', ',', '\r', '\n']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value
        }
    });
    let end = prop_oneof![5 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\n\n")];
    let row = (vec(field, 3), end).prop_map(|(fields, end)| fields.join(",") + end);
    vec(row, 0..30).prop_map(|rows| rows.concat().into_bytes())
}

/// Good records with a few bytes lost, added or changed.
fn damaged_rows() -> impl Strategy<Value = Vec<u8>> {
    let damage = (any::<prop::sample::Index>(), 0u8..3, token());
    (rows(), vec(damage, 1..4)).prop_map(|(mut rows, damages)| {
        for (place, kind, token) in damages {
            let from = place.index(rows.len() + 1);
            let to = rows.len().min(from + usize::from(kind > 0));
            let token = if kind < 2 { token } else { Vec::new() };
            rows.splice(from..to, token);
        }
        rows
    })
}

fn audit_fields(expected: usize) -> impl Strategy<Value = AuditFields> {
    let field = move || proptest::option::weighted(0.8, 0..expected);
    (field(), field(), field()).prop_map(|(amount, program_year, publication)| AuditFields {
        amount,
        program_year,
        publication,
    })
}

fn case(body: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Case> {
    let header = prop_oneof![
        8 => Just(&b"a,b,c\n"[..]), 1 => Just(&b"\xEF\xBB\xBFa,b,c\r\n"[..]),
        1 => Just(&b"a"[..]), 1 => Just(&b""[..]),
    ];
    let fields = prop_oneof![4 => Just(3usize), 1 => 1usize..5]
        .prop_flat_map(|expected| (Just(expected), audit_fields(expected)));
    let pieces = vec(prop_oneof![1usize..8, 1usize..400], 1..8);
    (header, body, fields, pieces, 1u64..400).prop_map(
        |(header, body, (expected, fields), pieces, chunk_bytes)| Case {
            file: [header, &body].concat(),
            expected,
            pieces,
            chunk_bytes,
            fields,
        },
    )
}

/// A record that ends within a few bytes of the limit, in pieces that end there too.
fn at_the_limit() -> impl Strategy<Value = Case> {
    let end = prop_oneof![
        Just(""),
        Just("\n"),
        Just("\r\n"),
        Just("\rx\n"),
        Just("\"x\n")
    ];
    let start = prop_oneof![Just(""), Just("a,"), Just("\"a\nb\",")];
    let near = || (0usize..8).prop_map(|more| MAX_RECORD - 4 + more);
    (start, any::<bool>(), near(), end, near()).prop_map(|(start, quoted, length, end, piece)| {
        let quote = if quoted { "\"" } else { "" };
        let filled = "x".repeat(length - start.len() - 2 * quote.len());
        let file = format!("h\n{start}{quote}{filled}{quote}{end}a,b\n");
        Case {
            file: file.into_bytes(),
            expected: 2,
            pieces: vec![piece, 1, 1, 1, 1, 1, MAX_RECORD],
            chunk_bytes: 1000,
            fields: AuditFields::default(),
        }
    })
}

proptest! {
    #[test]
    fn a_soup_of_quotes_and_line_ends_is_cut_the_same_in_any_pieces(case in case(soup())) {
        cutter::check(&case);
    }

    #[test]
    fn rows_are_cut_the_same_in_any_pieces(case in case(rows())) {
        cutter::check(&case);
    }

    #[test]
    fn damaged_rows_are_cut_the_same_in_any_pieces(case in case(damaged_rows())) {
        cutter::check(&case);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, ..ProptestConfig::default() })]
    #[test]
    fn a_record_at_the_limit_is_judged_the_same_in_any_pieces(case in at_the_limit()) {
        cutter::check(&case);
    }
}
