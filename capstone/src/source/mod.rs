//! Finds delivered files: a CSV, a zip as CMS ships them, a folder of both, or either
//! over HTTP(S); and rows that a datastore of CMS serves in pages.
//!
//! One that can't be had is a problem of its own and does not stop the others.
//!
//! - `folder`: files on this machine; `unzip`: what zips hold
//! - `download`: a file over HTTP, whatever breaks; `spool`: where its bytes wait;
//!   `memory`: which version of it is in the lake already
//! - `datastore`: rows by pages; `rows`: each of them written as the CSV that CMS would have delivered

mod datastore;
mod download;
mod folder;
mod location;
mod memory;
mod patience;
mod rows;
mod spool;
mod unzip;

use std::fs;
use std::io;
use std::path::PathBuf;

use url::Url;

pub use self::folder::is_data;
pub use self::location::Location;
use crate::context::Capstone;
use crate::error::Stop;
use crate::http::{Http, Shown};
use crate::ingest::{Ingestion, Problem};
use crate::scratch::Scratch;
use download::Download;

/// A delivered CSV file on this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Name as delivered, without a path.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
}

impl SourceFile {
    /// Its size in bytes now.
    pub fn size(&self) -> io::Result<u64> {
        fs::metadata(&self.path).map(|about| about.len())
    }
}

/// The files of a source, and what holds those that are here for this run only.
#[derive(Debug, Default)]
pub struct Source {
    /// In name order; none if nothing has changed.
    pub files: Vec<SourceFile>,
    /// Files that are there by name and can't be had.
    pub problems: Vec<Problem>,
    /// Addresses of what is in the lake already, by the server's word.
    pub unchanged: Vec<String>,
    download: Option<Download>,
    _unpacked: Option<Scratch>,
}

impl Source {
    /// Bytes in all files that can be looked at.
    pub fn bytes(&self) -> u64 {
        bytes(&self.files)
    }

    /// Lets go of what was fetched, once `ingestion` has it in the raw zone. A file that
    /// could not be used goes too: the next run fetches it anew.
    pub fn settle(&self, capstone: &Capstone, ingestion: &Ingestion) -> anyhow::Result<()> {
        let Some(download) = &self.download else {
            return Ok(());
        };
        if self.problems.is_empty() && ingestion.problems.is_empty() {
            memory::remember(capstone, download, self, ingestion)?;
        }
        download.remove()
    }
}

/// Bytes in all of these files that can be looked at.
pub fn bytes(files: &[SourceFile]) -> u64 {
    let sizes = files.iter().filter_map(|file| file.size().ok());
    sizes.sum()
}

/// Finds or fetches the files at `location`. What has to be fetched or unpacked goes below
/// the lake's spool.
pub fn discover(capstone: &Capstone, location: &Location) -> anyhow::Result<Source> {
    match location {
        Location::Path(path) => folder::find(path, &capstone.home.spool()),
        Location::Url(url) if datastore::is_query(url) => datastore::fetch(capstone, url),
        Location::Url(url) => fetch(capstone, url),
    }
}

fn fetch(capstone: &Capstone, url: &Url) -> anyhow::Result<Source> {
    let http = Http::new(capstone.lake.runtime().clone());
    let known = memory::recall(capstone, url)?;
    let Some(download) = download::fetch(capstone, &http, url, known.as_ref())? else {
        return Ok(Source {
            unchanged: vec![Shown(url).to_string()],
            ..Source::default()
        });
    };
    let origin = Shown(url).to_string();
    match folder::sort(download.file(), &capstone.home.spool(), &origin) {
        Ok(source) => Ok(Source {
            download: Some(download),
            ..source
        }),
        Err(error) => {
            if matches!(error.downcast_ref(), Some(Stop::NotYet(_))) {
                // Nothing in it can be used, and the next run must not try it again.
                download.remove()?;
            }
            Err(error)
        }
    }
}
