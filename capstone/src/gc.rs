//! `capstone gc`: removes what interrupted runs left, and nothing else.
//!
//! A run that dies before its commit leaves files that nobody reads: they cost money, not
//! correctness. Checkpoint 2.2 decides which objects are orphans; this module lists, waits
//! its turn, and deletes.
//!
//! Safety:
//! - Only files that belong to a run can be removed, and only if no commit, old or new,
//!   lists them. Objects are listed before commits are read, so what is committed in
//!   between is spared.
//! - A run at work has files that no commit lists *yet*. The answer of the field is age:
//!   Delta's `VACUUM` spares 7 days, Iceberg's `remove_orphan_files` 3 days and never less
//!   than 24 hours, which is the default here ([`SPARED`]).
//! - Age alone fails if a run writes an old file again just now. So commits and their
//!   age are looked at again before each batch and file; a batch excludes the commits of
//!   this machine's other processes; and a run looks whether its files are there before it
//!   commits them. Between machines that share a bucket a gap remains, of one request: a
//!   run would have to write a day-old file again and commit it between this program's
//!   last look and its delete.
//! - Killed anywhere, it has removed some orphans and not the others. Two at once remove
//!   the same ones; deleting twice is deleting once.
//!
//! Left alone: files staged by dead processes, which every opening of an embedded lake
//! removes; and unfinished multipart uploads of a bucket, which take a lifecycle rule.

mod cache;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use week2_lake::{Commit, StoredObject, keys};

use crate::context::Capstone;
use crate::lake::{Lake, Turn};
use crate::parts;

/// Files that are younger stay, unless the user says otherwise.
pub const SPARED: Duration = Duration::from_hours(24);
/// Commits of this machine wait for so many deletes at most.
const BATCH: usize = 50;

/// What to remove.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Files that are younger stay.
    pub older_than: Duration,
    /// Remove nothing, only say what would be.
    pub dry_run: bool,
}

/// What was found, and what became of it.
#[derive(Debug, Default, Serialize)]
pub struct Cleanup {
    /// Nothing was to be removed.
    pub dry_run: bool,
    /// Younger files stayed.
    pub older_than_seconds: u64,
    /// Files of runs that never got to their commit.
    pub orphans: Found,
    /// Copies of a bucket's files that no commit lists.
    pub copies: Found,
    /// Unlisted files that are younger: a run may be about to commit them.
    pub young: Tally,
    /// Not written by this program, and left alone.
    pub unknown: Vec<String>,
}

/// Files to be removed.
#[derive(Debug, Default, Serialize)]
pub struct Found {
    /// All of them.
    pub found: Tally,
    /// Those that were removed by this call.
    pub removed: Tally,
    /// Their keys or paths.
    pub names: Vec<String>,
}

/// How many, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
}

impl Tally {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

impl Found {
    fn add(&mut self, name: String, bytes: u64) {
        self.found.add(bytes);
        self.names.push(name);
    }
}

/// Removes orphans of the lake, and copies that nobody needs.
pub fn collect(capstone: &Capstone, request: Request) -> anyhow::Result<Cleanup> {
    let lake = &capstone.lake;
    let spared = SignedDuration::try_from(request.older_than)?;
    let written_before = capstone.clock.now().checked_sub(spared)?;
    // In this order: see the module head.
    let objects = lake.objects()?;
    let commits = lake.all_commits()?;
    let needed = needed(lake, &commits)?;
    let plan = parts::lake::plan_cleanup(objects, &needed, written_before);
    let mut cleanup = Cleanup {
        dry_run: request.dry_run,
        older_than_seconds: request.older_than.as_secs(),
        unknown: plan.unknown.into_iter().map(|object| object.key).collect(),
        ..Cleanup::default()
    };
    for object in &plan.young {
        cleanup.young.add(object.size);
    }
    for object in &plan.orphans {
        cleanup.orphans.add(object.key.clone(), object.size);
    }
    if !request.dry_run {
        cleanup.orphans.removed = remove(lake, &plan.orphans, written_before)?;
    }
    cache::collect(
        &capstone.home.cache(),
        &commits,
        written_before,
        &mut cleanup,
    )?;
    Ok(cleanup)
}

/// Keys of the commits, and the verdicts on deliveries that are still to be committed.
fn needed(lake: &Lake, commits: &[Commit]) -> anyhow::Result<BTreeSet<String>> {
    let deliveries = lake.ingested()?;
    let verdicts = deliveries
        .iter()
        .map(|delivery| keys::validation(&delivery.partition(), &delivery.run_id));
    Ok(commits
        .iter()
        .flat_map(parts::lake::keys_needed_by)
        .chain(verdicts)
        .collect())
}

fn remove(
    lake: &Lake,
    orphans: &[StoredObject],
    written_before: Timestamp,
) -> anyhow::Result<Tally> {
    let mut removed = Tally::default();
    for batch in orphans.chunks(BATCH) {
        let _turn = lake.turn(Turn::Remove)?;
        let needed = needed(lake, &lake.all_commits()?)?;
        for orphan in batch {
            let now = lake.object(&orphan.key)?;
            let still = parts::lake::plan_cleanup(now, &needed, written_before);
            for object in still.orphans {
                lake.collect(&object.key)?;
                tracing::info!(key = object.key, bytes = object.size, "removed");
                removed.add(object.size);
            }
        }
    }
    Ok(removed)
}

impl Cleanup {
    /// For people.
    pub fn to_text(&self) -> String {
        let hours = self.older_than_seconds / 3600;
        let seconds = self.older_than_seconds % 3600;
        let age = match (hours, seconds) {
            (0, seconds) => format!("{seconds} s"),
            (hours, 0) => format!("{hours} h"),
            (hours, seconds) => format!("{hours} h {seconds} s"),
        };
        let mut lines = vec![self.line("orphans", &self.orphans)];
        if self.copies.found.files > 0 {
            lines.push(self.line("copies", &self.copies));
        }
        if self.young.files > 0 {
            lines.push(format!(
                "young    {}, kept: younger than {age}, and a run may be about to commit them",
                self.young
            ));
        }
        let unknown = self.unknown.iter();
        lines.extend(
            unknown.map(|name| format!("unknown  {name}, kept: not written by this program")),
        );
        lines.join("\n")
    }

    fn line(&self, what: &str, found: &Found) -> String {
        if self.dry_run {
            format!("{what:<8} {}, would be removed", found.found)
        } else if found.removed == found.found {
            format!("{what:<8} {}, removed", found.found)
        } else {
            format!(
                "{what:<8} {}, {} of them removed",
                found.found, found.removed
            )
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let s = if self.files == 1 { "" } else { "s" };
        write!(f, "{} file{s}, {} bytes", self.files, self.bytes)
    }
}
