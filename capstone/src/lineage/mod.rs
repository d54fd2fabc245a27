//! OpenLineage events: one START and one terminal event for each attempt.
//!
//! `week7-audit` says what an event looks like; here it is made from what an attempt left
//! behind, kept, and sent.
//!
//! - `facts`: what an attempt read and wrote, as datasets
//! - `journal`: the events as JSON lines in the lake's folder
//! - `endpoint`: the events as requests to a lineage server, if there is one
//!
//! Invariants:
//! - An event is an object of its own, `metadata/lineage/<attempt>/…`, written whole and
//!   only if there is none. So each attempt has at most one START and one terminal event,
//!   however many processes try, and a kill leaves no half of one.
//! - Whoever finds an attempt that ended without its event writes it: [`Lineage::close`].
//! - Lineage never makes an attempt fail. What goes wrong with it is said once.
//! - A server gets each event at most once, and not at all if it is away for long:
//!   `capstone lineage` prints what it missed.

mod endpoint;
mod facts;
mod journal;

use std::cell::Cell;

use store::Creation;
use week1_environment::{Config, Secret};
use week2_lake::keys;
use week7_audit::openlineage::RunEvent;
use week7_audit::{self as core, Ending, Parent};

pub use self::facts::{Delivered, Work};
pub use self::journal::export;
use crate::attempt::{Attempt, Outcome};
use crate::context::Capstone;
use crate::parts;

/// Namespace of jobs, unless `OPENLINEAGE_NAMESPACE` names another.
const NAMESPACE: &str = "open-payments";

/// What the settings say about lineage; the variables are those of the reference clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `OPENLINEAGE_NAMESPACE`: namespace of jobs.
    pub namespace: Option<String>,
    /// `OPENLINEAGE_PARENT_ID`: `namespace/job/run-id` of the run that this one is part of.
    pub parent: Option<String>,
    /// `OPENLINEAGE_URL`: a server to tell, unless `OPENLINEAGE_DISABLED` is `true`.
    pub url: Option<String>,
    /// `OPENLINEAGE_ENDPOINT`: where on that server; `api/v1/lineage` if none.
    pub endpoint: Option<String>,
    /// `OPENLINEAGE_API_KEY`: shown to that server, and to nobody else.
    pub api_key: Option<Secret>,
}

impl Settings {
    /// What holds of the settings.
    pub fn of(config: &Config) -> Self {
        let text = |key| config.text(key).map(str::to_owned);
        let disabled = text("lineage.disabled");
        let disabled = disabled.is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Self {
            namespace: text("lineage.namespace"),
            parent: text("lineage.parent"),
            url: text("lineage.url").filter(|_| !disabled),
            endpoint: text("lineage.endpoint"),
            api_key: config.secret("lineage.api_key").cloned(),
        }
    }
}

/// Tells of the attempts on one lake.
pub struct Lineage<'a> {
    capstone: &'a Capstone,
    settings: &'a Settings,
    data: String,
    complained: Cell<bool>,
    /// The server did not take the last event.
    away: Cell<bool>,
}

impl<'a> Lineage<'a> {
    /// For a lake with this kind of data.
    pub fn new(capstone: &'a Capstone, data: &str) -> Self {
        Self {
            capstone,
            settings: &capstone.lineage,
            data: data.to_owned(),
            complained: Cell::new(false),
            away: Cell::new(false),
        }
    }

    /// The attempt begins.
    pub fn start(&self, attempt: &Attempt) {
        let event = parts::audit::start(&self.about(attempt));
        self.tolerate(self.emit(&event));
    }

    /// The attempt has ended, and this is what it did.
    pub fn end(&self, attempt: &Attempt, work: &Work<'_>) {
        let (datasets, tests) = work.facts(self.capstone, attempt).unwrap_or_else(|error| {
            self.complain(&error.context("what was read and written can't be told"));
            Default::default()
        });
        let ending = match attempt.outcome {
            Outcome::Failed => Ending::Fail(work.reason(attempt)),
            _ => Ending::Complete,
        };
        let at = attempt
            .ended_at
            .unwrap_or_else(|| self.capstone.clock.now());
        let event = parts::audit::end(&self.about(attempt), &ending, at, datasets, &tests);
        self.tolerate(self.emit(&event));
    }

    /// The attempt is over, and whoever ran it is gone: its events are completed, once.
    /// One that had ended, and died before it could say so here, ends as it did; what it
    /// read and wrote is not known any more.
    pub fn close(&self, attempt: &Attempt) {
        let (ending, at) = match attempt.outcome {
            Outcome::Succeeded => (Ending::Complete, attempt.ended_at),
            Outcome::Failed => (
                Ending::Fail(attempt.error.clone().unwrap_or_default()),
                attempt.ended_at,
            ),
            _ => (Ending::Abort("interrupted".to_owned()), None),
        };
        let about = self.about(attempt);
        let at = at.unwrap_or_else(|| self.capstone.clock.now());
        self.tolerate(self.emit(&parts::audit::start(&about)));
        self.tolerate(self.emit(&parts::audit::end(&about, &ending, at, Vec::new(), &[])));
    }

    fn about(&self, attempt: &Attempt) -> core::Attempt {
        let namespace = self.settings.namespace.as_deref().unwrap_or(NAMESPACE);
        core::Attempt {
            attempt_id: attempt.attempt_id.clone(),
            command: attempt.command.clone(),
            started_at: attempt.started_at,
            namespace: namespace.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            parent: self.parent(),
            tags: [("data_kind".to_owned(), self.data.clone())].into(),
        }
    }

    fn parent(&self) -> Option<Parent> {
        let text = self.settings.parent.as_deref()?;
        let parent = parts::audit::parse_parent(text);
        if parent.is_none() {
            self.complain(&anyhow::anyhow!(
                "OPENLINEAGE_PARENT_ID={text:?} is no namespace/job/run-id"
            ));
        }
        parent
    }

    fn emit(&self, event: &RunEvent) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let key = keys::lineage(&event.run.run_id, event.event_type.is_terminal());
        if self.capstone.lake.create(&key, line.clone())? != Creation::Created {
            return Ok(());
        }
        let kept = journal::sync(&self.capstone.lake, &self.capstone.home.lineage());
        let sent = match &self.settings.url {
            Some(url) => {
                let (event, away) = (line.trim_ascii_end(), self.away.get());
                endpoint::send(self.capstone, self.settings, url, event, away)
            }
            None => Ok(()),
        };
        self.away.set(sent.is_err());
        kept.and(sent)
    }

    fn tolerate(&self, done: anyhow::Result<()>) {
        if let Err(error) = done {
            self.complain(&error);
        }
    }

    fn complain(&self, error: &anyhow::Error) {
        if !self.complained.replace(true) {
            let error = parts::audit::redact(&format!("{error:#}"));
            tracing::warn!("lineage: {error}; the work itself is not affected");
        }
    }
}
