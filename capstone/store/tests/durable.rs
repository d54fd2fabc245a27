//! The order in which the embedded service forces bytes and names to disk, as the operating
//! system sees it: under strace, where there is one.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use store::Store;
use support::small_parts;

/// What a commit lists, and then the commit; folders are new and old.
const KEYS: [&str; 4] = [
    "raw/a=1/one.csv",
    "curated/a=1/part-0.parquet",
    "curated/a=1/part-1.parquet",
    "metadata/commits/a=1/1.json",
];

#[tokio::test]
#[ignore = "run under strace by the test below"]
async fn child_that_commits() {
    let root = std::env::var_os("STORE_TEST_ROOT").expect("started by another test");
    let store = Store::embedded(&root, "lake", small_parts()).unwrap();
    store.ensure_bucket().await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), vec![7; 100]).unwrap();
    store.put_file(KEYS[0], file.path(), None).await.unwrap();
    store.put(KEYS[1], Bytes::from_static(b"1")).await.unwrap();
    store.put(KEYS[2], Bytes::from_static(b"2")).await.unwrap();
    store.create(KEYS[3], "{}".into()).await.unwrap();
}

/// One traced call.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    /// A file or folder was forced to disk.
    Force(PathBuf),
    /// A name appeared: from, to.
    Name(PathBuf, PathBuf),
}

#[test]
fn bytes_are_forced_before_their_name_appears_and_names_before_anything_follows() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().join("root");
    let log = folder.path().join("strace.log");
    if let Err(reason) = trace(&root, &log) {
        let line = format!("SKIPPED: the order of forced writes: {reason}\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let calls: Vec<_> = fs::read_to_string(&log)
        .unwrap()
        .lines()
        .filter_map(parse)
        .collect();
    let bucket = root.join("lake");
    let place = |wanted: &dyn Fn(&Call) -> bool| calls.iter().position(wanted);
    let mut last = 0;
    for key in KEYS {
        let object = bucket.join(key);
        let named = place(&|call| matches!(call, Call::Name(_, to) if *to == object));
        let named = named.unwrap_or_else(|| panic!("{key} never appeared: {calls:#?}"));
        let Call::Name(staged, _) = &calls[named] else {
            unreachable!("found as one");
        };
        let bytes = place(&|call| *call == Call::Force(staged.clone()));
        assert!(
            bytes.is_some_and(|bytes| bytes < named),
            "{key}: bytes: {calls:#?}"
        );
        assert!(
            last <= named,
            "{key} overtook what was answered before: {calls:#?}"
        );
        // Its own name, and then, before the first time, those of all folders above it.
        let after = &calls[named..];
        let own = after
            .iter()
            .position(|call| *call == Call::Force(object.parent().unwrap().to_owned()));
        let own = own.unwrap_or_else(|| panic!("{key}: its name was not forced: {calls:#?}"));
        last = named + own;
        for above in object
            .ancestors()
            .skip(2)
            .take_while(|above| *above != root)
        {
            let forced = place(&|call| *call == Call::Force(above.to_owned()));
            assert!(
                forced.is_some_and(|at| at < named),
                "{key}: {}",
                above.display()
            );
        }
    }
}

/// Runs the child under strace, or says why it can't.
fn trace(root: &Path, log: &Path) -> Result<(), String> {
    let child = std::env::current_exe().unwrap();
    let calls = "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat";
    let output = Command::new("strace")
        .args(["-f", "-y", "-s", "4096", "-e", calls, "-o"])
        .arg(log)
        .arg(child)
        .args(["--exact", "child_that_commits", "--ignored"])
        .env("STORE_TEST_ROOT", root)
        .output()
        .map_err(|error| format!("strace does not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ptrace") {
        return Err(said.trim().to_owned());
    }
    assert!(output.status.success(), "{output:#?}");
    Ok(())
}

/// A line such as `12 fsync(3</a/b>) = 0` or `12 linkat(AT_FDCWD, "/a", AT_FDCWD, "/b", 0) = 0`.
fn parse(line: &str) -> Option<Call> {
    let (_, call) = line.split_once(' ')?;
    let call = call.trim_start();
    if !call.ends_with("= 0") {
        return None;
    }
    if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
        let path = call.split_once('<')?.1.rsplit_once('>')?.0;
        return Some(Call::Force(path.into()));
    }
    let mut paths = call.split('"').skip(1).step_by(2);
    Some(Call::Name(paths.next()?.into(), paths.next()?.into()))
}
