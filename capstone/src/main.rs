//! `capstone`: the pipeline's command line.

use std::process::ExitCode;
use std::time::Duration;

use capstone::cli::{Cli, Command};
use capstone::commands::{self, Voice};
use capstone::settings;
use capstone::ui::{explain_panics, start_logs};
use clap::Parser;
use tokio::runtime::{Handle, Runtime};

fn main() -> ExitCode {
    let mut cli = Cli::parse();
    let settings = settings::complete(&mut cli.common);
    let voice = Voice::of(&cli);
    let format = cli.common.log_format();
    start_logs(format, cli.common.settings.log_filter.as_deref());
    explain_panics(format);
    if let Err(error) = settings {
        return voice.fail(&error);
    }
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return voice.fail(&anyhow::Error::from(error)),
    };
    // A server is ended by Ctrl-C; everything else is interrupted by it.
    let serves = matches!(cli.command, Command::S3 { .. });
    let code = runtime.block_on(async {
        let handle = Handle::current();
        let work = tokio::task::spawn_blocking(move || commands::execute(&cli, &handle));
        tokio::select! {
            done = work => match done {
                Ok(Ok(code)) => code,
                Ok(Err(error)) => voice.fail(&error),
                Err(panic) => voice.defect(&panic),
            },
            _ = tokio::signal::ctrl_c(), if !serves => voice.interrupted(),
        }
    });
    // Threads that are still at work can be left at any point: see the commit protocol.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}
