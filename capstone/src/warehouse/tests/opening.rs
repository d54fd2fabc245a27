//! Opening the file, and who else has it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Case;
use crate::warehouse::{Settings, Warehouse, WarehouseError};

#[test]
fn asking_before_the_first_load_says_what_to_run() {
    let case = Case::new();
    let error = Warehouse::open_read_only(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .ends_with("does not exist yet; run `capstone load` first"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_database_is_named_as_such() {
    let case = Case::new();
    fs::write(
        case.warehouse(),
        "a text file, long enough to be read as a header".repeat(200),
    )
    .unwrap();
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(matches!(error, WarehouseError::NotDuckDb { .. }), "{error}");
}

/// DuckDB's checksum of a header block: its first 8 bytes hold it, the rest is covered.
fn header_checksum(block: &[u8]) -> u64 {
    let words = block[8..].chunks_exact(8);
    let words = words.map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    words.fold(5381, |sum, word| {
        sum ^ word.wrapping_mul(0xbf58_476d_1ce4_e5b9)
    })
}

#[test]
fn a_file_of_a_newer_duckdb_is_named_as_such() {
    let case = Case::new();
    drop(case.open());
    let mut bytes = fs::read(case.warehouse()).unwrap();
    let header = &mut bytes[..4096];
    assert_eq!(
        header[..8],
        header_checksum(header).to_le_bytes(),
        "the header's own checksum"
    );
    // The storage version follows the checksum and the letters DUCK.
    header[12..20].copy_from_slice(&999_u64.to_le_bytes());
    let checksum = header_checksum(header);
    header[..8].copy_from_slice(&checksum.to_le_bytes());
    fs::write(case.warehouse(), bytes).unwrap();
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    assert!(matches!(error, WarehouseError::Newer { .. }), "{error}");
}

/// Run by the next test in a process of its own: holds the file until its input ends.
#[test]
fn holder() {
    let Ok(path) = std::env::var("WAREHOUSE_HOLDER") else {
        return;
    };
    let _warehouse = Warehouse::open(Path::new(&path), &Settings::default()).unwrap();
    fs::write(format!("{path}.held"), "").unwrap();
    std::io::Read::read(&mut std::io::stdin(), &mut [0]).unwrap();
}

#[test]
fn a_file_that_another_process_holds_is_named_with_that_process() {
    let case = Case::new();
    case.load();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "warehouse::tests::opening::holder"])
        .env("WAREHOUSE_HOLDER", case.warehouse())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let held = case.folder.path().join("warehouse.duckdb.held");
    while !held.exists() && holder.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let error = Warehouse::open(&case.warehouse(), &Settings::default())
        .err()
        .unwrap();
    drop(holder.stdin.take());
    holder.wait().unwrap();
    assert!(matches!(error, WarehouseError::Locked { .. }), "{error}");
    assert!(
        error.to_string().contains(&holder.id().to_string()),
        "{error}"
    );
}
