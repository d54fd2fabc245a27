//! What is known of the service between two commands: `.data/postgres/service.toml`.
//!
//! It holds the password: a loopback port is open to every user of a machine, and who may
//! connect as a superuser may run programs as the server's user. So there is a password even
//! here, made once, in a file that only its owner reads.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The user, as in the reference's compose file.
pub(crate) const USER: &str = "explorer";
/// The database, as there.
pub(crate) const DATABASE: &str = "exploration";

/// How the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum How {
    /// In a container.
    Compose,
    /// From programs installed on this machine.
    Installed,
}

/// The service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Service {
    /// How it runs.
    pub(crate) how: How,
    /// On 127.0.0.1. Kept over a restart, so that what the learner wrote down stays right.
    pub(crate) port: u16,
    /// Made once.
    pub(crate) password: String,
}

/// The service's folder.
pub(crate) fn home(root: &Path) -> PathBuf {
    root.join(".data").join("postgres")
}

impl Service {
    /// One that was never started.
    pub(crate) fn new(how: How) -> Result<Self> {
        Ok(Self {
            how,
            port: free_port()?,
            password: uuid::Uuid::new_v4().simple().to_string(),
        })
    }

    /// The one that was noted.
    pub(crate) fn load(root: &Path) -> Result<Option<Self>> {
        let path = home(root).join("service.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let service = toml_edit::de::from_str(&text);
                service.map(Some).with_context(|| {
                    format!("{} is damaged; without it the service starts anew, with a new folder: move {} away",
                        path.display(), home(root).display())
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Notes it.
    pub(crate) fn save(&self, root: &Path) -> Result<()> {
        let path = home(root).join("service.toml");
        let text = toml_edit::ser::to_string(self).context("it is plain data")?;
        let text = format!("# Written by `cargo xtask services`.\n{text}");
        private(&path, &text)
    }

    /// Takes the note back: it never ran.
    pub(crate) fn forget(root: &Path) {
        // A note that stays names a service that is not running, as it says itself.
        let _ = std::fs::remove_file(home(root).join("service.toml"));
    }

    /// How a client connects.
    pub(crate) fn url(&self) -> String {
        let Self { port, password, .. } = self;
        format!("postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}")
    }
}

/// Writes a file that only its owner reads.
pub(crate) fn private(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A port of the loopback that nobody listens on now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr().context("no port is free")?.port())
}

/// Whether somebody listens on a port.
pub(crate) fn is_taken(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_found_again_and_nobody_else_reads_it() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(Service::load(root.path()).unwrap(), None);
        std::fs::create_dir_all(home(root.path())).unwrap();
        let service = Service::new(How::Installed).unwrap();
        service.save(root.path()).unwrap();
        assert_eq!(Service::load(root.path()).unwrap(), Some(service));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = home(root.path()).join("service.toml");
            let mode = std::fs::metadata(file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_note_is_named_and_kept() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home(root.path())).unwrap();
        let file = home(root.path()).join("service.toml");
        std::fs::write(&file, "how = ").unwrap();
        let error = Service::load(root.path()).unwrap_err();
        assert!(format!("{error:#}").contains("service.toml is damaged"));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "how = ");
    }

    #[test]
    fn two_services_have_two_passwords() {
        let password = || Service::new(How::Compose).unwrap().password;
        assert_ne!(password(), password());
        assert!(password().len() >= 32);
    }
}
