//! Who runs the server. Postgres refuses root; then the user `postgres` of the machine does,
//! in a folder that is given to them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The user and group that a server's programs run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Whoever called us.
    Caller,
    /// The machine's user `postgres`.
    Postgres {
        /// User id.
        user: u32,
        /// Group id.
        group: u32,
    },
}

impl Identity {
    /// Looks who we are.
    pub(crate) fn here() -> Result<Self> {
        let users = || std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Self::decide(caller()?, || user(&users(), "postgres"))
    }

    fn decide(caller: Option<u32>, postgres: impl Fn() -> Option<(u32, u32)>) -> Result<Self> {
        // Windows has no such numbers, and its server drops an administrator's rights itself.
        if caller != Some(0) {
            return Ok(Self::Caller);
        }
        match postgres() {
            Some((user, group)) => Ok(Self::Postgres { user, group }),
            None => bail!(
                "Postgres refuses to run as root, and there is no user `postgres` to run it: \
                 call this as another user, or `useradd --system postgres`"
            ),
        }
    }

    /// Lets a command run as this user.
    #[cfg(unix)]
    pub(crate) fn apply(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        if let Self::Postgres { user, group } = self {
            command.uid(user).gid(group);
        }
    }

    /// Lets a command run as this user.
    #[cfg(not(unix))]
    pub(crate) fn apply(self, _: &mut Command) {}

    /// Gives a file or folder to this user.
    #[cfg(unix)]
    pub(crate) fn own(self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Caller => Ok(()),
            Self::Postgres { user, group } => {
                std::os::unix::fs::chown(path, Some(user), Some(group))
            }
        }
    }

    /// Gives a file or folder to this user.
    #[cfg(not(unix))]
    pub(crate) fn own(self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}

/// Our own user id: that of a file that we make. `id` would need a PATH.
#[cfg(unix)]
fn caller() -> Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::tempfile().context("cannot make a temporary file")?;
    let known = file.metadata().context("cannot ask for our own user")?;
    Ok(Some(known.uid()))
}

#[cfg(not(unix))]
fn caller() -> Result<Option<u32>> {
    Ok(None)
}

/// User and group id of a user in the text of `/etc/passwd`.
fn user(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_hands_over_and_everybody_else_runs_it_themselves() {
        let postgres = || Some((101, 104));
        let found = |caller| Identity::decide(caller, postgres).unwrap();
        assert_eq!(found(Some(1000)), Identity::Caller);
        assert_eq!(found(None), Identity::Caller);
        let expected = Identity::Postgres {
            user: 101,
            group: 104,
        };
        assert_eq!(found(Some(0)), expected);
    }

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "postgres2:x:1:1::/:/bin/sh\npostgres:x:101:104:,,:/var/lib:/bin/bash\n";
        assert_eq!(user(users, "postgres"), Some((101, 104)));
        assert_eq!(user(users, "post"), None);
    }

    #[test]
    fn root_without_a_user_to_hand_over_to_is_told_so() {
        let error = Identity::decide(Some(0), || None).unwrap_err().to_string();
        assert!(error.contains("refuses to run as root"), "{error}");
    }
}
