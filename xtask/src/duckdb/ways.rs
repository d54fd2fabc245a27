//! The four ways to a ready-made library, cheapest first.
//!
//! Each either gives the folder that holds the library or says why not in one
//! line. A machine without a network passes through all of them in seconds.

use std::ffi::OsStr;
use std::fs;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use super::platform::{Platform, VERSION};
use super::search::Way;
use super::version::show;
use crate::local;
use crate::process::run_limited;
use crate::workspace::Workspace;

/// Where the binding's build script downloads from. Asked first whether it
/// answers at all, since the attempt compiles the downloader.
const CODE_HOST: (&str, u16) = ("github.com", 443);
/// How long a host may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How many seconds the 25 MB may take, for the binding's own download.
const DOWNLOAD_SECONDS: &str = "120";
/// Its build script compiled (a minute on 2 cores), then its download.
const BINDING: Duration = Duration::from_mins(6);
/// How long npm may take to say whether a package exists.
const NPM_LOOKUP: Duration = Duration::from_secs(20);
/// How long npm may take for 24 MB.
const NPM_DOWNLOAD: Duration = Duration::from_mins(5);

/// Every way, in the order in which they are tried. `existing` is the folder
/// that the environment or an earlier set-up names.
pub(crate) fn all(workspace: &Workspace, existing: Option<PathBuf>) -> [Way<'_>; 4] {
    [
        Way {
            name: "existing library",
            cost: "the folder in DUCKDB_LIB_DIR, or the one found last time; no time",
            attempt: Box::new(move || existing.clone().ok_or("DUCKDB_LIB_DIR is not set".into())),
        },
        Way {
            name: "our cache",
            cost: "what an earlier set-up fetched; no time",
            attempt: Box::new(|| Ok(library_folder(workspace))),
        },
        Way {
            name: "code host",
            cost: "the official release, by the binding's own download, some 25 MB; a minute to compile it",
            attempt: Box::new(|| from_code_host(workspace)),
        },
        Way {
            name: "npm package",
            cost: "the same library for Node.js, by your npm, 24 MB; some seconds",
            attempt: Box::new(|| from_npm(workspace)),
        },
    ]
}

/// Where fetched libraries are kept for all checkouts and target directories.
fn library_folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("duckdb").join(show(VERSION))
}

/// Lets the build script of `libduckdb-sys` download the official release.
fn from_code_host(workspace: &Workspace) -> Result<PathBuf, String> {
    // Behind a proxy no direct connection tells anything.
    if !["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
    {
        answers(CODE_HOST)?;
    }
    // What an earlier set-up wrote would overrule the download.
    local::write(&workspace.local_config(), None).map_err(|e| format!("{e:#}"))?;
    let target = workspace.target_directory().map_err(|e| format!("{e:#}"))?;
    let folder = Scratch::new(workspace)?;
    let mut cargo = workspace.cargo();
    cargo
        .args(["build", "--package", "libduckdb-sys"])
        .env_remove("DUCKDB_LIB_DIR")
        .env("DUCKDB_DOWNLOAD_LIB", "1")
        .env("CARGO_HTTP_TIMEOUT", DOWNLOAD_SECONDS);
    run_limited(&mut cargo, BINDING, &folder.path("log"))?;
    let downloads = target.join("duckdb-download");
    let library = downloaded(&downloads, Platform::HOST)
        .ok_or_else(|| format!("the build left no library in {}", downloads.display()))?;
    keep(&library, workspace)
}

/// The folder `<downloads>/<target triple>/<version>` that holds the library.
fn downloaded(downloads: &Path, platform: Platform) -> Option<PathBuf> {
    let triples = fs::read_dir(downloads).ok()?;
    triples
        .filter_map(Result::ok)
        .map(|triple| triple.path().join(show(VERSION)))
        .find(|folder| folder.join(platform.files()[0]).exists())
}

/// Whether a host can be reached, found out within [`ANSWER`] twice over: a name
/// server that is silent would block for half a minute.
fn answers((host, port): (&'static str, u16)) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let addresses = (host, port).to_socket_addrs();
        // The receiver has given up if this took too long.
        let _ = sender.send(addresses.map(Iterator::collect::<Vec<_>>));
    });
    let addresses = receiver
        .recv_timeout(ANSWER)
        .map_err(|_| format!("the name {host} was not resolved in {} s", ANSWER.as_secs()))?
        .map_err(|_| format!("the name {host} cannot be resolved here"))?;
    let address = addresses
        .first()
        .ok_or_else(|| format!("{host} has no address"))?;
    TcpStream::connect_timeout(address, ANSWER)
        .map(drop)
        .map_err(|error| format!("{host} does not answer: {error}"))
}

