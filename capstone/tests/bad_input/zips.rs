//! Zips as CMS ships them, and those that a broken download leaves.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{Desk, Ended, commits, one_year};

const README: &str = "OP_PGYR2023_README_P06282024.txt";

/// Zips a delivery and a read-me, as CMS does; `name` below the desk's folder `in`.
fn zipped(desk: &Desk, name: &str, method: CompressionMethod) -> std::path::PathBuf {
    let source = desk.real("unzipped", &one_year(2023, 1));
    let path = desk.write(&format!("in/{name}"), "");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(method);
    let mut files: Vec<_> = fs::read_dir(source).unwrap().map(Result::unwrap).collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        zip.start_file(file.file_name().to_str().unwrap(), options)
            .unwrap();
        zip.write_all(&fs::read(file.path()).unwrap()).unwrap();
    }
    zip.start_file(README, options).unwrap();
    zip.write_all(b"read me").unwrap();
    zip.finish().unwrap();
    path
}

fn run(desk: &Desk, source: &Path) -> Ended {
    desk.run(&[
        "run",
        "--lake",
        "lake",
        "--source",
        source.to_str().unwrap(),
    ])
}

fn spool_is_empty(desk: &Desk) -> bool {
    fs::read_dir(desk.path("lake/spool")).unwrap().count() == 0
}

#[test]
fn a_zip_as_cms_ships_it_gives_the_commits_of_its_files() {
    let desk = Desk::new();
    let zip = zipped(&desk, "PGYR2023_P06282024.ZIP", CompressionMethod::Deflated);
    run(&desk, &zip).expect(0);
    assert!(spool_is_empty(&desk));
    let files = desk.path("unzipped");
    let arguments = [
        "run",
        "--lake",
        "plain",
        "--source",
        files.to_str().unwrap(),
    ];
    desk.run(&arguments).expect(0);
    assert_eq!(desk.visible("lake"), desk.visible("plain"));
}

#[test]
fn a_truncated_zip_is_named_and_the_files_beside_it_are_committed() {
    let desk = Desk::new();
    let zip = zipped(&desk, "PGYR2023_P06282024.ZIP", CompressionMethod::Deflated);
    let bytes = fs::read(&zip).unwrap();
    fs::write(&zip, &bytes[..bytes.len() / 2]).unwrap();
    let good = desk.real("good", &one_year(2022, 1));
    fs::rename(
        good.join("OP_DTL_GNRL_PGYR2022_P06302023.csv"),
        desk.path("in/good.csv"),
    )
    .unwrap();
    run(&desk, &desk.path("in")).expect(1).says(&[
        "NOT DONE",
        "PGYR2023_P06282024.ZIP",
        "no sound zip file",
        "fetch it again",
    ]);
    let visible = desk.visible("lake");
    assert_eq!(
        commits(&visible),
        ["metadata/commits/general/2022/00000000000000000001.json"]
    );
    assert!(spool_is_empty(&desk));
}

#[test]
fn a_truncated_zip_alone_leaves_no_lake_behind() {
    let desk = Desk::new();
    let zip = zipped(&desk, "a.zip", CompressionMethod::Deflated);
    let bytes = fs::read(&zip).unwrap();
    fs::write(&zip, &bytes[..bytes.len() / 2]).unwrap();
    run(&desk, &zip)
        .expect(1)
        .says(&["error: ", "a.zip", "no sound zip file", "fetch it again"]);
    desk.run(&["runs", "--lake", "lake"]).expect(1);
}

#[test]
fn a_member_with_a_wrong_checksum_is_never_committed() {
    let desk = Desk::new();
    // Stored, so that a changed digit is no damage to the compressed stream: only the
    // checksum can tell.
    let zip = zipped(&desk, "a.zip", CompressionMethod::Stored);
    let mut bytes = fs::read(&zip).unwrap();
    let general = b"OP_DTL_GNRL_PGYR2023_P06282024.csv";
    let start = bytes
        .windows(general.len())
        .position(|window| window == general)
        .unwrap();
    let year = b"06/28/2024";
    let at = start
        + bytes[start..]
            .windows(year.len())
            .position(|window| window == year)
            .unwrap();
    bytes[at + 1] = b'7';
    fs::write(&zip, bytes).unwrap();
    run(&desk, &zip).expect(1).says(&[
        "NOT DONE",
        "OP_DTL_GNRL_PGYR2023_P06282024.csv in a.zip",
        "no sound zip file",
    ]);
    assert_eq!(
        commits(&desk.visible("lake")),
        ["metadata/commits/ownership/2023/00000000000000000001.json"],
        "the other member has its checksum"
    );
    assert!(spool_is_empty(&desk));
}

#[test]
fn a_zip_without_data_is_named() {
    let desk = Desk::new();
    let path = desk.write("in/docs.zip", "");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    zip.start_file(README, SimpleFileOptions::default())
        .unwrap();
    zip.finish().unwrap();
    run(&desk, &path)
        .expect(1)
        .says(&["error: ", "docs.zip", "no .csv in this zip"]);
}
