//! How commands talk: tables or one JSON document, and how a call ends.

use std::io::Write as _;
use std::process::ExitCode;

use serde::Serialize;
use week2_lake::DataKind;

use crate::cli::Cli;
use crate::error::{INTERRUPTED, NOT_YET, exit_code, words};
use crate::pipeline::Pipeline;
use crate::summary::RunSummary;
use crate::ui::{LogFormat, say};

/// How this call wants to be talked to.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    json: bool,
    format: LogFormat,
}

impl Voice {
    /// As the command line asks.
    pub fn of(cli: &Cli) -> Self {
        Self {
            json: cli.common.json,
            format: cli.common.log_format(),
        }
    }

    /// Ends with an error, before there is anything else to show.
    pub fn fail(self, error: &anyhow::Error) -> ExitCode {
        self.document(&words(error));
        self.explain(error)
    }

    fn document(self, error: &str) {
        if self.json {
            print(&json(&serde_json::json!({ "error": error })));
        }
    }

    fn explain(self, error: &anyhow::Error) -> ExitCode {
        say(self.format, &format!("error: {}", words(error)));
        ExitCode::from(exit_code(error))
    }

    /// Ends with a panic; its hook has said it to people.
    pub fn defect(self, panic: &tokio::task::JoinError) -> ExitCode {
        self.document(&panic.to_string());
        ExitCode::from(NOT_YET)
    }

    /// Ends with Ctrl-C.
    pub fn interrupted(self) -> ExitCode {
        let message = "interrupted: nothing half-done is visible, and the same command goes on \
                       from here";
        say(self.format, message);
        ExitCode::from(INTERRUPTED)
    }
}

/// What a command found, and why it stopped if it did.
#[derive(Serialize)]
struct Document<'a> {
    error: Option<String>,
    #[serde(flatten)]
    summary: &'a RunSummary,
}

/// Runs `work` as an attempt and shows what it found.
pub(super) fn finish<'a>(
    cli: &Cli,
    mut pipeline: Pipeline<'a>,
    data: DataKind,
    work: impl FnOnce(&mut Pipeline<'a>) -> anyhow::Result<()>,
) -> ExitCode {
    let done = pipeline.attempt(data, work);
    let done = done.and_then(|()| pipeline.describe());
    let summary = &pipeline.summary;
    // What was found before an error may be its cause.
    let found = !summary.problems.is_empty() || !summary.years.is_empty();
    if done.is_ok() || cli.common.json || found {
        let error = done.as_ref().err().map(words);
        let document = Document { error, summary };
        show(cli, &document, || summary.to_text());
    }
    let voice = Voice::of(cli);
    match done {
        Ok(()) if summary.is_success() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(NOT_YET),
        Err(error) => voice.explain(&error),
    }
}

/// One JSON document or a text, as the user wants.
pub(super) fn show(cli: &Cli, document: &impl Serialize, text: impl FnOnce() -> String) {
    print(&if cli.common.json {
        json(document)
    } else {
        text()
    });
}

/// A document as text.
pub(super) fn json(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("documents have text keys")
}

/// To standard output; a reader that has seen enough (`| head`) is no error.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
