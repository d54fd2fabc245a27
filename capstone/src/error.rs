//! How a command ends when it does not end well.

use std::io::ErrorKind;

use fixtures::GenerateError;
use store::StoreError;
use week2_lake::IdentityError;

use crate::warehouse::WarehouseError;

/// Exit code: the data or the work is not there yet.
pub const NOT_YET: u8 = 1;
/// Exit code: the command was called in a way that makes no sense.
pub const USAGE: u8 = 2;
/// Exit code: something around the program is missing or broken.
pub const ENVIRONMENT: u8 = 3;
/// Exit code: Ctrl-C, as shells have it (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;

/// Ends that the program itself decides on. The text is the whole message.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The data or the work is not there yet.
    #[error("{0}")]
    NotYet(String),
    /// The command line asks for something that can't be.
    #[error("{0}")]
    Usage(String),
    /// Something around the program is missing or broken.
    #[error("{0}")]
    Environment(String),
}

/// What an error says, in one sentence. A full disk is named as such, whoever found it full.
pub fn words(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    if is_disk_full(error, &text) {
        format!("the disk is full: {text}; make room there, and run the same command again")
    } else {
        text
    }
}

fn is_disk_full(error: &anyhow::Error, text: &str) -> bool {
    let full = |cause: &std::io::Error| {
        matches!(
            cause.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded
        )
    };
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref());
    // DuckDB has nothing but the system's words.
    causes.any(full) || text.contains("No space left on device")
}

/// The exit code for an error, by the first cause that has an opinion.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    error.chain().find_map(code_of).unwrap_or(NOT_YET)
}

fn code_of(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if let Some(stop) = cause.downcast_ref::<Stop>() {
        return Some(match stop {
            Stop::NotYet(_) => NOT_YET,
            Stop::Usage(_) => USAGE,
            Stop::Environment(_) => ENVIRONMENT,
        });
    }
    if let Some(error) = cause.downcast_ref::<StoreError>() {
        return Some(match error {
            StoreError::InvalidLocation { .. } => USAGE,
            StoreError::NotFound { .. } => NOT_YET,
            _ => ENVIRONMENT,
        });
    }
    if let Some(error) = cause.downcast_ref::<WarehouseError>() {
        return Some(match error {
            WarehouseError::Missing { .. } => NOT_YET,
            WarehouseError::Query { .. } | WarehouseError::ReadOnly { .. } => USAGE,
            _ => ENVIRONMENT,
        });
    }
    if let Some(error) = cause.downcast_ref::<IdentityError>() {
        return Some(match error {
            IdentityError::Mixed { .. } => USAGE,
            IdentityError::Newer { .. } => ENVIRONMENT,
        });
    }
    if let Some(GenerateError::Spec(_)) = cause.downcast_ref::<GenerateError>() {
        return Some(USAGE);
    }
    // JSON is read from the lake alone: a document there is damaged.
    let broken = cause.is::<std::io::Error>() || cause.is::<serde_json::Error>();
    broken.then_some(ENVIRONMENT)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn the_cause_decides_the_code_however_much_context_is_around_it() {
        let wrapped = |stop: Stop| {
            anyhow::Result::<()>::Err(stop.into())
                .context("outer")
                .unwrap_err()
        };
        assert_eq!(exit_code(&wrapped(Stop::Usage("u".into()))), USAGE);
        assert_eq!(exit_code(&wrapped(Stop::NotYet("n".into()))), NOT_YET);
        let io = anyhow::Error::from(std::io::Error::other("disk full")).context("writing");
        assert_eq!(exit_code(&io), ENVIRONMENT);
        assert_eq!(exit_code(&anyhow::anyhow!("anything else")), NOT_YET);
    }

    #[test]
    fn a_full_disk_is_called_one_whoever_found_it() {
        let io = std::io::Error::from(ErrorKind::StorageFull);
        let duckdb = anyhow::anyhow!("Could not write file \"w\": No space left on device");
        for error in [anyhow::Error::from(io).context("a/b.csv"), duckdb] {
            let said = words(&error);
            assert!(said.starts_with("the disk is full: "), "{said}");
            assert!(said.contains("make room"), "{said}");
        }
        assert_eq!(words(&anyhow::anyhow!("b").context("a")), "a: b");
    }
}
