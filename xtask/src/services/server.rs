//! A server from installed programs: data in `.data/postgres/server`, TCP on the loopback only.
//!
//! That folder is the server's user's, the one above it the caller's: as root, nothing is
//! written by us where the server could have put a link.
//!
//! Durability is Postgres' default: what was loaded survives a power cut.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::identity::Identity;
use super::state::{self, Service, USER};
use crate::check::probe::{Ran, ran};

/// Seconds that `pg_ctl` waits for a start (recovery after a power cut included) or a stop.
const PATIENCE: &str = "60";
/// How long any of its programs may take.
const LIMIT: Duration = Duration::from_secs(90);

/// Our tests need not survive a power cut; learners' data shall.
const HASTE: &[&str] = if cfg!(test) { &["--no-sync"] } else { &[] };

/// An installed server and its folder.
pub(crate) struct Server {
    programs: PathBuf,
    identity: Identity,
    /// The caller's.
    above: PathBuf,
    /// The server's.
    home: PathBuf,
}

impl Server {
    /// With the programs of this folder, for the checkout at `root`.
    pub(crate) fn new(programs: PathBuf, root: &Path) -> Result<Self> {
        Ok(Self {
            programs,
            identity: Identity::here()?,
            above: state::home(root),
            home: state::home(root).join("server"),
        })
    }

    /// Makes the data folder where there is none, and starts the server.
    pub(crate) fn start(&self, service: &Service) -> Result<()> {
        self.open_home()?;
        if !self.data().join("PG_VERSION").is_file() {
            self.init(&service.password)?;
        }
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}",
            service.port,
            if cfg!(test) { " -c fsync=off" } else { "" }
        );
        let log = self.home.join("server.log");
        let log = log.to_string_lossy();
        let started = self.pg_ctl(&["-w", "-t", PATIENCE, "-l", &log, "-o", &options, "start"])?;
        if !started.success {
            bail!(
                "Postgres does not start: {}\n(all of it: {log}; if it says that the files are \
                 another version's, move {} away: samples are loaded again in seconds)",
                self.last_words(),
                self.above.display()
            );
        }
        Ok(())
    }

    /// Stops it; transactions that are open are rolled back.
    pub(crate) fn stop(&self) -> Result<()> {
        let stopped = self.pg_ctl(&["-w", "-t", PATIENCE, "-m", "fast", "stop"])?;
        if !stopped.success {
            bail!("Postgres does not stop: {}", stopped.output);
        }
        Ok(())
    }

    /// Whether a server runs on the data folder.
    pub(crate) fn is_up(&self) -> Result<bool> {
        if !self.data().is_dir() {
            return Ok(false);
        }
        let status = self.pg_ctl(&["status"])?;
        if !status.success && !status.output.contains("no server running") {
            bail!("Postgres does not say how it is: {}", status.output);
        }
        Ok(status.success)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The folder is the server's: as root, it is given to `postgres`.
    fn open_home(&self) -> Result<()> {
        let cannot = || format!("cannot make {}", self.home.display());
        std::fs::create_dir_all(&self.home).with_context(cannot)?;
        self.identity.own(&self.home).with_context(cannot)?;
        if self.identity == Identity::Caller {
            return Ok(());
        }
        let mut test = Command::new("test");
        test.arg("-w").arg(&self.home).current_dir("/");
        self.identity.apply(&mut test);
        match ran(&mut test, LIMIT)? {
            // Without such a program, initdb finds out.
            None | Some(Ran { success: true, .. }) => Ok(()),
            Some(_) => bail!(
                "Postgres refuses root, so the user postgres runs it, who may not enter {}: \
                 `chmod o+x` the folders above it, or use a checkout elsewhere",
                self.home.display()
            ),
        }
    }

    fn init(&self, password: &str) -> Result<()> {
        let secret = self.above.join("password.new");
        state::private(&secret, password)?;
        self.identity
            .own(&secret)
            .context("cannot hand the password over")?;
        let mut initdb = self.command("initdb");
        initdb
            .arg("-D")
            .arg(self.data())
            .args(HASTE)
            .args([
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--no-locale",
            ])
            .arg(format!("--pwfile={}", secret.display()));
        let made = ran(&mut initdb, LIMIT);
        // It is in service.toml; this copy was for initdb.
        let _ = std::fs::remove_file(&secret);
        match made? {
            Some(Ran { success: true, .. }) => Ok(()),
            Some(Ran { output, .. }) => bail!("initdb fails: {output}"),
            None => bail!("there is no initdb in {}", self.programs.display()),
        }
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result<Ran> {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.data()).args(arguments);
        ran(&mut command, LIMIT)?.context("there is no pg_ctl any more")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.home);
        // Its messages are shown; they are looked for in English.
        command.env("LC_ALL", "C");
        self.identity.apply(&mut command);
        command
    }

    fn last_words(&self) -> String {
        let log = std::fs::read(self.home.join("server.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let telling = |line: &&str| {
            ["FATAL", "ERROR", "could not"]
                .iter()
                .any(|word| line.contains(word))
        };
        let line = log
            .lines()
            .rfind(telling)
            .or_else(|| log.lines().next_back());
        line.unwrap_or("it says nothing").to_owned()
    }
}
