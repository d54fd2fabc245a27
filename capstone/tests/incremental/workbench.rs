//! The pipeline in this process, on a lake of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use capstone::accounts::LakeState;
use capstone::clock::Clock;
use capstone::compare::{self, Changes};
use capstone::context::{self, Access, Capstone, Home, Place};
use capstone::pipeline::Pipeline;
use capstone::source;
use capstone::ui::Ui;
use duckdb::Connection;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use week2_lake::{Commit, DataKind};

/// Small enough that a few dozen records are several chunks.
const CHUNK_BYTES: u64 = 32 << 10;

struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// A lake in a folder that goes with it.
pub(crate) struct Workbench {
    capstone: Capstone,
    _folder: TempDir,
    _runtime: Runtime,
}

/// All that a lake says, but for the order in which it came to say it.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    /// Newest commits, without their numbers.
    commits: Vec<Commit>,
    /// The bytes of every file that they list.
    files: BTreeMap<String, Vec<u8>>,
    /// Every publication against the one before it.
    changes: Vec<Changes>,
    /// Every row of every mart, as text.
    marts: BTreeMap<String, Vec<String>>,
}

impl Workbench {
    pub(crate) fn new() -> Self {
        Self::with_chunks(CHUNK_BYTES)
    }

    pub(crate) fn with_chunks(chunk_bytes: u64) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let place = Place::Folder(folder.path().to_owned());
        let home = Home::new(&place, None);
        let capstone = Capstone {
            lake: context::open_lake(&place, Access::default(), &home, runtime.handle()).unwrap(),
            contract: context::contract().unwrap(),
            years: None,
            threads: 2,
            chunk_bytes,
            ui: Ui::new(true),
            lineage: capstone::lineage::Settings::default(),
            clock: Arc::new(Epoch),
            home,
        };
        Self {
            capstone,
            _folder: folder,
            _runtime: runtime,
        }
    }

    /// Takes in a folder of files, up to the commits; builds the warehouse if asked.
    pub(crate) fn deliver(&self, folder: &Path, load: bool) {
        let source = source::discover(&self.capstone, &folder.to_path_buf().into()).unwrap();
        let mut pipeline = Pipeline::new(&self.capstone, "run");
        pipeline
            .attempt(DataKind::Synthetic, |pipeline| {
                pipeline.ingest(&source)?;
                pipeline.validate()?;
                pipeline.transform()?;
                if load { pipeline.load() } else { Ok(()) }
            })
            .unwrap();
        let summary = &pipeline.summary;
        assert_eq!(summary.problems, [], "everything delivered is sound");
        assert_eq!(summary.discrepancies, []);
        if let Some(warehouse) = &summary.warehouse {
            assert!(warehouse.published, "{:?}", warehouse.failures);
        }
    }

    /// What readers of the lake and of the warehouse see.
    pub(crate) fn said(&self) -> Said {
        let state = LakeState::read(&self.capstone.lake).unwrap();
        let changes = compare::compare(&self.capstone, &state).unwrap();
        let without_number = |commit| Commit {
            sequence: 0,
            ..commit
        };
        let commits: Vec<Commit> = state.commits.into_iter().map(without_number).collect();
        let listed = commits
            .iter()
            .flat_map(|commit| commit.manifest.data.iter().chain(&commit.manifest.rejected))
            .chain(
                changes
                    .iter()
                    .filter_map(|changes| changes.tombstones.as_ref()),
            );
        let files = listed.map(|file| {
            let path = self.capstone.lake.local_file(file).unwrap();
            (file.key.clone(), std::fs::read(path).unwrap())
        });
        Said {
            files: files.collect(),
            commits,
            changes,
            marts: self.marts(),
        }
    }

    fn marts(&self) -> BTreeMap<String, Vec<String>> {
        let tables = self.rows(
            "select table_name from information_schema.tables
             where table_schema = 'marts' order by 1",
        );
        tables
            .into_iter()
            .map(|table| {
                let sql = format!("select row::varchar from marts.{table} as row order by 1");
                (table, self.rows(&sql))
            })
            .collect()
    }

    /// The rows of a query with one column.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let connection = Connection::open(self.capstone.home.warehouse()).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

impl Said {
    /// Fails with the first thing that differs, and not with all of it.
    #[track_caller]
    pub(crate) fn must_equal(&self, other: &Self, what: &str) {
        assert_eq!(self.commits, other.commits, "{what}: commits");
        let names = |said: &Self| said.files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(other), "{what}: files");
        for (name, bytes) in &self.files {
            assert!(other.files[name] == *bytes, "{what}: bytes of {name}");
        }
        assert_eq!(self.changes, other.changes, "{what}: changes");
        for (mart, rows) in &self.marts {
            let pairs = rows.iter().zip(&other.marts[mart]);
            for (ours, theirs) in pairs {
                assert_eq!(ours, theirs, "{what}: {mart}");
            }
            assert_eq!(
                rows.len(),
                other.marts[mart].len(),
                "{what}: rows of {mart}"
            );
        }
        assert!(self == other, "{what}");
    }

    /// How many publications have one before them.
    pub(crate) fn comparisons(&self) -> usize {
        self.changes.len()
    }

    /// Rows of a mart.
    pub(crate) fn rows_of(&self, mart: &str) -> usize {
        self.marts[mart].len()
    }
}
