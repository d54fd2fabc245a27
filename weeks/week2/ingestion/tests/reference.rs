//! What only the reference has to hold: names as CMS gives them, records at the limit, and
//! what the audit counts beside amounts.

use std::collections::BTreeMap;

use jiff::civil::date;
use week2_ingestion::solution::{AuditBuilder, Cutter, parse_file_name};
use week2_ingestion::{AuditFields, MAX_RECORD, Position, RecordFault};

/// Length and fault of every record, cut as if `bytes` arrived in pieces of this size.
fn cut(bytes: &[u8], piece: usize) -> Vec<(usize, Option<RecordFault>)> {
    let (mut cutter, mut seen, mut pending) = (Cutter::new(1), Vec::new(), Vec::new());
    let mut next = Position {
        offset: 0,
        line: 2,
        record: 1,
    };
    let mut pieces = bytes.chunks(piece).peekable();
    while let Some(piece) = pieces.next() {
        pending.extend_from_slice(piece);
        let at_end = pieces.peek().is_none();
        let cut = cutter.cut(&pending, next, at_end, |record| {
            seen.push((record.bytes.len(), record.fault));
        });
        pending.drain(..cut.consumed);
        next = cut.next;
    }
    seen
}

#[test]
fn a_record_that_fills_the_limit_keeps_its_windows_line_end_in_any_pieces() {
    let mut bytes = vec![b'x'; MAX_RECORD];
    bytes.extend_from_slice(b"\r\na\n");
    let whole = cut(&bytes, bytes.len());
    assert_eq!(whole[0], (MAX_RECORD, None));
    assert_eq!(whole, cut(&bytes, MAX_RECORD + 1));
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
        cut(alone, alone.len()),
        [(MAX_RECORD, Some(RecordFault::OpenQuote))]
    );
}

#[test]
fn file_names_say_table_year_and_publication() {
    let name = parse_file_name("OP_DTL_GNRL_PGYR2017_P01302025_01212025.csv").unwrap();
    assert_eq!(name.table, "GNRL");
    assert_eq!(name.program_year, Some(2017));
    assert_eq!(
        name.publication,
        Some(date(2025, 1, 30)),
        "the first stamp is the publication"
    );
    let old = parse_file_name("op_removed_deleted_pgyr13_p012221.csv").unwrap();
    assert_eq!(
        (old.program_year, old.publication),
        (Some(2013), Some(date(2021, 1, 22)))
    );
    let first = parse_file_name("OPPR_ALL_DTL_GNRL_12192014.csv").unwrap();
    assert_eq!(
        (first.table.as_str(), first.program_year, first.publication),
        ("GNRL", None, Some(date(2014, 12, 19)))
    );
    assert_eq!(parse_file_name("general_PY2018.csv"), None);
}

#[test]
fn the_audit_adds_up_what_it_could_read_and_counts_the_rest() {
    let header = b"year,published,amount\n";
    let fields = AuditFields {
        program_year: Some(0),
        publication: Some(1),
        amount: Some(2),
    };
    let mut builder = AuditBuilder::new(header, 3, fields, 1 << 20);
    builder.update(b"2020,06/30/2021,1.50\n2020,06/30/2021,x\n2020\n2020,06/30/2021,2.50");
    let audit = builder.finish("f.csv");
    assert_eq!(
        (audit.records, audit.cents, audit.without_amount),
        (4, 400, 2)
    );
    assert_eq!(
        audit.partitions,
        BTreeMap::from([("2020|06/30/2021".to_owned(), 3)])
    );
    assert_eq!((audit.lines, audit.ends_without_newline), (5, true));
    assert_eq!(audit.header_bytes, header.len() as u64);
}
