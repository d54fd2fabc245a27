//! Real files, where they are at hand: `OPEN_PAYMENTS_SAMPLES` names their folder.

use std::fs;
use std::io::{self, Write as _};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use week1_schema::Dataset;
use week1_schema::solution::recognise_line;

use super::contract;

#[test]
fn the_headers_of_all_sample_files_are_known() {
    let Some(folder) = std::env::var_os("OPEN_PAYMENTS_SAMPLES").map(PathBuf::from) else {
        // Not `println!`: the harness keeps the output of a passing test to itself.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: real headers: OPEN_PAYMENTS_SAMPLES is not set"
        );
        return;
    };
    let contract = contract();
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the folder of samples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut line = Vec::new();
        let file = fs::File::open(&path).expect("a readable sample");
        BufReader::new(file)
            .read_until(b'\n', &mut line)
            .expect("a first line");
        let map = recognise_line(&line, contract).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(map.drift, [], "{name}");
        let is_research = name.starts_with("research") || name.contains("_RSRCH_");
        assert_eq!(map.dataset == Dataset::Research, is_research, "{name}");
        println!("{name}: {}", map.layout);
        seen += 1;
    }
    assert!(seen > 0, "no CSV file in {}", folder.display());
}
