//! Delivered files that can't be used, alone and among good ones.

use std::fs;
use std::path::Path;

use fixtures::{PublicationSpec, Spec};

use crate::support::{Desk, Ended, commits, one_year};

const GENERAL: &str = "OP_DTL_GNRL_PGYR2023_P06282024.csv";
const OWNERSHIP: &str = "OP_DTL_OWNRSHP_PGYR2023_P06282024.csv";

fn run(desk: &Desk, source: &Path) -> Ended {
    desk.run(&[
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ])
}

/// A delivery of general payments and ownership, and what a file is replaced by.
fn with_bad(desk: &Desk, name: &str, bytes: &[u8]) -> Ended {
    let source = desk.real("source", &one_year(2023, 1));
    fs::write(source.join(name), bytes).unwrap();
    run(desk, &source)
}

fn bytes(desk: &Desk, file: &str) -> Vec<u8> {
    let source = desk.real("bytes", &one_year(2023, 1));
    fs::read(source.join(file)).unwrap()
}

fn header(desk: &Desk, file: &str) -> Vec<u8> {
    let mut bytes = bytes(desk, file);
    bytes.truncate(bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1);
    bytes
}

#[test]
fn a_file_with_an_unknown_header_is_named_and_the_good_ones_are_committed() {
    let desk = Desk::new();
    let ended = with_bad(&desk, "other.csv", b"patient,price\n1,2\n");
    ended
        .expect(1)
        .says(&["NOT DONE", "other.csv", "unknown header", "patient"]);
    let visible = desk.visible("lake");
    assert_eq!(commits(&visible).len(), 2, "general and ownership");
    let attempt = desk.last_attempt("lake");
    assert_eq!(attempt["outcome"], "failed");
    assert!(attempt["error"].as_str().unwrap().contains("other.csv"));
    assert_eq!(desk.payments("lake"), Some(300));
}

#[test]
fn where_no_file_can_be_used_the_reason_is_not_hidden_behind_a_later_stage() {
    let desk = Desk::new();
    let path = desk.write("in/other.csv", "patient,price\n1,2\n");
    let ended = run(&desk, &path).expect(1);
    assert!(!ended.stderr.contains("error:"), "{ended:#?}");
    ended.says(&["NOT DONE", "other.csv", "unknown header"]);
    assert_eq!(commits(&desk.visible("lake")), [""; 0]);
}

#[test]
fn an_empty_file_is_named() {
    let desk = Desk::new();
    with_bad(&desk, OWNERSHIP, b"")
        .expect(1)
        .says(&["NOT DONE", OWNERSHIP, "the file is empty"]);
    assert_eq!(commits(&desk.visible("lake")).len(), 1, "general");
}

#[test]
fn a_header_without_records_is_no_publication_of_general_payments() {
    let desk = Desk::new();
    let header = header(&desk, GENERAL);
    with_bad(&desk, GENERAL, &header).expect(1).says(&[
        "NOT DONE",
        GENERAL,
        "a header and no records",
    ]);
    assert_eq!(commits(&desk.visible("lake")).len(), 1, "ownership");
}

#[test]
fn a_delivery_that_failed_validation_is_a_failure_of_transform_too() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    fs::write(source.join(GENERAL), header(&desk, GENERAL)).unwrap();
    let source = source.to_str().unwrap();
    desk.run(&["ingest", "--lake", "lake", "--source", source])
        .expect(0);
    for stage in ["validate", "transform"] {
        desk.run(&[stage, "--lake", "lake"]).expect(1).says(&[
            "NOT DONE",
            GENERAL,
            "a header and no records",
        ]);
    }
    assert_eq!(commits(&desk.visible("lake")).len(), 1, "ownership");
}

#[test]
fn a_header_without_records_does_not_replace_what_is_committed() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    run(&desk, &source).expect(0);
    let before = desk.visible("lake");
    let empty = desk.write(
        "next/OP_DTL_GNRL_PGYR2023_P01302025_01212025.csv",
        header(&desk, GENERAL),
    );
    run(&desk, &empty)
        .expect(1)
        .says(&["NOT DONE", "no records"]);
    assert_eq!(desk.visible("lake"), before);
}

