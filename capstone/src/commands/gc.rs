//! `capstone gc`: removes what interrupted runs left.

use std::process::ExitCode;
use std::time::Duration;

use super::no_lake;
use super::voice::show;
use crate::cli::Cli;
use crate::context::{Capstone, Place};
use crate::gc::{Request, collect};

/// Removes orphans that are old enough, or says which there are.
pub(super) fn run(
    cli: &Cli,
    capstone: &Capstone,
    place: &Place,
    older_than: Duration,
    dry_run: bool,
) -> anyhow::Result<ExitCode> {
    capstone.lake.identity()?.ok_or_else(|| no_lake(place))?;
    let request = Request {
        older_than,
        dry_run,
    };
    let cleanup = collect(capstone, request)?;
    show(cli, &cleanup, || {
        let mut text = cleanup.to_text();
        if matches!(place, Place::Bucket(_)) {
            text += "\nnote     unfinished multipart uploads are not looked for: give the bucket a \
                     lifecycle rule (AbortIncompleteMultipartUpload)";
        }
        text
    });
    Ok(ExitCode::SUCCESS)
}