/// Fetches the npm package with the user's own npm, registry and proxy settings.
fn from_npm(workspace: &Workspace) -> Result<PathBuf, String> {
    let package = Platform::HOST
        .npm_package()
        .ok_or("no npm package for this platform")?;
    let folder = Scratch::new(workspace)?;
    let log = folder.path("log");
    let lookup = ["view", &package, "dist.unpackedSize"];
    run_limited(&mut npm(&folder, &lookup), NPM_LOOKUP, &log)?;
    run_limited(&mut npm(&folder, &["pack", &package]), NPM_DOWNLOAD, &log)?;
    let archive = folder
        .find(OsStr::new("tgz"))
        .ok_or("npm pack left no archive")?;
    // Every system that we know has a tar, Windows too.
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).current_dir(&folder.0);
    run_limited(&mut tar, NPM_DOWNLOAD, &log)?;
    keep(&folder.path("package"), workspace)
}

/// npm, told not to retry: its own three tries last over a minute without a network.
fn npm(folder: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command
        .args(arguments)
        .args(["--fetch-retries=0", "--loglevel=error"])
        .current_dir(&folder.0);
    command
}

/// Copies what linking needs into the cache. Each file appears there whole or
/// not at all, so two set-ups at once do each other no harm.
fn keep(from: &Path, workspace: &Workspace) -> Result<PathBuf, String> {
    let to = library_folder(workspace);
    let copy = |name: &str| -> std::io::Result<()> {
        fs::create_dir_all(&to)?;
        let part = to.join(format!("{name}.{}", std::process::id()));
        fs::copy(from.join(name), &part)?;
        fs::rename(&part, to.join(name))
    };
    for name in Platform::HOST.files() {
        copy(name).map_err(|error| format!("cannot keep {name} in {}: {error}", to.display()))?;
    }
    Ok(to)
}

/// A folder in the cache for one attempt, removed when the attempt ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(workspace: &Workspace) -> Result<Self, String> {
        let folder = workspace
            .cache
            .join(format!("setup-{}", std::process::id()));
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot write in {}: {error}", workspace.cache.display()))?;
        Ok(Self(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The first file with this extension.
    fn find(&self, extension: &OsStr) -> Option<PathBuf> {
        let files = fs::read_dir(&self.0).ok()?;
        files
            .filter_map(|file| file.ok().map(|file| file.path()))
            .find(|path| path.extension() == Some(extension))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The cache may be deleted at any time; what stays here harms nothing.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_ways_come_first_and_the_network_last() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace {
            root: folder.path().to_owned(),
            cache: folder.path().to_owned(),
        };
        let ways = all(&workspace, None);
        let names: Vec<_> = ways.iter().map(|way| way.name).collect();
        let expected = ["existing library", "our cache", "code host", "npm package"];
        assert_eq!(names, expected);
        let unset = (ways[0].attempt)();
        assert_eq!(unset, Err("DUCKDB_LIB_DIR is not set".to_owned()));
    }

    #[test]
    fn a_download_is_found_under_its_target_and_version() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = folder.path().join("some-triple").join("1.5.6");
        let other = folder.path().join("a-triple").join("1.4.0");
        for place in [&library, &other] {
            fs::create_dir_all(place).expect("writable");
            fs::write(place.join(Platform::HOST.files()[0]), "").expect("writable");
        }
        let found = downloaded(folder.path(), Platform::HOST);
        assert_eq!(found, Some(library));
    }

    #[test]
    fn a_kept_library_is_whole_and_leaves_no_parts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let from = folder.path().join("package");
        fs::create_dir(&from).expect("writable");
        for name in Platform::HOST.files() {
            fs::write(from.join(name), "bytes").expect("writable");
        }
        let workspace = Workspace {
            root: folder.path().to_owned(),
            cache: folder.path().join("cache"),
        };
        let kept = keep(&from, &workspace).expect("the files are there");
        assert_eq!(kept, folder.path().join("cache/duckdb/1.5.6"));
        let names = fs::read_dir(&kept).expect("readable").count();
        assert_eq!(names, Platform::HOST.files().len());
    }

    #[test]
    fn a_host_that_nobody_runs_does_not_answer() {
        // Port 1 of this machine: refused at once, without a network.
        let message = answers(("127.0.0.1", 1)).expect_err("nothing listens there");
        assert!(
            message.starts_with("127.0.0.1 does not answer"),
            "{message}"
        );
    }
}