#[test]
fn a_removed_file_without_records_is_fine() {
    let desk = Desk::new();
    let publications = vec![PublicationSpec::first(2023), PublicationSpec::refresh(2023)];
    let source = desk.real("source", &Spec::new(publications, 300, 1));
    let removed = "OP_REMOVED_DELETED_PGYR2023_P01302025_01212025.csv";
    let all = fs::read(source.join(removed)).unwrap();
    let end = all.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    fs::write(source.join(removed), &all[..end]).unwrap();
    run(&desk, &source).expect(0).says(&[removed, "committed"]);
}

#[test]
fn a_folder_without_data_files_leaves_no_lake_behind() {
    let desk = Desk::new();
    desk.write("in/README.txt", "nothing");
    run(&desk, &desk.path("in")).expect(1).says(&[
        "error: ",
        "has no .csv and no .zip file",
        "OP_DTL_GNRL",
    ]);
    desk.run(&["runs", "--lake", "lake"])
        .expect(1)
        .says(&["there is no lake in lake yet", "capstone run"]);
}

#[test]
fn a_path_that_is_not_there_leaves_no_lake_of_the_wrong_kind_behind() {
    let desk = Desk::new();
    run(&desk, &desk.path("typo"))
        .expect(1)
        .says(&["error: there is no ", "typo", "--source"]);
    let synthetic = ["run", "--lake", "lake", "--years", "2023", "--rows", "50"];
    desk.run(&synthetic).expect(0);
}

#[test]
fn a_folder_with_the_name_of_a_file_and_a_broken_link_are_named() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    fs::create_dir(source.join("spark.csv")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", source.join("link.csv")).unwrap();
    let ended = run(&desk, &source).expect(1);
    let ended = ended.says(&["NOT DONE", "spark.csv", "is a folder"]);
    #[cfg(unix)]
    let ended = ended.says(&["NOT DONE", "link.csv", "can't be read", "No such file"]);
    drop(ended);
    assert_eq!(commits(&desk.visible("lake")).len(), 2);
}

/// Permissions do not stop root; reading the start of one's own memory fails for everybody.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_opens_and_can_not_be_read_is_named() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    std::os::unix::fs::symlink("/proc/self/mem", source.join("disk.csv")).unwrap();
    run(&desk, &source).expect(1).says(&[
        "NOT DONE",
        "disk.csv",
        "can't be read",
        "Input/output error",
    ]);
    assert_eq!(commits(&desk.visible("lake")).len(), 2);
}

#[test]
fn a_name_that_contradicts_the_records_on_year_or_publication_is_not_believed() {
    for (name, what, said, written) in [
        (
            "OP_DTL_GNRL_PGYR2022_P06282024.csv",
            "program year",
            "2022",
            "2023",
        ),
        (
            "OP_DTL_GNRL_PGYR2023_P06302023.csv",
            "publication date",
            "2023-06-30",
            "2024-06-28",
        ),
    ] {
        let desk = Desk::new();
        let general = bytes(&desk, GENERAL);
        let path = desk.write(&format!("in/{name}"), general);
        run(&desk, &path)
            .expect(1)
            .says(&["NOT DONE", name, what, said, written]);
        assert_eq!(commits(&desk.visible("lake")), [""; 0]);
    }
}

#[test]
fn the_same_bytes_under_two_names_count_once() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    fs::copy(source.join(GENERAL), source.join("again.csv")).unwrap();
    let ended = run(&desk, &source).expect(0);
    ended.says(&["WARN", "the same bytes twice", GENERAL, "again.csv"]);
    assert_eq!(desk.payments("lake"), Some(300));
}

#[test]
fn years_that_the_source_does_not_have_are_an_error_that_says_which_it_has() {
    let desk = Desk::new();
    let source = desk.real("source", &one_year(2023, 1));
    let source = source.to_str().unwrap();
    let arguments = [
        "run", "--lake", "lake", "--source", source, "--years", "2015",
    ];
    desk.run(&arguments)
        .expect(1)
        .says(&["error: ", "program year 2023", "--years"]);
}
