//! Asks the server, through `psql`: installed here, or the one in the container.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::compose::Compose;
use super::programs::Programs;
use super::state::{DATABASE, How, Service, USER};

/// A way to ask.
pub(crate) enum Client {
    /// `psql` of this machine, to a URL.
    Here {
        /// Path of `psql`.
        psql: std::path::PathBuf,
        /// Where to.
        url: String,
    },
    /// `psql` in the service's container.
    There {
        /// The container's compose file.
        compose: Compose,
        /// The service.
        service: Service,
    },
}

impl Client {
    /// For a service; none if there is no `psql` at all.
    pub(crate) fn of(service: &Service, root: &std::path::Path) -> Option<Self> {
        match Programs::here().find("psql") {
            Some(psql) => Some(Self::Here {
                psql,
                url: service.url(),
            }),
            None if service.how == How::Compose => Some(Self::There {
                compose: Compose::at(root),
                service: service.clone(),
            }),
            None => None,
        }
    }

    /// The same, to another database of the server.
    fn command(&self) -> Command {
        let mut command = match self {
            Self::Here { psql, url } => {
                let mut command = Command::new(psql);
                // In the environment: arguments are seen by every user of the machine.
                let (name, value) = split_password(url);
                command.env("PGPASSWORD", value).args(["-d", &name]);
                command
            }
            Self::There { compose, service } => {
                let mut command = compose.command(service);
                command.args(["exec", "--no-TTY", "postgres", "psql"]);
                command.args(["-U", USER, "-d", DATABASE]);
                command
            }
        };
        command
            .env("PGCONNECT_TIMEOUT", "5")
            .env("PGCLIENTENCODING", "UTF8")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        command
    }

    /// Runs statements in one transaction; what the last one answers.
    pub(crate) fn ask(&self, statements: &[&str]) -> Result<String> {
        self.run(statements, Stdio::null())
    }

    /// The same; the statements may read a file as `pstdin`.
    pub(crate) fn feed(&self, statements: &[&str], file: File) -> Result<String> {
        self.run(statements, file.into())
    }

    fn run(&self, statements: &[&str], input: Stdio) -> Result<String> {
        let mut command = self.command();
        if statements.len() > 1 {
            command.arg("--single-transaction");
        }
        for statement in statements {
            command.args(["-c", statement]);
        }
        let output = command.stdin(input).output().context("cannot run psql")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{}", said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A URL without its password, and the password.
fn split_password(url: &str) -> (String, String) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (login, place) = rest.split_once('@')?;
        let (user, password) = login.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}"), password.to_owned()))
    });
    // A password with signs that a URL must escape stays in the URL, where psql unescapes it.
    match parts {
        Some((name, password)) if !password.contains('%') => (name, password),
        _ => (
            url.to_owned(),
            std::env::var("PGPASSWORD").unwrap_or_default(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_stand_among_the_arguments() {
        let (name, password) = split_password("postgresql://explorer:secret@127.0.0.1:5/x");
        assert_eq!(name, "postgresql://explorer@127.0.0.1:5/x");
        assert_eq!(password, "secret");
    }

    #[test]
    fn a_url_without_one_is_left_as_it_is() {
        let url = "postgresql://127.0.0.1/x";
        assert_eq!(split_password(url).0, url);
    }
}
