//! `--lake-faults`: a lake whose requests fail on purpose, and what that came to.

use store::StoreConfig;

use crate::cli::Cli;
use crate::context::{self, Capstone};
use crate::ui::say;

/// How the lake behaves.
pub(super) fn config(cli: &Cli) -> StoreConfig {
    StoreConfig {
        faults: cli.common.lake_faults.clone(),
        ..context::store_config()
    }
}

/// A drill is worth what it did.
pub(super) fn tell(cli: &Cli, capstone: &Capstone) {
    let Some(faults) = &cli.common.lake_faults else {
        return;
    };
    let injected = capstone.lake.injected();
    let kinds: Vec<_> = injected
        .iter()
        .map(|(kind, number)| format!("{number} {kind}"))
        .collect();
    let message = format!(
        "drill: {} requests to the lake failed on purpose, with seed {} and rate {} ({})",
        injected.values().sum::<u64>(),
        faults.seed,
        faults.rate,
        kinds.join(", ")
    );
    say(cli.common.log_format(), &message);
}
