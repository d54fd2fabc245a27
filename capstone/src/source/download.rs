//! A file over HTTP, whatever breaks: resumed where it can be, begun again where not.
//!
//! Checkpoint 2.1 decides what to ask for, what a reply means, and when to try again;
//! `spool` keeps the bytes.

use std::path::{Path, PathBuf};

use url::Url;
use week2_ingestion::{Answer, Ask, Version};

use super::SourceFile;
use super::folder::is_data;
use super::patience::{Patience, Trouble};
use super::spool::Slot;
use crate::context::Capstone;
use crate::error::Stop;
use crate::http::{Http, HttpError, Reply, Shown};
use crate::parts::ingestion as decide;
use crate::ui::Bar;

const ADVICE: &str = "What has arrived is kept: run the same command again later";

/// A file that was fetched.
#[derive(Debug)]
pub(super) struct Download {
    /// Where from.
    pub(super) url: Url,
    slot: Slot,
}

impl Download {
    /// The file under the name it was delivered by.
    pub(super) fn file(&self) -> SourceFile {
        SourceFile {
            name: self.slot.name().to_owned(),
            path: self.slot.path(),
        }
    }

    /// Which version it is.
    pub(super) fn version(&self) -> Option<&Version> {
        self.slot.partial().map(|partial| &partial.version)
    }

    /// Removes it from the spool.
    pub(super) fn remove(&self) -> anyhow::Result<()> {
        Ok(self.slot.remove()?)
    }
}

/// Fetches `url` below the lake's spool; `None` if it still is the version that is known.
pub(super) fn fetch(
    capstone: &Capstone,
    http: &Http,
    url: &Url,
    known: Option<&Version>,
) -> anyhow::Result<Option<Download>> {
    let slot = Slot::open(&capstone.home.spool(), url)?;
    let bar = capstone.ui.bytes("download", 0);
    let mut patience = Patience::new(Shown(url).to_string(), slot.length(), ADVICE);
    let mut transfer = Transfer {
        http,
        url,
        slot,
        bar,
    };
    loop {
        let ask = match (transfer.slot.partial(), known) {
            (None, Some(known)) => decide::ask_if_changed(known),
            (partial, _) => decide::ask(partial),
        };
        match transfer.attempt(&ask) {
            Ok(there) => {
                transfer.bar.finish();
                return Ok(there.then(|| transfer.end()));
            }
            Err(trouble) => {
                // The spool outlives this process if the next pause does not end well.
                transfer.slot.save()?;
                patience.pause(transfer.slot.length(), trouble)?;
            }
        }
    }
}

struct Transfer<'a> {
    http: &'a Http,
    url: &'a Url,
    slot: Slot,
    bar: Bar,
}

impl Transfer<'_> {
    /// Whether the file is in the spool; if not, the one that is known will do.
    fn attempt(&mut self, ask: &Ask) -> Result<bool, Trouble> {
        let reply = self.http.get(self.url, &ask.headers()).map_err(trouble)?;
        match decide::understand(ask, self.slot.partial(), &reply.head) {
            Answer::Whole { total, version } => {
                let name = name_of(self.url, &reply);
                self.slot.begin(name, total, version)?;
                self.receive(reply).map(|()| true)
            }
            Answer::Rest { total } => {
                self.slot.expect(total);
                self.receive(reply).map(|()| true)
            }
            Answer::Unchanged => Ok(self.slot.partial().is_some()),
            Answer::Complete => {
                self.slot.finish()?;
                Ok(true)
            }
            Answer::StartOver { why } => {
                self.slot.discard()?;
                Err(Trouble::passing(why))
            }
            Answer::Later { why, at_least } => Err(Trouble::Passing { why, at_least }),
            Answer::Missing { why } => self.give_up(Stop::NotYet, &why),
            Answer::Refused { why } => self.give_up(Stop::Environment, &why),
        }
    }

    /// Takes the body, up to the length that was stated.
    fn receive(&mut self, mut reply: Reply) -> Result<(), Trouble> {
        let total = self.slot.partial().and_then(|partial| partial.total);
        while let Some(bytes) = reply.bytes().map_err(trouble)? {
            if self.slot.length() == 0 && bytes.trim_ascii_start().starts_with(b"<") {
                let why = "it is a web page or XML, and no CSV: check the address, and whether \
                           the network asks you to sign in";
                return self.give_up(Stop::NotYet, why);
            }
            self.slot.append(&bytes)?;
            let length = self.slot.length();
            self.bar.set(length, total.unwrap_or(length));
            if total.is_some_and(|total| length > total) {
                self.slot.discard()?;
                return Err(Trouble::passing("it sends more than it stated"));
            }
        }
        let length = self.slot.length();
        match total {
            Some(total) if length < total => {
                let why = format!("it ended after {length} of {total} bytes");
                Err(Trouble::passing(why))
            }
            _ => Ok(self.slot.finish()?),
        }
    }

    fn give_up<T>(&mut self, stop: fn(String) -> Stop, why: &str) -> Result<T, Trouble> {
        self.slot.discard()?;
        Err(stop(format!("{}: {why}", Shown(self.url))).into())
    }

    fn end(self) -> Download {
        Download {
            url: self.url.clone(),
            slot: self.slot,
        }
    }
}

/// What a failed request means for the next.
pub(super) fn trouble(error: HttpError) -> Trouble {
    match error {
        HttpError::Connection(why) => Trouble::passing(why),
        HttpError::Redirect(why) => Stop::Environment(why).into(),
    }
}

/// The name that the server gives the file, or that its address ends with.
fn name_of(url: &Url, reply: &Reply) -> String {
    let given = reply
        .head
        .content_disposition
        .as_deref()
        .and_then(given_name);
    let segment = |url: &Url| Some(url.path_segments()?.next_back()?.to_owned());
    let names = [given, segment(url), segment(&reply.url)];
    let mut names = names
        .into_iter()
        .flatten()
        .filter(|name| is_data(Path::new(name)));
    names.next().unwrap_or_else(|| {
        let zip = reply
            .head
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.contains("zip"));
        if zip { "download.zip" } else { "download.csv" }.to_owned()
    })
}

/// `attachment; filename="a.csv"`: the last part of the name, so that it leads nowhere else.
fn given_name(disposition: &str) -> Option<String> {
    let mut parts = disposition.split(';').map(str::trim);
    let name = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("filename").then_some(value)
    })?;
    let name = name.trim().trim_matches('"').replace('\\', "/");
    let name = PathBuf::from(name).file_name()?.to_str()?.to_owned();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_name_is_a_name_and_no_path() {
        let name = |text: &str| given_name(text).unwrap_or_default();
        assert_eq!(name("attachment; filename=\"a b.csv\"; size=3"), "a b.csv");
        assert_eq!(name("attachment; FileName=a.zip"), "a.zip");
        assert_eq!(name("inline; filename=\"../../etc/a.csv\""), "a.csv");
        assert_eq!(name("attachment; filename=\"C:\\x\\a.csv\""), "a.csv");
        assert_eq!(name("attachment; filename=\"..\""), "");
        assert_eq!(name("attachment"), "");
    }
}
