//! Rows that CMS serves in pages: the query API of its DKAN datastore.
//!
//! `GET /api/1/datastore/query/<dataset>/<index>` answers `{"results": [{…}], "count": n,
//! "query": {"limit": …}}`, at most 500 rows at a time; every value is text or null, and
//! column names are in lower case, those over 64 characters cut and hashed (DKAN's
//! `docs/query.json`, and CMS's data dictionaries).
//!
//! What goes to raw is a CSV as CMS would have delivered it: header and quoting of the
//! known layout, values as served, rows by record id. It is named by the dataset; program
//! year and publication come from the rows. It is complete or it is not there: rows are
//! asked for in the order of their ids and must add up to the count that every page states.
//! Nothing is kept of an interrupted query.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;
use url::Url;
use week2_ingestion::{Answer, Ask, ReplyHead};

use super::download::trouble;
use super::patience::{Patience, Trouble};
use super::rows::{Columns, Row};
use super::{Source, SourceFile};
use crate::context::Capstone;
use crate::error::Stop;
use crate::http::{Http, Reply, Shown};
use crate::parts::ingestion::{self as decide, Pages};
use crate::scratch::Scratch;
use crate::ui::Bar;

/// Most rows that the service gives at a time.
const PAGE: u64 = 500;
/// A page is 3 MB; something else is going on in one that is longer.
const MOST_BYTES: usize = 64 << 20;
const QUERY: &str = "/api/1/datastore/query/";
/// What we ask for ourselves; a pasted address may have them, and they are replaced.
const OURS: [&str; 9] = [
    "limit", "offset", "count", "results", "schema", "keys", "format", "rowIds", "sorts",
];

/// Whether an address is a query of a datastore.
pub(super) fn is_query(url: &Url) -> bool {
    url.path().contains(QUERY)
}

/// Fetches all rows of a query into a CSV below the lake's spool.
pub(super) fn fetch(capstone: &Capstone, url: &Url) -> anyhow::Result<Source> {
    let name = name_of(url)?;
    refuse_parts(url)?;
    let spool = capstone.home.spool();
    let scratch = Scratch::new_in(&spool, "datastore-");
    let scratch = scratch.with_context(|| spool.display().to_string())?;
    let path = scratch.path().join(&name);
    let http = Http::new(capstone.lake.runtime().clone());
    let bar = capstone.ui.steps("rows", 0);
    let query = Query { http, url, bar };
    query.write_all(capstone, &path)?;
    Ok(Source {
        files: vec![SourceFile { name, path }],
        _unpacked: Some(scratch),
        ..Source::default()
    })
}

/// `datastore-<dataset>-<index>.csv`: where the rows are from, wherever it is served.
fn name_of(url: &Url) -> anyhow::Result<String> {
    let (_, id) = url.path().split_once(QUERY).unwrap_or_default();
    let id = id.trim_end_matches('/').replace('/', "-");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        let message = format!(
            "{} names no dataset: end it with the dataset's id and /0",
            Shown(url)
        );
        return Err(Stop::Usage(message).into());
    }
    Ok(format!("datastore-{id}.csv"))
}

/// A publication replaces its whole dataset and program year, so part of one is no source.
fn refuse_parts(url: &Url) -> anyhow::Result<()> {
    let is_ours = |name: &str| OURS.contains(&name.split('[').next().unwrap_or_default());
    let foreign = url.query_pairs().find(|(name, _)| !is_ours(name));
    foreign.map_or(Ok(()), |(name, _)| {
        let message = format!(
            "the query has {name}: part of a publication would replace the whole; ask for all \
             rows, and select with `capstone query` later"
        );
        Err(Stop::Usage(message).into())
    })
}

struct Query<'a> {
    http: Http,
    url: &'a Url,
    bar: Bar,
}

/// One page.
#[derive(Deserialize)]
struct Page {
    results: Vec<Row>,
    count: Number,
    #[serde(default)]
    query: Echo,
}

/// What the service understood.
#[derive(Default, Deserialize)]
struct Echo {
    limit: Option<Number>,
}

/// Older versions put numbers in quotes.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "serde_json::Value")]
struct Number(u64);

impl TryFrom<serde_json::Value> for Number {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number
            .map(Self)
            .ok_or_else(|| format!("{value} is no count"))
    }
}

