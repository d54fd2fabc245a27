//! The events as JSON lines: `lineage.jsonl` in the lake's folder.
//!
//! The objects are the truth, and the file catches up with them: every object that the file
//! does not have is appended, under a lock. So two processes never mix their lines, a line
//! that a kill or a full disk left torn is cut off and written again, and an event that was
//! kept and not yet written here is not lost. Lines stand in the order in which this machine
//! learned of them.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use week2_lake::keys;
use week7_audit::openlineage::EventType;

use crate::lake::Lake;

/// The fields by which a line is known.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    event_type: EventType,
    run: RunHead,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunHead {
    run_id: String,
}

/// Appends every event of the lake that the file does not have.
pub(super) fn sync(lake: &Lake, path: &Path) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    let mut file = open(path).with_context(context)?;
    file.lock().with_context(context)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).with_context(context)?;
    text.truncate(whole_lines(&text));
    file.set_len(text.len() as u64).with_context(context)?;
    file.seek(SeekFrom::End(0)).with_context(context)?;
    let known = known(&text);
    for key in lake.keys(LINEAGE)? {
        if !known.contains(&key) {
            let line = lake.bytes(&key)?;
            file.write_all(&line).with_context(context)?;
        }
    }
    Ok(())
}

const LINEAGE: &str = "metadata/lineage/";

/// Every event of the lake as JSON lines, attempt by attempt.
pub fn export(lake: &Lake) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    for key in lake.keys(LINEAGE)? {
        text.extend_from_slice(&lake.bytes(&key)?);
    }
    Ok(text)
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Bytes up to the end of the last line that has one.
fn whole_lines(text: &[u8]) -> usize {
    let last = text.iter().rposition(|byte| *byte == b'\n');
    last.map_or(0, |at| at + 1)
}

/// Keys of the events in the file; a line that is none is nobody's business.
fn known(text: &[u8]) -> BTreeSet<String> {
    let lines = text.split(|byte| *byte == b'\n');
    let heads = lines.filter_map(|line| serde_json::from_slice::<Head>(line).ok());
    heads
        .map(|head| keys::lineage(&head.run.run_id, head.event_type.is_terminal()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_no_line() {
        assert_eq!(whole_lines(b""), 0);
        assert_eq!(whole_lines(b"{}\n{\"eventT"), 3);
        assert_eq!(whole_lines(b"{}\n{}\n"), 6);
        assert_eq!(whole_lines(b"{\"eventT"), 0);
    }

    #[test]
    fn events_are_known_by_run_and_by_being_terminal() {
        let text = br#"{"eventType":"START","run":{"runId":"a","facets":{}},"x":1}
a note of somebody
{"eventType":"FAIL","run":{"runId":"a"}}
"#;
        let found: Vec<_> = known(text).into_iter().collect();
        assert_eq!(found, [keys::lineage("a", false), keys::lineage("a", true)]);
    }
}
