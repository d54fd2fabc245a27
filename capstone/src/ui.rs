//! Progress for people, logs for machines.

use std::backtrace::Backtrace;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use clap::ValueEnum;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One readable line per event.
    Text,
    /// One JSON object per event.
    Json,
}

impl LogFormat {
    /// As it is written in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    /// The one that is written so.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Text, Self::Json]
            .into_iter()
            .find(|format| format.as_str() == name)
    }
}

/// Draws bars on a terminal, and nothing elsewhere.
#[derive(Debug, Clone)]
pub struct Ui {
    bars: Option<MultiProgress>,
}

/// One bar.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Ui {
    /// Bars if standard error is a terminal and the user did not ask for JSON.
    pub fn new(json: bool) -> Self {
        let show = !json && std::io::stderr().is_terminal();
        Self {
            bars: show.then(MultiProgress::new),
        }
    }

    /// A bar that counts bytes, with rate and remaining time.
    pub fn bytes(&self, name: &str, total: u64) -> Bar {
        const STYLE: &str =
            "{msg:<22} {bar:28} {bytes:>10} of {total_bytes:<10} {bytes_per_sec:>12}  {eta}";
        self.bar(name, total, STYLE)
    }

    /// A bar that counts steps.
    pub fn steps(&self, name: &str, total: u64) -> Bar {
        self.bar(
            name,
            total,
            "{msg:<22} {bar:28} {pos:>10} of {len:<10} {eta}",
        )
    }

    /// A bar that is never drawn.
    pub fn silent() -> Bar {
        Bar(ProgressBar::hidden())
    }

    fn bar(&self, name: &str, total: u64, style: &str) -> Bar {
        let Some(bars) = &self.bars else {
            return Bar(ProgressBar::hidden());
        };
        let style = ProgressStyle::with_template(style).expect("the template is a constant");
        let bar = bars.add(ProgressBar::new(total).with_style(style));
        bar.set_message(name.to_owned());
        Bar(bar)
    }
}

impl Bar {
    /// Moves it on.
    pub fn inc(&self, by: u64) {
        self.0.inc(by);
    }

    /// Sets total and position.
    pub fn set(&self, position: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(position);
    }

    /// Leaves it on the screen as it is.
    pub fn finish(&self) {
        self.0.finish();
    }
}

/// Sends logs to standard error. A filter (`RUST_LOG`) decides what; without it, warnings on a
/// terminal, where bars tell the rest, and every stage elsewhere.
pub fn start_logs(format: LogFormat, filter: Option<&str>) {
    let terminal = std::io::stderr().is_terminal() && format == LogFormat::Text;
    let default = if terminal {
        "warn"
    } else {
        "capstone=info,week2_ingestion=info,warn"
    };
    // What the AWS client misses on the way to credentials is its last error, too; and what
    // the embedded service answers is its client's to report.
    let default = format!("{default},aws_config=error,s3s=off");
    let filter = filter.and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new(default));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.with_target(false).with_ansi(terminal).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}

/// Says on standard error why the program ends, in the form of the logs.
pub fn say(format: LogFormat, message: &str) {
    match format {
        // Whoever has closed standard error does not want to know.
        LogFormat::Text => drop(writeln!(io::stderr(), "{message}")),
        LogFormat::Json => tracing::error!("{message}"),
    }
}

/// Turns a panic, which is a defect, into one sentence that a user can act on. The
/// backtrace is for developers: `RUST_LOG=debug` logs it.
pub fn explain_panics(format: LogFormat) {
    // The first panic is the cause; threads that depend on its thread may follow.
    static FIRST: Once = Once::new();
    panic::set_hook(Box::new(move |panic| {
        FIRST.call_once(|| say(format, &explanation(panic)));
        tracing::debug!(backtrace = %Backtrace::force_capture(), "{panic}");
    }));
}

fn explanation(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("no message");
    format!(
        "error: this is a defect of the program ({message}, at {place}); nothing half-done is \
         visible in the lake. Please report it with the command that you ran"
    )
}