impl Query<'_> {
    fn write_all(&self, capstone: &Capstone, path: &PathBuf) -> anyhow::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        let mut pages = Pages::new(PAGE);
        let mut columns = None;
        while let Some(offset) = pages.next_offset() {
            let page = self.page(offset)?;
            let Some(first) = page.results.first() else {
                self.take(&mut pages, &page, &[])?;
                break;
            };
            if columns.is_none() {
                let found =
                    Columns::of(first, &capstone.contract).map_err(|why| self.stop(&why))?;
                out.write_all(found.header().as_bytes())?;
                columns = Some(found);
            }
            let Some(columns) = &columns else { continue };
            let ids = page.results.iter().map(|row| columns.record_id(row));
            let ids: Result<Vec<_>, _> = ids.collect();
            self.take(&mut pages, &page, &ids.map_err(|why| self.stop(&why))?)?;
            let mut text = Vec::new();
            for row in &page.results {
                columns
                    .write(row, &mut text)
                    .map_err(|why| self.stop(&why))?;
            }
            out.write_all(&text)?;
            self.bar.set(pages.rows(), page.count.0);
        }
        self.bar.finish();
        out.flush()?;
        if pages.rows() == 0 {
            return Err(self.stop("it has no rows"));
        }
        Ok(())
    }

    fn take(&self, pages: &mut Pages, page: &Page, ids: &[&str]) -> anyhow::Result<()> {
        let limit = page.query.limit.map(|limit| limit.0);
        let taken = pages.take(page.count.0, limit, ids.iter().copied());
        taken.map_err(|error| self.stop(&format!("{error}: nothing was ingested, run again")))
    }

    fn stop(&self, why: &str) -> anyhow::Error {
        Stop::NotYet(format!("{}: {why}", Shown(self.url))).into()
    }

    /// The page at an offset, whatever breaks.
    fn page(&self, offset: u64) -> anyhow::Result<Page> {
        let url = page_url(self.url, offset);
        let what = format!("{} at row {offset}", Shown(self.url));
        let mut patience = Patience::new(what, 0, "Nothing was ingested: run again later");
        loop {
            match self.attempt(&url) {
                Ok(page) => return Ok(page),
                Err(trouble) => patience.pause(0, trouble)?,
            }
        }
    }

    fn attempt(&self, url: &Url) -> Result<Page, Trouble> {
        let reply = self.http.get(url, &[]).map_err(trouble)?;
        // JSON has an end of its own, so a page needs no stated length.
        let head = ReplyHead {
            chunked: true,
            ..reply.head.clone()
        };
        match decide::understand(&Ask::Whole, None, &head) {
            Answer::Whole { .. } => self.parse(&body(reply)?),
            Answer::Later { why, at_least } => Err(Trouble::Passing { why, at_least }),
            Answer::Missing { why } => Err(self.stop(&why).into()),
            Answer::Refused { why } => {
                let said = body(reply).ok().and_then(|body| message(&body));
                let said = said.map(|said| format!(" ({said})")).unwrap_or_default();
                let message = format!("{}: {why}{said}", Shown(self.url));
                Err(Stop::Environment(message).into())
            }
            other => Err(self
                .stop(&format!("an answer to another question: {other:?}"))
                .into()),
        }
    }

    fn parse(&self, body: &[u8]) -> Result<Page, Trouble> {
        serde_json::from_slice(body).map_err(|error| {
            if error.is_eof() {
                Trouble::passing("the page ends in the middle")
            } else {
                self.stop(&format!("it sends no page of rows: {error}"))
                    .into()
            }
        })
    }
}

fn page_url(url: &Url, offset: u64) -> Url {
    let mut url = url.clone();
    let offset = offset.to_string();
    let limit = PAGE.to_string();
    url.query_pairs_mut().clear().extend_pairs([
        ("limit", limit.as_str()),
        ("offset", &offset),
        ("count", "true"),
        ("results", "true"),
        ("schema", "false"),
        ("keys", "true"),
        ("format", "json"),
        ("sorts[0][property]", "record_id"),
        ("sorts[0][order]", "asc"),
    ]);
    url
}

fn body(mut reply: Reply) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(bytes) = reply.bytes().map_err(trouble)? {
        body.extend_from_slice(&bytes);
        if body.len() > MOST_BYTES {
            return Err(Stop::Environment("a page of more than 64 MiB".into()).into());
        }
    }
    match reply.head.content_length {
        Some(length) if length != body.len() as u64 => {
            Err(Trouble::passing("the page ends in the middle"))
        }
        _ => Ok(body),
    }
}

/// What the service says about a query that it refuses.
fn message(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let said: String = body.get("message")?.as_str()?.chars().take(200).collect();
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn the_name_says_which_dataset_and_not_which_host() {
        let name =
            |path: &str| name_of(&url(&format!("https://h.gov/api/1/datastore/query/{path}")));
        assert_eq!(
            name("06dd7a5a-4a48/0").unwrap(),
            "datastore-06dd7a5a-4a48-0.csv"
        );
        assert_eq!(
            name("06dd7a5a-4a48/0/").unwrap(),
            "datastore-06dd7a5a-4a48-0.csv"
        );
        assert!(name("").is_err() && name("a%20b/0").is_err());
    }

    #[test]
    fn a_pasted_page_is_a_query_for_all_rows_and_a_condition_is_refused() {
        let pasted =
            "https://h.gov/api/1/datastore/query/a/0?limit=5&offset=10&sorts[0][order]=desc";
        refuse_parts(&url(pasted)).unwrap();
        let page = page_url(&url(pasted), 500);
        let pairs: Vec<_> = page
            .query_pairs()
            .filter(|(name, _)| name == "offset")
            .collect();
        assert_eq!(pairs, [("offset".into(), "500".into())]);
        for part in [
            "conditions[0][property]=record_id",
            "properties[0]=record_id",
        ] {
            let part = url(&format!("https://h.gov/api/1/datastore/query/a/0?{part}"));
            let error = refuse_parts(&part).unwrap_err().to_string();
            assert!(error.contains("would replace the whole"), "{error}");
        }
    }
}
